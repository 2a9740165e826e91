#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Five greenlets count up a number, wait, and only then look at it: each of them sees what all have made
 * of it.
 *
 * @module
 */
import { type Coroutine, getCurrent, main, sleep, spawnWith } from "@tendril/tendril";

let num = 0;

function* show(): Coroutine {
  num += 1;
  yield* sleep(100); // without this each would see its own number
  console.log(`${getCurrent().name} is done, num is ${num}`);
}

await main(function* () {
  for (let i = 1; i <= 5; i++) spawnWith({ name: `Thread-${i}` }, show);
  console.log("main program stops");
});
