#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Greenlets share what is outside of them: both take from the same purse. None is interrupted between two
 * `yield`s, so nothing is lost.
 *
 * @module
 */
import { type Coroutine, main, spawn } from "@tendril/tendril";

let money = 1000;

function* spend(): Coroutine {
  for (let i = 0; i < 100; i++) {
    money -= 1;
    yield;
  }
}

await main(function* () {
  const one = spawn(spend);
  const two = spawn(spend);
  yield* one.join();
  yield* two.join();
  console.log(`money = ${money}`);
});
