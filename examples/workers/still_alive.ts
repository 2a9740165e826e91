#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A process that would go on for long is terminated: it is alive, and then it is not.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { Process, task } from "@tendril/tendril/parallel";

export const work = task(import.meta, function* work(name: string): Coroutine {
  console.log(`${name} start...`);
  yield* sleep(60_000);
  console.log(`${name} over...`);
});

if (import.meta.main) {
  await main(function* () {
    const p = new Process({ target: work, args: ["neo"] });
    console.log("before the start:", p.isAlive());
    p.start();
    console.log("after it:", p.isAlive());
    p.terminate();
    yield* p.join();
    console.log("after its end:", p.isAlive(), "exit code", p.exitcode);
  });
}
