// Copyright 2026 the Tendril authors. MIT license.
/**
 * Channels: greenlets and async functions hand items to one another.
 *
 * @module
 */
import { show } from "../runtime/clock.ts";
import type { WaitOptions } from "../runtime/greenlet.ts";
import type { Op } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { Exchange, type Manner, NextOp, ReceiveOp, SendOp } from "./exchange.ts";
import { describe, type NameOptions } from "./naming.ts";

/**
 * Thrown by `send` on a closed {@linkcode Channel} and by `receive` on one that is closed and drained.
 * Its `cause` is the reason that was given to `close`.
 *
 * @example Usage
 * ```ts
 * import { Channel, ChannelClosedError } from "@tendril/tendril";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const channel = new Channel<number>();
 * channel.close("no more");
 * const error = await assertRejects(async () => await channel.receive(), ChannelClosedError);
 * assertEquals(error.cause, "no more");
 * ```
 */
export class ChannelClosedError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "ChannelClosedError";
}

/** What {@linkcode Channel.stats} gives. */
export interface ChannelStats {
  /** How many items are stored. */
  readonly size: number;
  /** How many items can be stored. */
  readonly capacity: number;
  /** Whether it is closed. */
  readonly closed: boolean;
  /** How many wait to send. */
  readonly waitingSenders: number;
  /** How many wait to receive. */
  readonly waitingReceivers: number;
}

const manner: Manner = {
  sending: "channel send",
  receiving: "channel receive",
  cannotSend: ({ entrance, cause }) => closedError("send on", entrance, "it is closed", cause),
  cannotReceive: ({ exit, cause }) =>
    closedError("receive from", exit, "it is closed and drained", cause),
};

/** The error of something that was tried on what is closed. */
export function closedError(action: string, owner: object, state: string, cause: unknown): Error {
  return new ChannelClosedError(
    `Cannot ${action} ${Deno.inspect(owner)}: ${state}`,
    cause === undefined ? undefined : { cause },
  );
}

/**
 * Hands items from those who send to those who receive, in order, greenlets and async functions alike.
 *
 * It stores up to `capacity` items; then senders wait. At capacity 0, the default, it is a rendezvous: a
 * `send` is done only when the item was taken. Both sides are served first come, first served. A
 * sender or receiver that is killed, times out or loses a `select` leaves no trace: its item was not sent,
 * and it took none.
 *
 * `close` lets what is stored still be received; then `receive` throws and `for await` ends.
 *
 * The semantics are those of Go's channels, except that closing twice does no harm and that a closed
 * channel says so by an error; gevent's `Channel` is this one at capacity 0.
 *
 * @example In greenlets
 * ```ts
 * import { Channel, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const squares = new Channel<number>(10);
 *   spawn(function* () {
 *     for (let n = 1; n <= 3; n++) yield* squares.send(n * n);
 *     squares.close();
 *   });
 *   const got: number[] = [];
 *   for (let step = yield* squares.next(); !step.done; step = yield* squares.next()) {
 *     got.push(step.value);
 *   }
 *   assertEquals(got, [1, 4, 9]);
 * });
 * ```
 *
 * @example In async functions
 * ```ts
 * import { Channel } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const words = new Channel<string>(2);
 * await words.send("to");
 * await words.send("do");
 * words.close();
 * assertEquals(await Array.fromAsync(words), ["to", "do"]);
 * ```
 *
 * @example With select
 * ```ts
 * import { Channel, run, select, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const news = new Channel<string>();
 *   spawn(() => news.send("hello"));
 *   const first = yield* select({ news: news.receive(), late: sleep(1000) });
 *   assertEquals(first, { key: "news", value: "hello" });
 * });
 * ```
 *
 * @typeParam T What is sent.
 */
export class Channel<T> implements AsyncIterable<T>, Disposable {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  readonly #exchange: Exchange<T>;

  /**
   * Makes an open channel.
   *
   * @param capacity How many items it stores before senders wait; `Infinity` is allowed.
   * @throws {RangeError} If the capacity is negative or no whole number.
   */
  constructor(capacity: number = 0, options: NameOptions = {}) {
    checkCapacity("make a Channel", capacity);
    this.name = options.name;
    this.#exchange = new Exchange<T>(this, this, manner, capacity);
  }

  /** How many items are stored. */
  get size(): number {
    return this.#exchange.size;
  }

  /** How many items can be stored. */
  get capacity(): number {
    return this.#exchange.capacity;
  }

  /** Whether {@linkcode Channel.close} was called. */
  get closed(): boolean {
    return this.#exchange.closed;
  }

  /**
   * Sends an item. Waits while the channel is full; at capacity 0 until the item was taken.
   *
   * @throws {ChannelClosedError} If the channel is closed before the item was sent.
   * @throws {Timeout} If `timeout` milliseconds were over first; the item was not sent then.
   *
   * @example Usage
   * ```ts
   * import { Channel } from "@tendril/tendril";
   * import { assertEquals } from "@std/assert";
   *
   * const channel = new Channel<number>(1);
   * await channel.send(7);
   * assertEquals(channel.size, 1);
   * ```
   */
  send(item: T, options?: WaitOptions): Op<void> {
    if (options === undefined) return this.#exchange.send(item);
    return limited(new SendOp(this.#exchange, item), "send on a channel", options.timeout);
  }

  /**
   * Receives an item. Waits while there is none.
   *
   * @throws {ChannelClosedError} If the channel is closed and nothing is left in it.
   * @throws {Timeout} If `timeout` milliseconds were over first; nothing was taken then.
   *
   * @example Usage
   * ```ts
   * import { Channel, Timeout } from "@tendril/tendril";
   * import { assertRejects } from "@std/assert";
   *
   * const channel = new Channel<number>();
   * await assertRejects(async () => await channel.receive({ timeout: 1 }), Timeout);
   * ```
   */
  receive(options?: WaitOptions): Op<T> {
    if (options === undefined) return this.#exchange.receive();
    return limited(new ReceiveOp(this.#exchange), "receive from a channel", options.timeout);
  }

  /**
   * Receives an item as an iterator does: the result is `done` when the channel is closed and drained.
   *
   * @throws {Timeout} If `timeout` milliseconds were over first; nothing was taken then.
   *
   * @example Usage
   * ```ts
   * import { Channel } from "@tendril/tendril";
   * import { assertEquals } from "@std/assert";
   *
   * const channel = new Channel<number>(1);
   * await channel.send(7);
   * channel.close();
   * assertEquals(await channel.next(), { done: false, value: 7 });
   * assertEquals(await channel.next(), { done: true, value: undefined });
   * ```
   */
  next(options?: WaitOptions): Op<IteratorResult<T, undefined>> {
    return limited(new NextOp(this.#exchange), "receive from a channel", options?.timeout);
  }

  /**
   * Sends without waiting: false, and nothing sent, when there is neither room nor a receiver. Legal
   * anywhere, also in callbacks.
   *
   * @throws {ChannelClosedError} If the channel is closed.
   *
   * @example Usage
   * ```ts
   * import { Channel } from "@tendril/tendril";
   * import { assertEquals } from "@std/assert";
   *
   * const channel = new Channel<number>(1);
   * assertEquals([channel.trySend(1), channel.trySend(2)], [true, false]);
   * ```
   */
  trySend(item: T): boolean {
    return this.#exchange.offer(item);
  }

  /**
   * Receives without waiting; `undefined` when there is nothing. Legal anywhere, also in callbacks.
   *
   * @throws {ChannelClosedError} If the channel is closed and nothing is left in it.
   *
   * @example Usage
   * ```ts
   * import { Channel } from "@tendril/tendril";
   * import { assertEquals } from "@std/assert";
   *
   * const channel = new Channel<number>(1);
   * channel.trySend(1);
   * assertEquals([channel.tryReceive(), channel.tryReceive()], [1, undefined]);
   * ```
   */
  tryReceive(): T | undefined {
    const exchange = this.#exchange;
    if (exchange.available) return exchange.accept();
    if (exchange.closed) throw manner.cannotReceive(exchange);
    return undefined;
  }

  /**
   * Closes the channel at the call. Everybody who waits is woken: senders fail, and receivers, who only
   * wait when nothing is stored, fail or end. What is stored can still be received. Closing twice does
   * nothing.
   *
   * @param reason The `cause` of every {@linkcode ChannelClosedError} that follows.
   *
   * @example Usage
   * ```ts
   * import { Channel } from "@tendril/tendril";
   * import { assertEquals } from "@std/assert";
   *
   * const channel = new Channel<number>(1);
   * await channel.send(7);
   * channel.close();
   * assertEquals(await channel.receive(), 7);
   * ```
   */
  close(reason?: unknown): void {
    this.#exchange.close(reason);
  }

  /** Counters at this moment. */
  stats(): ChannelStats {
    const { size, capacity, closed, senders, receivers } = this.#exchange;
    return Object.freeze({
      size,
      capacity,
      closed,
      waitingSenders: senders.length,
      waitingReceivers: receivers.length,
    });
  }

  /** Lets `for await` receive until the channel is closed and drained; leaving the loop does not close it. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return {
      next: async () => await this.next(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Closes the channel at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { size, capacity, closed, senders, receivers } = this.#exchange;
    const state = `${size} of ${capacity}${closed ? " closed" : ""}`;
    return describe("Channel", this.name, state, senders.length + receivers.length);
  }
}

/** Refuses what cannot be a capacity. */
export function checkCapacity(action: string, capacity: number): void {
  if (capacity >= 0 && (Number.isInteger(capacity) || capacity === Infinity)) return;
  throw new RangeError(
    `Cannot ${action}: its capacity must be a whole number of at least 0, got ${show(capacity)}`,
  );
}
