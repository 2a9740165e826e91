#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A hundred greenlets take one each from a hundred, with a wait between reading and writing. Without a
 * lock all have read the same number; with one they come down to nothing.
 *
 * @module
 */
import { type Coroutine, joinAll, Lock, main, sleep, spawn } from "@tendril/tendril";

let n = 100;
const mutex = new Lock();

function* take(): Coroutine {
  const before = n;
  yield* sleep(1);
  n = before - 1;
  console.log(n);
}

function* takeInTurn(): Coroutine {
  using _ = yield* mutex.acquire(); // released at the end of the block, come what may
  yield* take();
}

await main(function* () {
  for (const body of [take, takeInTurn]) {
    n = 100;
    yield* joinAll(Array.from({ length: 100 }, () => spawn(body)));
    console.log(`at the end: ${n}`);
  }
});
