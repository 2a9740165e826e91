#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * One process puts a greeting into a queue, another one gets it out.
 *
 * @module
 */
import { main } from "@tendril/tendril";
import { Process, SharedQueue, task } from "@tendril/tendril/parallel";

/** Plain code: in a process it may block, because it blocks nobody else. */
export const task1 = task(import.meta, function task1(q: SharedQueue<string>): void {
  q.putSync("hello, 你好");
  console.log("process 1 has put something into the queue");
});

export const task2 = task(import.meta, function task2(q: SharedQueue<string>): void {
  console.log(q.getSync());
  console.log("process 2 has got it out of the queue");
});

if (import.meta.main) {
  await main(function* () {
    const q = new SharedQueue<string>();
    for (const target of [task1, task2]) {
      const p = new Process({ target, args: [q] });
      p.start();
    }
    console.log("main program");
  });
}
