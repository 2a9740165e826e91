#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * One task of a pool writes letters to a queue, another one reads them.
 *
 * @module
 */
import { main } from "@tendril/tendril";
import { currentProcess, Manager, parentProcess } from "@tendril/tendril/parallel";
import { type SharedQueue, task, WorkerPool } from "@tendril/tendril/parallel";

export const writer = task(import.meta, function writer(q: SharedQueue<string>): void {
  console.log(`writer begins (${currentProcess().pid}), its parent is (${parentProcess()?.pid})`);
  for (const letter of "tendril") q.putSync(letter);
});

export const reader = task(import.meta, function reader(q: SharedQueue<string>): void {
  console.log(`reader begins (${currentProcess().pid}), its parent is (${parentProcess()?.pid})`);
  for (let i = q.qsize(); i > 0; i--) console.log(`reader got a message: ${q.getSync()}`);
});

if (import.meta.main) {
  await main(function* () {
    console.log(`(${currentProcess().pid}) start`);
    using manager = new Manager();
    const q = manager.Queue<string>();
    using pool = new WorkerPool(2);
    yield* pool.apply(writer, [q]);
    yield* pool.apply(reader, [q]);
    console.log(`(${currentProcess().pid}) end`);
  });
}
