#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A pipeline: each stage is a greenlet that receives from one channel and sends on the next. A slow stage
 * holds back those before it, and closing the first channel ends them all, one after the other.
 *
 * @module
 */
import { Channel, type Coroutine, joinAll, run, spawn } from "@tendril/tendril";

/** Sends what `make` makes of each item, and passes the end on. */
function* stage<A, B>(from: Channel<A>, to: Channel<B>, make: (item: A) => B): Coroutine {
  for (let step = yield* from.next(); !step.done; step = yield* from.next()) {
    yield* to.send(make(step.value));
  }
  to.close();
}

function* count(to: Channel<number>, upTo: number): Coroutine {
  for (let n = 1; n <= upTo; n++) {
    yield* to.send(n);
    console.log(`sent ${n}`);
  }
  to.close();
}

function* double(from: Channel<number>, to: Channel<number>): Coroutine {
  for (let step = yield* from.next(); !step.done; step = yield* from.next()) {
    yield* to.send(2 * step.value);
  }
}

await run(function* () {
  console.log("Numbers, squares, words:");
  const numbers = new Channel<number>(2, { name: "numbers" });
  const squares = new Channel<number>(0, { name: "squares" });
  const words = new Channel<string>(0, { name: "words" });
  spawn(count, numbers, 6);
  spawn(stage<number, number>, numbers, squares, (n) => n * n);
  spawn(stage<number, string>, squares, words, (n) => `a square of ${n}`);
  for (let step = yield* words.next(); !step.done; step = yield* words.next()) {
    console.log(step.value);
  }

  console.log("Three workers that share one channel:");
  const jobs = new Channel<number>();
  const results = new Channel<number>();
  const workers = [1, 2, 3].map(() => spawn(double, jobs, results));
  spawn(function* () {
    for (let job = 1; job <= 6; job++) yield* jobs.send(job);
    jobs.close();
    yield* joinAll(workers);
    results.close();
  });
  let sum = 0;
  for (let step = yield* results.next(); !step.done; step = yield* results.next()) {
    sum += step.value;
  }
  console.log(`sum: ${sum}`);
});
