#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten greenlets wait for an event until somebody types "true"; then ten wait for a condition, which lets
 * as many pass as somebody types. All others go on while one waits for the keyboard.
 *
 *     deno run examples/synchronisation/event_input.ts
 *
 * @module
 */
import { Condition, type Coroutine, Event, joinAll, main, sleep, spawn } from "@tendril/tendril";
import { input } from "@tendril/tendril/io";

function* start(event: Event): Coroutine {
  console.log("start");
  yield* event.wait();
  console.log("execute");
}

function* pass(gate: Condition, number: number): Coroutine {
  yield* gate.acquire();
  yield* gate.wait();
  console.log(`greenlet ${number} may pass`);
  gate.release();
}

await main(function* () {
  const event = new Event();
  const waiting = Array.from({ length: 10 }, () => spawn(start, event));
  while ((yield* input("Let them go? (true) ")) !== "true");
  event.set();
  yield* joinAll(waiting);

  const gate = new Condition();
  const queue = Array.from({ length: 10 }, (_, number) => spawn(pass, gate, number));
  while (queue.some((each) => !each.dead)) {
    const count = Number(yield* input("How many may pass? "));
    yield* gate.acquire();
    gate.notify(count);
    gate.release();
    yield* sleep(1); // they pass one after the other
  }
});
