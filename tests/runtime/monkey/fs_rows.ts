// Copyright 2026 the Tendril authors. MIT license.
// The rows of Deno's file functions.

import { sleep } from "@tendril/tendril";
import { getOriginal } from "@tendril/tendril/monkey";
import { atPipe } from "../wait_contract_io.ts";
import { type Case, recorded, row } from "./table.ts";

/** A folder with a file, a link to it and an empty folder, removed at the end. */
export function inFolder(
  reason: (folder: string) => string,
  call: (folder: string) => Promise<unknown>,
): () => Case {
  return () => {
    const folder = Deno.makeTempDirSync();
    Deno.writeTextFileSync(`${folder}/a`, "text");
    Deno.symlinkSync(`${folder}/a`, `${folder}/link`);
    Deno.mkdirSync(`${folder}/empty`);
    return {
      quick: () => call(folder).catch(onlyHost),
      slow: () => call(folder),
      reason: reason(folder),
      close: () => Deno.removeSync(folder, { recursive: true }),
    };
  };
}

/** Some systems lack some of the functions. */
function onlyHost(error: NodeJS.ErrnoException): void {
  if (error.code !== "ERR_METHOD_NOT_IMPLEMENTED") throw error;
}

/** The user and the group that a file has. */
export function ownerOf(path: string): [uid: number, gid: number] {
  const { uid, gid } = Deno.statSync(path);
  return [uid!, gid!];
}

/** A pipe in which nothing was written yet, so that reading it waits until `finish`. */
export function inPipe(
  reason: string,
  open: (path: string) => Promise<{ read(): Promise<unknown>; close?(): void }>,
): () => Promise<Case> {
  return async () => {
    let read!: () => Promise<unknown>;
    const { finish, close } = await atPipe(async (path) => {
      const opened = await open(path);
      read = opened.read;
      return { wait: () => sleep(0), close: () => opened.close?.() };
    });
    // Killed, the host's thread still waits: it ends as well when something comes.
    return { quick: read, finish, ended: async () => await finish(), close: close!, reason };
  };
}

const calls: Record<string, [verb: string, call: (folder: string) => Promise<unknown>]> = {
  chmod: ["chmod", (folder) => Deno.chmod(`${folder}/a`, 0o600)],
  chown: ["chown", (folder) => Deno.chown(`${folder}/a`, ...ownerOf(`${folder}/a`))],
  copyFile: ["copyFile", (folder) => Deno.copyFile(`${folder}/a`, `${folder}/b`)],
  link: ["link", (folder) => Deno.link(`${folder}/a`, `${folder}/b`)],
  lstat: ["lstat", (folder) => Deno.lstat(`${folder}/a`)],
  mkdir: ["mkdir", (folder) => Deno.mkdir(`${folder}/b`)],
  remove: ["remove", (folder) => Deno.remove(`${folder}/a`)],
  rename: ["rename", (folder) => Deno.rename(`${folder}/a`, `${folder}/b`)],
  stat: ["stat", (folder) => Deno.stat(`${folder}/a`)],
  symlink: ["symlink", (folder) => Deno.symlink(`${folder}/a`, `${folder}/b`)],
  truncate: ["truncate", (folder) => Deno.truncate(`${folder}/a`)],
  utime: ["utime", (folder) => Deno.utime(`${folder}/a`, 1, 1)],
  readLink: ["read link", (folder) => Deno.readLink(`${folder}/link`)],
  realPath: ["resolve", (folder) => Deno.realPath(`${folder}/link`)],
  makeTempDir: ["make a temporary directory", (dir) => Deno.makeTempDir({ dir })],
  makeTempFile: ["make a temporary file", (dir) => Deno.makeTempFile({ dir })],
  open: ["open", async (folder) => (await Deno.open(`${folder}/a`)).close()],
  create: ["open", async (folder) => (await Deno.create(`${folder}/a`)).close()],
};
for (const [name, [verb, call]] of Object.entries(calls)) {
  recorded(`Deno.${name}`, inFolder(() => verb, call));
}

const methods: Record<string, [verb: string, call: (file: Deno.FsFile) => Promise<unknown>]> = {
  write: ["write", (file) => file.write(new Uint8Array(3))],
  truncate: ["truncate", (file) => file.truncate(3)],
  seek: ["seek", (file) => file.seek(1, Deno.SeekMode.Start)],
  stat: ["stat", (file) => file.stat()],
  sync: ["sync", (file) => file.sync()],
  syncData: ["sync", (file) => file.syncData()],
  utime: ["utime", (file) => file.utime(1, 1)],
  lock: ["lock", (file) => file.lock()],
  tryLock: ["lock", (file) => file.tryLock()],
  unlock: ["unlock", (file) => file.unlock()],
};
for (const [name, [verb, call]] of Object.entries(methods)) {
  recorded(`Deno.FsFile.prototype.${name}`, () => {
    const path = Deno.makeTempFileSync();
    const file = Deno.openSync(path, { read: true, write: true });
    return {
      quick: () => call(file),
      reason: `${verb} a file`,
      close() {
        file.close();
        Deno.removeSync(path);
      },
    };
  });
}
recorded(
  "Deno.FsFile.prototype.read",
  inPipe("read a file", async (path) => {
    const file = await Deno.open(path);
    return { read: () => file.read(new Uint8Array(10)), close: () => file.close() };
  }),
);

const read = (call: (path: string) => Promise<unknown>) =>
  inPipe("read /", (path) => Promise.resolve({ read: () => call(path) }));
recorded("Deno.readFile", read((path) => Deno.readFile(path)));
recorded("Deno.readTextFile", read((path) => Deno.readTextFile(path)));

/** A stream that never ends, and tells when it is cancelled. */
export function endless<T>(chunk: T): { stream: ReadableStream<T>; cancelled: Promise<unknown> } {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stream = new ReadableStream<T>({
    start: (controller) => controller.enqueue(chunk),
    cancel: resolve,
  });
  return { stream, cancelled: promise };
}

/** Writing a stream that never ends to a file: it is cancelled with the greenlet. */
function writing<T>(
  chunk: T,
  write: (path: string, data: ReadableStream<T> | T) => Promise<void>,
): () => Case {
  return () => {
    const path = Deno.makeTempFileSync();
    const { stream, cancelled } = endless(chunk);
    return {
      quick: () => write(path, chunk),
      slow: () => write(path, stream),
      ended: () => cancelled,
      reason: `write ${path}`,
      close: () => Deno.removeSync(path),
    };
  };
}
recorded("Deno.writeFile", writing(new Uint8Array(3), (path, data) => Deno.writeFile(path, data)));
recorded("Deno.writeTextFile", writing("abc", (path, data) => Deno.writeTextFile(path, data)));

async function list(folder: string): Promise<void> {
  for await (const _ of Deno.readDir(folder)) {
    // One after the other.
  }
}
row("Deno.readDir", () => {
  let seen = "";
  const listed = inFolder((folder) => `list ${folder}`, (folder) => list(seen = folder))();
  return {
    ...listed,
    async ended() {
      // The host reads on after a kill, and tells nobody; what was asked for later ends later.
      for (let again = 0; again < 20; again++) await list(seen);
    },
  };
});

/** Watching a folder, through the function or by the method of what it gives. */
function watching(): Case {
  const folder = Deno.makeTempDirSync();
  const watcher = Deno.watchFs(folder);
  return {
    quick: () => watcher[Symbol.asyncIterator]().next(),
    finish: () => Deno.writeTextFileSync(`${folder}/a`, "text"),
    reason: "watch files",
    close() {
      watcher[Symbol.dispose]();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}
row("Deno.watchFs", watching);
row("Deno.FsWatcher.prototype.next", watching);

for (const name of ["stdout", "stderr"] as const) {
  recorded(`Deno.${name}.write`, () => ({
    quick: () => Deno[name].write(new Uint8Array(0)),
    reason: `write ${name}`,
  }));
}

let stdin: Deno.FsFile;
recorded(
  "Deno.stdin.read",
  inPipe("read stdin", async (path) => {
    stdin = await Deno.open(path);
    return { read: () => Deno.stdin.read(new Uint8Array(10)), close: () => stdin.close() };
  }),
  { original: (bytes) => getOriginal("Deno.FsFile.prototype.read")!.call(stdin, bytes) },
);
