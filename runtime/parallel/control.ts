// Copyright 2026 the Tendril authors. MIT license.
/**
 * The words of shared memory between a pool and one of its workers. They let the pool take back items
 * that the worker has not begun, and know what it was doing when it died, while it is too busy to
 * read messages.
 *
 * Invariants:
 * - The first word holds the number of the next item to be claimed, and STOP while the pool has taken
 *   the rest back. Only the worker moves the number on, one at a time; only the pool sets STOP.
 * - The worker clears STOP when it reads of that in a RESUME: what it was sent before is void. The word
 *   RECALLS tells whether that RESUME is the newest; it changes before STOP is set.
 *
 * @module
 */

const CLAIM = 0;
const RECALLS = 1;
const CANCELLED = 2;
/** How many words there are. */
export const CONTROL_WORDS = 3;

const ALL = -1;
const STOP = 1 << 30;
/** Numbers of items stay below this: a worker that has run so many is replaced. */
export const MOST_ITEMS = 1 << 29;

/** Takes on the item, in the worker; false when it was taken back. */
export function claim(control: Int32Array, item: number): boolean {
  return Atomics.compareExchange(control, CLAIM, item, item + 1) === item;
}

/** The number of the next item that the worker would take on. */
export function claimed(control: Int32Array): number {
  return Atomics.load(control, CLAIM) & ~STOP;
}

/** Takes back all items that the worker has not taken on; gives the number of the first of them. */
export function takeBack(control: Int32Array): number {
  Atomics.add(control, RECALLS, 1);
  return Atomics.or(control, CLAIM, STOP) & ~STOP;
}

/** How often items were taken back. */
export function countRecalls(control: Int32Array): number {
  return Atomics.load(control, RECALLS);
}

/** Lets the worker take on items again that were sent after the recall of this number. */
export function resume(control: Int32Array, recall: number): void {
  if (countRecalls(control) !== recall) return;
  Atomics.and(control, CLAIM, ~STOP);
  if (countRecalls(control) !== recall) Atomics.or(control, CLAIM, STOP);
}

/** Asks the item that runs to stop. */
export function askToStop(control: Int32Array, item: number): void {
  Atomics.store(control, CANCELLED, item + 1);
}

/** Asks whatever runs to stop. */
export function askAllToStop(control: Int32Array): void {
  Atomics.store(control, CANCELLED, ALL);
}

/** Whether the item was asked to stop. */
export function isAskedToStop(control: Int32Array, item: number): boolean {
  const asked = Atomics.load(control, CANCELLED);
  return asked === item + 1 || asked === ALL;
}
