// Copyright 2026 the Tendril authors. MIT license.
// Stores that fail, as CPython's FailingQueue does: whoever asked gets the error, and the queue stays sound.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Queue, type QueueStore, spawn } from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

class Fault extends Error {}

/** A store that fails when it is told to. */
class FailingStore implements QueueStore<number> {
  readonly items: number[] = [];
  failNext: "put" | "take" | "peek" | null = null;

  get size(): number {
    return this.items.length;
  }

  put(item: number): void {
    this.#check("put");
    this.items.push(item);
  }

  take(): number {
    this.#check("take");
    return this.items.shift()!;
  }

  peek(): number {
    this.#check("peek");
    return this.items[0]!;
  }

  #check(what: "put" | "take" | "peek"): void {
    if (this.failNext !== what) return;
    this.failNext = null;
    throw new Fault(`the ${what} failed`);
  }
}

function failing(maxsize: number, ...items: number[]): [Queue<number>, FailingStore] {
  const store = new FailingStore();
  return [new Queue<number>(maxsize, { items }, store), store];
}

Deno.test("A put whose store fails throws that and puts nothing", async () => {
  const [queue, store] = failing(2, 1);
  store.failNext = "put";
  assertThrows(() => queue.putNowait(2), Fault);
  store.failNext = "put";
  await assertRejects(async () => await queue.put(2), Fault);
  assertEquals([queue.qsize(), queue.unfinishedTasks, queue.full()], [1, 1, false]);
  await queue.put(2);
  assertEquals([await queue.get(), await queue.get()], [1, 2]);
});

Deno.test("A get whose store fails throws that and takes nothing", async () => {
  const [queue, store] = failing(0, 1);
  store.failNext = "take";
  assertThrows(() => queue.getNowait(), Fault);
  store.failNext = "take";
  await assertRejects(async () => await queue.get(), Fault);
  store.failNext = "peek";
  await assertRejects(async () => await queue.peek(), Fault);
  assertEquals([queue.qsize(), await queue.get()], [1, 1]);
});

Deno.test("A putter that waits and whose store fails gets that alone, and the next one is let in", async () => {
  const [queue, store] = failing(1, 0);
  const putting = [1, 2, 3].map((item) => spawn(() => queue.put(item)));
  await settle();
  store.failNext = "put";
  assertEquals(queue.getNowait(), 0);
  await assertRejects(async () => await putting[0]!, Fault);
  assertEquals([queue.qsize(), queue.stats().waitingPutters], [1, 1]);
  assertEquals([await queue.get(), await queue.get()], [2, 3]);
  assertEquals(queue.unfinishedTasks, 3);
});

Deno.test("A getter that waits and whose store fails gets that alone, and the next one the item", async () => {
  const [queue, store] = failing(0);
  const getting = [0, 1].map(() => spawn(() => queue.get()));
  await settle();
  store.failNext = "take";
  queue.putNowait(7);
  await assertRejects(async () => void (await getting[0]!), Fault);
  assertEquals([await getting[1]!, queue.qsize(), queue.unfinishedTasks], [7, 0, 1]);
});

Deno.test("A shutdown whose store fails half-way has marked as done what it dropped", () => {
  const [queue, store] = failing(0, 1, 2, 3);
  const take = store.take.bind(store);
  store.take = () => {
    const item = take();
    store.failNext = "take";
    return item;
  };
  assertThrows(() => queue.shutdown({ immediate: true }), Fault);
  assertEquals([queue.isShutdown, queue.qsize(), queue.unfinishedTasks], [true, 2, 2]);
});

Deno.test("An item stays when the only getter that waits fails to take it", async () => {
  const [queue, store] = failing(0);
  const getting = spawn(() => queue.get());
  await settle();
  store.failNext = "take";
  queue.putNowait(7);
  await assertRejects(async () => void (await getting), Fault);
  assertEquals([queue.qsize(), queue.getNowait()], [1, 7]);
});
