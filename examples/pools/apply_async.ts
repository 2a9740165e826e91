#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten calls for a pool of five workers, and a function that is called with each result. The main program
 * goes on meanwhile.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { task, WorkerPool } from "@tendril/tendril/parallel";

export const foo = task(import.meta, function* foo(i: number): Coroutine<number> {
  yield* sleep(50);
  return i + 100;
});

function bar(result: number): void {
  console.log(result);
}

if (import.meta.main) {
  await main(function* () {
    const pool = new WorkerPool(5);
    console.log("one call, and its result:", yield* pool.apply(foo, [1]));
    for (let i = 0; i < 10; i++) pool.applyAsync(foo, [i], { callback: bar });
    console.log("end");
    pool.close(); // takes no more calls
    yield* pool.join();
  });
}
