#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * The main program makes buns, a process eats them, and a queue goes between the two.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { Process, SharedQueue, task } from "@tendril/tendril/parallel";

export const consume = task(
  import.meta,
  function* consume(q: SharedQueue<string | null>): Coroutine {
    for (;;) {
      yield* sleep(Math.random() * 100);
      const bun = yield* q.get();
      if (bun === null) break;
      console.log(`the consumer took ${bun}`);
    }
  },
);

function* produce(q: SharedQueue<string | null>): Coroutine {
  for (let i = 0; i < 5; i++) {
    yield* sleep(Math.random() * 100);
    console.log(`the producer made bun ${i}`);
    yield* q.put(`bun ${i}`);
  }
}

if (import.meta.main) {
  await main(function* () {
    const q = new SharedQueue<string | null>(3);
    const c = new Process({ target: consume, args: [q] });
    c.start();
    yield* produce(q);
    yield* q.put(null); // says that there is no more
    yield* c.join();
    console.log("main");
  });
}
