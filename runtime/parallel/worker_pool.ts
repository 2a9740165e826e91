// Copyright 2026 the Tendril authors. MIT license.
/**
 * The pool of workers, with the methods of `multiprocessing.Pool`.
 *
 * @module
 */
import { AsyncResult } from "../../channels/async_result.ts";
import type { WaitOptions } from "../greenlet.ts";
import type { Op, Waiter } from "../op.ts";
import { spawn } from "../spawn.ts";
import { limited } from "../timeout.ts";
import { until } from "../until.ts";
import { Call } from "./call.ts";
import {
  type ApplyOptions,
  checkCount,
  checkIterable,
  NO_OPTIONS,
  type WorkerImapOptions,
  type WorkerMapOptions,
} from "./call_options.ts";
import { Collect, CollectOp } from "./collect.ts";
import type { Dispatcher, PoolCounts } from "./dispatcher.ts";
import { asError, CancelledError, PoolClosedError } from "./errors.ts";
import { Stream, WorkerResults } from "./imap_results.ts";
import { makeDispatcher, type WorkerPoolOptions } from "./pool_options.ts";
import type { Profile } from "./profile.ts";
import { checkOpen, checkRoom, guardProgress, prepare } from "./submission.ts";
import type { WorkerTask } from "./task.ts";
import { countLeakedThreads } from "./worker_backend.ts";

/** Options of {@linkcode WorkerPool.applyAsync}. */
export interface ApplyAsyncOptions<T> extends ApplyOptions {
  /** Called with the result, in a greenlet of its own. */
  callback?: (value: T) => unknown;
  /** Called with the error, in a greenlet of its own. */
  errorCallback?: (error: unknown) => unknown;
}

/** Options of {@linkcode WorkerPool.mapAsync}. */
export interface MapAsyncOptions<T> extends WorkerMapOptions {
  /** Called with the results, in a greenlet of its own. */
  callback?: (values: T[]) => unknown;
  /** Called with the error, in a greenlet of its own. */
  errorCallback?: (error: unknown) => unknown;
}

/** What {@linkcode WorkerPool.stats} gives. */
export interface WorkerPoolStats extends Readonly<PoolCounts> {
  /** Threads of this program that go on although their worker was terminated. */
  readonly leaked: number;
}

/**
 * Workers that run functions for greenlets and async functions alike: threads by default. They start when
 * they are needed and are replaced when they die. What was asked for in one turn travels together, so
 * that a call of a small function costs microseconds.
 *
 * @example Usage
 * ```ts
 * import { WorkerPool } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * function fib(n: number): number {
 *   return n < 2 ? n : fib(n - 1) + fib(n - 2);
 * }
 *
 * await using pool = new WorkerPool(2);
 * assertEquals(await pool.apply(fib, [10]), 55);
 * assertEquals(await pool.map(fib, [1, 2, 3, 4]), [1, 1, 2, 3]);
 * ```
 */
export class WorkerPool implements Disposable, AsyncDisposable {
  /** What the names of its workers begin with. */
  readonly name: string;
  readonly #dispatcher: Dispatcher;
  readonly #maxQueue: number;

  /**
   * Makes a pool; its workers start when there is something to do.
   *
   * @param workers How many workers there may be at a time.
   * @throws {RangeError} If a number is out of range.
   * @throws {TypeError} If workers cannot run the initializer.
   */
  constructor(workers: number = navigator.hardwareConcurrency, options: WorkerPoolOptions = {}) {
    this.#dispatcher = makeDispatcher("make a WorkerPool", workers, options);
    this.name = this.#dispatcher.name;
    this.#maxQueue = options.maxQueue ?? Infinity;
  }

  /**
   * Runs `fn(...args)` in a worker and gives its result. Killed or timed out, the greenlet that waits
   * cancels the task.
   *
   * @throws {TypeError} If `fn` or an argument cannot be sent.
   * @throws {WorkerDiedError} If the worker ends before the task does.
   * @throws {Timeout} If the task takes longer than `timeout`.
   * @throws {PoolClosedError} If the pool was closed.
   */
  apply<A extends unknown[], T>(
    fn: WorkerTask<A, T>,
    args: A = [] as unknown[] as A,
    options: ApplyOptions = NO_OPTIONS,
  ): Op<T> {
    return this.#call(fn, args, options) as Op<unknown> as Op<T>;
  }

  #call(fn: unknown, args: unknown[], options: ApplyOptions): Call {
    const dispatcher = this.#dispatcher;
    const profile = prepare(dispatcher, fn, args, options);
    return new Call(dispatcher, profile, args, guardProgress(options), dispatcher.sites.note());
  }

  /**
   * Like {@linkcode WorkerPool.apply}, but begins at the call and gives a place for the result.
   *
   * @throws {QueueFull} If `maxQueue` calls wait already.
   */
  applyAsync<A extends unknown[], T>(
    fn: WorkerTask<A, T>,
    args: A = [] as unknown[] as A,
    options: ApplyAsyncOptions<T> = NO_OPTIONS,
  ): AsyncResult<T> {
    const call = this.#call(fn, args, options);
    checkRoom(this.#dispatcher, this.#maxQueue);
    const place = new ResultPlace<T>(call.profile, options);
    call.park(place);
    return place.result;
  }

  #collect(
    fn: unknown,
    items: Iterable<unknown>,
    starred: boolean,
    options: WorkerMapOptions,
  ): { profile: Profile; make: (waiter: Waiter) => Collect } {
    checkIterable("map", items);
    const dispatcher = this.#dispatcher;
    const profile = prepare(dispatcher, fn, [], options);
    const guarded = guardProgress(options);
    return {
      profile,
      make: (waiter) => new Collect(dispatcher, profile, items, starred, guarded, waiter),
    };
  }

  /**
   * Runs `fn` on every item and gives the results in the order of the items. They go to the workers in
   * batches; items are read as workers ask for them. The first failure that is known ends it.
   */
  map<I, T>(
    fn: WorkerTask<[I], T>,
    items: Iterable<I>,
    options: WorkerMapOptions = NO_OPTIONS,
  ): Op<T[]> {
    const { profile, make } = this.#collect(fn, items, false, options);
    return new CollectOp<T>(profile.definition.name, make);
  }

  /** Like {@linkcode WorkerPool.map}, with a list of arguments for each call. */
  starmap<A extends unknown[], T>(
    fn: WorkerTask<A, T>,
    items: Iterable<A>,
    options: WorkerMapOptions = NO_OPTIONS,
  ): Op<T[]> {
    const { profile, make } = this.#collect(fn, items, true, options);
    return new CollectOp<T>(profile.definition.name, make);
  }

  /** Like {@linkcode WorkerPool.map}, but begins at the call and gives a place for the results. */
  mapAsync<I, T>(
    fn: WorkerTask<[I], T>,
    items: Iterable<I>,
    options: MapAsyncOptions<T> = NO_OPTIONS,
  ): AsyncResult<T[]> {
    const { profile, make } = this.#collect(fn, items, false, options);
    checkRoom(this.#dispatcher, this.#maxQueue);
    const place = new ResultPlace<T[]>(profile, options);
    this.#dispatcher.begin(make(place));
    return place.result;
  }

  /**
   * Runs `fn` on every item and gives the results one by one, in the order of the items. It reads only so
   * many items ahead as the workers need, so the input may be endless.
   */
  imap<I, T>(
    fn: WorkerTask<[I], T>,
    items: Iterable<I>,
    options: WorkerImapOptions = NO_OPTIONS,
  ): WorkerResults<T> {
    return this.#stream(fn, items, true, options);
  }

  /** Like {@linkcode WorkerPool.imap}, but each result as soon as it is there. */
  imapUnordered<I, T>(
    fn: WorkerTask<[I], T>,
    items: Iterable<I>,
    options: WorkerImapOptions = NO_OPTIONS,
  ): WorkerResults<T> {
    return this.#stream(fn, items, false, options);
  }

  #stream<T>(
    fn: unknown,
    items: Iterable<unknown>,
    ordered: boolean,
    options: WorkerImapOptions,
  ): WorkerResults<T> {
    checkIterable("imap", items);
    const profile = prepare(this.#dispatcher, fn, [], options);
    const dispatcher = this.#dispatcher;
    const job = new Stream(
      dispatcher,
      profile,
      items,
      ordered,
      guardProgress(options),
      dispatcher.most,
    );
    dispatcher.begin(job);
    return new WorkerResults<T>(job);
  }

  /** Starts workers now, instead of when they are needed; waits until `count` of them are ready. */
  prewarm(count: number = this.#dispatcher.most): Op<void> {
    checkOpen(this.#dispatcher, "start workers of the pool");
    checkCount("start workers", "their number", count);
    return until(() => this.#dispatcher.prewarm(Math.min(count, this.#dispatcher.most)));
  }

  /** Takes no more work. What there is runs, then the workers end. Acts at the call. */
  close(): void {
    this.#dispatcher.close();
  }

  /** Ends all workers at once; what has not ended fails with a CancelledError. Acts at the call. */
  terminate(): void {
    this.#dispatcher.terminate(
      new CancelledError(`The task was cancelled: pool "${this.name}" was terminated`),
    );
  }

  /**
   * Waits until a pool that was closed or terminated has ended; gives false when `timeout` milliseconds
   * were over first.
   *
   * @throws {PoolClosedError} If it was not closed.
   */
  join(options: WaitOptions = {}): Op<boolean> {
    if (!this.#dispatcher.closed) {
      throw new PoolClosedError(
        `Cannot join pool "${this.name}": call close() or terminate() first`,
      );
    }
    const ended = until(this.#dispatcher.finished.then(() => true));
    return limited(ended, "join the pool", options.timeout, () => false);
  }

  /** Counters at this moment. */
  stats(): WorkerPoolStats {
    return Object.freeze({ ...this.#dispatcher.counts(), leaked: countLeakedThreads() });
  }

  /** Terminates the pool at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.terminate();
  }

  /** Terminates the pool at the end of an `await using` block, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.#dispatcher.finished;
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return Deno.inspect(this.#dispatcher);
  }
}

/** Puts the outcome of a call where it can be waited for, and tells the callbacks. */
class ResultPlace<T> implements Waiter {
  readonly result: AsyncResult<T>;
  readonly #options: {
    readonly callback?: (value: T) => unknown;
    readonly errorCallback?: (error: unknown) => unknown;
  };

  constructor(profile: Profile, options: ApplyAsyncOptions<T> | MapAsyncOptions<T>) {
    this.result = new AsyncResult<T>({ name: profile.definition.name });
    this.#options = options as ApplyAsyncOptions<T>;
  }

  wake(value: unknown): void {
    this.result.set(value as T);
    const { callback } = this.#options;
    if (callback !== undefined) spawn(callback, value as T);
  }

  fail(error: unknown): void {
    this.result.setException(asError(error));
    const { errorCallback } = this.#options;
    if (errorCallback !== undefined) spawn(errorCallback, error);
  }
}
