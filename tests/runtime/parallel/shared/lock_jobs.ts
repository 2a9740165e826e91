// Copyright 2026 the Tendril authors. MIT license.
// What the workers of the lock tests do.

import type { Coroutine } from "@tendril/tendril";
import type { SharedArray, SharedLock, SharedRLock } from "@tendril/tendril/parallel";

/** Adds to a number in two steps, `times` times. */
export function countSync(lock: SharedLock | SharedRLock, numbers: SharedArray, times: number) {
  for (let i = 0; i < times; i++) {
    const lease = lock.acquireSync();
    numbers.array[0] = numbers.array[0]! + 1;
    lease.release();
  }
}

export function* count(
  lock: SharedLock | SharedRLock,
  numbers: SharedArray,
  times: number,
): Coroutine {
  for (let i = 0; i < times; i++) {
    const lease = yield* lock.acquire();
    numbers.array[0] = numbers.array[0]! + 1;
    lease.release();
  }
}

export async function countAsync(
  lock: SharedLock | SharedRLock,
  numbers: SharedArray,
  times: number,
): Promise<void> {
  for (let i = 0; i < times; i++) {
    const lease = await lock.acquire();
    numbers.array[0] = numbers.array[0]! + 1;
    lease.release();
  }
}

export function* acquire(lock: SharedLock | SharedRLock): Coroutine {
  yield* lock.acquire();
}

export function acquireSync(
  lock: SharedLock | SharedRLock,
  options?: { timeout: number },
): boolean {
  return (options === undefined ? lock.acquireSync() : lock.acquireSync(options)) !== undefined;
}

/** Takes the lock and holds it until it is told to stop. */
export function hog(lock: SharedLock, stop: SharedArray): number {
  let times = 0;
  while (stop.get(0) === 0) {
    lock.acquireSync();
    times++;
    lock.release();
  }
  return times;
}

export function release(lock: SharedLock | SharedRLock): void {
  lock.release();
}

export function inspect(lock: SharedLock | SharedRLock): string {
  return Deno.inspect(lock);
}

export function* nest(lock: SharedRLock): Coroutine<number[]> {
  const levels: number[] = [];
  const outer = yield* lock.acquire();
  const inner = yield* lock.acquire();
  levels.push(lock.levels);
  inner.release();
  levels.push(lock.levels);
  outer.release();
  levels.push(lock.levels);
  return levels;
}

export function nestSync(lock: SharedRLock): number[] {
  const levels: number[] = [];
  const outer = lock.acquireSync();
  const inner = lock.acquireSync();
  levels.push(lock.levels);
  inner.release();
  levels.push(lock.levels);
  outer.release();
  levels.push(lock.levels);
  return levels;
}

/** One greenlet holds the lock while plain code of another asks for it. */
export function* blockOwnGreenlet(lock: SharedLock | SharedRLock): Coroutine<string> {
  const { spawn } = yield import("@tendril/tendril");
  yield* lock.acquire();
  const error = yield* spawn(() => {
    try {
      lock.acquireSync();
    } catch (error) {
      return (error as Error).name;
    }
  });
  lock.release();
  return error;
}
