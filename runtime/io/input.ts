// Copyright 2026 the Tendril authors. MIT license.
/**
 * `input`: lines from the standard input while other greenlets go on.
 *
 * Invariants:
 * - Standard input is read only while somebody waits for a line: a read that waits keeps the process
 *   alive and would take what is meant for somebody else. `Deno.stdin` cannot take back such a read;
 *   the stream of Node can, by `pause`, and nothing is lost.
 * - What was read beyond a line stays in `pieces` for the next call.
 * - Only the first in the line has shown its prompt.
 *
 * @module
 */
import { Line, type Place } from "../../channels/line.ts";
import { EOFError } from "../../channels/pipe.ts";
import { addExternal, nextTurn } from "../hub.ts";
import { DONE, Op, type Waiter } from "../op.ts";
import { failure } from "./errors.ts";

/** What is used of Node's stream. */
interface Stdin {
  on(event: "data", listener: (piece: Uint8Array) => void): void;
  on(event: "end" | "close", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  resume(): void;
  pause(): void;
}

const NEWLINE = 10;
const RETURN = 13;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The bytes that were read and belong to no line that was given out. */
const pieces: Uint8Array[] = [];
/** Up to which piece there is no end of a line. */
let searched = 0;
let ended: Error | "end" | null = null;
const line = new Line<InputOp>();
let stdin: Stdin | null = null;

/** Node's stream; loaded when first needed, because that takes longer than all of the runtime. */
function openStdin(): Stdin {
  const { process } = globalThis as unknown as { process: { stdin: Stdin } };
  const opened = process.stdin;
  opened.on("data", (piece) => {
    pieces.push(piece);
    serve();
  });
  const end = () => finish("end");
  opened.on("end", end);
  opened.on("close", end);
  opened.on("error", finish);
  return opened;
}

/** Begins to read, outside the greenlet: the loading is not its doing. */
function begin(): void {
  stdin ??= openStdin();
  if (line.head !== null) stdin.resume();
}

function finish(how: Error | "end"): void {
  ended ??= how;
  serve();
}

/** Takes the bytes of the first line, without what ends it; null when it has not all come. */
function takeLine(): Uint8Array | null {
  for (; searched < pieces.length; searched++) {
    const piece = pieces[searched]!;
    const end = piece.indexOf(NEWLINE);
    if (end < 0) continue;
    const whole = [...pieces.splice(0, searched + 1).slice(0, -1), piece.subarray(0, end)];
    if (end + 1 < piece.length) pieces.unshift(piece.subarray(end + 1));
    searched = 0;
    return withoutReturn(join(whole));
  }
  if (ended === null || pieces.length === 0) return null;
  searched = 0;
  return withoutReturn(join(pieces.splice(0))); // the last line need not be finished
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
}

function join(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Gives lines to those who wait, first come, first served; then reads on or stops reading. */
function serve(): void {
  while (line.head !== null) {
    const bytes = takeLine();
    if (bytes === null && ended === null) break;
    const first = line.shift()!;
    if (bytes !== null) first.receive(decoder.decode(bytes));
    else first.refuse(atEnd());
    line.head?.prompt();
  }
  if (line.head === null) nextTurn(rest);
}

/** Reads no further while nobody waits. A pause in the middle of an event would not let go of the process. */
function rest(): void {
  if (line.head === null) stdin?.pause();
}

function atEnd(): unknown {
  if (ended !== "end") return failure("read the standard input", ended);
  return new EOFError("Cannot read a line of the standard input: it is at its end");
}

class InputOp extends Op<string> implements Place {
  before: Place | null = null;
  after: Place | null = null;
  #waiter: Waiter | null = null;
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  get reason(): string {
    return "input";
  }

  poll(): IteratorReturnResult<string> | null {
    if (line.head !== null) return null;
    const bytes = takeLine();
    if (bytes === null && ended === null) return null;
    this.prompt();
    if (bytes === null) throw atEnd();
    DONE.value = decoder.decode(bytes);
    return DONE;
  }

  park(waiter: Waiter): void {
    this.#waiter = waiter;
    line.push(this);
    addExternal(1);
    if (line.head !== this) return;
    this.prompt();
    if (stdin === null) nextTurn(begin);
    else stdin.resume();
  }

  cancel(): void {
    const wasFirst = line.head === this;
    line.remove(this);
    addExternal(-1);
    if (line.head === null) nextTurn(rest);
    else if (wasFirst) line.head.prompt();
  }

  /** Shows the prompt: its turn has come. */
  prompt(): void {
    let bytes = encoder.encode(this.#text);
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  }

  /** Gets its line. */
  receive(text: string): void {
    addExternal(-1);
    this.#waiter!.wake(text);
  }

  /** There is no line for it. */
  refuse(error: unknown): void {
    addExternal(-1);
    this.#waiter!.fail(error);
  }
}

/**
 * Reads a line from the standard input, a terminal or a pipe, and gives it without what ends it.
 * Other greenlets go on meanwhile. Several that ask take turns, first come, first served, and each
 * shows its prompt when its turn has come. What is no UTF-8 becomes `"\ufffd"`.
 *
 * Who is killed or timed out while it waits takes nothing: what has come stays for the next. The
 * process may end while nobody waits. Once `input` was used, what it has read ahead is not seen by those
 * who read `Deno.stdin` themselves.
 *
 * @example Usage
 * ```ts no-assert
 * import { run } from "@tendril/tendril";
 * import { input } from "@tendril/tendril/io";
 *
 * async function greet() {
 *   await run(function* () {
 *     console.log(`Hello, ${yield* input("Your name? ")}`);
 *   });
 * }
 * ```
 *
 * @param prompt Written to the standard output first, without a newline.
 * @throws {EOFError} If the input is at its end.
 */
export function input(prompt = ""): Op<string> {
  return new InputOp(String(prompt));
}
