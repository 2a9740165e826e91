#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten greenlets wait for an event until somebody types "true". All others go on while one waits for the
 * keyboard.
 *
 * @module
 */
import { type Coroutine, Event, main, spawn } from "@tendril/tendril";
import { input } from "@tendril/tendril/io";

function* start(event: Event): Coroutine {
  console.log("start");
  yield* event.wait();
  console.log("execute");
}

await main(function* () {
  const event = new Event();
  for (let i = 0; i < 10; i++) spawn(start, event);
  while ((yield* input("Let them go? (true) ")) !== "true");
  event.set();
});
