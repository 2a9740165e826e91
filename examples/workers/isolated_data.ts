#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Processes share no data: each has its own copy of the list below, and so has the main program.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { currentProcess, Process, task } from "@tendril/tendril/parallel";

const numbers = [11, 22];

function show(): void {
  const { name, pid } = currentProcess();
  console.log(`${name}, pid ${pid}: ${numbers.join(" ")}`);
}

export const append = task(import.meta, function* append(): Coroutine {
  show();
  for (let i = 0; i < 3; i++) {
    numbers.push(i);
    yield* sleep(100);
    show();
  }
});

export const look = task(import.meta, function look(): void {
  show();
});

// A process imports this module to find its task: only the main program may go on to start processes.
if (import.meta.main) {
  await main(function* () {
    for (const target of [append, look]) {
      const process = new Process({ target });
      process.start();
      yield* process.join();
    }
    show();
  });
}
