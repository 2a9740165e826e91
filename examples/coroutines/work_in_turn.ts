#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two coroutines that take turns. A generator function can stop in its middle, at a `yield`, and go on
 * later: that is all a coroutine is. Somebody has to tell it when: first by hand, then the runtime does it.
 *
 * @module
 */
import { type Coroutine, joinAll, main, spawn } from "@tendril/tendril";

const ROUNDS = 3;

function* work1(): Coroutine {
  for (let round = 0; round < ROUNDS; round++) {
    console.log("----work1---");
    yield; // the other one goes on here
  }
}

function* work2(): Coroutine {
  for (let round = 0; round < ROUNDS; round++) {
    console.log("----work2---");
    yield;
  }
}

console.log("By hand:");
const [w1, w2] = [work1(), work2()];
for (let round = 0; round < ROUNDS; round++) {
  w1.next();
  w2.next();
}

console.log("By the runtime:");
await main(function* () {
  yield* joinAll([spawn(work1), spawn(work2)]);
});
