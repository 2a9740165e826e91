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

/** Reads a whole file as bytes. */
export function readFile(
  path: Path,
  options?: Deno.ReadFileOptions,
): IoPromise<Uint8Array<ArrayBuffer>> {
  return lookingWhile("read", path, options, (with_) => host.readFile(path, with_));
}

/** Reads a whole file as text. */
export function readTextFile(path: Path, options?: Deno.ReadFileOptions): IoPromise<string> {
  return lookingWhile("read", path, options, (with_) => host.readTextFile(path, with_));
}

/** Writes a whole file. A kill leaves what was written by then. */
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

/** Writes a whole file of text. A kill leaves what was written by then. */
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

/** Copies a file, with its permissions. */
export function copyFile(from: Path, to: Path): IoPromise<void> {
  return changing("copy", from, host.copyFile(from, to));
}

/** Gives a file another name or place. */
export function rename(from: Path, to: Path): IoPromise<void> {
  return changing("rename", from, host.rename(from, to));
}

/** Gives a file a further name: a hard link. */
export function link(from: string, to: string): IoPromise<void> {
  return changing("link", to, host.link(from, to));
}

/** Makes a symbolic link `to` that leads to `from`. */
export function symlink(from: Path, to: Path, options?: Deno.SymlinkOptions): IoPromise<void> {
  return changing("symlink", to, host.symlink(from, to, options));
}

/** Removes a file or a directory. */
export function remove(path: Path, options?: Deno.RemoveOptions): IoPromise<void> {
  return changing("remove", path, host.remove(path, options));
}

/** Makes a directory. */
export function mkdir(path: Path, options?: Deno.MkdirOptions): IoPromise<void> {
  return changing("mkdir", path, host.mkdir(path, options));
}

/** Makes a directory with a name of its own for temporary files, and gives its path. */
export function makeTempDir(options?: Deno.MakeTempOptions): IoPromise<string> {
  const made = host.makeTempDir(options);
  const folder = options?.dir ?? "$TMPDIR";
  return changing("make a temporary directory in", folder, made, (path) => host.remove(path));
}

/** Makes an empty file with a name of its own, and gives its path. */
export function makeTempFile(options?: Deno.MakeTempOptions): IoPromise<string> {
  const made = host.makeTempFile(options);
  const folder = options?.dir ?? "$TMPDIR";
  return changing("make a temporary file in", folder, made, (path) => host.remove(path));
}

/** Cuts or extends a file to `length` bytes. */
export function truncate(path: string, length?: number): IoPromise<void> {
  return changing("truncate", path, host.truncate(path, length));
}

/** Sets the permissions of a file. */
export function chmod(path: Path, mode: number): IoPromise<void> {
  return changing("chmod", path, host.chmod(path, mode));
}

/** Sets the owner and the group of a file; `null` leaves one as it is. */
export function chown(path: Path, uid: number | null, gid: number | null): IoPromise<void> {
  return changing("chown", path, host.chown(path, uid, gid));
}

/** Sets when a file was last read and written: a Date, or seconds since 1970. */
export function utime(path: Path, atime: number | Date, mtime: number | Date): IoPromise<void> {
  return changing("utime", path, host.utime(path, atime, mtime));
}

/** What the file system knows of a file. */
export function stat(path: Path): IoPromise<Deno.FileInfo> {
  return looking("stat", path, host.stat(path));
}

/** What the file system knows of a file; of a symbolic link itself. */
export function lstat(path: Path): IoPromise<Deno.FileInfo> {
  return looking("stat", path, host.lstat(path));
}

/** Where a symbolic link leads. */
export function readLink(path: Path): IoPromise<string> {
  return looking("read the link", path, host.readLink(path));
}

/** The absolute path of a file, without symbolic links in it. */
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
