// Copyright 2026 the Tendril authors. MIT license.
/**
 * A file in the trace format of Chrome, which Perfetto reads as well, written as it grows.
 *
 * Invariant: after each write the file is whole, with the brackets closed; the next write begins where
 * they are. So it can be read whatever ends the program, but for the last {@linkcode PERIOD}.
 *
 * @module
 */

/** After how many milliseconds what was added is written at the latest, if the event loop turns. */
const PERIOD = 100;
/** How much is held in memory, in characters. */
const MOST = 1 << 16;

const HEAD = '{"displayTimeUnit":"ms","traceEvents":[\n';
const TAIL = "\n]}\n";

// It is written in real time, whatever clock the program uses.
const { setTimeout, clearTimeout } = globalThis;
const encoder = new TextEncoder();

/** A trace on its way to a file. */
export class TraceFile {
  readonly #file: Deno.FsFile;
  readonly #onError: (error: unknown) => void;
  #text = "";
  #first = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = true;

  /**
   * Makes the file, or empties it. `onError` is told when it cannot be written later.
   *
   * @throws {Deno.errors.NotFound} If there is no such folder.
   */
  constructor(path: string | URL, onError: (error: unknown) => void) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    this.#onError = onError;
    this.#write(HEAD + TAIL);
  }

  /** Adds an event, which is JSON. */
  add(event: string): void {
    this.#text += this.#first ? event : ",\n" + event;
    this.#first = false;
    if (this.#text.length > MOST) return this.flush();
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      try {
        this.flush();
      } catch (error) {
        this.#onError(error);
      }
    }, PERIOD);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /** Writes what was added. */
  flush(): void {
    if (!this.#open || this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#file.seekSync(-TAIL.length, Deno.SeekMode.End);
    this.#write(text + TAIL);
  }

  #write(text: string): void {
    let bytes = encoder.encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(this.#file.writeSync(bytes));
  }

  /** Writes what was added and closes the file; what comes later is dropped. */
  close(): void {
    if (!this.#open) return;
    clearTimeout(this.#timer);
    try {
      this.flush();
    } finally {
      this.#open = false;
      this.#file.close();
    }
  }
}
