#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two functions that know nothing of greenlets and wait as long as they like. Their timers are patched,
 * so each wait lets the other one go on.
 *
 * @module
 */
import { joinAll, main, spawn } from "@tendril/tendril";
import { patchAll } from "@tendril/tendril/monkey";

patchAll();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function work(name: string): Promise<void> {
  for (let i = 0; i < 10; i++) {
    console.log(name, i);
    await pause(Math.random() * 50);
  }
}

await main(function* () {
  yield* joinAll([spawn(work, "work1"), spawn(work, "work2")]);
});
