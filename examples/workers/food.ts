#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two producers and two consumers, each a process of its own. The consumers are daemons: the program ends
 * when all that was made is eaten, and does not wait for them.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { Process, SharedQueue, task } from "@tendril/tendril/parallel";

type Food = [name: string, number: number];

export const produce = task(
  import.meta,
  function* produce(name: string, food: string, q: SharedQueue<Food>): Coroutine {
    for (let i = 0; i < 10; i++) {
      console.log(`${name} makes ${food} ${i}`);
      yield* q.put([food, i]);
      yield* sleep(10);
    }
  },
);

export const consume = task(
  import.meta,
  function* consume(name: string, q: SharedQueue<Food>): Coroutine {
    for (;;) {
      const [food, i] = yield* q.get();
      console.log(`${name} eats ${food} ${i}`);
      q.taskDone();
    }
  },
);

if (import.meta.main) {
  await main(function* () {
    const q = new SharedQueue<Food>();
    const p1 = new Process({ target: produce, args: ["neo", "pancake", q] });
    const p2 = new Process({ target: produce, args: ["wick", "bun", q] });
    const c1 = new Process({ target: consume, args: ["cwz", q], daemon: true });
    const c2 = new Process({ target: consume, args: ["woods", q], daemon: true });
    for (const process of [p1, p2, c1, c2]) process.start();
    yield* p1.join();
    yield* p2.join();
    yield* q.join();
    console.log("main");
  });
}
