#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A deadlock: two greenlets hold a lock each and want the other's. The runtime finds it and says who
 * waits for whom; the two usual ways out follow.
 *
 * @module
 */
import { type Coroutine, DeadlockError, joinAll, Lock } from "@tendril/tendril";
import { run, sleep, spawnWith } from "@tendril/tendril";

const pen = new Lock({ name: "pen" });
const paper = new Lock({ name: "paper" });

function* write(name: string, first: Lock, second: Lock): Coroutine {
  using _first = yield* first.acquire();
  console.log(`${name} has the ${first.name}`);
  yield* sleep(1);
  using _second = yield* second.acquire();
  console.log(`${name} has the ${second.name}, too, and writes`);
}

console.log("Each takes what the other needs:");
try {
  await run(function* () {
    const ann = spawnWith({ name: "Ann" }, write, "Ann", pen, paper);
    const bob = spawnWith({ name: "Bob" }, write, "Bob", paper, pen);
    yield* joinAll([ann, bob], { raiseError: true });
  });
} catch (error) {
  if (!(error instanceof DeadlockError)) throw error;
  console.log(error.message);
}

console.log("Both take the locks in the same order:");
await run(function* () {
  spawnWith({ name: "Ann" }, write, "Ann", pen, paper);
  spawnWith({ name: "Bob" }, write, "Bob", pen, paper);
});

function* writePatiently(name: string, first: Lock, second: Lock, patience: number): Coroutine {
  for (;;) {
    using _first = yield* first.acquire();
    yield* sleep(1);
    using lease = yield* second.acquire({ timeout: patience });
    if (lease !== undefined) return console.log(`${name} has both and writes`);
    console.log(`${name} puts the ${first.name} back for a moment`);
    _first.release();
    yield* sleep(20);
  }
}

console.log("Each gives up what it has when it cannot get the rest:");
await run(function* () {
  spawnWith({ name: "Ann" }, writePatiently, "Ann", pen, paper, 10);
  spawnWith({ name: "Bob" }, writePatiently, "Bob", paper, pen, 500);
});
