#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Three functions that wait for 100, 300 and 500 ms: together they take as long as the longest.
 *
 * @module
 */
import { main, spawn } from "@tendril/tendril";
import { patchAll } from "@tendril/tendril/monkey";

patchAll();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function func(number: number, ms: number): Promise<void> {
  console.log(number);
  await pause(ms);
}

await main(function* () {
  const start = performance.now();
  const s1 = spawn(func, 1, 100);
  const s2 = spawn(func, 2, 300);
  const s3 = spawn(func, 3, 500);
  yield* s1.join();
  yield* s2.join();
  yield* s3.join();
  console.log(`${((performance.now() - start) / 1000).toFixed(2)} s`);
});
