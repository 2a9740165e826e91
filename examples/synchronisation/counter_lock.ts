#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two greenlets add a million each to one number and give way in between; a lock keeps it right.
 *
 * @module
 */
import { type Coroutine, joinAll, Lock, main, spawn } from "@tendril/tendril";

let num = 0;
const mutex = new Lock();

function* work(name: string, times: number): Coroutine {
  for (let i = 0; i < times; i++) {
    yield* mutex.acquire();
    const before = num;
    if (i % 100 === 0) yield; // the other one runs here, but cannot get past the lock
    num = before + 1;
    mutex.release();
  }
  console.log(`----in ${name}, num is ${num}---`);
}

await main(function* () {
  console.log(`---before: num is ${num}---`);
  yield* joinAll([spawn(work, "work1", 1_000_000), spawn(work, "work2", 1_000_000)]);
  console.log(`what two have added to the same number: ${num}`);
});
