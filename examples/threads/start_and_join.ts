#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * The main program starts a greenlet, waits until it has ended, and goes on.
 *
 * @module
 */
import { type Coroutine, getCurrent, main, sleep, spawn } from "@tendril/tendril";

function* work(name: string): Coroutine {
  console.log(`${name} begins`);
  yield* sleep(100 + Math.random() * 200);
  console.log(`${name} ends`);
}

await main(function* () {
  getCurrent().name = "main";
  console.log(`This is ${getCurrent().name}`);
  const t1 = spawn(work, "greenlet 1");
  yield* t1.join();
  console.log("main ends");
});
