// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { PriorityQueue, Queue, spawn } from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

/** Takes everything out. */
function drain<T>(queue: PriorityQueue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

Deno.test("PriorityQueue gives out the least item first", () => {
  const queue = new PriorityQueue<number>(0, { items: [3, 1, 4, 1, 5, 9, 2, 6] });
  assertInstanceOf(queue, Queue);
  assertEquals([queue.unfinishedTasks, queue.peekNowait()], [8, 1]);
  assertEquals(drain(queue), [1, 1, 2, 3, 4, 5, 6, 9]);
});

Deno.test("PriorityQueue orders strings, dates and bigints, too", () => {
  assertEquals(drain(new PriorityQueue(0, { items: ["b", "c", "a"] })), ["a", "b", "c"]);
  assertEquals(drain(new PriorityQueue(0, { items: [2n, 1n] })), [1n, 2n]);
  const dates = [new Date(2), new Date(1)];
  assertEquals(drain(new PriorityQueue(0, { items: dates })), dates.toReversed());
});

Deno.test("PriorityQueue compares arrays element by element, as Python does tuples", () => {
  const queue = new PriorityQueue<[number, string] | [number]>(0, {
    items: [[2, "b"], [1, "z"], [2, "a"], [2], [1, "y"]],
  });
  assertEquals(drain(queue), [[1, "y"], [1, "z"], [2], [2, "a"], [2, "b"]]);
});

Deno.test("PriorityQueue gives equal items out in the order in which they were put", () => {
  const items = Array.from({ length: 100 }, (_, n) => ({ priority: n % 3, n }));
  const queue = new PriorityQueue(0, { items, compare: (a, b) => a.priority - b.priority });
  assertEquals(drain(queue), items.toSorted((a, b) => a.priority - b.priority));
});

Deno.test("PriorityQueue leaves items that cannot be compared in the order in which they came", () => {
  const items = [{ a: 1 }, { b: 2 }, NaN, undefined, null, "x", 3];
  assertEquals(drain(new PriorityQueue<unknown>(0, { items })).length, items.length);
  const objects = [{ a: 1 }, { b: 2 }, { c: 3 }];
  assertEquals(drain(new PriorityQueue<object>(0, { items: objects })), objects);
});

Deno.test("PriorityQueue takes a comparator", () => {
  const compare = (a: number, b: number) => b - a;
  assertEquals(drain(new PriorityQueue(0, { items: [1, 3, 2], compare })), [3, 2, 1]);
});

Deno.test("PriorityQueue gives the least to the first of those who wait for it", async () => {
  const queue = new PriorityQueue<number>(2, { items: [5, 3] });
  const putting = [1, 4].map((item) => spawn(() => queue.put(item)));
  await settle();
  assertEquals([queue.getNowait(), queue.getNowait(), queue.getNowait(), queue.getNowait()], [
    3,
    1,
    4,
    5,
  ]);
  for (const each of putting) await each;
});

class Incomparable extends Error {}

function picky(a: number, b: number): number {
  if (a === 13 || b === 13) throw new Incomparable();
  return a - b;
}

Deno.test("PriorityQueue.put() throws what compare throws, and has not put", async () => {
  const queue = new PriorityQueue<number>(0, { compare: picky, items: [5, 1, 3] });
  assertThrows(() => queue.putNowait(13), Incomparable);
  await assertRejects(async () => await queue.put(13), Incomparable);
  assertEquals([queue.qsize(), queue.unfinishedTasks], [3, 3]);
  queue.putNowait(2);
  assertEquals(drain(queue), [1, 2, 3, 5]);
});

Deno.test("PriorityQueue.get() throws what compare throws, and loses neither items nor their order", () => {
  let broken = false;
  const compare = (a: number, b: number) => {
    if (broken) throw new Incomparable();
    return a - b;
  };
  const items = [5, 4, 3, 2, 1, 0, 9, 8, 7, 6];
  const queue = new PriorityQueue<number>(0, { compare, items });
  broken = true;
  assertThrows(() => queue.getNowait(), Incomparable);
  assertThrows(() => queue.peekNowait(), Incomparable);
  assertThrows(() => queue.putNowait(0), Incomparable);
  assertThrows(() => queue.shutdown({ immediate: true }), Incomparable);
  assertEquals([queue.qsize(), queue.unfinishedTasks], [10, 10]);
  broken = false;
  assertEquals(drain(queue), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
