#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Greenlets do not help against a call that holds the whole thread: work2 begins when work1 has ended.
 * The program beside this one, patched_work.ts, does the same with a timer.
 *
 * @module
 */
import { getHub, joinAll, main, spawn } from "@tendril/tendril";

/** What `time.sleep` is in Python: nobody else runs meanwhile. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function work(name: string): void {
  for (let i = 0; i < 10; i++) {
    console.log(name, i);
    block(Math.random() * 20);
  }
}

await main(function* () {
  getHub().maxBlockingTime = Infinity; // without this, the runtime tells who holds the thread
  yield* joinAll([spawn(work, "work1"), spawn(work, "work2")]);
});
