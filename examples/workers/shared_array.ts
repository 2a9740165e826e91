#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Numbers that processes share: an array, with a lock for what takes several steps, and a single value,
 * whose `add` is one step and needs none.
 *
 * @module
 */
import { main } from "@tendril/tendril";
import { Process, SharedArray, SharedLock, SharedValue, task } from "@tendril/tendril/parallel";

export const change = task(
  import.meta,
  function change(number: number, array: SharedArray, lock: SharedLock, count: SharedValue): void {
    for (let i = 0; i < 1000; i++) count.add(1);
    // Without the lock the other process could come between reading and writing.
    using _ = lock.acquireSync();
    array.set(0, array.get(0) + 100);
    for (const item of array) console.log(`process ${number} -----> ${item}`);
  },
);

if (import.meta.main) {
  await main(function* () {
    const array = new SharedArray("i32", [11, 22, 33, 44]);
    const lock = new SharedLock();
    const count = new SharedValue("i32", 0);
    const processes = [0, 1].map((number) =>
      new Process({ target: change, args: [number, array, lock, count] })
    );
    for (const process of processes) process.start();
    for (const process of processes) yield* process.join();
    for (const item of array) console.log(`main program -----> ${item}`);
    console.log(`both together have counted to ${count.value}`);
  });
}
