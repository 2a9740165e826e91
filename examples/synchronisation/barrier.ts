#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Friends who hike in stages: at each hut they wait until the last one has come.
 *
 * @module
 */
import {
  Barrier,
  BrokenBarrierError,
  type Coroutine,
  joinAll,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";

const HUTS = ["first", "second"];
const paces = { Ann: 1, Bob: 8, Cleo: 16 };

let stage = 0;
const hut = new Barrier(3, {
  name: "hut",
  action: () => console.log(`-- all are at the ${HUTS[stage++]} hut --`),
});

function* hike(name: string, pace: number): Coroutine {
  for (const which of HUTS) {
    yield* sleep(pace * 5);
    console.log(`${name} reaches the ${which} hut`);
    const place = yield* hut.wait();
    if (place === 2) console.log(`${name} was the last`);
  }
}

await run(function* () {
  yield* joinAll(Object.entries(paces).map(([name, pace]) => spawn(hike, name, pace)));
  console.log("Cleo stays at home:");
  for (const name of ["Ann", "Bob"]) {
    spawn(function* () {
      try {
        yield* hut.wait({ timeout: 10 });
      } catch (error) {
        if (!(error instanceof BrokenBarrierError)) throw error;
        console.log(`${name} waits no longer`);
      }
    });
  }
});
