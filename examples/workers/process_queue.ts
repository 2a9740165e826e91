#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A queue between two processes: one writes to it, the other reads until the writer says that there is
 * no more.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { Process, SharedQueue, task } from "@tendril/tendril/parallel";

export const write = task(import.meta, function* write(queue: SharedQueue<string>): Coroutine {
  for (const value of ["A", "B", "C"]) {
    console.log(`Putting ${value} into the queue`);
    yield* queue.put(value);
    yield* sleep(Math.random() * 200);
  }
  queue.shutdown();
});

export const read = task(import.meta, function* read(queue: SharedQueue<string>): Coroutine {
  for (let step = yield* queue.next(); !step.done; step = yield* queue.next()) {
    console.log(`Got ${step.value} from the queue`);
    yield* sleep(Math.random() * 200);
  }
});

if (import.meta.main) {
  await main(function* () {
    const queue = new SharedQueue<string>(2);
    const processes = [write, read].map((target) => new Process({ target, args: [queue] }));
    for (const process of processes) process.start();
    for (const process of processes) yield* process.join();
    console.log("All was written and read");
  });
}
