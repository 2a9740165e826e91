// Copyright 2026 the Tendril authors. MIT license.
/**
 * The error for locks.
 *
 * @module
 */

/**
 * A lock was used in a way its state does not allow: released although nobody holds it, or by a
 * greenlet that does not; or a condition was waited for without holding its lock.
 *
 * @example Usage
 * ```ts
 * import { Lock, LockError } from "@tendril/tendril";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => new Lock().release(), LockError, "nobody holds it");
 * ```
 */
export class LockError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "LockError";
}

/** The error of a release without an acquire. */
export function notHeld(lock: unknown): LockError {
  return new LockError(
    `Cannot release ${Deno.inspect(lock)}: nobody holds it; release once for each acquire`,
  );
}
