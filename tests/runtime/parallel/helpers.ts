// Copyright 2026 the Tendril authors. MIT license.
import { type BackendName, WorkerPool, type WorkerPoolOptions } from "@tendril/tendril/parallel";

/** Runs `body` with a pool that has ended afterwards. */
export async function inPool<T>(
  workers: number,
  options: WorkerPoolOptions,
  body: (pool: WorkerPool) => PromiseLike<T>,
): Promise<T> {
  await using pool = new WorkerPool(workers, options);
  return await body(pool);
}

/** The backends that share memory with the pool. */
export const SHARING: BackendName[] = ["worker", "inline"];
/** All backends. */
export const BACKENDS: BackendName[] = ["worker", "process", "inline"];

/** Words of shared memory, as the tasks `hold` and `count` take them. */
export function words(count = 4): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * 4));
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Waits until the word at `place` is at least `value`. */
export async function reaches(cells: Int32Array, place: number, value: number): Promise<void> {
  await until(() => Atomics.load(cells, place) >= value);
}
