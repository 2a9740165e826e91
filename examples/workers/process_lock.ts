#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten processes count down one number that they share; the lock lets each look before the next one takes.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { Process, SharedArray, SharedRLock, task } from "@tendril/tendril/parallel";

export const take = task(
  import.meta,
  function* take(numbers: SharedArray, lock: SharedRLock): Coroutine {
    yield* lock.acquire();
    numbers.set(0, numbers.get(0) - 1);
    yield* sleep(10);
    console.log("say hi", numbers.get(0));
    lock.release();
  },
);

if (import.meta.main) {
  await main(function* () {
    const numbers = new SharedArray("i32", [10]);
    const lock = new SharedRLock();
    for (let i = 0; i < 10; i++) {
      const p = new Process({ target: take, args: [numbers, lock] });
      p.start();
    }
  });
}
