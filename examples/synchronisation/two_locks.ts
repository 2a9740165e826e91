#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten greenlets need two locks, first in one order and then in the other: a deadlock, which ends the program
 * with an error that says who waits for whom. With one RLock in place of both all goes well.
 *
 * @module
 */
import { type Coroutine, DeadlockError, getCurrent, joinAll } from "@tendril/tendril";
import { Lock, RLock, run, sleep, spawnWith } from "@tendril/tendril";

function* func1(a: Lock | RLock, b: Lock | RLock): Coroutine {
  const { name } = getCurrent();
  using _a = yield* a.acquire();
  console.log(`${name} has lock a`);
  using _b = yield* b.acquire();
  console.log(`${name} has lock b`);
}

function* func2(a: Lock | RLock, b: Lock | RLock): Coroutine {
  const { name } = getCurrent();
  using _b = yield* b.acquire();
  console.log(`${name} has lock b`);
  yield* sleep(10); // meanwhile another one takes a
  using _a = yield* a.acquire();
  console.log(`${name} has lock a`);
}

function* both(a: Lock | RLock, b: Lock | RLock): Coroutine {
  yield* func1(a, b);
  yield* func2(a, b);
  console.log(`${getCurrent().name} has given all back`);
}

function* ten(a: Lock | RLock, b: Lock | RLock): Coroutine {
  const names = Array.from({ length: 10 }, (_, i) => `Thread-${i + 1}`);
  const all = names.map((name) => spawnWith({ name }, both, a, b));
  yield* joinAll(all, { raiseError: true }); // the first error ends them all
}

console.log("Two locks:");
try {
  await run(ten, new Lock({ name: "a" }), new Lock({ name: "b" }));
} catch (error) {
  if (!(error instanceof DeadlockError)) throw error;
  console.log(`DeadlockError: ${error.message}`);
}

console.log("One RLock:");
const lock = new RLock();
await run(ten, lock, lock);
