// Copyright 2026 the Tendril authors. MIT license.
/**
 * Pipes between workers: two connected ends that pass messages.
 *
 * Invariants:
 * - Ring 0 carries what the first end sends, ring 1 what the second does. A pipe that is not duplex has
 *   only the latter.
 * - An end is closed exactly if the ring that it sends on is, or would be; the ring it receives from is
 *   closed then, too.
 * - USERS has the id of the isolate that got each end last: when that is dead, the other end is alone.
 *
 * @module
 */
import { closedError } from "../../../channels/channel.ts";
import { describe } from "../../../channels/naming.ts";
import { type ConnectionStats, EOFError, type PipeOptions } from "../../../channels/pipe.ts";
import { show } from "../../clock.ts";
import type { WaitOptions } from "../../greenlet.ts";
import type { Op } from "../../op.ts";
import { limited, Timeout } from "../../timeout.ts";
import { checkSync, type SyncOptions } from "./gate.ts";
import { defineHandle, keyOfToken, SharedHandle, TOKEN, type Token } from "./handle.ts";
import { makeRecords, Ring, RING_WORDS } from "./ring.ts";
import {
  iterate,
  Store,
  type StoreFace,
  StoreNext,
  StorePoll,
  StorePut,
  StoreTake,
} from "./store.ts";

/** Which isolate has each end. */
const USERS = 2;
/** Whether each end is closed. */
const CLOSED = 4;
const RINGS = 16;
const WORDS = RINGS + 2 * RING_WORDS;

/** What a token of an end has besides. */
interface End {
  /** 0 for the first, 1 for the second. */
  readonly side: number;
  /** The memory of each ring; `null` where there is none. */
  readonly records: readonly (SharedArrayBuffer | null)[];
}

/**
 * One end of a {@linkcode SharedPipe}. It can be sent to a worker as an argument of a task, and belongs to one
 * worker at a time. Messages are copied, and arrive whole and in order; they may be anything that a
 * {@linkcode SharedQueue} takes.
 *
 * When the worker that has the other end dies, that is as if it had closed it.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { type SharedConnection, SharedPipe } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * function* answer(end: SharedConnection<number>) {
 *   yield* end.send((yield* end.recv()) * 2);
 *   end.close();
 * }
 *
 * await run(function* () {
 *   const [here, there] = SharedPipe<number>();
 *   spawn(answer, there);
 *   yield* here.send(21);
 *   assertEquals(yield* here.recv(), 42);
 * });
 * ```
 *
 * @typeParam T What is sent and received.
 */
export class SharedConnection<T> extends SharedHandle
  implements StoreFace, AsyncIterable<T>, Disposable {
  readonly #side: number;
  readonly #records: readonly (SharedArrayBuffer | null)[];
  readonly #inbound: Store<T> | null;
  readonly #outbound: Store<T> | null;

  /** Called by {@linkcode SharedPipe}. @internal */
  constructor(options: PipeOptions) {
    super(WORDS, options);
    const { duplex = true, capacity = Infinity, extra } = options as PipeOptions & Partial<Token>;
    const end = extra as End | undefined;
    this.#side = end?.side ?? 0;
    this.#records = end?.records ?? [duplex ? makeRecords() : null, makeRecords()];
    this.#outbound = this.#store(this.#side);
    this.#inbound = this.#store(1 - this.#side);
    if (this.fresh && capacity !== Infinity) {
      for (const store of [this.#inbound, this.#outbound]) {
        if (store !== null) store.ring.limit = capacity;
      }
    }
    Atomics.store(this.cells, USERS + this.#side, this.self);
  }

  #store(side: number): Store<T> | null {
    const records = this.#records[side]!;
    if (records === null) return null;
    const from = RINGS + side * RING_WORDS;
    const cells = this.cells.subarray(from, from + RING_WORDS);
    return new Store(new Ring(cells, records, this.membership), this);
  }

  /** @internal */
  get kind(): string {
    return "SharedConnection";
  }

  /** @internal */
  override get key(): string {
    return `${super.key}/${this.#side}`;
  }

  /** @internal */
  protected override get extra(): End {
    return { side: this.#side, records: this.#records };
  }

  /** The other end. @internal */
  twin(options: PipeOptions): SharedConnection<T> {
    const extra: End = { side: 1 - this.#side, records: this.#records };
    const token: Token = { ...this[TOKEN]([]), ...options, extra };
    return new SharedConnection(token);
  }

  /** Whether this end is closed. */
  get closed(): boolean {
    return Atomics.load(this.cells, CLOSED + this.#side) !== 0;
  }

  /** Whether this end may receive. */
  get readable(): boolean {
    return this.#inbound !== null;
  }

  /** Whether this end may send. */
  get writable(): boolean {
    return this.#outbound !== null;
  }

  #sink(): Store<T> {
    if (this.#outbound !== null) return this.#outbound;
    throw new TypeError(
      `Cannot send on ${Deno.inspect(this)}: it only receives; send on the other end`,
    );
  }

  #source(): Store<T> {
    if (this.#inbound !== null) return this.#inbound;
    throw new TypeError(
      `Cannot receive from ${Deno.inspect(this)}: it only sends; receive from the other end`,
    );
  }

  /**
   * Sends a message. Waits only when the pipe was given a capacity and is full.
   *
   * @throws {ChannelClosedError} If this end or the other one is closed, or the other's worker is dead.
   * @throws {TypeError} If this end only receives.
   * @throws {Timeout} If `timeout` milliseconds were over first.
   * @throws {DOMException} A DataCloneError if the message cannot be cloned.
   */
  send(message: T, options?: WaitOptions): Op<void> {
    const op = new StorePut(this.#sink(), message);
    return limited(op, "send on a shared pipe", options?.timeout);
  }

  /**
   * Sends a message, and blocks the thread while there is no room; see {@linkcode SharedConnection.send}.
   *
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  sendSync(message: T, options: SyncOptions = {}): void {
    const ms = checkSync(options, "send", this);
    const sink = this.#sink();
    const op = new StorePut(sink, message);
    const action = () => `send on ${Deno.inspect(this)}`;
    const sent = op.poll() ??
      sink.notFull.waitSync(() => op.attempt(), ms, this.membership, action);
    if (sent === null) throw new Timeout(ms);
  }

  /**
   * Receives a message. Waits while there is none.
   *
   * @throws {EOFError} If the other end is closed, or its worker dead, and nothing is left.
   * @throws {ChannelClosedError} If this end is closed.
   * @throws {TypeError} If this end only sends.
   * @throws {Timeout} If `timeout` milliseconds were over first.
   */
  recv(options?: WaitOptions): Op<T> {
    const op = new StoreTake(this.#source());
    return limited(op, "receive from a shared pipe", options?.timeout);
  }

  /**
   * Receives a message, and blocks the thread while there is none; see {@linkcode SharedConnection.recv}.
   *
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  recvSync(options: SyncOptions = {}): T {
    const ms = checkSync(options, "recv", this);
    const source = this.#source();
    const op = new StoreTake(source);
    const action = () => `receive from ${Deno.inspect(this)}`;
    const got = op.attempt() ??
      source.notEmpty.waitSync(() => op.attempt(), ms, this.membership, action);
    if (got === null) throw new Timeout(ms);
    return got.value;
  }

  /**
   * Receives a message as an iterator does: the result is `done` where {@linkcode SharedConnection.recv}
   * throws an {@linkcode EOFError}.
   *
   * @throws {TypeError} If this end only sends.
   * @throws {Timeout} If `timeout` milliseconds were over first.
   */
  next(options?: WaitOptions): Op<IteratorResult<T, undefined>> {
    const op = new StoreNext(this.#source());
    return limited(op, "receive from a shared pipe", options?.timeout);
  }

  /**
   * Tells whether `recv` would not wait: a message is there, or none can come any more. Without a timeout
   * it answers at once; with one it waits that long for a message (`Infinity` is for ever).
   *
   * @throws {ChannelClosedError} If this end is closed.
   * @throws {TypeError} If this end only sends.
   */
  poll(options: WaitOptions = {}): Op<boolean> {
    const { timeout = 0 } = options;
    const op = new StorePoll(this.#pollable(), timeout === 0);
    if (timeout === 0 || timeout === Infinity) return op;
    return limited(op, "poll a shared pipe", timeout, () => false);
  }

  /**
   * Tells whether `recvSync` would not block; blocks the thread for `timeout` milliseconds to see.
   *
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  pollSync(options: SyncOptions = {}): boolean {
    const ms = checkSync({ timeout: options.timeout ?? 0 }, "poll", this);
    const source = this.#pollable();
    const op = new StorePoll(source, false);
    const action = () => `poll ${Deno.inspect(this)}`;
    return source.notEmpty.waitSync(() => op.attempt(), ms, this.membership, action) !== null;
  }

  #pollable(): Store<T> {
    const source = this.#source();
    if (this.closed) throw closedError("poll", this, "it is closed", undefined);
    return source;
  }

  /**
   * Closes this end at the call, in all workers. The other end may still receive what was sent; what came to
   * this end and was not received is dropped. Closing twice does nothing.
   */
  close(): void {
    if (Atomics.exchange(this.cells, CLOSED + this.#side, 1) !== 0) return;
    this.#outbound?.close();
    if (this.#inbound === null) return;
    this.#inbound.ring.close();
    this.#inbound.ring.clear();
    this.#inbound.wakeAll();
  }

  /** Counters at this moment. */
  stats(): ConnectionStats {
    return Object.freeze({
      size: this.#inbound?.ring.size ?? 0,
      closed: this.closed,
      waitingSenders: this.#outbound?.notFull.line.length ?? 0,
      waitingReceivers: this.#inbound?.notEmpty.line.length ?? 0,
    });
  }

  /** Lets `for await` receive until the other end is closed; leaving the loop closes nothing. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iterate(() => this.next());
  }

  /** Closes this end at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { size, closed, waitingSenders, waitingReceivers } = this.stats();
    const state = closed ? "closed" : `${size} to receive`;
    return describe(this.kind, this.name, state, waitingSenders + waitingReceivers);
  }

  /** @internal */
  get putting(): string {
    return "shared pipe send";
  }

  /** @internal */
  get taking(): string {
    return "shared pipe recv";
  }

  /** @internal */
  cannotPut(): Error {
    const state = this.closed
      ? "it is closed"
      : this.deserted()
      ? "the worker that has the other end is dead"
      : "the other end is closed";
    return closedError("send on", this, state, undefined);
  }

  /** @internal */
  cannotTake(): Error {
    if (this.closed) return closedError("receive from", this, "it is closed", undefined);
    const state = this.deserted()
      ? "the worker that has the other end is dead"
      : "the other end is closed";
    return new EOFError(
      `Cannot receive from ${Deno.inspect(this)}: ${state} and nothing is left`,
    );
  }

  /** @internal */
  deserted(): boolean {
    const user = Atomics.load(this.cells, USERS + 1 - this.#side);
    return user !== 0 && user !== this.self && !this.membership.roll.alive(user);
  }
}

/**
 * Makes two connected ends, as `multiprocessing.Pipe` does: what is sent on one is received at the other,
 * in whatever worker.
 *
 * @returns With `{ duplex: false }` the first end only receives and the second only sends.
 * @throws {RangeError} If the capacity is no whole number of at least 1.
 *
 * @example Usage
 * ```ts
 * import { SharedPipe } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const [reader, writer] = SharedPipe<string>({ duplex: false });
 * await writer.send("hello");
 * assertEquals(await reader.recv(), "hello");
 * ```
 *
 * @typeParam T What is sent and received.
 */
export function SharedPipe<T>(
  options: PipeOptions = {},
): [SharedConnection<T>, SharedConnection<T>] {
  const { capacity = Infinity } = options;
  if (
    capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= 1 && capacity < 2 ** 31)
  ) {
    throw new RangeError(
      `Cannot make a SharedPipe: its capacity must be a whole number of at least 1, got ${
        show(capacity)
      }`,
    );
  }
  const { name } = options;
  const called = (which: string) => name === undefined ? {} : { name: `${name}, ${which} end` };
  const first = new SharedConnection<T>({ ...options, ...called("first") });
  return [first, first.twin(called("second"))];
}

defineHandle(
  "SharedConnection",
  (token) => new SharedConnection(token),
  (token) => `${keyOfToken(token)}/${(token.extra as End).side}`,
);
