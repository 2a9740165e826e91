#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Three queues that give the same items in another order each, and an array that is open at both ends.
 *
 * @module
 */
import { LifoQueue, main, PriorityQueue, Queue } from "@tendril/tendril";

await main(function* () {
  console.log("First in, first out:");
  const line = new Queue<number>(5); // five places: a sixth put would wait
  for (const item of [11, 22, 33]) yield* line.put(item);
  console.log(yield* line.get(), yield* line.get(), yield* line.get());

  console.log("Last in, first out:");
  const stack = new LifoQueue<number>();
  for (const item of [123, 456]) yield* stack.put(item);
  console.log(yield* stack.get(), yield* stack.get());

  console.log("The smallest first:");
  const urgent = new PriorityQueue<[number, string]>();
  yield* urgent.put([4, "I"]);
  yield* urgent.put([2, "you"]);
  yield* urgent.put([2, "you, too"]);
  yield* urgent.put([3, "they"]);
  while (!urgent.empty()) console.log(...yield* urgent.get());

  console.log("Open at both ends, for one who never waits: an array");
  const deque: number[] = [];
  deque.push(123, 333);
  deque.unshift(456);
  console.log(deque.pop(), deque.shift(), deque);
});
