#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten workers share four brooms: a semaphore lets four sweep at a time.
 *
 * @module
 */
import { type Coroutine, run, Semaphore, sleep, spawn } from "@tendril/tendril";

const WORKERS = 10;
const brooms = new Semaphore(4);
let sweeping = 0;

function* sweep(worker: number): Coroutine {
  using _ = yield* brooms.acquire();
  sweeping++;
  console.log(
    `Worker ${worker} takes a broom, as number ${sweeping}; brooms left: ${brooms.value}`,
  );
  for (let step = 0; step < 5; step++) yield* sleep(1);
  sweeping--;
  console.log(`Worker ${worker} gives it back`);
}

await run(function* () {
  for (let worker = 1; worker <= WORKERS; worker++) spawn(sweep, worker);
});
console.log(`All have swept; brooms in the corner: ${brooms.value}`);
