#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two greenlets that hand control to each other by name: nothing runs unless somebody switches to it.
 *
 * @module
 */
import { type Coroutine, Greenlet, sleep } from "@tendril/tendril";

const ROUNDS = 3;
const gr1: Greenlet = new Greenlet(test1);
const gr2: Greenlet = new Greenlet(test2);

function* test1(): Coroutine {
  for (let round = 0; round < ROUNDS; round++) {
    console.log("---A--");
    yield* gr2.switch();
    yield* sleep(50);
  }
}

function* test2(): Coroutine {
  for (;;) {
    console.log("---B--");
    yield* gr1.switch();
    yield* sleep(50);
  }
}

// Runs gr1, and through it gr2, until gr1 has ended.
await gr1.switch();
console.log("gr1 has ended:", gr1.dead);
