// Copyright 2026 the Tendril authors. MIT license.
// What the workers of the tests of semaphores, events, conditions and barriers do.

import type { Coroutine } from "@tendril/tendril";
import type {
  SharedArray,
  SharedBarrier,
  SharedCondition,
  SharedEvent,
  SharedSemaphore,
} from "@tendril/tendril/parallel";

/** Enters a room with few seats, and notes how many are inside at most. */
export function* sit(seats: SharedSemaphore, inside: SharedArray, times: number): Coroutine {
  for (let i = 0; i < times; i++) {
    using _ = yield* seats.acquire();
    note(inside);
    yield;
    inside.add(0, -1);
  }
}

export function sitSync(seats: SharedSemaphore, inside: SharedArray, times: number): void {
  for (let i = 0; i < times; i++) {
    using _ = seats.acquireSync();
    note(inside);
    inside.add(0, -1);
  }
}

function note(inside: SharedArray): void {
  const now = inside.add(0, 1) + 1;
  if (now > inside.get(1)) inside.set(1, now);
}

export function acquireSync(semaphore: SharedSemaphore, options?: { timeout: number }): boolean {
  return (options === undefined ? semaphore.acquireSync() : semaphore.acquireSync(options)) !==
    undefined;
}

export function waitSync(event: SharedEvent, options?: { timeout: number }): boolean {
  return event.waitSync(options);
}

export function* wait(event: SharedEvent): Coroutine<boolean> {
  return yield* event.wait();
}

export function set(event: SharedEvent): void {
  event.set();
}

/** Waits to be notified; says before that it will, and after that it was. */
export function listenSync(
  changed: SharedCondition,
  counts: SharedArray,
  options?: { timeout: number },
): boolean {
  using _ = changed.acquireSync();
  counts.add(0, 1);
  const notified = changed.waitSync(options);
  counts.add(1, 1);
  return notified;
}

export function* listen(changed: SharedCondition, counts: SharedArray): Coroutine<boolean> {
  using _ = yield* changed.acquire();
  counts.add(0, 1);
  const notified = yield* changed.wait();
  counts.add(1, 1);
  return notified;
}

export async function listenAsync(changed: SharedCondition, counts: SharedArray): Promise<boolean> {
  using _ = await changed.acquire();
  counts.add(0, 1);
  const notified = await changed.wait();
  counts.add(1, 1);
  return notified;
}

/** Takes turns with another: each waits until the number has its parity. */
export function* alternate(
  changed: SharedCondition,
  numbers: SharedArray,
  parity: number,
  rounds: number,
): Coroutine {
  for (let i = 0; i < rounds; i++) {
    using _ = yield* changed.acquire();
    yield* changed.waitFor(() => numbers.get(0) % 2 === parity);
    numbers.add(0, 1);
    changed.notifyAll();
  }
}

export function alternateSync(
  changed: SharedCondition,
  numbers: SharedArray,
  parity: number,
  rounds: number,
): void {
  for (let i = 0; i < rounds; i++) {
    using _ = changed.acquireSync();
    changed.waitForSync(() => numbers.get(0) % 2 === parity);
    numbers.add(0, 1);
    changed.notifyAll();
  }
}

export function waitForSync(changed: SharedCondition, timeout: number): boolean {
  using _ = changed.acquireSync();
  return changed.waitForSync(() => false, { timeout });
}

export function notifyUnheld(changed: SharedCondition): void {
  changed.notify();
}

/** Passes a barrier again and again; nobody may be ahead of one that has not come. */
export function marchSync(barrier: SharedBarrier, steps: SharedArray, me: number, rounds: number) {
  const indexes: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    steps.set(me, round);
    indexes.push(barrier.waitSync());
    for (const step of steps) if (step < round) throw new RangeError("somebody is behind");
  }
  return indexes;
}

export function* march(
  barrier: SharedBarrier,
  steps: SharedArray,
  me: number,
  rounds: number,
): Coroutine<number[]> {
  const indexes: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    steps.set(me, round);
    indexes.push(yield* barrier.wait());
    for (const step of steps) if (step < round) throw new RangeError("somebody is behind");
  }
  return indexes;
}

export function meetSync(barrier: SharedBarrier, options?: { timeout: number }): number {
  return barrier.waitSync(options);
}
