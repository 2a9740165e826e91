// Copyright 2026 the Tendril authors. MIT license.
/**
 * Queues with the methods and the meaning of Python's `queue` and of gevent's `gevent.queue`.
 *
 * @module
 */
import { show } from "../runtime/clock.ts";
import type { WaitOptions } from "../runtime/greenlet.ts";
import type { Op } from "../runtime/op.ts";
import { limited, type Timeout } from "../runtime/timeout.ts";
import {
  Depot,
  type Faces,
  GetOp,
  JoinOp,
  NextOp,
  PeekOp,
  PutOp,
  type QueueStore,
} from "./depot.ts";
import { describe, type NameOptions } from "./naming.ts";
import { Ring } from "./ring.ts";

export type { QueueStore };

/**
 * Thrown by a `get` or `peek` that found nothing in time, as Python's `queue.Empty`.
 *
 * @example Usage
 * ```ts
 * import { Queue, QueueEmpty } from "@tendril/tendril";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => new Queue().getNowait(), QueueEmpty);
 * ```
 */
export class QueueEmpty extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "QueueEmpty";
}

/**
 * Thrown by a `put` that found no room in time, as Python's `queue.Full`.
 *
 * @example Usage
 * ```ts
 * import { Queue, QueueFull } from "@tendril/tendril";
 * import { assertThrows } from "@std/assert";
 *
 * const queue = new Queue<number>(1);
 * queue.putNowait(1);
 * assertThrows(() => queue.putNowait(2), QueueFull);
 * ```
 */
export class QueueFull extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "QueueFull";
}

/**
 * Thrown by a `put` into a queue that was shut down and by a `get` once that is empty, as Python's
 * `queue.ShutDown`.
 *
 * @example Usage
 * ```ts
 * import { Queue, QueueShutDown } from "@tendril/tendril";
 * import { assertThrows } from "@std/assert";
 *
 * const queue = new Queue<number>();
 * queue.shutdown();
 * assertThrows(() => queue.putNowait(1), QueueShutDown);
 * ```
 */
export class QueueShutDown extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "QueueShutDown";
}

/** Options of the queues. */
export interface QueueOptions<T> extends NameOptions {
  /** What is in the queue from the start; each counts as an unfinished task. */
  items?: Iterable<T>;
}

/** What {@linkcode SimpleQueue.stats} gives. */
export interface SimpleQueueStats {
  /** How many items there are. */
  readonly size: number;
  /** How many there may be; 0 is any number. */
  readonly maxsize: number;
  /** How many wait to put. */
  readonly waitingPutters: number;
  /** How many wait to get or to peek. */
  readonly waitingGetters: number;
}

/** What {@linkcode Queue.stats} gives. */
export interface QueueStats extends SimpleQueueStats {
  /** How many items were put and not marked as done. */
  readonly unfinishedTasks: number;
  /** How many wait for all items to be marked as done. */
  readonly waitingJoiners: number;
  /** Whether it was shut down. */
  readonly isShutdown: boolean;
}

/** Options of {@linkcode Queue.shutdown}. */
export interface ShutdownOptions {
  /**
   * Whether to drop what is in the queue, marking it as done.
   *
   * @default {false}
   */
  immediate?: boolean;
}

const faces: Faces = {
  cannotPut: (owner) =>
    new QueueShutDown(`Cannot put into ${Deno.inspect(owner)}: it was shut down`),
  cannotGet: (owner) =>
    new QueueShutDown(`Cannot get from ${Deno.inspect(owner)}: it was shut down and is empty`),
};

/**
 * A queue without tasks and shutdown, as gevent's and Python's `SimpleQueue`: first in, first out.
 *
 * See {@linkcode Queue} for how it behaves.
 *
 * @example Usage
 * ```ts
 * import { run, SimpleQueue, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const queue = new SimpleQueue<string>();
 *   spawn(() => queue.putNowait("hello"));
 *   assertEquals(yield* queue.get(), "hello");
 * });
 * ```
 *
 * @typeParam T What is put into it.
 */
export class SimpleQueue<T> implements AsyncIterable<T> {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** @internal */
  protected readonly depot: Depot<T>;

  /**
   * Makes a queue.
   *
   * @param maxsize How many items it holds before putters wait; 0 or less is any number.
   * @param store Where the items are kept; decides about their order.
   * @throws {RangeError} If `maxsize` is no whole number.
   */
  constructor(
    maxsize: number = 0,
    options: QueueOptions<T> = {},
    store: QueueStore<T> = new Ring<T>(),
  ) {
    const limit = limitOf(`make a ${new.target.name}`, maxsize);
    this.name = options.name;
    const depot = new Depot<T>(this, faces, store, limit);
    this.depot = depot;
    for (const item of options.items ?? []) {
      depot.store.put(item);
      depot.unfinished++;
    }
  }

  /** How many items it holds before putters wait; 0 is any number. May be changed at any time. */
  get maxsize(): number {
    const { limit } = this.depot;
    return limit === Infinity ? 0 : limit;
  }
  set maxsize(maxsize: number) {
    this.depot.limit = limitOf(`set the maxsize of ${Deno.inspect(this)}`, maxsize);
    this.depot.serve();
  }

  /** How many items are in it. */
  qsize(): number {
    return this.depot.store.size;
  }

  /** Whether there is nothing in it. */
  empty(): boolean {
    return this.depot.store.size === 0;
  }

  /** Whether a putter would wait. */
  full(): boolean {
    return this.depot.store.size >= this.depot.limit;
  }

  /**
   * Puts an item. Waits while the queue is full; putters are served first come, first served.
   *
   * @throws {QueueFull} If `timeout` milliseconds were over first. A Timeout given instead is thrown itself.
   * @throws {QueueShutDown} If the queue is shut down before the item was put.
   *
   * @example Usage
   * ```ts
   * import { Queue, QueueFull } from "@tendril/tendril";
   * import { assertRejects } from "@std/assert";
   *
   * const queue = new Queue<number>(1);
   * await queue.put(1);
   * await assertRejects(async () => await queue.put(2, { timeout: 1 }), QueueFull);
   * ```
   */
  put(item: T, options?: WaitOptions): Op<void> {
    const op = new PutOp(this.depot, item);
    if (options === undefined) return op;
    const { timeout } = options;
    return limited(op, "put into a queue", timeout, (limit: Timeout): never => {
      throw typeof timeout === "number" ? this.#isFull(` for ${timeout} ms`) : limit.thrown;
    });
  }

  /**
   * Puts an item without waiting. Legal anywhere, also in callbacks.
   *
   * @throws {QueueFull} If there is no room.
   * @throws {QueueShutDown} If the queue was shut down.
   */
  putNowait(item: T): void {
    if (!this.depot.offer(item)) throw this.#isFull("");
  }

  #isFull(since: string): QueueFull {
    return new QueueFull(`Cannot put into ${Deno.inspect(this)}: it was full${since}`);
  }

  /**
   * Takes the next item out. Waits while there is none; getters are served first come, first served. One
   * that is killed, times out or loses a `select` takes nothing.
   *
   * @throws {QueueEmpty} If `timeout` milliseconds were over first. A Timeout given instead is thrown itself.
   * @throws {QueueShutDown} If the queue is shut down and empty.
   *
   * @example Usage
   * ```ts
   * import { Queue, QueueEmpty } from "@tendril/tendril";
   * import { assertRejects } from "@std/assert";
   *
   * const queue = new Queue<number>();
   * await assertRejects(async () => await queue.get({ timeout: 1 }), QueueEmpty);
   * ```
   */
  get(options?: WaitOptions): Op<T> {
    const op = new GetOp(this.depot);
    return options === undefined ? op : this.#limited(op, options);
  }

  /**
   * Takes the next item out without waiting. Legal anywhere, also in callbacks.
   *
   * @throws {QueueEmpty} If there is none.
   * @throws {QueueShutDown} If the queue is shut down and empty.
   */
  getNowait(): T {
    if (!this.depot.ready()) throw this.#isEmpty("");
    return this.depot.accept();
  }

  /**
   * Gives the next item and leaves it in. Waits while there is none.
   *
   * @throws {QueueEmpty} If `timeout` milliseconds were over first. A Timeout given instead is thrown itself.
   * @throws {QueueShutDown} If the queue is shut down and empty.
   */
  peek(options?: WaitOptions): Op<T> {
    const op = new PeekOp(this.depot);
    return options === undefined ? op : this.#limited(op, options);
  }

  /**
   * Gives the next item without waiting and leaves it in. Legal anywhere, also in callbacks.
   *
   * @throws {QueueEmpty} If there is none.
   * @throws {QueueShutDown} If the queue is shut down and empty.
   */
  peekNowait(): T {
    if (!this.depot.ready()) throw this.#isEmpty("");
    return this.depot.store.peek();
  }

  /**
   * Takes the next item out as an iterator does: the result is `done` when the queue is shut down and
   * empty.
   *
   * @throws {QueueEmpty} If `timeout` milliseconds were over first. A Timeout given instead is thrown itself.
   */
  next(options?: WaitOptions): Op<IteratorResult<T, undefined>> {
    const op = new NextOp(this.depot);
    return options === undefined ? op : this.#limited(op, options);
  }

  #limited<R>(op: Op<R>, { timeout }: WaitOptions): Op<R> {
    return limited(op, "get from a queue", timeout, (limit: Timeout): never => {
      throw typeof timeout === "number" ? this.#isEmpty(` for ${timeout} ms`) : limit.thrown;
    });
  }

  #isEmpty(since: string): QueueEmpty {
    return new QueueEmpty(`Cannot get from ${Deno.inspect(this)}: it was empty${since}`);
  }

  /** Counters at this moment. */
  stats(): SimpleQueueStats {
    return Object.freeze(this.counters());
  }

  /** @internal */
  protected counters(): SimpleQueueStats {
    return {
      size: this.qsize(),
      maxsize: this.maxsize,
      waitingPutters: this.depot.putters.length,
      waitingGetters: this.depot.getters.length,
    };
  }

  /** Lets `for await` take items until the queue is shut down and empty. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return {
      next: async () => await this.next(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { store, limit, shut, putters, getters } = this.depot;
    const bound = limit === Infinity ? `${store.size} in it` : `${store.size} of ${limit}`;
    const state = shut ? `${bound} shut down` : bound;
    return describe(this.constructor.name, this.name, state, putters.length + getters.length);
  }
}

function limitOf(action: string, maxsize: number): number {
  if (!Number.isInteger(maxsize) && Math.abs(maxsize) !== Infinity) {
    throw new RangeError(
      `Cannot ${action}: its maxsize must be a whole number, got ${show(maxsize)}`,
    );
  }
  return maxsize > 0 ? maxsize : Infinity;
}

/**
 * A queue with the methods of Python's `queue.Queue`, first in, first out, for greenlets and async
 * functions alike. Errors are {@linkcode QueueFull}, {@linkcode QueueEmpty} and {@linkcode QueueShutDown}.
 *
 * Every item that was put is an unfinished task until `taskDone` was called for it, and `join` waits until
 * there is none. `shutdown` ends it: nothing can be put any more, and what is in it can still be taken.
 *
 * The semantics are those of gevent's `Queue` and CPython's of 3.13, with their whole shutdown matrix.
 *
 * @example Usage
 * ```ts
 * import { Queue, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const queue = new Queue<number>(2);
 *   const done: number[] = [];
 *   spawn(function* () {
 *     for (let step = yield* queue.next(); !step.done; step = yield* queue.next()) {
 *       done.push(step.value);
 *       queue.taskDone();
 *     }
 *   });
 *   for (let n = 0; n < 5; n++) yield* queue.put(n);
 *   yield* queue.join();
 *   queue.shutdown();
 *   assertEquals(done, [0, 1, 2, 3, 4]);
 * });
 * ```
 *
 * @typeParam T What is put into it.
 */
export class Queue<T> extends SimpleQueue<T> {
  /** How many items were put and not marked as done. */
  get unfinishedTasks(): number {
    return this.depot.unfinished;
  }

  /** Whether {@linkcode Queue.shutdown} was called. */
  get isShutdown(): boolean {
    return this.depot.shut;
  }

  /**
   * Marks an item that was taken as done.
   *
   * @throws {RangeError} If it was called more often than items were put.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@tendril/tendril";
   * import { assertThrows } from "@std/assert";
   *
   * const queue = new Queue<number>(0, { items: [1] });
   * queue.taskDone();
   * assertThrows(() => queue.taskDone(), RangeError);
   * ```
   */
  taskDone(): void {
    if (this.depot.unfinished === 0) {
      throw new RangeError(
        `Cannot mark a task of ${Deno.inspect(this)} as done: all are done; ` +
          "call taskDone() once for each item that was put",
      );
    }
    this.depot.finishTasks(1);
  }

  /**
   * Waits until every item that was put was marked as done. Gives false when `timeout` milliseconds were
   * over first.
   *
   * @example Usage
   * ```ts
   * import { Queue } from "@tendril/tendril";
   * import { assertEquals } from "@std/assert";
   *
   * const queue = new Queue<number>(0, { items: [1] });
   * assertEquals(await queue.join({ timeout: 1 }), false);
   * queue.taskDone();
   * assertEquals(await queue.join(), true);
   * ```
   */
  join(options?: WaitOptions): Op<boolean> {
    return limited(new JoinOp(this.depot), "join a queue", options?.timeout, () => false);
  }

  /**
   * Shuts the queue down at the call: from now on every `put` throws, also of those who wait, and `get` does
   * when the queue is empty. It may be called again, to drop what is left. It cannot be undone.
   *
   * @example Usage
   * ```ts
   * import { Queue, QueueShutDown } from "@tendril/tendril";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const queue = new Queue<number>(0, { items: [1, 2] });
   * queue.shutdown();
   * assertEquals(queue.getNowait(), 1);
   * queue.shutdown({ immediate: true });
   * assertThrows(() => queue.getNowait(), QueueShutDown);
   * ```
   */
  shutdown(options: ShutdownOptions = {}): void {
    this.depot.shutDown();
    if (options.immediate) this.depot.drain();
  }

  /** Counters at this moment. */
  override stats(): QueueStats {
    return Object.freeze({
      ...this.counters(),
      unfinishedTasks: this.unfinishedTasks,
      waitingJoiners: this.depot.joiners.length,
      isShutdown: this.isShutdown,
    });
  }
}
