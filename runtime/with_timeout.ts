// Copyright 2026 the Tendril authors. MIT license.
/**
 * A limit on the time of a block or an Op.
 *
 * @module
 */
import { currentFrame } from "./async_frame.ts";
import { show } from "./clock.ts";
import type { Coroutine, Runnable } from "./body.ts";
import { current, type Op } from "./op.ts";
import { perform } from "./perform.ts";
import { routine } from "./routine.ts";
import { limited, Timeout, type TimeoutLike } from "./timeout.ts";
import { toOp, type Waitable } from "./until.ts";

/** Options of {@linkcode withTimeout}. */
export interface WithTimeoutOptions<V> {
  /** What it gives when its own time is over, instead of throwing. */
  value: V;
}

function* withTimeoutBody<T, V>(
  timeout: TimeoutLike,
  what: Op<T> | Runnable<[], T>,
  options: WithTimeoutOptions<V> | undefined,
): Coroutine<T | V> {
  const limit = Timeout.startNew(timeout);
  try {
    return yield* perform(what);
  } catch (error) {
    // By identity: another Timeout is somebody else's affair.
    if (error !== limit.thrown) throw error;
    if (options !== undefined) return options.value;
    if (limit.error === false) return undefined as V;
    throw error;
  } finally {
    limit.close();
  }
}

/**
 * Runs a function, or waits for an Op or a promise, but not longer than `ms` milliseconds. Past that
 * a {@linkcode Timeout} is thrown into it at its next wait; `finally` blocks run. With `{ value }` it
 * gives that instead, only if its own time was over: an outer Timeout passes through.
 *
 * @example Usage
 * ```ts
 * import { run, sleep, withTimeout } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   assertEquals(yield* withTimeout(5, sleep(1000), { value: "late" }), "late");
 * });
 * ```
 *
 * @throws {Timeout} When the time is over and no `value` is given.
 * @throws {RangeError} If `ms` is negative or NaN.
 */
export function withTimeout<T>(ms: TimeoutLike, what: Waitable<T> | Runnable<[], T>): Op<T>;
/** Runs a function, or waits for an Op, and gives `value` when the time was over. */
export function withTimeout<T, V>(
  ms: TimeoutLike,
  what: Waitable<T> | Runnable<[], T>,
  options: WithTimeoutOptions<V>,
): Op<T | V>;
export function withTimeout<T, V>(
  ms: TimeoutLike,
  what: Waitable<T> | Runnable<[], T>,
  options?: WithTimeoutOptions<V>,
): Op<T | V> {
  const within = typeof what === "function" ? what : toOp(what) as Op<T> | undefined;
  if (within === undefined) {
    throw new TypeError(
      `Cannot limit the time of ${show(what)}: expected an Op, a promise or a function`,
    );
  }
  // In an async function a routine would run in a greenlet of its own, which would own what it acquires.
  if (typeof within !== "function" && (current === null || currentFrame() !== null)) {
    return limited(within, "limit the time of an Op", ms, (limit) => {
      if (options !== undefined) return options.value;
      if (limit.error === false) return undefined as V;
      throw limit.thrown;
    });
  }
  const limit = ms instanceof Timeout ? ms : new Timeout(ms);
  return routine("withTimeout", withTimeoutBody<T, V>, limit, within, options);
}
