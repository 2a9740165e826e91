#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A dictionary that a manager keeps for all processes: each of them adds something, and sees what the
 * others have added.
 *
 * @module
 */
import { type Coroutine, main } from "@tendril/tendril";
import { type DictProxy, Manager, Process, task } from "@tendril/tendril/parallel";

export const add = task(
  import.meta,
  function* add(number: number, dict: DictProxy<number, number>): Coroutine {
    yield* dict.set(number, 100 + number);
    const values = yield* dict.values();
    console.log(`process ${number} sees ${values.join(" ")}`);
  },
);

if (import.meta.main) {
  await main(function* () {
    using manager = new Manager();
    const dict = manager.dict<number, number>();
    for (let number = 0; number < 10; number++) {
      const process = new Process({ target: add, args: [number, dict] });
      process.start();
      yield* process.join();
    }
    console.log(`the main program has ${yield* dict.size()} of them:`, yield* dict.copy());
  });
}
