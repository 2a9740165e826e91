#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * An executor with places for five tasks, and a function that is called with each future when it is
 * done. These tasks only wait, so greenlets do for workers: that is what "inline" means.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { type Future, ParallelExecutor, task } from "@tendril/tendril/parallel";

export const work = task(import.meta, function* work(): Coroutine<number> {
  console.log("task begins...");
  yield* sleep(100);
  console.log("task ends...");
  return 123;
});

function* callBack(future: Future<number>): Coroutine {
  console.log(future.constructor.name, yield* future.result());
}

await main(function* () {
  const pool = new ParallelExecutor(5, { backend: "inline" });
  for (let i = 0; i < 5; i++) pool.submit(work).addDoneCallback(callBack);
  yield* pool.shutdown(); // waits until all are done
  console.log("all tasks are done");
});
