#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A producer and consumers with a queue between them, as Python's `queue.Queue` is used.
 *
 * @module
 */
import { type Coroutine, Queue, QueueEmpty, run, sleep, spawn } from "@tendril/tendril";

/** Puts numbers as fast as the queue takes them: it holds three, so the producer is never far ahead. */
function* produce(queue: Queue<number>, count: number): Coroutine {
  for (let item = 0; item < count; item++) {
    yield* queue.put(item);
    console.log(`PUT>>>${item}`);
  }
}

/** Takes as many, and works on each for a while. */
function* consume(queue: Queue<number>, count: number): Coroutine {
  for (let i = 0; i < count; i++) {
    console.log(`GET>>>${yield* queue.get()}`);
    yield* sleep(2);
  }
}

/** Works until the queue is shut down. */
function* work(name: string, queue: Queue<string>): Coroutine {
  for (let step = yield* queue.next(); !step.done; step = yield* queue.next()) {
    yield* sleep(2);
    console.log(`${name} has served ${step.value}`);
    queue.taskDone();
  }
  console.log(`${name} goes home`);
}

await run(function* () {
  console.log("One producer, one consumer, three places:");
  const queue = new Queue<number>(3, { name: "numbers" });
  const producer = spawn(produce, queue, 8);
  yield* consume(queue, 8);
  yield* producer;

  console.log("Nobody puts any more:");
  try {
    yield* queue.get({ timeout: 5 });
  } catch (error) {
    if (!(error instanceof QueueEmpty)) throw error;
    console.log(error.message);
  }

  console.log("Two workers, and a producer that waits until all is done:");
  const guests = new Queue<string>(0, { name: "guests" });
  for (const name of ["Ann", "Bob"]) spawn(work, name, guests);
  for (const guest of ["the first", "the second", "the third"]) guests.putNowait(guest);
  yield* guests.join();
  console.log(`Unfinished: ${guests.unfinishedTasks}`);
  guests.shutdown();
});
