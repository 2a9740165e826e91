#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A process reports what it was given ten times, but is terminated long before.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { currentProcess, Process, task } from "@tendril/tendril/parallel";

export const runProc = task(
  import.meta,
  function* runProc(name: string, age: number, more: { m: number }): Coroutine {
    for (let i = 0; i < 10; i++) {
      console.log(`child runs: name=${name}, age=${age}, pid=${currentProcess().pid}...`);
      console.log(more);
      yield* sleep(200);
    }
  },
);

if (import.meta.main) {
  await main(function* () {
    const p = new Process({ target: runProc, args: ["test", 18, { m: 20 }] });
    p.start();
    yield* sleep(1000);
    p.terminate();
    yield* p.join();
  });
}
