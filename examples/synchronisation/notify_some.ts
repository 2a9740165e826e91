#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Ten greenlets wait for a condition, which lets as many go on as somebody types.
 *
 * @module
 */
import { Condition, type Coroutine, joinAll, main, spawn } from "@tendril/tendril";
import { input } from "@tendril/tendril/io";

function* pass(gate: Condition, n: number): Coroutine {
  using _ = yield* gate.acquire();
  yield* gate.wait(); // gives the lock back meanwhile
  console.log(`run the greenlet: ${n}`);
}

await main(function* () {
  const gate = new Condition();
  const queue = Array.from({ length: 10 }, (_, n) => spawn(pass, gate, n));
  for (let gone = 0; gone < queue.length;) {
    const count = Number(yield* input("How many may go on? "));
    yield* gate.acquire();
    gate.notify(count);
    gate.release();
    gone = Math.min(gone + count, queue.length);
    yield* joinAll(queue, { count: gone });
  }
});
