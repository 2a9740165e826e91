// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  active,
  type Coroutine,
  dump,
  Event,
  getCurrent,
  getHub,
  GreenletError,
  joinAll,
  Pool,
  run,
  sleep,
  spawn,
  until,
} from "@tendril/tendril";
import {
  connect,
  type Connection,
  type ConnectionHandler,
  type ServerOptions,
  StreamServer,
  type StreamServerAddress,
} from "@tendril/tendril/io";
import { Listener } from "../../../runtime/io/listen.ts";
import { ManualClock, settle } from "../../manual_clock.ts";

const hostname = "127.0.0.1";
const ANYWHERE = { hostname, port: 0 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Runs `body` with a server that is stopped at the end. */
function serving(
  handler: ConnectionHandler,
  body: (server: StreamServer) => Coroutine<void>,
  options: ServerOptions = {},
  address: StreamServerAddress = ANYWHERE,
): Promise<void> {
  return run(function* () {
    const server = new StreamServer(address, handler, options);
    server.start();
    try {
      yield* body(server);
    } finally {
      yield* server.stop();
    }
  });
}

/** Sends a line, and gives all that comes back. */
function* ask(port: number, question: string): Coroutine<string> {
  using connection = yield* connect({ hostname, port });
  yield* connection.write(encoder.encode(question));
  return yield* readAll(connection);
}

function* readAll(connection: Connection): Coroutine<string> {
  const buffer = new Uint8Array(100);
  let text = "";
  for (;;) {
    const length = yield* connection.read(buffer);
    if (length === null) return text;
    text += decoder.decode(buffer.subarray(0, length));
  }
}

/** Sends the first thing it gets back in capitals. */
function* shout(client: Connection): Coroutine<void> {
  const buffer = new Uint8Array(100);
  const length = yield* client.read(buffer);
  yield* client.write(encoder.encode(decoder.decode(buffer.subarray(0, length!)).toUpperCase()));
}

/** Collects what is reported while `body` runs. */
async function reported(body: () => Promise<void>): Promise<string[]> {
  const hub = getHub();
  const { onError } = hub;
  const lines: string[] = [];
  hub.onError = (error, greenlet) => lines.push(`${greenlet.name.replace(/\d+$/, "N")}: ${error}`);
  try {
    await body();
  } finally {
    hub.onError = onError;
  }
  return lines;
}

Deno.test("StreamServer serves 400 clients at a time, and closes what its handlers leave open", async () => {
  await serving(shout, function* ({ port }) {
    const clients = Array.from({ length: 400 }, (_, i) => spawn(ask, port, `client ${i}`));
    yield* joinAll(clients, { raiseError: true });
    assertEquals(clients.map((each) => each.value), clients.map((_, i) => `CLIENT ${i}`));
  });
});

Deno.test("StreamServer names the greenlets of its handlers after their clients", async () => {
  let tree = "";
  const handler = function* (client: Connection): Coroutine<void> {
    tree = dump();
    yield* client.write(encoder.encode(getCurrent().name));
  };
  await serving(handler, function* ({ port }) {
    using client = yield* connect({ hostname, port });
    const { port: own } = client.localAddr;
    assertEquals(yield* readAll(client), `serve ${hostname}:${own}`);
    assertEquals(tree.includes(`accept ${hostname}:${port}`), true, tree);
  });
});

Deno.test("StreamServer takes plain and async functions as handlers", async () => {
  await serving((client) => client.write(encoder.encode("plain")), function* ({ port }) {
    assertEquals(yield* ask(port, ""), "plain");
  });
  await serving(async (client) => {
    await client.write(encoder.encode("async"));
  }, function* ({ port }) {
    assertEquals(yield* ask(port, ""), "async");
  });
});

Deno.test("StreamServer goes on after a handler that failed, which is reported", async () => {
  let calls = 0;
  const handler = function* (client: Connection): Coroutine<void> {
    if (++calls === 1) throw new RangeError("broken");
    yield* shout(client);
  };
  const lines = await reported(() =>
    serving(handler, function* ({ port }) {
      using first = yield* connect({ hostname, port });
      assertEquals(yield* readAll(first), "");
      assertEquals(yield* ask(port, "second"), "SECOND");
    })
  );
  assertEquals(lines, [`serve ${hostname}:N: RangeError: broken`]);
});

Deno.test("StreamServer takes no more clients than its pool has room for", async () => {
  const served: string[] = [];
  let busy = 0;
  let most = 0;
  const handler = function* (client: Connection): Coroutine<void> {
    most = Math.max(most, ++busy);
    yield* shout(client);
    yield* sleep(1);
    served.push("one");
    busy--;
  };
  await serving(handler, function* ({ port }) {
    const clients = Array.from({ length: 7 }, () => spawn(ask, port, "x"));
    yield* joinAll(clients, { raiseError: true });
  }, { spawn: 2 });
  assertEquals([most, served.length], [2, 7]);
});

Deno.test("StreamServer closes a client for whom there is no room when it is stopped", async () => {
  const pool = new Pool(1);
  const full = new Event();
  await serving(shout, function* (server) {
    yield* pool.spawn(function* () {
      yield* full.wait();
    });
    using client = yield* connect({ hostname, port: server.port });
    yield* server.stop();
    let ended: unknown;
    try {
      ended = yield* readAll(client);
    } catch (error) {
      ended = (error as Error).name;
    }
    assertEquals(["", "ConnectionReset"].includes(ended as string), true, String(ended));
    full.set();
  }, { spawn: pool });
});

Deno.test("StreamServer.stop() lets handlers end, and takes nobody in meanwhile", async () => {
  const begun = new Event();
  const go = new Event();
  const handler = function* (client: Connection): Coroutine<void> {
    begun.set();
    yield* go.wait();
    yield* shout(client);
  };
  await serving(handler, function* (server) {
    const { port } = server;
    const client = spawn(ask, port, "late");
    yield* begun.wait();
    const stopped = server.stop({ timeout: 60_000 });
    yield* refused(port);
    go.set();
    yield* stopped;
    assertEquals(yield* client, "LATE");
    assertEquals([server.started, server.closed, server.size], [false, true, 0]);
  });
});

/** The host may still take a connection in the turn in which the listener is closed, and drops it. */
function* refused(port: number): Coroutine<void> {
  let answer = "";
  try {
    answer = yield* ask(port, "anybody there?");
  } catch (error) {
    const { ConnectionRefused, ConnectionReset } = Deno.errors;
    if (!(error instanceof ConnectionRefused || error instanceof ConnectionReset)) throw error;
  }
  assertEquals(answer, "");
}

Deno.test("StreamServer.stop() kills handlers that do not end in time, and waits for their cleanup", async () => {
  using clock = new ManualClock();
  const begun = new Event();
  let cleaned = false;
  const handler = function* (): Coroutine<void> {
    try {
      begun.set();
      yield* new Event().wait();
    } finally {
      yield* sleep(5);
      cleaned = true;
    }
  };
  const done = serving(handler, function* (server) {
    using client = yield* connect({ hostname, port: server.port });
    yield* begun.wait();
    const stopped = spawn(() => server.stop({ timeout: 300 }));
    yield* until(clock.advance(299));
    assertEquals([stopped.dead, cleaned], [false, false]);
    yield* until(clock.advance(6));
    yield* stopped;
    assertEquals(cleaned, true);
    assertEquals(yield* readAll(client), "");
  });
  await done;
});

Deno.test("StreamServer closes the client of a handler that is killed before it begins", async () => {
  let began = false;
  class Watched extends StreamServer {
    protected override *take(listener: Listener) {
      const work = yield* super.take(listener);
      // Begins before the handler, whose greenlet is made after this.
      spawn(() => active().find((each) => each.name === work.name)!.kill());
      return work;
    }
  }
  await run(function* () {
    const server = new Watched(ANYWHERE, () => {
      began = true;
    });
    server.start();
    using client = yield* connect({ hostname, port: server.port });
    assertEquals(yield* readAll(client), "");
  });
  assertEquals(began, false);
});

Deno.test("StreamServer.serveForever() serves until its greenlet is killed", async () => {
  await run(function* () {
    const server = new StreamServer(ANYWHERE, shout);
    const forever = spawn(() => server.serveForever());
    yield* sleep(0);
    const { port } = server;
    assertEquals(yield* ask(port, "x"), "X");
    assertEquals(server.started, true);
    yield* forever.kill();
    assertEquals(server.started, false);
    yield* refused(port);
  });
});

Deno.test("StreamServer.serveForever() ends when the server is stopped", async () => {
  await serving(shout, function* (server) {
    const forever = spawn(() => server.serveForever());
    yield* sleep(0);
    yield* server.stop();
    assertEquals(yield* forever.join(), true);
  });
});

Deno.test("a run ends without waiting for the clients of a server that nobody stopped", async () => {
  let left: Connection | undefined;
  const forgotten = await run(function* () {
    const server = new StreamServer(ANYWHERE, function* () {
      yield* new Event().wait();
    });
    server.start();
    left = yield* connect({ hostname, port: server.port });
    return server;
  });
  assertEquals([forgotten.started, forgotten.size], [false, 0]);
  assertEquals(await left!.read(new Uint8Array(1)), null);
  left!.close();
});

Deno.test("StreamServer rests after errors of accept, longer each time, and goes on", async () => {
  using clock = new ManualClock();
  const times: number[] = [];
  const host = Deno.listen(ANYWHERE);
  const accept = host.accept.bind(host);
  host.accept = () => {
    times.push(clock.now());
    return times.length <= 4 ? Promise.reject(new Error("Too many open files")) : accept();
  };
  const listener = new Listener(host, (conn) => {
    conn.close();
    throw new Error("Cannot be: nobody connects");
  });
  const server = new StreamServer(listener, shout);
  server.start();
  await clock.advance(1000);
  await settle();
  assertEquals(times.map((time) => time - times[0]!), [0, 10, 30, 70, 150]);
  await server.stop();
});

Deno.test("StreamServer can be started once, and tells its port only then", async () => {
  const server = new StreamServer(ANYWHERE, shout);
  assertThrows(
    () => server.port,
    GreenletError,
    "<StreamServer not started handlers=0>: call start",
  );
  assertEquals([server.addr, server.started], [undefined, false]);
  server.start();
  const { port } = server;
  server.start();
  assertStrictEquals(server.port, port);
  assertEquals(Deno.inspect(server), `<StreamServer ${hostname}:${port} handlers=0>`);
  await server.stop();
  await server.stop();
  assertEquals(Deno.inspect(server), `<StreamServer ${hostname}:${port} stopped handlers=0>`);
  assertThrows(() => server.start(), GreenletError, "make another server");
});

Deno.test("StreamServer refuses what is no function, and an address that is taken", async () => {
  assertThrows(() => new StreamServer(ANYWHERE, 7 as unknown as ConnectionHandler), TypeError, "7");
  await serving(shout, function* ({ port }) {
    yield* sleep(0);
    assertThrows(
      () => new StreamServer({ hostname, port }, shout).start(),
      Deno.errors.AddrInUse,
      `${hostname}:${port}`,
    );
  });
});

Deno.test("StreamServer listens at a Unix socket", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  await serving(
    shout,
    function* (server) {
      using client = yield* connect({ transport: "unix", path });
      yield* client.write(encoder.encode("hello"));
      assertEquals(yield* readAll(client), "HELLO");
      assertThrows(() => server.port, GreenletError, "it listens at a path");
    },
    {},
    { transport: "unix", path },
  );
  await Deno.remove(folder, { recursive: true });
});
