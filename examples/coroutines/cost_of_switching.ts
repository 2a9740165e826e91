#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * What switching costs: two functions that compute are done sooner one after the other. Switching pays
 * where there is something to wait for.
 *
 *     deno task example:cost_of_switching [additions]
 *
 * @module
 */
import { type Coroutine, getHub, joinAll, main, spawn } from "@tendril/tendril";

const additions = Number(Deno.args[0] ?? 10_000_000);

function add(): number {
  let sum = 0;
  for (let i = 0; i < additions; i++) sum += i;
  return sum;
}

function* addInSteps(): Coroutine<number> {
  let sum = 0;
  for (let i = 0; i < additions; i++) {
    sum += i;
    yield; // after each addition the other one has its turn
  }
  return sum;
}

function show(what: string, since: number): void {
  console.log(`${what.padEnd(32)} ${((performance.now() - since) / 1000).toFixed(3)} s`);
}

await main(function* () {
  getHub().maxBlockingTime = Infinity; // the first one holds everybody, which would be reported
  let start = performance.now();
  const sums = [add(), add()];
  show("one after the other:", start);

  start = performance.now();
  const greenlets = yield* joinAll([spawn(addInSteps), spawn(addInSteps)]);
  show(`${2 * additions} switches:`, start);
  console.log("the same sums:", greenlets.every(({ value }, i) => value === sums[i]));
});
