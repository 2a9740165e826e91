#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Somebody sings while somebody dances, and the main program looks how many greenlets there are.
 *
 * @module
 */
import { activeCount, type Coroutine, main, sleep, spawn } from "@tendril/tendril";

function* sing(): Coroutine {
  for (let i = 0; i < 3; i++) {
    console.log(`singing... ${i}`);
    yield* sleep(100);
  }
}

function* dance(): Coroutine {
  for (let i = 0; i < 3; i++) {
    console.log(`dancing... ${i}`);
    yield* sleep(100);
  }
}

await main(function* () {
  console.log(`---begin---: ${new Date().toLocaleTimeString()}`);
  spawn(sing);
  spawn(dance);
  for (;;) {
    const count = activeCount(); // with the main program
    console.log(`greenlets now: ${count}`);
    if (count <= 1) break;
    yield* sleep(50);
  }
});
