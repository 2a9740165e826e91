// Copyright 2026 the Tendril authors. MIT license.
/**
 * Byte streams for greenlets: the body of a response, the pipes of a process. They stay the platform's
 * streams, for code that knows nothing of greenlets.
 *
 * Invariant: a stream is locked only while a piece is read or written, so the host's own ways of using
 * it work between two calls. Once it is read as a whole it stays locked.
 *
 * @module
 */
import { ConcurrentObjectUseError } from "../errors.ts";
import { getCurrent, type Greenlet } from "../greenlet.ts";
import { failure } from "./errors.ts";
import { type Feed, Pulled } from "./feed.ts";
import { cooperative, type IoPromise } from "./promise.ts";

/**
 * Bytes of their own, not shared with a worker.
 *
 * @internal
 */
export type Bytes = Uint8Array<ArrayBuffer>;

const ignore = () => {};

/**
 * A request that was sent.
 *
 * @internal
 */
export interface Sent {
  /** Where to. */
  readonly url: string | URL;
  /** Ends it. */
  readonly controller: AbortController;
  /** Aborted when that or the caller ends it. */
  readonly signal: AbortSignal;
}

/**
 * What a stream belongs to.
 *
 * @internal
 */
interface Origin {
  /** What the stream is: "body of", "stdout of". */
  readonly what: string;
  /** And of what. */
  readonly name: string | URL;
  /** The request to be aborted when a wait for the stream is given up; `null` if there is none. */
  readonly request: Sent | null;
}

/**
 * All of a stream, as far as it has come.
 *
 * @internal
 */
export class Drain {
  /** What has come. */
  readonly pieces: Bytes[] = [];
  /** Settles at the end of the stream. */
  readonly done: Promise<void>;

  /** Begins to read. */
  constructor(stream: ByteStream, reader: ReadableStreamDefaultReader<Bytes>) {
    this.done = this.#read(stream, reader);
    this.done.catch(ignore); // whoever asked may have gone
  }

  async #read(
    stream: ByteStream,
    reader: ReadableStreamDefaultReader<Bytes>,
  ): Promise<void> {
    for (;;) {
      const { value, done } = await stream.pull(reader);
      if (done) return;
      this.pieces.push(value);
    }
  }

  /** What has come, in one piece. */
  bytes(): Bytes {
    const all = new Uint8Array(this.pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** What has come, as text. */
  text(): string {
    return new TextDecoder().decode(this.bytes());
  }
}

/**
 * A stream of bytes that greenlets read piece by piece: the body of a response, the output of a
 * process. It is a ReadableStream, and everything that takes one takes it.
 *
 * @example Piece by piece
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { fetch } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("hello"));
 * await run(function* () {
 *   const { body } = yield* fetch(`http://127.0.0.1:${server.addr.port}/`);
 *   let size = 0;
 *   for (let piece = yield* body!.read(); piece !== null; piece = yield* body!.read()) {
 *     size += piece.length;
 *   }
 *   assertEquals(size, 5);
 * });
 * ```
 */
export class ByteStream extends ReadableStream<Bytes> {
  /** @internal */
  declare origin: Origin;
  /**
   * The greenlet that used it last.
   *
   * @internal
   */
  declare user: Greenlet<unknown>;
  /**
   * What it reads through, or did.
   *
   * @internal
   */
  declare reader: ReadableStreamDefaultReader<Bytes> | undefined;
  /** @internal */
  declare drained: Drain | undefined;
  /**
   * The `read` that is under way.
   *
   * @internal
   */
  declare reading: Promise<unknown> | undefined;
  /**
   * A piece that came for somebody who did not wait any more.
   *
   * @internal
   */
  declare left: Bytes | undefined;

  /**
   * The next piece, `null` at the end. A wait for a response's body that is given up aborts the request;
   * one for the output of a process leaves what comes to the next reader.
   *
   * @throws {ConcurrentObjectUseError} If somebody else uses the stream at this moment.
   */
  read(): IoPromise<Bytes | null> {
    let reader: ReadableStreamDefaultReader<Bytes>;
    try {
      reader = this.claim();
    } catch (error) {
      return this.cooperative(Promise.reject(error), ignore);
    }
    let came: Bytes | undefined;
    let givenUp = false;
    const piece = this.pull(reader).then(({ value, done }) => {
      reader.releaseLock();
      this.reading = undefined;
      if (givenUp) this.left = value;
      else came = value;
      return done ? null : value;
    }, (error) => {
      reader.releaseLock();
      this.reading = undefined;
      throw this.failed(error);
    });
    this.reading = piece;
    return this.cooperative(piece, () => {
      givenUp = true;
      this.left = came;
      reader.releaseLock();
      this.giveUp();
    });
  }

  /**
   * The next piece for `reader`, which holds the stream.
   *
   * @internal
   */
  async pull(
    reader: ReadableStreamDefaultReader<Bytes>,
  ): Promise<ReadableStreamReadResult<Bytes>> {
    // One that was given up may have got a piece in this very moment: that comes first.
    if (this.reading !== undefined) await this.reading.catch(ignore);
    const value = this.left;
    if (value === undefined) return reader.read();
    this.left = undefined;
    return { value, done: false };
  }

  /** All that is left, as bytes. It may be asked for again, and gives the same. */
  bytes(): IoPromise<Bytes> {
    return this.whole((drain) => drain.bytes());
  }

  /** All that is left, as text. It may be asked for again, and gives the same. */
  text(): IoPromise<string> {
    return this.whole((drain) => drain.text());
  }

  /** @internal */
  private whole<T>(show: (drain: Drain) => T): IoPromise<T> {
    const read = async () => {
      const drain = this.drain();
      await drain.done;
      return show(drain);
    };
    const whole = read().catch((error) => {
      throw this.failed(error);
    });
    return this.cooperative(whole, () => this.giveUp());
  }

  /**
   * Reads all that is left, from now on and whoever waits.
   *
   * @internal
   */
  drain(): Drain {
    return this.drained ??= new Drain(this, this.claim());
  }

  /**
   * Its lines, without what ends them; `"\r\n"` ends one too, and the last may be unfinished. Leaving
   * a loop over them cancels the stream. A wait for a line that is given up does what one in `read` does.
   *
   * @example Usage
   * ```ts
   * import { Popen } from "@tendril/tendril/io";
   * import { assertEquals } from "@std/assert";
   *
   * await using echo = new Popen(["printf", "one\\ntwo"], { stdout: "piped" });
   * assertEquals(await Array.fromAsync(echo.stdout!.lines()), ["one", "two"]);
   * ```
   *
   * @throws {ConcurrentObjectUseError} If somebody else uses the stream at this moment.
   */
  lines(): Feed<string> {
    const reader = this.claim();
    return new Pulled(`${this.origin.what} ${this.origin.name}`, linesOf(this, reader), {
      tell: (error) => this.failed(error),
      onGiveUp: () => this.giveUp(),
      onClose: () => void reader.cancel().catch(ignore),
    });
  }

  /** Its pieces for `for await`; leaving the loop cancels the stream, unless told otherwise. */
  override values(options?: ReadableStreamIteratorOptions): AsyncIterableIterator<Bytes> {
    return new Pieces(this, this.claim(), options?.preventCancel ?? false);
  }

  /** Lets `for await` read it; leaving the loop cancels it. */
  override [Symbol.asyncIterator](
    options?: ReadableStreamIteratorOptions,
  ): AsyncIterableIterator<Bytes> {
    return this.values(options);
  }

  /** Sends it to another stream. */
  override pipeTo(
    destination: WritableStream<Bytes>,
    options: StreamPipeOptions = {},
  ): IoPromise<void> {
    // A signal would cost the host's fast path, and a request has one.
    if (this.origin.request !== null && options.signal === undefined) {
      return this.cooperative(super.pipeTo(destination, options), () => this.giveUp());
    }
    const stop = new AbortController();
    const signal = options.signal === undefined
      ? stop.signal
      : AbortSignal.any([options.signal, stop.signal]);
    const piped = this.pipe(destination, { ...options, signal });
    return this.cooperative(piped, () => stop.abort());
  }

  /** @internal */
  private async pipe(
    destination: WritableStream<Bytes>,
    options: StreamPipeOptions,
  ): Promise<void> {
    if (this.left !== undefined) {
      const writer = destination.getWriter();
      writer.write(this.left).catch(ignore); // an error of the stream comes again
      this.left = undefined;
      writer.releaseLock();
    }
    await super.pipeTo(destination, options);
  }

  /** Gives the rest up, so that nothing is left open. */
  override cancel(reason?: unknown): IoPromise<void> {
    return this.cooperative(super.cancel(reason), ignore);
  }

  /**
   * Closes it under whoever reads it, without a greenlet.
   *
   * @internal
   */
  async drop(): Promise<void> {
    if (!this.locked) await super.cancel();
    else await this.reader?.cancel();
  }

  /** @internal */
  cooperative<T>(promise: Promise<T>, abort: () => void): IoPromise<T> {
    return cooperative(this.origin.what, this.origin.name, promise, abort);
  }

  /**
   * Locks it for the greenlet that runs.
   *
   * @internal
   */
  private claim(): ReadableStreamDefaultReader<Bytes> {
    const user = getCurrent();
    if (this.locked) {
      const { what, name } = this.origin;
      const holder = this.user?.name ?? "a reader of its own";
      throw new ConcurrentObjectUseError(
        `Cannot read the ${what} ${name} in ${user.name}: ${holder} reads it; let one of them pass ` +
          "on what it gets",
      );
    }
    this.user = user;
    return this.reader = this.getReader();
  }

  /**
   * What a reader is told of an error of the host.
   *
   * @internal
   */
  failed(error: unknown): unknown {
    const { what, name, request } = this.origin;
    if (request?.signal.aborted) return error; // the caller's own reason
    return failure(`read the ${what} ${name}`, error);
  }

  /**
   * Nobody waits for it any more.
   *
   * @internal
   */
  giveUp(): void {
    this.origin.request?.controller.abort();
  }
}

/** The pieces of a stream, one by one. */
class Pieces implements AsyncIterableIterator<Bytes> {
  #over = false;

  constructor(
    readonly stream: ByteStream,
    readonly reader: ReadableStreamDefaultReader<Bytes>,
    readonly preventCancel: boolean,
  ) {}

  next(): IoPromise<IteratorResult<Bytes, undefined>> {
    const { stream, reader } = this;
    const step = this.#over ? Promise.resolve(END) : stream.pull(reader).then(({ value, done }) => {
      if (!done) return { done, value };
      this.#release();
      return END;
    }, (error) => {
      this.#release();
      throw stream.failed(error);
    });
    return stream.cooperative<IteratorResult<Bytes, undefined>>(step, () => {
      // A loop is left without a word when `next` throws.
      this.return().catch(ignore);
      stream.giveUp();
    });
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#over) return END;
    const cancelled = this.preventCancel ? undefined : this.reader.cancel();
    this.#release();
    await cancelled;
    return END;
  }

  #release(): void {
    this.#over = true;
    this.reader.releaseLock();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

async function* linesOf(
  stream: ByteStream,
  reader: ReadableStreamDefaultReader<Bytes>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await stream.pull(reader);
    let from = 0;
    let search = rest.length; // nothing before it ends a line
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    for (let end; (end = rest.indexOf("\n", search)) >= 0; search = from = end + 1) {
      yield rest.slice(from, end > from && rest[end - 1] === "\r" ? end - 1 : end);
    }
    rest = rest.slice(from);
    if (!done) continue;
    reader.releaseLock();
    if (rest !== "") yield rest;
    return;
  }
}

/** Makes a stream of the host a {@linkcode ByteStream}; one that is it already stays as it is. */
export function adoptStream(
  stream: ReadableStream<Bytes>,
  what: string,
  name: string | URL,
  request: Sent | null,
): ByteStream {
  if (stream instanceof ByteStream) return stream;
  const adopted = Object.setPrototypeOf(stream, ByteStream.prototype);
  adopted.origin = { what, name, request } satisfies Origin;
  return adopted;
}
