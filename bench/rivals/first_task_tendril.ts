// Copyright 2026 the Tendril authors. MIT license.
// A process that makes a pool and has one task run; prints how long that took, in milliseconds.
import { task, WorkerPool } from "@tendril/tendril/parallel";

export const same = task(import.meta, function same(value: number): number {
  return value;
});

if (import.meta.main) {
  const start = performance.now();
  const pool = new WorkerPool(1);
  await pool.apply(same, [1]);
  console.log(performance.now() - start);
  pool.terminate();
}
