#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A race for the last tickets: greenlets switch between reading and writing what they share, which goes
 * wrong without a lock and right with one.
 *
 * @module
 */
import { type Coroutine, joinAll, Lock, run, sleep, spawn } from "@tendril/tendril";

const BUYERS = 10;
const counter = { tickets: 0 };

function* buy(buyer: number): Coroutine {
  const left = counter.tickets;
  yield* sleep(1); // the others run here, and read the same number
  if (left > 0) {
    counter.tickets = left - 1;
    console.log(`Buyer ${buyer} has ticket ${left}`);
  } else console.log(`Buyer ${buyer} is too late`);
}

const lock = new Lock();
function* buyInTurn(buyer: number): Coroutine {
  using _ = yield* lock.acquire();
  yield* buy(buyer);
}

for (const [how, body] of [["Without a lock", buy], ["With a lock", buyInTurn]] as const) {
  counter.tickets = 3;
  console.log(`${how}, ${BUYERS} buyers want ${counter.tickets} tickets:`);
  await run(function* () {
    yield* joinAll(Array.from({ length: BUYERS }, (_, i) => spawn(body, i + 1)));
  });
  console.log(`${counter.tickets} are left`);
}
