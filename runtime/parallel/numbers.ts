// Copyright 2026 the Tendril authors. MIT license.
/**
 * Lists of numbers as blocks of memory, which are moved between isolates instead of copied.
 *
 * @module
 */

/** From so many on a block costs less than a list. */
const WORTHWHILE = 32;

/** The items in a block of memory, if they are enough and all of them are numbers. */
export function packNumbers(items: readonly unknown[]): Float64Array<ArrayBuffer> | undefined {
  const count = items.length;
  if (count < WORTHWHILE || typeof items[0] !== "number") return undefined;
  const floats = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const item = items[at];
    if (typeof item !== "number") return undefined;
    floats[at] = item;
  }
  return floats;
}
