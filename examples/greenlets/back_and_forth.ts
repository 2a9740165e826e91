#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A switch goes on where the other one stopped: 12, then 56 over there, then 34 here, then 78.
 *
 * @module
 */
import { type Coroutine, Greenlet } from "@tendril/tendril";

const gr1: Greenlet = new Greenlet(test1);
const gr2: Greenlet = new Greenlet(test2);

function* test1(): Coroutine {
  console.log(12);
  yield* gr2.switch();
  console.log(34);
  yield* gr2.switch();
}

function* test2(): Coroutine {
  console.log(56);
  yield* gr1.switch();
  console.log(78); // here it ends, and control goes to its parent: the main program
}

await gr1.switch();
