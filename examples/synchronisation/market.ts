#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two producers and five consumers share a market: who finds it too full, or too empty, waits until
 * somebody has changed that.
 *
 * @module
 */
import { Condition, type Coroutine, getCurrent, main, sleep, spawnWith } from "@tendril/tendril";

let count = 500;
const market = new Condition();

function* produce(): Coroutine {
  for (;;) {
    {
      using _ = yield* market.acquire();
      yield* market.waitFor(() => count <= 1000);
      count += 100;
      console.log(`${getCurrent().name} produces 100, count=${count}`);
      market.notifyAll();
    }
    yield* sleep(10);
  }
}

function* consume(): Coroutine {
  for (;;) {
    {
      using _ = yield* market.acquire();
      yield* market.waitFor(() => count >= 100);
      count -= 5;
      console.log(`${getCurrent().name} consumes 5, count=${count}`);
      market.notifyAll();
    }
    yield* sleep(10);
  }
}

await main(function* () {
  for (let i = 1; i <= 2; i++) spawnWith({ name: `Producer-${i}`, daemon: true }, produce);
  for (let i = 1; i <= 5; i++) spawnWith({ name: `Consumer-${i}`, daemon: true }, consume);
  yield* sleep(100); // they would go on for ever
});
