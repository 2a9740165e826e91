#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten processes put something into one queue and ask how much is in it: the answer may be old when it
 * comes.
 *
 * @module
 */
import { main } from "@tendril/tendril";
import { Process, SharedQueue, task } from "@tendril/tendril/parallel";

export const put = task(import.meta, function put(i: number, q: SharedQueue<number>): void {
  q.putSync(i);
  console.log(`The process is ${i} and the queue's size is ${q.qsize()}`);
});

if (import.meta.main) {
  await main(function* () {
    const q = new SharedQueue<number>(20);
    const processes = Array.from(
      { length: 10 },
      (_, i) => new Process({ target: put, args: [i, q] }),
    );
    for (const p of processes) p.start();
    for (const p of processes) yield* p.join();
    console.log(`at the end: ${q.qsize()}`);
  });
}
