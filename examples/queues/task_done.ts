#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A producer that is faster than the consumer, and a main program that waits until all is done.
 *
 * @module
 */
import { type Coroutine, main, Queue, sleep, spawn } from "@tendril/tendril";

function* produce(q: Queue<number | null>): Coroutine {
  for (let i = 0; i < 10; i++) {
    console.log(`produced: ${i}`);
    yield* q.put(i);
    yield* sleep(10);
  }
  yield* q.put(null); // says that there is no more
}

function* consume(q: Queue<number | null>): Coroutine {
  for (;;) {
    const item = yield* q.get();
    if (item !== null) {
      yield* sleep(40);
      console.log(`consumed: ${item}`);
    }
    q.taskDone(); // one of those that were put is done with
    if (item === null) break;
  }
}

await main(function* () {
  const q = new Queue<number | null>(10);
  const producer = spawn(produce, q);
  spawn(consume, q);
  yield* producer.join();
  console.log("the producer goes home");
  yield* q.join(); // until taskDone() was called for each item
  console.log("END");
});
