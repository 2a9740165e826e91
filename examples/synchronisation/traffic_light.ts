#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Cars wait at a red light: an event lets all of them go at once.
 *
 * @module
 */
import { type Coroutine, Event, run, sleep, spawn } from "@tendril/tendril";

const green = new Event();

function* light(): Coroutine {
  console.log("The light is red");
  yield* sleep(20);
  console.log("The light is green");
  green.set();
  yield* sleep(20);
  green.clear();
  console.log("The light is red again");
  yield* sleep(20);
  console.log("The light is green again");
  green.set();
}

function* car(name: string, patience = Infinity): Coroutine {
  if (green.isSet) return console.log(`${name} comes while it is green`);
  console.log(`${name} waits`);
  const timeout = patience === Infinity ? {} : { timeout: patience };
  const drives = yield* green.wait(timeout);
  console.log(drives ? `${name} drives on` : `${name} turns back`);
}

await run(function* () {
  const crossing = spawn(light);
  yield;
  for (let i = 1; i <= 3; i++) spawn(car, `Car ${i}`);
  yield* sleep(30);
  spawn(car, "Car 4");
  yield* sleep(15);
  spawn(car, "Car 5");
  spawn(car, "The impatient one", 1);
  yield* crossing;
});
