#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten greenlets come to a door one after the other, and each asks whether it may pass. Who may not waits
 * at the side until somebody has passed, and asks again.
 *
 * @module
 */
import { Condition, type Coroutine, main, spawn } from "@tendril/tendril";
import { input } from "@tendril/tendril/io";

function* pass(door: Condition, i: number): Coroutine {
  console.log(i);
  using _ = yield* door.acquire();
  while ((yield* input(`May ${i} pass? (yes) `)) !== "yes") yield* door.wait();
  console.log(i + 100);
  door.notifyAll();
}

await main(function* () {
  const door = new Condition();
  for (let i = 0; i < 10; i++) spawn(pass, door, i);
});
