#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Three greenlets that wait after each step: while one waits, the others go on by themselves.
 *
 * @module
 */
import { type Coroutine, getCurrent, main, sleep, spawnWith } from "@tendril/tendril";

function* f(n: number): Coroutine {
  for (let i = 0; i < n; i++) {
    console.log(getCurrent().name, i);
    yield* sleep(50); // stands for something that takes its time
  }
}

await main(function* () {
  const g1 = spawnWith({ name: "g1" }, f, 5);
  const g2 = spawnWith({ name: "g2" }, f, 5);
  const g3 = spawnWith({ name: "g3" }, f, 5);
  yield* g1.join();
  yield* g2.join();
  yield* g3.join();
});
