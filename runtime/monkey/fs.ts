// Copyright 2026 the Tendril authors. MIT license.
/**
 * Files: the functions of `Deno`, its open files, and `node:fs/promises`.
 *
 * Reading and writing whole files is aborted when the greenlet gives up. The host cannot abort anything
 * else it does to files, so that it finishes alone; what it opens then is closed.
 *
 * @module
 */
import { drive } from "../io/driven.ts";
import { type Blocking, blocking, hostCall, insideGreenlet, withSignal } from "./call.ts";
import { closeOnce, cooperativeIterator, intake } from "./leftover.ts";
import {
  builtin,
  define,
  defineAll,
  ignore,
  learn,
  learnAs,
  learnedAs,
  type Wrap,
} from "./registry.ts";

function plain(verb: string): Wrap {
  return blocking({ verb });
}

/** Functions whose verb is their name. */
function named(names: string): Record<string, Wrap> {
  return Object.fromEntries(names.split(" ").map((name) => [name, plain(name)]));
}

const close = (opened: { close(): unknown }) => opened.close();

/**
 * Writing a whole file. A stream is aborted on its way there: the host leaves something open when it is
 * given a stream and a signal.
 */
const writeWhole: Wrap = (original) => {
  const write = blocking({ verb: "write", signal: 2 })(original);
  return function (this: unknown, ...args: unknown[]): unknown {
    const data = args[1];
    if (!insideGreenlet() || !(data instanceof ReadableStream)) {
      return Reflect.apply(write, this, args);
    }
    const controller = new AbortController();
    const { signal } = controller;
    args[1] = drive(data.pipeThrough(new TransformStream(), { signal }));
    return hostCall(
      "write",
      String(args[0]),
      () => Reflect.apply(original, this, args),
      controller,
    );
  };
};

const readDir: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const entries = Reflect.apply(original, this, args);
    const iterate: () => AsyncIterator<Deno.DirEntry> = entries[Symbol.asyncIterator];
    entries[Symbol.asyncIterator] = () => {
      const iterator = iterate.call(entries);
      const end = () => void iterator.return?.().catch(ignore);
      return cooperativeIterator("list", String(args[0]), iterator, end);
    };
    return entries;
  };

const watchFs: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    return learn(Reflect.apply(original, this, args));
  };

defineAll("fs", "Deno", () => Deno, {
  ...named("chmod chown copyFile link lstat mkdir remove rename stat symlink truncate utime"),
  makeTempDir: blocking({ verb: "make", name: () => "a temporary directory" }),
  makeTempFile: blocking({ verb: "make", name: () => "a temporary file" }),
  readLink: plain("read link"),
  realPath: plain("resolve"),
  readFile: blocking({ verb: "read", signal: 1 }),
  readTextFile: blocking({ verb: "read", signal: 1 }),
  writeFile: writeWhole,
  writeTextFile: writeWhole,
  open: blocking({ verb: "open", late: close }),
  create: blocking({ verb: "open", late: close }),
  readDir,
  watchFs,
});

const ofFile = (verb: string): Blocking => ({ verb, name: () => "a file" });
const readFrom = (name: string): Wrap => intake({ verb: "read", name: () => name, fills: true });

defineAll("fs", "Deno.FsFile.prototype", () => Deno.FsFile.prototype, {
  read: readFrom("a file"),
  write: blocking(ofFile("write")),
  truncate: blocking(ofFile("truncate")),
  seek: blocking(ofFile("seek")),
  stat: blocking(ofFile("stat")),
  sync: blocking(ofFile("sync")),
  syncData: blocking(ofFile("sync")),
  utime: blocking(ofFile("utime")),
  lock: blocking({
    ...ofFile("lock"),
    late: (_: void, file: Deno.FsFile) => file.unlockSync(),
  }),
  tryLock: blocking({
    ...ofFile("lock"),
    late: (locked: boolean, file: Deno.FsFile) => locked && file.unlockSync(),
  }),
  unlock: blocking(ofFile("unlock")),
});
define("fs", "Deno.stdin.read", () => Object.getPrototypeOf(Deno.stdin), "read", readFrom("stdin"));
for (const name of ["stdout", "stderr"] as const) {
  const write = blocking({ verb: "write", name: () => name });
  define("fs", `Deno.${name}.write`, () => Object.getPrototypeOf(Deno[name]), "write", write);
}
define(
  "fs",
  "Deno.FsWatcher.prototype.next",
  learnedAs("Deno.FsWatcher.prototype"),
  "next",
  intake<Deno.FsWatcher>({
    verb: "watch",
    name: () => "files",
    close: closeOnce,
  }),
);

const FILE_HANDLE = "node:fs/promises.FileHandle.prototype";

/** `open` of Node, which shows the class of its files. */
const openNode = blocking({
  verb: "open",
  late: close,
  learn: (opening: Promise<object>) =>
    learnedAs(FILE_HANDLE)() !== undefined ? opening : opening.then((file) => {
      learnAs(FILE_HANDLE, Object.getPrototypeOf(file));
      return file;
    }),
});

/** An iterator that takes a signal in its second argument. */
const watchNode: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    if (!insideGreenlet()) return Reflect.apply(original, this, args);
    const controller = new AbortController();
    args[1] = withSignal(args[1], controller.signal);
    const events = Reflect.apply(original, this, args);
    return cooperativeIterator("watch", String(args[0]), events, () => controller.abort());
  };

const globNode: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const paths: AsyncIterableIterator<unknown> = Reflect.apply(original, this, args);
    const end = () => void paths.return?.().catch(ignore);
    return insideGreenlet() ? cooperativeIterator("glob", String(args[0]), paths, end) : paths;
  };

defineAll("fs", "node:fs/promises", builtin("node:fs/promises"), {
  ...named("access copyFile cp rename truncate rm rmdir mkdir readdir symlink lstat stat statfs"),
  ...named("link unlink chmod lchmod lchown chown utimes lutimes mkdtemp mkdtempDisposable"),
  readlink: plain("read link"),
  realpath: plain("resolve"),
  appendFile: plain("append to"),
  readFile: blocking({ verb: "read", signal: 1 }),
  writeFile: blocking({ verb: "write", signal: 2 }),
  open: openNode,
  opendir: blocking({ verb: "open", late: close }),
  watch: watchNode,
  glob: globNode,
});
defineAll(
  "fs",
  FILE_HANDLE,
  learnedAs(FILE_HANDLE),
  Object.fromEntries(
    ("appendFile chmod chown close datasync read readFile readv stat sync truncate utimes write " +
      "writeFile writev").split(" ").map((verb) => [verb, blocking(ofFile(verb))]),
  ),
);
