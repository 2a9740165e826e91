#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two ways to make a process: of a task, and of a class that brings its task along.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { Process, task } from "@tendril/tendril/parallel";

export const work = task(import.meta, function* work(name: string): Coroutine {
  console.log(`${name}'s task begins`);
  yield* sleep(100);
  console.log(`${name}'s task has ended`);
});

class MyProcess extends Process<[string]> {
  constructor() {
    super({ target: work, args: ["MyProcess"] }); // what runs is a task: a method stays behind
  }
}

if (import.meta.main) {
  await main(function* () {
    for (const p of [new Process({ target: work, args: ["cwz"] }), new MyProcess()]) {
      p.start();
      console.log("main program");
      yield* p.join();
    }
  });
}
