// Copyright 2026 the Tendril authors. MIT license.
/**
 * Pipes: two connected ends that pass messages, as `multiprocessing.Pipe`.
 *
 * @module
 */
import type { WaitOptions } from "../runtime/greenlet.ts";
import { DONE, FINISHED, Op } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { checkCapacity, closedError } from "./channel.ts";
import { Exchange, type Manner, NextOp, PollOp, ReceiveOp, SendOp } from "./exchange.ts";
import { describe, type NameOptions } from "./naming.ts";

/**
 * Thrown by {@linkcode Connection.recv} when the other end is closed and nothing is left to be received.
 *
 * @example Usage
 * ```ts
 * import { EOFError, Pipe } from "@tendril/tendril";
 * import { assertRejects } from "@std/assert";
 *
 * const [here, there] = Pipe<string>();
 * there.close();
 * await assertRejects(async () => await here.recv(), EOFError);
 * ```
 */
export class EOFError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "EOFError";
}

/** Options of {@linkcode Pipe}. */
export interface PipeOptions extends NameOptions {
  /**
   * Whether both ends send and receive; else the first only receives and the second only sends.
   *
   * @default {true}
   */
  duplex?: boolean;
  /**
   * How many messages each direction stores before senders wait.
   *
   * @default {Infinity}
   */
  capacity?: number;
}

/** What {@linkcode Connection.stats} gives. */
export interface ConnectionStats {
  /** How many messages have come and were not received. */
  readonly size: number;
  /** Whether this end is closed. */
  readonly closed: boolean;
  /** How many wait to send at this end. */
  readonly waitingSenders: number;
  /** How many wait to receive at this end. */
  readonly waitingReceivers: number;
}

const manner: Manner = {
  sending: "pipe send",
  receiving: "pipe recv",
  cannotSend({ entrance }) {
    const state = (entrance as Connection<unknown>).closed ? "it" : "the other end";
    return closedError("send on", entrance, `${state} is closed`, undefined);
  },
  cannotReceive({ exit }) {
    if ((exit as Connection<unknown>).closed) return handleClosed("receive from", exit);
    return new EOFError(
      `Cannot receive from ${Deno.inspect(exit)}: the other end is closed and nothing is left`,
    );
  },
};

function handleClosed(action: string, end: object): Error {
  return closedError(action, end, "it is closed", undefined);
}

/** Looks without waiting. */
class LookOp extends Op<boolean> {
  readonly reason = "pipe poll";

  constructor(readonly exchange: Exchange<unknown>) {
    super();
  }

  poll(): IteratorReturnResult<boolean> {
    DONE.value = this.exchange.readable;
    return DONE;
  }

  park(): void {}

  cancel(): void {
    this.stage = FINISHED;
  }
}

/**
 * One end of a {@linkcode Pipe}. Messages arrive whole and in order. They are handed over as they
 * are, not copied: both ends live in one isolate.
 *
 * @example Usage
 * ```ts
 * import { type Connection, Pipe, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * function* answer(end: Connection<number>) {
 *   yield* end.send((yield* end.recv()) * 2);
 *   end.close();
 * }
 *
 * await run(function* () {
 *   const [here, there] = Pipe<number>();
 *   spawn(answer, there);
 *   yield* here.send(21);
 *   assertEquals(yield* here.recv(), 42);
 * });
 * ```
 *
 * @typeParam T What is sent and received.
 */
export class Connection<T> implements AsyncIterable<T>, Disposable {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  #inbound: Exchange<T> | null = null;
  #outbound: Exchange<T> | null = null;
  #closed = false;

  /** Makes an end that leads nowhere; {@linkcode Pipe} makes connected ones. */
  constructor(options: NameOptions = {}) {
    this.name = options.name;
  }

  /** @internal */
  static connect<T>(from: Connection<T>, to: Connection<T>, capacity: number): void {
    from.#outbound = to.#inbound = new Exchange<T>(from, to, manner, capacity);
  }

  /** Whether this end is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether this end may receive. */
  get readable(): boolean {
    return this.#inbound !== null;
  }

  /** Whether this end may send. */
  get writable(): boolean {
    return this.#outbound !== null;
  }

  /**
   * Sends a message. Waits only when the pipe was given a capacity and is full.
   *
   * @throws {ChannelClosedError} If this end or the other one is closed.
   * @throws {TypeError} If this end only receives.
   * @throws {Timeout} If `timeout` milliseconds were over first.
   */
  send(message: T, options?: WaitOptions): Op<void> {
    if (this.#outbound === null) {
      throw new TypeError(
        `Cannot send on ${Deno.inspect(this)}: it only receives; send on the other end`,
      );
    }
    if (options === undefined) return this.#outbound.send(message);
    return limited(new SendOp(this.#outbound, message), "send on a pipe", options.timeout);
  }

  /**
   * Receives a message. Waits while there is none.
   *
   * @throws {EOFError} If the other end is closed and nothing is left.
   * @throws {ChannelClosedError} If this end is closed.
   * @throws {TypeError} If this end only sends.
   * @throws {Timeout} If `timeout` milliseconds were over first.
   */
  recv(options?: WaitOptions): Op<T> {
    const source = this.#source();
    if (options === undefined) return source.receive();
    return limited(new ReceiveOp(source), "receive from a pipe", options.timeout);
  }

  /**
   * Receives a message as an iterator does: the result is `done` where {@linkcode Connection.recv} throws an
   * {@linkcode EOFError}.
   *
   * @throws {TypeError} If this end only sends.
   * @throws {Timeout} If `timeout` milliseconds were over first.
   */
  next(options?: WaitOptions): Op<IteratorResult<T, undefined>> {
    return limited(new NextOp(this.#source()), "receive from a pipe", options?.timeout);
  }

  /**
   * Tells whether `recv` would not wait: a message is there, or none can come any more. Without a timeout
   * it answers at once; with one it waits that long for a message (`Infinity` is for ever).
   *
   * @throws {ChannelClosedError} If this end is closed.
   * @throws {TypeError} If this end only sends.
   *
   * @example Usage
   * ```ts
   * import { Pipe } from "@tendril/tendril";
   * import { assertEquals } from "@std/assert";
   *
   * const [here, there] = Pipe<string>();
   * assertEquals(await here.poll(), false);
   * await there.send("hello");
   * assertEquals(await here.poll({ timeout: 10 }), true);
   * ```
   */
  poll(options: WaitOptions = {}): Op<boolean> {
    const source = this.#source();
    if (this.#closed) throw handleClosed("poll", this);
    const { timeout = 0 } = options;
    if (timeout === 0) return new LookOp(source as Exchange<unknown>);
    const op = new PollOp(source);
    return timeout === Infinity ? op : limited(op, "poll a pipe", timeout, () => false);
  }

  #source(): Exchange<T> {
    if (this.#inbound !== null) return this.#inbound;
    throw new TypeError(
      `Cannot receive from ${Deno.inspect(this)}: it only sends; receive from the other end`,
    );
  }

  /**
   * Closes this end at the call. The other end may still receive what was sent; what came to this end and
   * was not received is dropped. Closing twice does nothing.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outbound?.close(undefined);
    this.#inbound?.drop();
    this.#inbound?.close(undefined);
  }

  /** Counters at this moment. */
  stats(): ConnectionStats {
    return Object.freeze({
      size: this.#inbound?.size ?? 0,
      closed: this.#closed,
      waitingSenders: this.#outbound?.senders.length ?? 0,
      waitingReceivers: this.#inbound?.receivers.length ?? 0,
    });
  }

  /** Lets `for await` receive until the other end is closed; leaving the loop closes nothing. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return {
      next: async () => await this.next(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Closes this end at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { size, closed, waitingSenders, waitingReceivers } = this.stats();
    const state = closed ? "closed" : `${size} to receive`;
    return describe("Connection", this.name, state, waitingSenders + waitingReceivers);
  }
}

/**
 * Makes two connected ends, as `multiprocessing.Pipe` does: what is sent on one is received at the other.
 *
 * @returns With `{ duplex: false }` the first end only receives and the second only sends.
 * @throws {RangeError} If the capacity is negative or no whole number.
 *
 * @example Usage
 * ```ts
 * import { Pipe } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const [reader, writer] = Pipe<string>({ duplex: false });
 * await writer.send("hello");
 * assertEquals(await reader.recv(), "hello");
 * ```
 *
 * @typeParam T What is sent and received.
 */
export function Pipe<T>(options: PipeOptions = {}): [Connection<T>, Connection<T>] {
  const { duplex = true, capacity = Infinity, name } = options;
  checkCapacity("make a Pipe", capacity);
  const ends = ["first", "second"].map((which) =>
    new Connection<T>(name === undefined ? {} : { name: `${name}, ${which} end` })
  ) as [Connection<T>, Connection<T>];
  const [first, second] = ends;
  Connection.connect(second, first, capacity);
  if (duplex) Connection.connect(first, second, capacity);
  return ends;
}
