// Copyright 2026 the Tendril authors. MIT license.
/**
 * The executor of `concurrent.futures`, over workers.
 *
 * @module
 */
import type { Op } from "../op.ts";
import { until } from "../until.ts";
import { Call } from "./call.ts";
import { checkIterable, NO_OPTIONS, type WorkerImapOptions } from "./call_options.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { Stream, WorkerResults } from "./imap_results.ts";
import { makeDispatcher, type WorkerPoolOptions } from "./pool_options.ts";
import { checkRoom, guardProgress, prepare } from "./submission.ts";
import type { WorkerTask } from "./task.ts";

/** Options of {@linkcode ParallelExecutor.shutdown}. */
export interface ShutdownOptions {
  /** Whether the Op waits until the workers have ended; default: true. */
  wait?: boolean;
  /** Whether calls that have not begun are cancelled; default: false, they still run. */
  cancelFutures?: boolean;
}

/**
 * Runs functions in workers and gives futures, as `concurrent.futures.ProcessPoolExecutor`.
 *
 * @example Usage
 * ```ts
 * import { ParallelExecutor } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await using executor = new ParallelExecutor(2);
 * const futures = [1, 2, 3].map((n) => executor.submit((n: number) => n * n, n));
 * assertEquals(await Promise.all(futures), [1, 4, 9]);
 * ```
 */
export class ParallelExecutor implements Disposable, AsyncDisposable {
  readonly #dispatcher: Dispatcher;
  readonly #maxQueue: number;

  /**
   * Makes an executor; its workers start when there is something to do.
   *
   * @param workers How many workers there may be at a time.
   * @throws {RangeError} If a number is out of range.
   * @throws {TypeError} If workers cannot run the initializer.
   */
  constructor(workers: number = navigator.hardwareConcurrency, options: WorkerPoolOptions = {}) {
    this.#dispatcher = makeDispatcher("make a ParallelExecutor", workers, options);
    this.#maxQueue = options.maxQueue ?? Infinity;
  }

  /**
   * Lets a worker run `fn(...args)`. Acts at the call.
   *
   * @throws {TypeError} If `fn` or an argument cannot be sent.
   * @throws {PoolClosedError} After `shutdown`.
   * @throws {QueueFull} If `maxQueue` calls wait already.
   */
  submit<A extends unknown[], T>(fn: WorkerTask<A, T>, ...args: A): Future<T> {
    const dispatcher = this.#dispatcher;
    const profile = prepare(dispatcher, fn, args, NO_OPTIONS);
    checkRoom(dispatcher, this.#maxQueue);
    const future = new Future<T>(profile.definition.name);
    const call = new Call(dispatcher, profile, args, NO_OPTIONS, dispatcher.sites.note());
    future.call = call;
    call.park(future);
    return future;
  }

  /**
   * Runs `fn` on every item and gives the results one by one, in the order of the items, which are read
   * only so far ahead as the workers need. An error ends it: what is left is cancelled.
   */
  map<I, T>(
    fn: WorkerTask<[I], T>,
    items: Iterable<I>,
    options: WorkerImapOptions = NO_OPTIONS,
  ): WorkerResults<T> {
    checkIterable("map", items);
    const dispatcher = this.#dispatcher;
    const profile = prepare(dispatcher, fn, [], options);
    const said = guardProgress(options);
    const job = new Stream(dispatcher, profile, items, true, said, dispatcher.most);
    dispatcher.begin(job);
    return new WorkerResults<T>(job, { failFast: true });
  }

  /** Takes no more calls; the Op waits until all have ended, and the workers too. Acts at the call. */
  shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Op<void> {
    if (cancelFutures) {
      this.#dispatcher.cancelWaiting(
        new CancelledError("The call was cancelled: its executor was shut down"),
      );
    }
    this.#dispatcher.close();
    return until(wait ? this.#dispatcher.finished : undefined);
  }

  /** Shuts down without waiting at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.#dispatcher.close();
  }

  /** Shuts down at the end of an `await using` block, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { workers, queued } = this.#dispatcher.counts();
    return `<ParallelExecutor ${workers} of ${this.#dispatcher.most} workers, ${queued} queued>`;
  }
}
