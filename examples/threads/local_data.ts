#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * One variable, a value of its own for each greenlet: nobody sees what the others count.
 *
 * @module
 */
import {
  type Coroutine,
  getCurrent,
  GreenletLocal,
  joinAll,
  main,
  spawnWith,
} from "@tendril/tendril";

const num = new GreenletLocal(() => 0);

/** Needs no argument: it finds the number of the greenlet that calls it. */
function show(): void {
  console.log(getCurrent().name, num.get());
}

function* count(): Coroutine {
  for (let i = 0; i < 1000; i++) {
    num.set(num.get()! + 1);
    if (i % 100 === 0) yield; // the others count here
  }
  show();
}

await main(function* () {
  yield* joinAll(Array.from({ length: 10 }, (_, i) => spawnWith({ name: `greenlet ${i}` }, count)));
  console.log("main program:", num.get());
});
