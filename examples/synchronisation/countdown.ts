#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten greenlets take one each from ten; the lock lets each look before the next one takes.
 *
 * @module
 */
import { type Coroutine, Lock, main, sleep, spawn } from "@tendril/tendril";

let num = 10;

function* take(lock: Lock): Coroutine {
  yield* lock.acquire();
  num -= 1;
  yield* sleep(20);
  console.log(num);
  lock.release();
}

await main(function* () {
  const lock = new Lock();
  for (let i = 0; i < 10; i++) spawn(take, lock);
});
