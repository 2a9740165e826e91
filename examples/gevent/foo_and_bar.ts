#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two greenlets that give way once: control goes to the other one and comes back.
 *
 * @module
 */
import { type Coroutine, joinAll, main, sleep, spawn } from "@tendril/tendril";

function* foo(): Coroutine {
  console.log("Running in foo");
  yield* sleep(0); // waits for nothing, but lets the others go first
  console.log("Explicit context switch to foo again");
}

function* bar(): Coroutine {
  console.log("Explicit context to bar");
  yield* sleep(0);
  console.log("Implicit context switch back to bar");
}

await main(function* () {
  yield* joinAll([spawn(foo), spawn(bar)]);
});
