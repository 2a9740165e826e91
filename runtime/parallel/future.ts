// Copyright 2026 the Tendril authors. MIT license.
/**
 * The future of `concurrent.futures`: a call that was submitted, and what became of it.
 *
 * @module
 */
import { AsyncResult } from "../../channels/async_result.ts";
import type { Coroutine } from "../body.ts";
import { notCallable } from "../body.ts";
import type { WaitOptions } from "../greenlet.ts";
import type { Op, OpIterator } from "../op.ts";
import { routine } from "../routine.ts";
import { spawn } from "../spawn.ts";
import { type Call, QUEUED, SENT } from "./call.ts";
import { asError, CancelledError } from "./errors.ts";

/**
 * A call that was submitted to a {@linkcode ParallelExecutor}, and what became of it. It can be awaited.
 *
 * @example Usage
 * ```ts
 * import { ParallelExecutor } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await using executor = new ParallelExecutor(2);
 * const future = executor.submit((a: number, b: number) => a + b, 1, 2);
 * future.addDoneCallback(async (done) => assertEquals(await done.result(), 3));
 * assertEquals(await future, 3);
 * ```
 *
 * @typeParam T What the call gives.
 */
export class Future<T = unknown> implements PromiseLike<T> {
  // Of no particular type, so that a Future of something special is one of something general.
  readonly #result: AsyncResult;
  readonly #callbacks: ((future: unknown) => unknown)[] = [];
  readonly #watchers = new Set<() => void>();
  #call: Call | null = null;
  #cancelled = false;

  /** Made by `submit`; `name` is that of the function. */
  constructor(name: string) {
    this.#result = new AsyncResult({ name });
  }

  /**
   * Tells which call it is of.
   *
   * @internal
   */
  set call(call: Call) {
    this.#call = call;
  }

  /** The result; throws the error of a call that failed. @throws {CancelledError} If it was cancelled. */
  result(options?: WaitOptions): Op<T> {
    return this.#result.get(options) as Op<T>;
  }

  /**
   * The error of a call that failed, `undefined` of one that did not.
   *
   * @throws {CancelledError} If it was cancelled.
   * @throws {Timeout} If `timeout` milliseconds are over first.
   */
  exception(options?: WaitOptions): Op<unknown> {
    return routine("future exception", exceptionOf, this as Future<unknown>, options);
  }

  /** Takes it back; false when a worker runs it already, or it has ended. Acts at the call. */
  cancel(): boolean {
    if (this.#cancelled) return true;
    if (this.done()) return false;
    const call = this.#call!;
    if (call.state === SENT) call.slot!.recall();
    if (call.state !== QUEUED) return false;
    call.cancel();
    this.fail(new CancelledError(`The call of "${this.#result.name}" was cancelled`));
    return true;
  }

  /** Whether it was cancelled, or its executor ended before it had run. */
  cancelled(): boolean {
    return this.#cancelled;
  }

  /** Whether it was handed to a worker and has not ended. */
  running(): boolean {
    return !this.done() && this.#call?.state === SENT;
  }

  /** Whether it has ended, one way or the other. */
  done(): boolean {
    return this.#result.ready;
  }

  /**
   * Calls `callback` with this future when it has ended, in a greenlet of its own; callbacks start in the
   * order in which they were added. What one throws is reported like the error of any greenlet.
   *
   * @throws {TypeError} If `callback` is no function.
   */
  addDoneCallback(callback: (future: Future<T>) => unknown): void {
    if (typeof callback !== "function") throw notCallable("call back", callback);
    if (this.done()) spawn(callback, this);
    else this.#callbacks.push(callback as (future: unknown) => unknown);
  }

  /**
   * Calls `watcher` at the moment of the end; gives a function that takes it back.
   *
   * @internal
   */
  watch(watcher: () => void): () => void {
    if (this.done()) watcher();
    else this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Part of `Waiter`.
   *
   * @internal
   */
  wake(value: unknown): void {
    this.#result.set(value);
    this.#end();
  }

  /**
   * Part of `Waiter`.
   *
   * @internal
   */
  fail(error: unknown): void {
    this.#cancelled = error instanceof CancelledError;
    this.#result.setException(asError(error));
    this.#end();
  }

  #end(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
    for (const callback of this.#callbacks.splice(0)) spawn(callback, this);
  }

  /** Lets `await` give the result. */
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onfulfilled, onrejected);
  }

  /** Lets `yield*` give the result. */
  [Symbol.iterator](): OpIterator<T> {
    return this.result()[Symbol.iterator]();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.#cancelled
      ? "cancelled"
      : this.#result.successful
      ? "finished"
      : this.done()
      ? "failed"
      : this.running()
      ? "running"
      : "pending";
    return `<Future ${JSON.stringify(this.#result.name)} ${state}>`;
  }

  /**
   * The place of the result.
   *
   * @internal
   */
  get place(): AsyncResult {
    return this.#result;
  }
}

function* exceptionOf(future: Future<unknown>, options?: WaitOptions): Coroutine<unknown> {
  try {
    yield* future.result(options);
    return undefined;
  } catch (error) {
    if (!future.done() || future.cancelled() || error !== future.place.exception) throw error;
    return error;
  }
}
