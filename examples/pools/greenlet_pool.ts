#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A hundred tasks, five at a time: the pool lets another one in when one has ended.
 *
 * @module
 */
import { type Coroutine, main, Pool, sleep } from "@tendril/tendril";

function* task(i: number): Coroutine {
  console.log(i);
  yield* sleep(10);
}

await main(function* () {
  const pool = new Pool(5);
  for (let i = 0; i < 100; i++) yield* pool.spawn(task, i); // waits while the pool is full
  yield* pool.join();
});
