#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Five processes, each with an argument and a name of its own. They end in any order.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { currentProcess, Process, task } from "@tendril/tendril/parallel";

export const worker = task(import.meta, function* worker(num: number): Coroutine {
  yield* sleep(100);
  console.log(`${currentProcess().name} says: The num is ${num}`);
});

if (import.meta.main) {
  await main(function* () {
    for (let i = 0; i < 5; i++) {
      const p = new Process({ target: worker, args: [i], name: `p.${i}` });
      p.start();
    }
  });
}
