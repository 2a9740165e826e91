#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A security check lets five people in at a time; the other fifteen wait in line.
 *
 * @module
 */
import { BoundedSemaphore, type Coroutine, main, sleep, spawn } from "@tendril/tendril";

const gate = new BoundedSemaphore(5);

function* pass(number: number): Coroutine {
  using _ = yield* gate.acquire();
  console.log(`run the greenlet: ${number}`);
  yield* sleep(50);
}

await main(function* () {
  for (let i = 0; i < 20; i++) spawn(pass, i);
});
