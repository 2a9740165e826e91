// Copyright 2026 the Tendril authors. MIT license.
/**
 * The file functions of `Deno` for greenlets. A kill or a timeout aborts what the host can abort; what
 * changes the disk has ended, done or not, when the greenlet goes on. Errors are those of the host, with
 * what was done and to which file in the message.
 *
 * @module
 */
import { show } from "../clock.ts";
import { changing, changingWhile, looking, lookingWhile, type Path } from "./disk.ts";
import { failure } from "./errors.ts";
import { type Feed, Pulled } from "./feed.ts";
import { writeAll } from "./file.ts";
import type { IoPromise } from "./promise.ts";

// The originals, whatever the global ones become.
const host = {
  chmod: Deno.chmod,
  chown: Deno.chown,
  copyFile: Deno.copyFile,
  link: Deno.link,
  lstat: Deno.lstat,
  makeTempDir: Deno.makeTempDir,
  makeTempFile: Deno.makeTempFile,
  mkdir: Deno.mkdir,
  open: Deno.open,
  readDir: Deno.readDir,
  readFile: Deno.readFile,
  readLink: Deno.readLink,
  readTextFile: Deno.readTextFile,
  realPath: Deno.realPath,
  remove: Deno.remove,
  rename: Deno.rename,
  stat: Deno.stat,
  symlink: Deno.symlink,
  truncate: Deno.truncate,
  utime: Deno.utime,
  watchFs: Deno.watchFs,
  writeFile: Deno.writeFile,
};

/** Data from this size on is written in pieces of it, so that a kill ends the writing. */
const PIECE = 4 * 1024 * 1024;

const ignore = () => {};
const encoder = new TextEncoder();

/**
 * Reads a whole file as bytes.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, readFile, remove, writeFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* writeFile(path, new Uint8Array([1, 2, 3]));
 *   assertEquals(yield* readFile(path), new Uint8Array([1, 2, 3]));
 *   yield* remove(path);
 * });
 * ```
 */
export function readFile(
  path: Path,
  options?: Deno.ReadFileOptions,
): IoPromise<Uint8Array<ArrayBuffer>> {
  return lookingWhile("read", path, options, (with_) => host.readFile(path, with_));
}

/**
 * Reads a whole file as text.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, readTextFile, remove, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* writeTextFile(path, "tea");
 *   assertEquals(yield* readTextFile(path), "tea");
 *   yield* remove(path);
 * });
 * ```
 */
export function readTextFile(path: Path, options?: Deno.ReadFileOptions): IoPromise<string> {
  return lookingWhile("read", path, options, (with_) => host.readTextFile(path, with_));
}

/**
 * Writes a whole file. A kill leaves what was written by then.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, readFile, remove, writeFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* writeFile(path, new Uint8Array([1, 2]));
 *   yield* writeFile(path, new Uint8Array([3]), { append: true });
 *   assertEquals(yield* readFile(path), new Uint8Array([1, 2, 3]));
 *   yield* remove(path);
 * });
 * ```
 */
export function writeFile(
  path: Path,
  data: Uint8Array | ReadableStream<Uint8Array>,
  options?: Deno.WriteFileOptions,
): IoPromise<void> {
  if (data instanceof ReadableStream) {
    return changingWhile("write", path, options, (with_) => writeStream(path, data, with_));
  }
  if (data.length > PIECE) {
    return changingWhile("write", path, options, (with_) => writePieces(path, data, with_));
  }
  // An abort would let the host go on in secret, so there is none.
  const written = host.writeFile(path, data, options);
  return changing("write", path, written, ignore, options?.signal);
}

/**
 * Writes a whole file of text. A kill leaves what was written by then.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, readTextFile, remove, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* writeTextFile(path, "one\n");
 *   yield* writeTextFile(path, "two\n", { append: true });
 *   assertEquals(yield* readTextFile(path), "one\ntwo\n");
 *   yield* remove(path);
 * });
 * ```
 */
export function writeTextFile(
  path: Path,
  data: string | ReadableStream<string>,
  options?: Deno.WriteFileOptions,
): IoPromise<void> {
  const bytes = data instanceof ReadableStream
    ? data.pipeThrough(new TextEncoderStream())
    : encoder.encode(data);
  return writeFile(path, bytes, options);
}

/** Opens a file as `Deno.writeFile` does. */
function openToWrite(path: Path, options: Deno.WriteFileOptions): Promise<Deno.FsFile> {
  const { append = false, create = true, createNew = false, mode } = options;
  const how = { write: true, append, create, createNew, truncate: !append };
  return host.open(path, mode === undefined ? how : { ...how, mode });
}

async function writePieces(
  path: Path,
  data: Uint8Array,
  options: Deno.WriteFileOptions & { signal: AbortSignal },
): Promise<void> {
  using file = await openToWrite(path, options);
  await writeAll(file, data, options.signal, PIECE);
}

/** The host's own way leaves a handle open when it is given a signal. */
async function writeStream(
  path: Path,
  data: ReadableStream<Uint8Array>,
  options: Deno.WriteFileOptions & { signal: AbortSignal },
): Promise<void> {
  const file = await openToWrite(path, options);
  await data.pipeTo(file.writable, { signal: options.signal });
}

/**
 * Copies a file, with its permissions.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { copyFile, makeTempDir, readTextFile, remove, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* writeTextFile(`${folder}/a`, "tea");
 *   yield* copyFile(`${folder}/a`, `${folder}/b`);
 *   assertEquals(yield* readTextFile(`${folder}/b`), "tea");
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function copyFile(from: Path, to: Path): IoPromise<void> {
  return changing("copy", from, host.copyFile(from, to));
}

/**
 * Gives a file another name or place.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, readTextFile, remove, rename, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* writeTextFile(`${folder}/draft`, "tea");
 *   yield* rename(`${folder}/draft`, `${folder}/final`);
 *   assertEquals(yield* readTextFile(`${folder}/final`), "tea");
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function rename(from: Path, to: Path): IoPromise<void> {
  return changing("rename", from, host.rename(from, to));
}

/**
 * Gives a file a further name: a hard link.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { link, makeTempDir, readTextFile, remove, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* writeTextFile(`${folder}/a`, "tea");
 *   yield* link(`${folder}/a`, `${folder}/b`);
 *   yield* remove(`${folder}/a`);
 *   assertEquals(yield* readTextFile(`${folder}/b`), "tea");
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function link(from: string, to: string): IoPromise<void> {
  return changing("link", to, host.link(from, to));
}

/**
 * Makes a symbolic link `to` that leads to `from`.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, readTextFile, remove, symlink, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* writeTextFile(`${folder}/a`, "tea");
 *   yield* symlink(`${folder}/a`, `${folder}/b`);
 *   assertEquals(yield* readTextFile(`${folder}/b`), "tea");
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function symlink(from: Path, to: Path, options?: Deno.SymlinkOptions): IoPromise<void> {
  return changing("symlink", to, host.symlink(from, to, options));
}

/**
 * Removes a file or a directory.
 *
 * @example Usage
 * ```ts
 * import { makeTempDir, remove, stat, writeTextFile } from "@tendril/tendril/io";
 * import { assertRejects } from "@std/assert";
 *
 * const folder = await makeTempDir();
 * await writeTextFile(`${folder}/a`, "tea");
 * await remove(folder, { recursive: true });
 * await assertRejects(() => stat(folder), Deno.errors.NotFound);
 * ```
 */
export function remove(path: Path, options?: Deno.RemoveOptions): IoPromise<void> {
  return changing("remove", path, host.remove(path, options));
}

/**
 * Makes a directory.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, mkdir, remove, stat } from "@tendril/tendril/io";
 * import { assert } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* mkdir(`${folder}/a/b`, { recursive: true });
 *   assert((yield* stat(`${folder}/a/b`)).isDirectory);
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function mkdir(path: Path, options?: Deno.MkdirOptions): IoPromise<void> {
  return changing("mkdir", path, host.mkdir(path, options));
}

/**
 * Makes a directory with a name of its own for temporary files, and gives its path.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, remove, stat } from "@tendril/tendril/io";
 * import { assert } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir({ prefix: "tea_" });
 *   assert((yield* stat(folder)).isDirectory);
 *   yield* remove(folder);
 * });
 * ```
 */
export function makeTempDir(options?: Deno.MakeTempOptions): IoPromise<string> {
  const made = host.makeTempDir(options);
  const folder = options?.dir ?? "$TMPDIR";
  return changing("make a temporary directory in", folder, made, (path) => host.remove(path));
}

/**
 * Makes an empty file with a name of its own, and gives its path.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, remove, stat } from "@tendril/tendril/io";
 * import { assert, assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile({ suffix: ".txt" });
 *   assert(path.endsWith(".txt"));
 *   assertEquals((yield* stat(path)).size, 0);
 *   yield* remove(path);
 * });
 * ```
 */
export function makeTempFile(options?: Deno.MakeTempOptions): IoPromise<string> {
  const made = host.makeTempFile(options);
  const folder = options?.dir ?? "$TMPDIR";
  return changing("make a temporary file in", folder, made, (path) => host.remove(path));
}

/**
 * Cuts or extends a file to `length` bytes.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import {
 *   makeTempFile,
 *   readTextFile,
 *   remove,
 *   truncate,
 *   writeTextFile,
 * } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* writeTextFile(path, "teapot");
 *   yield* truncate(path, 3);
 *   assertEquals(yield* readTextFile(path), "tea");
 *   yield* remove(path);
 * });
 * ```
 */
export function truncate(path: string, length?: number): IoPromise<void> {
  return changing("truncate", path, host.truncate(path, length));
}

/**
 * Sets the permissions of a file.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { chmod, makeTempFile, remove, stat } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* chmod(path, 0o640);
 *   assertEquals((yield* stat(path)).mode! & 0o777, 0o640);
 *   yield* remove(path);
 * });
 * ```
 */
export function chmod(path: Path, mode: number): IoPromise<void> {
  return changing("chmod", path, host.chmod(path, mode));
}

/**
 * Sets the owner and the group of a file; `null` leaves one as it is.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { chown, makeTempFile, remove, stat } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   const { uid, gid } = yield* stat(path);
 *   yield* chown(path, null, gid);
 *   assertEquals((yield* stat(path)).uid, uid);
 *   yield* remove(path);
 * });
 * ```
 */
export function chown(path: Path, uid: number | null, gid: number | null): IoPromise<void> {
  return changing("chown", path, host.chown(path, uid, gid));
}

/**
 * Sets when a file was last read and written: a Date, or seconds since 1970.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, remove, stat, utime } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* utime(path, new Date("2026-01-01"), new Date("2026-01-02"));
 *   assertEquals((yield* stat(path)).mtime, new Date("2026-01-02"));
 *   yield* remove(path);
 * });
 * ```
 */
export function utime(path: Path, atime: number | Date, mtime: number | Date): IoPromise<void> {
  return changing("utime", path, host.utime(path, atime, mtime));
}

/**
 * What the file system knows of a file.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, remove, stat, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* writeTextFile(path, "tea");
 *   const { isFile, size } = yield* stat(path);
 *   assertEquals({ isFile, size }, { isFile: true, size: 3 });
 *   yield* remove(path);
 * });
 * ```
 */
export function stat(path: Path): IoPromise<Deno.FileInfo> {
  return looking("stat", path, host.stat(path));
}

/**
 * What the file system knows of a file; of a symbolic link itself.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { lstat, makeTempDir, remove, stat, symlink } from "@tendril/tendril/io";
 * import { assert } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* symlink(folder, `${folder}/itself`);
 *   assert((yield* lstat(`${folder}/itself`)).isSymlink);
 *   assert((yield* stat(`${folder}/itself`)).isDirectory);
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function lstat(path: Path): IoPromise<Deno.FileInfo> {
  return looking("stat", path, host.lstat(path));
}

/**
 * Where a symbolic link leads.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, readLink, remove, symlink } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* symlink(folder, `${folder}/itself`);
 *   assertEquals(yield* readLink(`${folder}/itself`), folder);
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function readLink(path: Path): IoPromise<string> {
  return looking("read the link", path, host.readLink(path));
}

/**
 * The absolute path of a file, without symbolic links in it.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, realPath, remove, symlink } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* symlink(folder, `${folder}/itself`);
 *   assertEquals(yield* realPath(`${folder}/itself`), yield* realPath(folder));
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function realPath(path: Path): IoPromise<string> {
  return looking("find the real path of", path, host.realPath(path));
}

/**
 * The entries of a directory, in no order: `yield* entries.next()` in a greenlet, or `for await`.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, readDir, remove, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   yield* writeTextFile(`${folder}/a`, "");
 *   const names: string[] = [];
 *   using entries = readDir(folder);
 *   for (let step = yield* entries.next(); !step.done; step = yield* entries.next()) {
 *     names.push(step.value.name);
 *   }
 *   assertEquals(names, ["a"]);
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function readDir(path: Path): Feed<Deno.DirEntry> {
  const entries = host.readDir(path)[Symbol.asyncIterator]();
  return new Pulled(`read the directory ${path}`, entries, {
    tell: (error) =>
      failure(`read the directory ${path instanceof URL ? path : show(path)}`, error),
    onClose: () => void entries.return?.().catch(ignore),
  });
}

/**
 * What happens to files: `yield* events.next()` in a greenlet, or `for await`. It watches from the call
 * on, until it is closed: by `using`, by leaving the loop, or by a kill in the loop.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempDir, remove, watchFs, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   using events = watchFs(folder);
 *   yield* writeTextFile(`${folder}/a`, "tea");
 *   const { value: event } = yield* events.next();
 *   assertEquals([event?.kind, event?.paths], ["create", [`${folder}/a`]]);
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 *
 * @throws {Deno.errors.NotFound} If one of the paths leads nowhere.
 */
export function watchFs(
  paths: string | string[],
  options?: Parameters<typeof Deno.watchFs>[1],
): Feed<Deno.FsEvent> {
  const action = `watch ${[paths].flat().join(", ")}`;
  let watcher: Deno.FsWatcher;
  try {
    watcher = host.watchFs(paths, options);
  } catch (error) {
    throw failure(action, error);
  }
  return new Pulled(action, watcher[Symbol.asyncIterator](), {
    tell: (error) => failure(action, error),
    onClose: () => watcher.close(),
  });
}
