#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Five greenlets, each with an argument and a name of its own. The program ends when all have ended.
 *
 * @module
 */
import { type Coroutine, main, sleep, spawnWith } from "@tendril/tendril";

function* worker(num: number): Coroutine {
  yield* sleep(100);
  console.log(`The num is ${num}`);
}

await main(function* () {
  for (let i = 0; i < 5; i++) spawnWith({ name: `t.${i}` }, worker, i);
});
