// Copyright 2026 the Tendril authors. MIT license.
/**
 * The errors of the runtime. Each stands for a condition a caller may want to catch; a wrong
 * argument is a plain `TypeError` or `RangeError`.
 *
 * @module
 */

/**
 * Thrown into a greenlet to end it, the counterpart of greenlet's exception of the same name.
 *
 * When it escapes the body it is not a failure: it becomes the greenlet's value.
 *
 * @example Usage
 * ```ts
 * import { GreenletExit, run, sleep, spawn } from "@tendril/tendril";
 * import { assertInstanceOf } from "@std/assert";
 *
 * await run(function* () {
 *   const g = spawn(function* () {
 *     yield* sleep(1000);
 *   });
 *   yield* sleep(0);
 *   yield* g.kill();
 *   assertInstanceOf(yield* g.get(), GreenletExit);
 * });
 * ```
 */
export class GreenletExit extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "GreenletExit";
  /** Makes the exit; `message` says who asked for it or why. */
  constructor(message = "The greenlet was killed", options?: ErrorOptions) {
    super(message, options);
  }
}

/** A greenlet was used in a way its state does not allow: started without `run`, re-run, … */
export class GreenletError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "GreenletError";
}

/**
 * A blocking call was made where nothing can be suspended: in a hub or timer callback, or by
 * stepping an Op by hand instead of `yield*`.
 */
export class BlockingSwitchOutError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "BlockingSwitchOutError";
}

/** Raised in a greenlet that waits for one thing and was woken by a stray `switch`. */
export class InvalidSwitchError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "InvalidSwitchError";
}

/** Two greenlets used one object at a time that only one may use, such as one side of a socket. */
export class ConcurrentObjectUseError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "ConcurrentObjectUseError";
}

/**
 * Nothing can ever wake the waiting greenlets again. The message names each of them, what it waits
 * for, who holds that, and the cycle if there is one.
 */
export class DeadlockError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "DeadlockError";
}
