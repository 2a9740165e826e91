// Copyright 2026 the Tendril authors. MIT license.
/**
 * A queue of all workers.
 *
 * Invariant: the items that were put and not marked as done are those the ring has counted less those that
 * DONE has counted; so there is nothing to be kept in step.
 *
 * @module
 */
import {
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  type ShutdownOptions,
} from "../../../channels/queue.ts";
import { describe } from "../../../channels/naming.ts";
import { show } from "../../clock.ts";
import type { WaitOptions } from "../../greenlet.ts";
import { DONE as RESULT, type Op } from "../../op.ts";
import { limited, type Timeout } from "../../timeout.ts";
import { checkSync, Gate, GateOp, type SyncOptions } from "./gate.ts";
import { defineHandle, SharedHandle, type SharedOptions, type Token } from "./handle.ts";
import { makeRecords, Ring, RING_WORDS } from "./ring.ts";
import {
  ENDED,
  iterate,
  NOTHING,
  Store,
  type StoreFace,
  StoreNext,
  StorePut,
  StoreTake,
} from "./store.ts";

const DONE = RING_WORDS;
const ALL_DONE = DONE + 1;
const WORDS = RING_WORDS + 16;

/** What {@linkcode SharedQueue.stats} gives. */
export interface SharedQueueStats {
  /** How many items there are. */
  readonly size: number;
  /** How many there may be; 0 is any number. */
  readonly maxsize: number;
  /** How many wait to put in this worker. */
  readonly waitingPutters: number;
  /** How many wait to get in this worker. */
  readonly waitingGetters: number;
  /** How many items were put and not marked as done. */
  readonly unfinishedTasks: number;
  /** Whether it was shut down. */
  readonly isShutdown: boolean;
}

class SharedJoin extends GateOp<boolean> {
  constructor(readonly source: SharedQueue<unknown>) {
    super(source.allDone);
  }

  get reason(): string {
    return "shared queue join";
  }

  override get subject(): unknown {
    return this.source;
  }

  attempt(): IteratorReturnResult<boolean> | null {
    if (this.source.unfinishedTasks !== 0) return null;
    RESULT.value = true;
    return RESULT;
  }
}

/**
 * A queue for all workers, as `multiprocessing.JoinableQueue`, first in, first out: any number of greenlets
 * and workers put and get. It can be sent to workers as an argument of a task.
 *
 * Items are copied. They may be anything that can be cloned, and keep their type: Map, Date, bigint, typed
 * arrays, errors. An item that cannot be cloned makes `put` throw. Handles of shared things are not put
 * into a queue: send them as arguments.
 *
 * The items lie in shared memory, which grows as needed to 1 GiB at most; then `put` waits. What a worker
 * has put before it died stays; what it has got is gone with it, and never marked as done.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { SharedQueue } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const queue = new SharedQueue<number>(2);
 *   spawn(function* () {
 *     for (let n = 0; n < 5; n++) yield* queue.put(n);
 *     queue.shutdown();
 *   });
 *   const got: number[] = [];
 *   for (let step = yield* queue.next(); !step.done; step = yield* queue.next()) {
 *     got.push(step.value);
 *   }
 *   assertEquals(got, [0, 1, 2, 3, 4]);
 * });
 * ```
 *
 * @typeParam T What is put into it.
 */
export class SharedQueue<T> extends SharedHandle implements StoreFace, AsyncIterable<T> {
  /** @internal */
  readonly allDone: Gate;
  readonly #store: Store<T>;

  /**
   * Makes a queue.
   *
   * @param maxsize How many items it holds before putters wait; 0 or less is any number.
   * @throws {RangeError} If `maxsize` is no whole number below 2^31.
   */
  constructor(maxsize = 0, options: SharedOptions = {}) {
    if (!Number.isInteger(maxsize) || maxsize > 0x7fffffff) {
      throw new RangeError(
        `Cannot make a shared queue: its maxsize must be a whole number below 2^31, got ${
          show(maxsize)
        }`,
      );
    }
    super(WORDS, options);
    const records = (options as Partial<Token>).extra as SharedArrayBuffer | undefined;
    const ring = new Ring(this.cells, records ?? makeRecords(), this.membership);
    if (this.fresh) ring.limit = Math.max(maxsize, 0);
    this.#store = new Store(ring, this);
    this.allDone = new Gate(this.cells, ALL_DONE);
  }

  /** @internal */
  get kind(): string {
    return "SharedQueue";
  }

  /** @internal */
  protected override get extra(): SharedArrayBuffer {
    return this.#store.ring.records;
  }

  /** How many items it holds before putters wait; 0 is any number. */
  get maxsize(): number {
    return this.#store.ring.limit;
  }

  /** How many items are in it. */
  qsize(): number {
    return this.#store.ring.size;
  }

  /** Whether there is nothing in it. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Whether a putter would wait. */
  full(): boolean {
    return this.maxsize > 0 && this.qsize() >= this.maxsize;
  }

  /**
   * Puts an item. Waits while the queue is full.
   *
   * @throws {QueueFull} If `timeout` milliseconds were over first. A Timeout given instead is thrown itself.
   * @throws {QueueShutDown} If the queue is shut down before the item was put.
   * @throws {DOMException} A DataCloneError if the item cannot be cloned.
   * @throws {RangeError} If the item takes more than 512 MiB.
   */
  put(item: T, options?: WaitOptions): Op<void> {
    const op = new StorePut(this.#store, item);
    if (options === undefined) return op;
    const { timeout } = options;
    return limited(op, "put into a shared queue", timeout, (limit: Timeout): never => {
      throw typeof timeout === "number" ? this.#isFull(` for ${timeout} ms`) : limit.thrown;
    });
  }

  /**
   * Puts an item without waiting. Legal anywhere, also in callbacks.
   *
   * @throws {QueueFull} If there is no room.
   * @throws {QueueShutDown} If the queue was shut down.
   * @throws {DOMException} A DataCloneError if the item cannot be cloned.
   */
  putNowait(item: T): void {
    if (!this.#store.putNow(item)) throw this.#isFull("");
  }

  /**
   * Puts an item, and blocks the thread while the queue is full.
   *
   * @throws {QueueFull} If `timeout` milliseconds were over first.
   * @throws {QueueShutDown} If the queue is shut down before the item was put.
   * @throws {DOMException} A DataCloneError if the item cannot be cloned.
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  putSync(item: T, options: SyncOptions = {}): void {
    const ms = checkSync(options, "put", this);
    const op = new StorePut(this.#store, item);
    if (op.poll() !== null) return;
    const action = () => `put into ${Deno.inspect(this)}`;
    const put = this.#store.notFull.waitSync(() => op.attempt(), ms, this.membership, action);
    if (put === null) throw this.#isFull(` for ${ms} ms`);
  }

  #isFull(since: string): QueueFull {
    return new QueueFull(`Cannot put into ${Deno.inspect(this)}: it was full${since}`);
  }

  /**
   * Takes the next item out. Waits while there is none. One that is killed, times out or loses a `select`
   * takes nothing.
   *
   * @throws {QueueEmpty} If `timeout` milliseconds were over first. A Timeout given instead is thrown itself.
   * @throws {QueueShutDown} If the queue is shut down and empty.
   */
  get(options?: WaitOptions): Op<T> {
    const op = new StoreTake(this.#store);
    return options === undefined ? op : this.#limited(op, options);
  }

  /**
   * Takes the next item out without waiting. Legal anywhere, also in callbacks.
   *
   * @throws {QueueEmpty} If there is none.
   * @throws {QueueShutDown} If the queue is shut down and empty.
   */
  getNowait(): T {
    const value = this.#store.takeNow();
    if (value === NOTHING) throw this.#isEmpty("");
    if (value === ENDED) throw this.cannotTake();
    return value;
  }

  /**
   * Takes the next item out, and blocks the thread while there is none.
   *
   * @throws {QueueEmpty} If `timeout` milliseconds were over first.
   * @throws {QueueShutDown} If the queue is shut down and empty.
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  getSync(options: SyncOptions = {}): T {
    const ms = checkSync(options, "get", this);
    const op = new StoreTake(this.#store);
    const action = () => `get from ${Deno.inspect(this)}`;
    const got = op.attempt() ??
      this.#store.notEmpty.waitSync(() => op.attempt(), ms, this.membership, action);
    if (got === null) throw this.#isEmpty(` for ${ms} ms`);
    return got.value;
  }

  /**
   * Takes the next item out as an iterator does: the result is `done` when the queue is shut down and
   * empty.
   *
   * @throws {QueueEmpty} If `timeout` milliseconds were over first. A Timeout given instead is thrown itself.
   */
  next(options?: WaitOptions): Op<IteratorResult<T, undefined>> {
    const op = new StoreNext(this.#store);
    return options === undefined ? op : this.#limited(op, options);
  }

  #limited<R>(op: Op<R>, { timeout }: WaitOptions): Op<R> {
    return limited(op, "get from a shared queue", timeout, (limit: Timeout): never => {
      throw typeof timeout === "number" ? this.#isEmpty(` for ${timeout} ms`) : limit.thrown;
    });
  }

  #isEmpty(since: string): QueueEmpty {
    return new QueueEmpty(`Cannot get from ${Deno.inspect(this)}: it was empty${since}`);
  }

  /** How many items were put and not marked as done. */
  get unfinishedTasks(): number {
    return this.#store.ring.puts - Atomics.load(this.cells, DONE) | 0;
  }

  /**
   * Marks an item that was taken as done.
   *
   * @throws {RangeError} If it was called more often than items were put.
   */
  taskDone(): void {
    const { cells } = this;
    for (;;) {
      const before = Atomics.load(cells, DONE);
      if (this.#store.ring.puts === before) {
        throw new RangeError(
          `Cannot mark a task of ${Deno.inspect(this)} as done: all are done; ` +
            "call taskDone() once for each item that was put",
        );
      }
      if (Atomics.compareExchange(cells, DONE, before, before + 1 | 0) === before) break;
    }
    if (this.unfinishedTasks === 0) this.allDone.signal(Infinity);
  }

  /**
   * Waits until every item that was put was marked as done. Gives false when `timeout` milliseconds were
   * over first.
   */
  join(options?: WaitOptions): Op<boolean> {
    const op = new SharedJoin(this as SharedQueue<unknown>);
    return limited(op, "join a shared queue", options?.timeout, () => false);
  }

  /**
   * Blocks the thread until every item that was put was marked as done. Gives false when `timeout`
   * milliseconds were over first.
   *
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  joinSync(options: SyncOptions = {}): boolean {
    const ms = checkSync(options, "join", this);
    const attempt = () => this.unfinishedTasks === 0 || null;
    const action = () => `join ${Deno.inspect(this)}`;
    return this.allDone.waitSync(attempt, ms, this.membership, action) ?? false;
  }

  /** Whether {@linkcode SharedQueue.shutdown} was called. */
  get isShutdown(): boolean {
    return this.#store.ring.closed;
  }

  /**
   * Shuts the queue down at the call, in all workers: from now on every `put` throws, also of those who wait,
   * and `get` does when the queue is empty. It may be called again, to drop what is left. It cannot be
   * undone.
   */
  shutdown(options: ShutdownOptions = {}): void {
    const { ring } = this.#store;
    ring.close();
    if (options.immediate) {
      // What is dropped was put and is done: a worker that dies in between leaves it unfinished.
      Atomics.add(this.cells, DONE, ring.clear());
      if (this.unfinishedTasks === 0) this.allDone.signal(Infinity);
    }
    this.#store.wakeAll();
  }

  /** Counters at this moment. */
  stats(): SharedQueueStats {
    const { maxsize, unfinishedTasks, isShutdown } = this;
    return Object.freeze({
      size: this.qsize(),
      maxsize,
      waitingPutters: this.#store.notFull.line.length,
      waitingGetters: this.#store.notEmpty.line.length,
      unfinishedTasks,
      isShutdown,
    });
  }

  /** Lets `for await` take items until the queue is shut down and empty. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return iterate(() => this.next());
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { size, maxsize, waitingPutters, waitingGetters, isShutdown } = this.stats();
    const bound = maxsize === 0 ? `${size} in it` : `${size} of ${maxsize}`;
    const state = isShutdown ? `${bound} shut down` : bound;
    return describe(this.kind, this.name, state, waitingPutters + waitingGetters);
  }

  /** @internal */
  get putting(): string {
    return "shared queue put";
  }

  /** @internal */
  get taking(): string {
    return "shared queue get";
  }

  /** @internal */
  cannotPut(): Error {
    return new QueueShutDown(`Cannot put into ${Deno.inspect(this)}: it was shut down`);
  }

  /** @internal */
  cannotTake(): Error {
    return new QueueShutDown(
      `Cannot get from ${Deno.inspect(this)}: it was shut down and is empty`,
    );
  }

  /** @internal */
  deserted(): boolean {
    return false;
  }
}

defineHandle("SharedQueue", (token) => new SharedQueue(0, token));
