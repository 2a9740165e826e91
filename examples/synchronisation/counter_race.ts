#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two greenlets add a million each to one number. As long as nobody gives way between reading and writing,
 * nothing can come in between; as soon as somebody does, additions are lost.
 *
 * @module
 */
import { type Coroutine, joinAll, main, spawn } from "@tendril/tendril";

let num = 0;

function* work(name: string, times: number): Coroutine {
  for (let i = 0; i < times; i++) num += 1;
  console.log(`----in ${name}, num is ${num}---`);
}

function* giveWay(name: string, times: number): Coroutine {
  for (let i = 0; i < times; i++) {
    const before = num;
    yield; // the other one reads the same number here
    num = before + 1;
  }
  console.log(`----in ${name}, num is ${num}---`);
}

await main(function* () {
  for (const body of [work, giveWay]) {
    num = 0;
    console.log(`---before: num is ${num}---`);
    yield* joinAll([spawn(body, "work1", 1_000_000), spawn(body, "work2", 1_000_000)]);
    console.log(`what two have added to the same number: ${num}`);
  }
});
