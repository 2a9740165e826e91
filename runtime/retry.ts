// Copyright 2026 the Tendril authors. MIT license.
/**
 * Trying again, with growing pauses.
 *
 * @module
 */
import { show } from "./clock.ts";
import { GreenletExit } from "./errors.ts";
import { type Coroutine, notCallable, type Runnable } from "./body.ts";
import type { Op } from "./op.ts";
import { perform } from "./perform.ts";
import { routine } from "./routine.ts";
import { sleep } from "./sleep.ts";
import { countTimeouts, isOuterLimit } from "./timeout.ts";

/** Options of {@linkcode retry}; the defaults are those of `@std/async`'s retry. */
export interface RetryOptions {
  /** How often it is tried at most; default: 5. */
  times?: number;
  /** The first pause, in milliseconds; default: 1000. */
  minDelay?: number;
  /** The longest pause, in milliseconds; default: 60000. */
  maxDelay?: number;
  /** By how much each pause is longer than the one before; default: 2. */
  multiplier?: number;
  /** How much of a pause is random, from 0 to 1; default: 1. */
  jitter?: number;
  /** Whether an error is worth another try; default: all are. */
  when?: (error: unknown, attempt: number) => boolean;
  /**
   * The pause that an error itself asks for, in milliseconds, such as that of a Retry-After header; up to
   * `maxDelay`, and not shortened by `jitter`. Without one, or where it gives undefined, pauses grow.
   */
  delay?: (error: unknown) => number | undefined;
}

/** All tries failed; `cause` is the last error. */
export class RetryError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "RetryError";
  /** How often it was tried. */
  readonly attempts: number;

  /** Makes the error for a number of tries. */
  constructor(cause: unknown, attempts: number) {
    super(
      `Cannot go on after ${attempts} tries: ${
        cause instanceof Error ? cause.message : show(cause)
      }`,
      { cause },
    );
    this.attempts = attempts;
  }
}

function check(name: string, value: number, valid: boolean, wanted: string): void {
  if (!valid) throw new RangeError(`Cannot retry: ${name} must be ${wanted}, got ${show(value)}`);
}

function* retryBody<T>(fn: Runnable<[], T>, options: Required<RetryOptions>): Coroutine<T> {
  const { times, minDelay, maxDelay, multiplier, jitter, when, delay } = options;
  for (let attempt = 1;; attempt++) {
    const before = countTimeouts();
    try {
      return yield* perform(fn);
    } catch (error) {
      // A kill is no failure to be tried again, and neither is a limit on the whole.
      if (error instanceof GreenletExit || isOuterLimit(error, before)) throw error;
      if (!when(error, attempt)) throw error;
      if (attempt >= times) throw new RetryError(error, attempt);
      const grown = Math.min(maxDelay, minDelay * multiplier ** (attempt - 1));
      const asked = delay(error);
      yield* sleep(
        asked === undefined ? grown * (1 - jitter * Math.random()) : Math.min(maxDelay, asked),
      );
    }
  }
}

/**
 * Runs `fn` until it succeeds, with pauses in between that grow and are partly random.
 *
 * @example Usage
 * ```ts
 * import { retry, run } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * let tries = 0;
 * await run(function* () {
 *   yield* retry(() => {
 *     if (++tries < 3) throw new Error("not yet");
 *   }, { minDelay: 1 });
 * });
 * assertEquals(tries, 3);
 * ```
 *
 * @throws {RetryError} When the last try has failed.
 * @throws The error itself when `when` refuses it, or when it is a GreenletExit.
 * @throws {RangeError} If an option is out of its range.
 */
export function retry<T>(fn: Runnable<[], T>, options: RetryOptions = {}): Op<T> {
  if (typeof fn !== "function") throw notCallable("retry", fn);
  const {
    times = 5,
    minDelay = 1000,
    maxDelay = 60_000,
    multiplier = 2,
    jitter = 1,
    when = () => true,
    delay = () => undefined,
  } = options;
  check("times", times, Number.isInteger(times) && times >= 1, "a whole number of at least 1");
  check("minDelay", minDelay, minDelay >= 0, "at least 0 milliseconds");
  check("maxDelay", maxDelay, maxDelay >= minDelay, "at least minDelay");
  check("multiplier", multiplier, multiplier >= 1, "at least 1");
  check("jitter", jitter, jitter >= 0 && jitter <= 1, "between 0 and 1");
  return routine("retry", retryBody<T>, fn, {
    times,
    minDelay,
    maxDelay,
    multiplier,
    jitter,
    when,
    delay,
  });
}
