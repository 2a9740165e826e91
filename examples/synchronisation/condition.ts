#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A cook and a guest share a hotpot: each waits until the other has changed what is in it.
 *
 * @module
 */
import { Condition, type Coroutine, run, sleep, spawn } from "@tendril/tendril";

const FULL = 5;
const ROUNDS = 2;

const pot = new Condition();
let dumplings = 0;

function* cook(): Coroutine {
  using _ = yield* pot.acquire();
  for (let round = 0; round < ROUNDS; round++) {
    yield* pot.waitFor(() => dumplings === 0);
    while (dumplings < FULL) {
      dumplings++;
      console.log(`The cook adds one: ${dumplings} in the pot`);
      yield* sleep(1); // the guest cannot get at the pot meanwhile
    }
    pot.notify();
  }
}

function* guest(): Coroutine {
  using _ = yield* pot.acquire();
  for (let round = 0; round < ROUNDS; round++) {
    yield* pot.waitFor(() => dumplings > 0);
    while (dumplings > 0) {
      dumplings--;
      console.log(`The guest eats one: ${dumplings} left`);
      yield* sleep(1);
    }
    console.log("The guest calls for more");
    pot.notify();
  }
}

await run(function* () {
  spawn(guest);
  spawn(cook);
});
