// Copyright 2026 the Tendril authors. MIT license.
/**
 * Objects of the host that `runtime/io` drives itself. `runtime/monkey` patches methods of their classes,
 * and leaves alone what is noted here: else two would wait, and give up, for the same greenlet.
 *
 * @module
 */

const driven = new WeakSet<object>();

/** Notes an object of the host, and gives it. */
export function drive<T extends object>(object: T): T {
  driven.add(object);
  return object;
}

/** Whether an object was noted. */
export function isDriven(object: unknown): boolean {
  return driven.has(object as object);
}
