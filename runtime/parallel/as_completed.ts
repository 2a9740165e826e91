// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for several futures.
 *
 * @module
 */
import { Event } from "../../channels/event.ts";
import type { Coroutine } from "../body.ts";
import { checkDelay, show } from "../clock.ts";
import type { WaitOptions } from "../greenlet.ts";
import { now } from "../hub.ts";
import type { Op } from "../op.ts";
import { routine } from "../routine.ts";
import { Timeout, type TimeoutLike } from "../timeout.ts";
import { Future } from "./future.ts";

function checkFutures<T>(action: string, futures: Iterable<Future<T>>): Set<Future<T>> {
  const all = new Set(futures);
  for (const each of all) {
    if (!(each instanceof Future)) {
      throw new TypeError(`Cannot ${action} ${show(each)}: expected a Future`);
    }
  }
  return all;
}

/**
 * Futures as they end: `yield* it.next()`, or `for await`.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { asCompleted, type Completions, ParallelExecutor } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await using executor = new ParallelExecutor(1);
 * await run(function* () {
 *   const ended: Completions<number> = asCompleted([executor.submit((n: number) => n * n, 3)]);
 *   const { value: future } = yield* ended.next();
 *   assertEquals(yield* future!.result(), 9);
 *   assertEquals((yield* ended.next()).done, true);
 * });
 * ```
 */
export class Completions<T> {
  readonly #total: number;
  readonly #left: Set<Future<T>>;
  readonly #done: Future<T>[] = [];
  readonly #changed = new Event();
  readonly #deadline: number;
  readonly #timeout: TimeoutLike | undefined;
  readonly #unwatch: (() => void)[] = [];

  /** Made by {@linkcode asCompleted}. */
  constructor(futures: Set<Future<T>>, timeout: TimeoutLike | undefined) {
    this.#total = futures.size;
    this.#left = futures;
    this.#timeout = timeout;
    const ms = timeout instanceof Timeout ? timeout.ms : timeout;
    this.#deadline = now() + (ms ?? Infinity);
    for (const future of [...futures]) {
      this.#unwatch.push(future.watch(() => {
        this.#left.delete(future);
        this.#done.push(future);
        this.#changed.set();
      }));
    }
  }

  /**
   * The next future that has ended; done when all were given.
   *
   * @throws {Timeout} If the time is over that `asCompleted` was given.
   */
  next(): Op<IteratorResult<Future<T>, undefined>> {
    return routine("as completed", Completions.step<T>, this);
  }

  /** @internal */
  private static *step<T>(
    self: Completions<T>,
  ): Coroutine<IteratorResult<Future<T>, undefined>> {
    for (;;) {
      const future = self.#done.shift();
      if (future !== undefined) return { done: false, value: future };
      if (self.#left.size === 0) return { done: true, value: undefined };
      self.#changed.clear();
      const left = self.#deadline - now();
      const changed = left === Infinity
        ? yield* self.#changed.wait()
        : yield* self.#changed.wait({ timeout: Math.max(0, left) });
      if (!changed) throw self.#late();
    }
  }

  #late(): Error {
    if (this.#timeout instanceof Timeout) return this.#timeout.thrown;
    return new Timeout(
      this.#timeout,
      `Timed out after ${this.#timeout} ms: ${this.#left.size} (of ${this.#total}) futures unfinished`,
    );
  }

  /** Lets `for await` read them. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Future<T>> {
    return {
      next: async () => await this.next(),
      return: () => {
        for (const unwatch of this.#unwatch) unwatch();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

/**
 * Gives futures in the order in which they end, those that have ended first; each once.
 *
 * @example Usage
 * ```ts
 * import { asCompleted, ParallelExecutor } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await using executor = new ParallelExecutor(2);
 * const futures = [1, 2].map((n) => executor.submit((n: number) => n * n, n));
 * let sum = 0;
 * for await (const future of asCompleted(futures)) sum += await future.result();
 * assertEquals(sum, 5);
 * ```
 *
 * @param options `timeout` is for all of them together, from this call on.
 * @throws {TypeError} If one of them is no Future.
 */
export function asCompleted<T>(
  futures: Iterable<Future<T>>,
  options: WaitOptions = {},
): Completions<T> {
  const { timeout } = options;
  if (typeof timeout === "number") checkDelay("wait for futures", timeout);
  return new Completions(checkFutures("wait for", futures), timeout);
}

/** Options of {@linkcode waitFutures}. */
export interface WaitFuturesOptions extends WaitOptions {
  /**
   * When to return: when all have ended, when one has, or when one has failed (or all have ended). Default:
   * "ALL_COMPLETED".
   */
  returnWhen?: "ALL_COMPLETED" | "FIRST_COMPLETED" | "FIRST_EXCEPTION";
}

/** What {@linkcode waitFutures} gives. */
export interface WaitedFutures<T> {
  /** Those that have ended. */
  readonly done: Set<Future<T>>;
  /** The others. */
  readonly notDone: Set<Future<T>>;
}

/**
 * Waits for futures. When `timeout` is over it gives what there is, and does not throw.
 *
 * @example Usage
 * ```ts
 * import { ParallelExecutor, waitFutures } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await using executor = new ParallelExecutor(2);
 * const futures = [1, 2].map((n) => executor.submit((n: number) => n * n, n));
 * const { done, notDone } = await waitFutures(futures);
 * assertEquals([done.size, notDone.size], [2, 0]);
 * ```
 *
 * @throws {TypeError} If one of them is no Future, or `returnWhen` is none of the three.
 */
export function waitFutures<T>(
  futures: Iterable<Future<T>>,
  options: WaitFuturesOptions = {},
): Op<WaitedFutures<T>> {
  const { returnWhen = "ALL_COMPLETED", timeout } = options;
  if (!/^(ALL_COMPLETED|FIRST_COMPLETED|FIRST_EXCEPTION)$/.test(returnWhen)) {
    throw new TypeError(
      `Cannot wait for futures: returnWhen must be "ALL_COMPLETED", "FIRST_COMPLETED" or ` +
        `"FIRST_EXCEPTION", got ${show(returnWhen)}`,
    );
  }
  const all = checkFutures("wait for", futures);
  return routine("wait for futures", waitBody<T>, all, returnWhen, timeout);
}

function* waitBody<T>(
  all: Set<Future<T>>,
  returnWhen: NonNullable<WaitFuturesOptions["returnWhen"]>,
  timeout: TimeoutLike | undefined,
): Coroutine<WaitedFutures<T>> {
  const enough = new Event();
  let left = all.size;
  if (left === 0) enough.set();
  const unwatch = [...all].map((future) =>
    future.watch(() => {
      const fails = returnWhen === "FIRST_EXCEPTION" && !future.cancelled() &&
        future.place.exception !== undefined;
      if (--left === 0 || fails || returnWhen === "FIRST_COMPLETED") enough.set();
    })
  );
  try {
    yield* enough.wait(timeout === undefined ? {} : { timeout });
  } finally {
    for (const each of unwatch) each();
  }
  const done = new Set([...all].filter((future) => future.done()));
  return { done, notDone: all.difference(done) };
}
