// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { LifoQueue, Queue, QueueFull, spawn } from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

Deno.test("LifoQueue gives out the newest item first", async () => {
  const queue = new LifoQueue<number>();
  for (const item of [1, 2, 3]) await queue.put(item);
  assertEquals([await queue.peek(), queue.peekNowait()], [3, 3]);
  assertEquals([await queue.get(), await queue.get()], [3, 2]);
  await queue.put(4);
  assertEquals([await queue.get(), await queue.get()], [4, 1]);
});

Deno.test("LifoQueue is a Queue with a maxsize and initial items", () => {
  const queue = new LifoQueue<number>(2, { items: [1, 2] });
  assertInstanceOf(queue, Queue);
  assertThrows(() => queue.putNowait(3), QueueFull);
  assertEquals([queue.unfinishedTasks, queue.getNowait()], [2, 2]);
});

Deno.test("LifoQueue lets the first of those who wait put next, not the last", async () => {
  const queue = new LifoQueue<number>(1, { items: [0] });
  for (const item of [1, 2]) spawn(() => queue.put(item));
  await settle();
  assertEquals([await queue.get(), await queue.get(), await queue.get()], [0, 1, 2]);
});
