#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * What helps against what: greenlets wait at the same time, workers compute at the same time, and
 * greenlets in workers do both. Each number is how long eight tasks took.
 *
 * @module
 */
import { type Coroutine, getHub, joinAll, main, type Op, sleep, spawn } from "@tendril/tendril";
import { cpuCount, task, WorkerPool } from "@tendril/tendril/parallel";

export const compute = task(import.meta, function* compute(): Coroutine {
  for (let number = 0; number < 100_000_000; number++);
});

export const wait = task(import.meta, function* wait(): Coroutine {
  yield* sleep(50);
});

export const both = task(import.meta, function* both(): Coroutine {
  yield* compute();
  yield* wait();
});

const TASKS = Array<undefined>(8).fill(undefined);

function show(first: string, rest: string[]): void {
  console.log(first.padEnd(20) + rest.map((each) => each.padStart(14)).join(""));
}

/** Prints how long each kind of work takes when it is done this way. */
function* measure(way: string, run: (work: typeof both) => Coroutine | Op<unknown>): Coroutine {
  const times: string[] = [];
  for (const work of [compute, wait, both]) {
    const started = performance.now();
    yield* run(work);
    times.push(`${((performance.now() - started) / 1000).toFixed(2)} s`);
  }
  show(way, times);
}

if (import.meta.main) {
  getHub().maxBlockingTime = Infinity; // the first two ways hold this isolate, which would be reported
  await main(function* () {
    show("", ["compute-bound", "IO-bound", "half and half"]);
    yield* measure("one after another", function* (work) {
      for (const _ of TASKS) yield* work();
    });
    yield* measure("greenlets", (work) => joinAll(TASKS.map(() => spawn(work))));
    for (const [way, concurrency] of [["workers", 1], ["greenlets in workers", 16]] as const) {
      using pool = new WorkerPool(cpuCount(), { concurrency });
      yield* pool.prewarm();
      yield* measure(way, (work) => pool.map(work, TASKS, { chunksize: 1 }));
    }
  });
}
