#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A daemon does not keep the program alive: when the main program is done, it ends with it.
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
    const p = new Process({ target: work, args: ["cwz"], daemon: true });
    p.start();
    yield* sleep(300);
    console.log("main program");
  });
}
