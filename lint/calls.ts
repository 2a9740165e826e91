// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the calls of Tendril give. A linter sees no types, so the rules take them from here; a test
 * compares this with what the entry points export.
 *
 * A shape is a type in short: "Channel", "Greenlet[]", "Lock|RLock", or one of these, with the shape of
 * the result in angle brackets when that is known:
 *
 * - "Op": begins when it is consumed.
 * - "Switch": the same in a greenlet; outside it acts at the call.
 * - "Begun": acts at the call; waiting for it is optional.
 * - "Io": a promise that can be `yield*`ed; acts at the call, but it matters when and how it ends.
 * - "Coroutine": a generator that a greenlet runs.
 *
 * "" is any other type. Names of `@tendril/tendril/io` begin with "io.".
 *
 * @module
 */

function each(shape: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, shape]));
}

/** What functions return. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  ...each("Op", "all call idle race retry scope select sleep until wait withTimeout yieldNow"),
  ...each("Greenlet", "spawn spawnLater spawnWith getCurrent"),
  iwait: "Ended",
  joinAll: "Op<Greenlet[]>",
  killAll: "Begun",
  Pipe: "Connection[]",
  activeChildren: "Process[]",
  asCompleted: "Completions",
  SharedPipe: "SharedConnection[]",
  waitFutures: "Op",
  ...each("Op", "download downloadAll"),
  assertYields: "Op", // or a guard for `using`, when it is given no function
  ...each(
    "Io",
    "io.chmod io.chown io.copyFile io.link io.lstat io.makeTempDir io.makeTempFile io.mkdir " +
      "io.readFile io.readLink io.readTextFile io.realPath io.remove io.rename io.stat io.symlink " +
      "io.truncate io.utime io.writeFile io.writeTextFile io.resolveDns io.runCommand io.checkOutput",
  ),
  ...each("Op", "io.input io.nextSignal"),
  "io.connect": "Io<io.TcpConnection>",
  "io.connectTls": "Io<io.TlsConnection>",
  "io.startTls": "Io<io.TlsConnection>",
  "io.fetch": "Io<io.CooperativeResponse>",
  "io.create": "Io<io.File>",
  "io.open": "Io<io.File>",
  "io.listen": "io.Listener",
  "io.listenTls": "io.Listener",
  "io.listenDatagram": "io.DatagramSocket",
  "io.serve": "io.HttpServer",
  "io.signals": "io.Signals",
};

const group = {
  ...each("Op", "add apply join map start waitAvailable"),
  ...each("Begun", "kill killOne"),
  spawn: "Op<Greenlet>",
  ...each("Greenlet", "applyAsync mapAsync"),
  ...each("Mapped", "imap imapUnordered"),
};
const lock = { acquire: "Op<Lease>", acquireNowait: "Lease" };
const queue = each("Op", "get next peek put");
const connection = { ...each("Io", "read write"), closeWrite: "Begun" };
const server = { serveForever: "Op", stop: "Begun" };

/** What methods return. */
export const METHODS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Greenlet: { ...each("Op", "get join"), ...each("Switch", "switch throw"), kill: "Begun" },
  Scope: { spawn: "Greenlet" },
  Group: { ...group, spawn: "Begun<Greenlet>", add: "Begun", start: "Begun" },
  Pool: group,
  Mapped: { next: "Op", settled: "Ended" },
  Ended: { next: "Op" },
  AsyncResult: { ...each("Op", "get wait"), follow: "AsyncResult" },
  Barrier: { wait: "Op" },
  BoundedSemaphore: lock,
  Channel: each("Op", "next receive send"),
  Condition: { ...lock, ...each("Op", "wait waitFor") },
  Connection: each("Op", "next poll recv send"),
  CountDownLatch: { wait: "Op" },
  Event: { wait: "Op" },
  Lease: {},
  LifoQueue: { ...queue, join: "Op" },
  Lock: lock,
  PriorityQueue: { ...queue, join: "Op" },
  Queue: { ...queue, join: "Op" },
  RLock: lock,
  RWLock: {},
  ReadSide: lock,
  Semaphore: lock,
  SimpleQueue: queue,
  WriteSide: lock,
  Completions: { next: "Op" },
  DictProxy: each(
    "Op",
    "clear copy delete entries get has keys pop set setDefault size update values",
  ),
  Future: each("Op", "exception result"),
  ListProxy: each(
    "Op",
    "append clear copy get includes indexOf insert length pop reverse set slice",
  ),
  Manager: {
    dict: "DictProxy",
    list: "ListProxy",
    Namespace: "NamespaceProxy",
    Queue: "SharedQueue",
  },
  NamespaceProxy: each("Op", "copy delete get has set"),
  ParallelExecutor: { submit: "Future", map: "WorkerResults", shutdown: "Begun" },
  Process: { join: "Op" },
  SharedBarrier: { wait: "Op" },
  SharedCondition: { ...lock, ...each("Op", "wait waitFor") },
  SharedConnection: each("Op", "next poll recv send"),
  SharedEvent: { wait: "Op" },
  SharedLock: lock,
  SharedQueue: each("Op", "get join next put"),
  SharedRLock: lock,
  SharedSemaphore: lock,
  WorkerPool: {
    ...each("Op", "apply join map prewarm starmap"),
    ...each("AsyncResult", "applyAsync mapAsync"),
    ...each("WorkerResults", "imap imapUnordered"),
  },
  WorkerResults: { next: "Op", settled: "Ended" },
  "io.ByteSink": { write: "Io", close: "Begun" },
  "io.ByteStream": { ...each("Io", "bytes pipeTo read text"), cancel: "Begun" },
  "io.Connection": connection,
  "io.CooperativeResponse": {
    ...each("Io", "arrayBuffer blob bytes formData json pipeTo text"),
    discard: "Begun",
    clone: "io.CooperativeResponse",
  },
  "io.DatagramServer": { ...server, send: "Io" },
  "io.DatagramSocket": each("Io", "receive send"),
  "io.Feed": { next: "Op" },
  "io.File": each(
    "Io",
    "lock read seek stat sync syncData truncate tryLock unlock utime write",
  ),
  "io.HttpServer": server,
  "io.Interval": { next: "Op" },
  "io.Listener": { accept: "Io<io.TcpConnection>" },
  "io.Popen": { wait: "Op", communicate: "Io", close: "Begun" },
  "io.Server": server,
  "io.Signals": { next: "Op" },
  "io.StreamServer": server,
  "io.TcpConnection": connection,
  "io.TlsConnection": { ...connection, handshake: "Io" },
  "io.WebSocket": { ...each("Op", "closed next receive"), opened: "Io" },
};

/** What properties hold. */
export const PROPERTIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Condition: { lock: "Lock|RLock" },
  Greenlet: { parent: "Greenlet", spawningGreenlet: "Greenlet" },
  RWLock: { read: "ReadSide", write: "WriteSide" },
  "io.CooperativeResponse": { body: "io.ByteStream" },
};
