// Copyright 2026 the Tendril authors. MIT license.
/** A program that forgot to ask whether it is the main one. */
import { task, WorkerPool } from "@tendril/tendril/parallel";

const square = task(import.meta, function square(n: number): number {
  return n * n;
});

using pool = new WorkerPool(1);
try {
  console.log(await pool.apply(square, [3]));
} catch (error) {
  console.log((error as Error).message);
}
