// Copyright 2026 the Tendril authors. MIT license.
/**
 * The file functions of `Deno` for greenlets. What the host can abort is aborted when the greenlet
 * that waits is killed or timed out; elsewhere the wait is given up and the host finishes alone.
 *
 * @module
 */
import { cooperative, type IoPromise } from "./promise.ts";

// The originals, whatever the global ones become.
const host = {
  makeTempDir: Deno.makeTempDir,
  mkdir: Deno.mkdir,
  open: Deno.open,
  readFile: Deno.readFile,
  readTextFile: Deno.readTextFile,
  remove: Deno.remove,
  rename: Deno.rename,
  stat: Deno.stat,
  writeFile: Deno.writeFile,
  writeTextFile: Deno.writeTextFile,
};
const letFinish = () => {};

/** Where a file is. */
export type Path = string | URL;

/** Calls a function that takes a signal with one that ends when the wait does. */
function abortable<T, O extends { signal?: AbortSignal }>(
  verb: string,
  path: Path,
  options: O | undefined,
  call: (options: O) => Promise<T>,
): IoPromise<T> {
  const controller = new AbortController();
  const given = options?.signal;
  const signal = given === undefined
    ? controller.signal
    : AbortSignal.any([given, controller.signal]);
  return cooperative(verb, path, call({ ...options, signal } as O), controller);
}

/** Reads a whole file as bytes. */
export function readFile(
  path: Path,
  options?: Deno.ReadFileOptions,
): IoPromise<Uint8Array<ArrayBuffer>> {
  return abortable("read", path, options, (with_) => host.readFile(path, with_));
}

/** Reads a whole file as text. */
export function readTextFile(path: Path, options?: Deno.ReadFileOptions): IoPromise<string> {
  return abortable("read", path, options, (with_) => host.readTextFile(path, with_));
}

/**
 * Writes a stream to a file. The host's own way leaves a handle open when it is given a signal.
 */
async function writeStream(
  path: Path,
  data: ReadableStream<Uint8Array>,
  options: Deno.WriteFileOptions,
): Promise<void> {
  const { signal, append = false, create = true, ...rest } = options;
  const file = await host.open(path, { ...rest, write: true, append, create, truncate: !append });
  await data.pipeTo(file.writable, signal === undefined ? {} : { signal });
}

/** Writes a whole file. */
export function writeFile(
  path: Path,
  data: Uint8Array | ReadableStream<Uint8Array>,
  options?: Deno.WriteFileOptions,
): IoPromise<void> {
  return abortable(
    "write",
    path,
    options,
    (with_) =>
      data instanceof ReadableStream
        ? writeStream(path, data, with_)
        : host.writeFile(path, data, with_),
  );
}

/** Writes a whole file of text. */
export function writeTextFile(
  path: Path,
  data: string | ReadableStream<string>,
  options?: Deno.WriteFileOptions,
): IoPromise<void> {
  return abortable(
    "write",
    path,
    options,
    (with_) =>
      data instanceof ReadableStream
        ? writeStream(path, data.pipeThrough(new TextEncoderStream()), with_)
        : host.writeTextFile(path, data, with_),
  );
}

/** Makes a directory. */
export function mkdir(path: Path, options?: Deno.MkdirOptions): IoPromise<void> {
  return cooperative("mkdir", path, host.mkdir(path, options), letFinish);
}

/** Makes a directory with a name of its own for temporary files, and gives its path. */
export function makeTempDir(options?: Deno.MakeTempOptions): IoPromise<string> {
  return cooperative("make", "a temporary directory", host.makeTempDir(options), letFinish);
}

/** Removes a file or a directory. */
export function remove(path: Path, options?: Deno.RemoveOptions): IoPromise<void> {
  return cooperative("remove", path, host.remove(path, options), letFinish);
}

/** Gives a file another name or place. */
export function rename(from: Path, to: Path): IoPromise<void> {
  return cooperative("rename", from, host.rename(from, to), letFinish);
}

/** What the file system knows of a file. */
export function stat(path: Path): IoPromise<Deno.FileInfo> {
  return cooperative("stat", path, host.stat(path), letFinish);
}

/** An open file whose methods yield in a greenlet. */
export class File implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #path: Path;

  /** Wraps a file of the host; `path` is shown in dumps. */
  constructor(file: Deno.FsFile, path: Path) {
    this.#file = file;
    this.#path = path;
  }

  /** Reads into `buffer`; gives how many bytes it read, or null at the end. */
  read(buffer: Uint8Array): IoPromise<number | null> {
    return cooperative("read", this.#path, this.#file.read(buffer), letFinish);
  }

  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): IoPromise<void> {
    return cooperative("write", this.#path, this.#writeAll(bytes), letFinish);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }

  /** Moves the place of the next read or write; gives the new place in bytes. */
  seek(offset: number | bigint, whence: Deno.SeekMode = Deno.SeekMode.Start): IoPromise<number> {
    return cooperative("seek", this.#path, this.#file.seek(offset, whence), letFinish);
  }

  /** Cuts or extends it to `length` bytes. */
  truncate(length = 0): IoPromise<void> {
    return cooperative("truncate", this.#path, this.#file.truncate(length), letFinish);
  }

  /** What the file system knows of it. */
  stat(): IoPromise<Deno.FileInfo> {
    return cooperative("stat", this.#path, this.#file.stat(), letFinish);
  }

  /** Waits until all of it is on the disk. */
  sync(): IoPromise<void> {
    return cooperative("sync", this.#path, this.#file.sync(), letFinish);
  }

  /** Its bytes as a stream; reading it to the end closes the file. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#file.readable;
  }

  /** A stream that writes to it; closing that closes the file. */
  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    return this.#file.writable;
  }

  /** Closes it; again: no effect. */
  close(): void {
    try {
      this.#file.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Opens a file. One that is opened too late for the greenlet that asked is closed. */
export function open(path: Path, options?: Deno.OpenOptions): IoPromise<File> {
  const opened = host.open(path, options).then((file) => new File(file, path));
  const closeLate = () => void opened.then((file) => file.close(), letFinish);
  return cooperative("open", path, opened, closeLate);
}
