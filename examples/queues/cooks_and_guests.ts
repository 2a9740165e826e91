#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Three cooks make buns, ten guests eat them, and a table with ten places stands between them: neither
 * side knows the other.
 *
 * @module
 */
import { type Coroutine, main, Queue, sleep, spawnWith } from "@tendril/tendril";

const table = new Queue<string>(10);

function* cook(number: number): Coroutine {
  for (;;) {
    yield* table.put(`the bun that cook ${number} made`);
    yield* sleep(40);
  }
}

function* guest(number: number): Coroutine {
  for (;;) {
    console.log(`Guest ${number} eats ${yield* table.get()}`);
    yield* sleep(20);
  }
}

await main(function* () {
  // They would go on for ever; the program ends without waiting for daemons.
  for (let i = 0; i < 3; i++) spawnWith({ daemon: true }, cook, i);
  for (let k = 0; k < 10; k++) spawnWith({ daemon: true }, guest, k);
  yield* sleep(200);
  console.log("The kitchen closes");
});
