#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * The main program waits for its process before it goes on.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { Process, task } from "@tendril/tendril/parallel";

export const work = task(import.meta, function* work(name: string): Coroutine {
  console.log(`${name} start...`);
  yield* sleep(100);
  console.log(`${name} over...`);
});

if (import.meta.main) {
  await main(function* () {
    const p = new Process({ target: work, args: ["neo"] });
    p.start();
    yield* p.join();
    console.log("main program");
  });
}
