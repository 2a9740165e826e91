// Copyright 2026 the Tendril authors. MIT license.
/**
 * Open files for greenlets.
 *
 * @module
 */
import { adoptStream, type ByteStream } from "./body.ts";
import { changing, changingWhile, looking, type Path } from "./disk.ts";
import type { IoPromise } from "./promise.ts";

// The originals, whatever the global ones become.
const host = { create: Deno.create, open: Deno.open };

/** Writes all of `bytes`, in pieces, up to an abort. */
export async function writeAll(
  file: Deno.FsFile,
  bytes: Uint8Array,
  signal: AbortSignal,
  piece = bytes.length,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    signal.throwIfAborted();
    at += await file.write(bytes.subarray(at, at + piece));
  }
}

/**
 * An open file whose methods yield in a greenlet. A wait for a method that changes the file ends, also
 * when the greenlet is killed, only when the host is done; one that is given up earlier, such as a read,
 * may still move the place in the file.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, open, remove } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   {
 *     using file = yield* open(path, { write: true });
 *     yield* file.write(new TextEncoder().encode("one\ntwo\n"));
 *   }
 *   using file = yield* open(path);
 *   using lines = file.readable.lines();
 *   assertEquals(yield* lines.next(), { done: false, value: "one" });
 *   yield* remove(path);
 * });
 * ```
 */
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
    return looking("read", this.#path, this.#file.read(buffer));
  }

  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): IoPromise<void> {
    return changingWhile(
      "write",
      this.#path,
      undefined,
      ({ signal }) => writeAll(this.#file, bytes, signal),
    );
  }

  /** Moves the place of the next read or write; gives the new place in bytes. */
  seek(offset: number | bigint, whence: Deno.SeekMode = Deno.SeekMode.Start): IoPromise<number> {
    return looking("seek", this.#path, this.#file.seek(offset, whence));
  }

  /** Cuts or extends it to `length` bytes. */
  truncate(length = 0): IoPromise<void> {
    return changing("truncate", this.#path, this.#file.truncate(length));
  }

  /** What the file system knows of it. */
  stat(): IoPromise<Deno.FileInfo> {
    return looking("stat", this.#path, this.#file.stat());
  }

  /** Waits until all of it is on the disk. */
  sync(): IoPromise<void> {
    return looking("sync", this.#path, this.#file.sync());
  }

  /** Waits until its contents, if not all that is known of it, are on the disk. */
  syncData(): IoPromise<void> {
    return looking("sync", this.#path, this.#file.syncData());
  }

  /** Sets when it was last read and written: a Date, or seconds since 1970. */
  utime(atime: number | Date, mtime: number | Date): IoPromise<void> {
    return changing("utime", this.#path, this.#file.utime(atime, mtime));
  }

  /**
   * Waits for a lock that programs respect which ask for it: for reading together with others, or
   * for one alone. When the wait is given up, the lock goes back as soon as the host gets it.
   */
  lock(exclusive = false): IoPromise<void> {
    return looking("lock", this.#path, this.#file.lock(exclusive), () => this.#file.unlock());
  }

  /** Takes that lock if it is free at this moment; gives whether it did. */
  tryLock(exclusive = false): IoPromise<boolean> {
    return looking(
      "lock",
      this.#path,
      this.#file.tryLock(exclusive),
      (locked) => locked && this.#file.unlock(),
    );
  }

  /** Gives the lock back. */
  unlock(): IoPromise<void> {
    return looking("unlock", this.#path, this.#file.unlock());
  }

  /** Whether it is a terminal. */
  isTerminal(): boolean {
    return this.#file.isTerminal();
  }

  /** Lets a terminal hand over each key as it is pressed, or line by line again. */
  setRaw(mode: boolean, options?: Deno.SetRawOptions): void {
    this.#file.setRaw(mode, options);
  }

  /** Its bytes as a stream, to be read by pieces or lines; reading it to the end closes the file. */
  get readable(): ByteStream {
    return adoptStream(this.#file.readable, "contents of", this.#path, null);
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

/**
 * Opens a file. One that is opened too late for the greenlet that asked is closed; if the file was to
 * be made, that has happened, or never will, when a kill of that greenlet returns.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { makeTempFile, open, remove, writeTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const path = yield* makeTempFile();
 *   yield* writeTextFile(path, "tea");
 *   using file = yield* open(path, { read: true });
 *   assertEquals(yield* file.read(new Uint8Array(10)), 3);
 *   yield* remove(path);
 * });
 * ```
 */
export function open(path: Path, options: Deno.OpenOptions = { read: true }): IoPromise<File> {
  const { write, append, create, createNew, truncate } = options;
  const way = write || append || create || createNew || truncate ? changing : looking;
  const opened = host.open(path, options).then((file) => new File(file, path));
  return way("open", path, opened, (file) => file.close());
}

/**
 * Makes a file, or empties the one that is there, and opens it for reading and writing.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { create, makeTempDir, readTextFile, remove } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const folder = yield* makeTempDir();
 *   using file = yield* create(`${folder}/a`);
 *   yield* file.write(new TextEncoder().encode("tea"));
 *   assertEquals(yield* readTextFile(`${folder}/a`), "tea");
 *   yield* remove(folder, { recursive: true });
 * });
 * ```
 */
export function create(path: Path): IoPromise<File> {
  const opened = host.create(path).then((file) => new File(file, path));
  return changing("create", path, opened, (file) => file.close());
}
