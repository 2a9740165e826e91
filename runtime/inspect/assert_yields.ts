// Copyright 2026 the Tendril authors. MIT license.
/**
 * `assertYields`: fails when somebody holds the isolate too long.
 *
 * @module
 */
import { notCallable, type Runnable } from "../body.ts";
import { show } from "../clock.ts";
import { listen } from "../events.ts";
import { getCurrent, type Greenlet, mainGreenlet } from "../greenlet.ts";
import { now } from "../hub.ts";
import type { Op } from "../op.ts";
import { perform } from "../perform.ts";
import { routine } from "../routine.ts";

/** Options of {@linkcode assertYields}. */
export interface AssertYieldsOptions {
  /** How long a greenlet may hold the isolate, in milliseconds. */
  maxMs: number;
}

/** Raised by {@linkcode assertYields}: a greenlet held the isolate too long. */
export class HeldIsolateError extends Error {
  /** Its name. */
  override readonly name = "HeldIsolateError";
  /** Who held the isolate. */
  readonly greenlet: Greenlet<unknown>;
  /** For how long, in milliseconds. */
  readonly ms: number;

  /** Makes the error. */
  constructor(greenlet: Greenlet<unknown>, ms: number, maxMs: number) {
    super(
      `Cannot hold the isolate for ${Math.round(ms)} ms where ${maxMs} ms are allowed, as ` +
        `${greenlet.name} did: yield in long loops, or move the work to a worker`,
    );
    this.greenlet = greenlet;
    this.ms = ms;
  }
}

/**
 * Watches who holds the isolate until it is disposed of; {@linkcode assertYields} makes it.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { assertYields, type YieldGuard } from "@tendril/tendril/inspect";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const guard: YieldGuard = assertYields({ maxMs: 1000 });
 *   yield* sleep(1);
 *   assertEquals(guard.end(), null); // nobody held the isolate for a second
 * });
 * ```
 */
export class YieldGuard implements Disposable {
  readonly #maxMs: number;
  readonly #stop: () => void;
  /** Who runs, null for the hub, and since when. */
  #running: Greenlet<unknown> | null;
  #since: number;
  #worst: HeldIsolateError | null = null;

  /** Begins to watch; use {@linkcode assertYields}. */
  constructor(maxMs: number) {
    this.#maxMs = maxMs;
    const current = getCurrent();
    this.#running = current === mainGreenlet ? null : current;
    this.#since = now();
    this.#stop = listen({
      switch: (_from, to: Greenlet<unknown> | null) => {
        this.#look();
        this.#running = to;
        this.#since = now();
      },
    });
  }

  /** Looks how long the one that runs has been running. */
  #look(): void {
    if (this.#running === null) return;
    const ms = now() - this.#since;
    if (ms <= this.#maxMs || ms <= (this.#worst?.ms ?? 0)) return;
    this.#worst = new HeldIsolateError(this.#running, ms, this.#maxMs);
  }

  /** Ends it; gives the error that tells of the longest hold, if one was too long. */
  end(): HeldIsolateError | null {
    this.#look();
    this.#running = null;
    this.#stop();
    return this.#worst;
  }

  /**
   * Ends it at the end of a `using` block.
   *
   * @throws {HeldIsolateError} If a greenlet held the isolate too long.
   */
  [Symbol.dispose](): void {
    const error = this.end();
    if (error !== null) throw error;
  }
}

/**
 * Fails when a greenlet, whichever, holds the isolate for more than `maxMs` milliseconds without giving
 * way: for tests of programs that have to stay responsive. Without `fn` it lasts until the end of a
 * `using` block. The time is the hub's; an async body counts up to its first `await`.
 *
 * As gevent's `assert_switches(max_blocking_time)`.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { assertYields } from "@tendril/tendril/inspect";
 *
 * await run(function* () {
 *   using _ = assertYields({ maxMs: 1000 });
 *   yield* sleep(1);
 * });
 * ```
 *
 * @throws {RangeError} If `maxMs` is no number of at least 0.
 */
export function assertYields(options: AssertYieldsOptions): YieldGuard;
/**
 * Runs `fn` and gives its result, or fails when a greenlet held the isolate too long meanwhile. What
 * `fn` throws is thrown as it is.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { assertYields, HeldIsolateError } from "@tendril/tendril/inspect";
 * import { assertRejects } from "@std/assert";
 *
 * function* greedy() {
 *   const end = performance.now() + 20;
 *   while (performance.now() < end);
 * }
 *
 * await assertRejects(
 *   () =>
 *     run(function* () {
 *       yield* assertYields({ maxMs: 5 }, greedy);
 *     }),
 *   HeldIsolateError,
 * );
 * ```
 *
 * @throws {HeldIsolateError} If a greenlet held the isolate too long.
 */
export function assertYields<T>(options: AssertYieldsOptions, fn: Runnable<[], T>): Op<T>;
export function assertYields<T>(
  { maxMs }: AssertYieldsOptions,
  fn?: Runnable<[], T>,
): YieldGuard | Op<T> {
  if (typeof maxMs !== "number" || !(maxMs >= 0)) {
    throw new RangeError(
      `Cannot assert that greenlets yield: maxMs must be at least 0, got ${show(maxMs)}`,
    );
  }
  if (fn === undefined) return new YieldGuard(maxMs);
  if (typeof fn !== "function") throw notCallable("assert that greenlets yield in", fn);
  return routine("assertYields", guarded<T>, maxMs, fn);
}

function* guarded<T>(maxMs: number, fn: Runnable<[], T>) {
  const guard = new YieldGuard(maxMs);
  let error: HeldIsolateError | null = null;
  let result: T;
  try {
    result = yield* perform(fn);
  } finally {
    error = guard.end();
  }
  if (error !== null) throw error;
  return result;
}
