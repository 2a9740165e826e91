// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { LockError, run } from "@tendril/tendril";
import { SharedArray, SharedSemaphore } from "@tendril/tendril/parallel";
import { Crew, eventually } from "./crew.ts";
import * as jobs from "./sync_jobs.ts";

const JOBS = import.meta.resolve("./sync_jobs.ts");

Deno.test("SharedSemaphore lets in no more than it has permits, in all workers together", async () => {
  using crew = new Crew(2, JOBS);
  const seats = new SharedSemaphore(2);
  const inside = new SharedArray("i32", 2);
  await Promise.all([
    crew.all("sit", seats, inside, 500),
    crew.all("sit", seats, inside, 500),
    run(jobs.sit, seats, inside, 500),
  ]);
  assertEquals(inside.get(0), 0);
  assert(inside.get(1) <= 2);
  assertEquals(seats.value, 2);
});

Deno.test("SharedSemaphore loses no permit among threads that block", async () => {
  using crew = new Crew(2, JOBS);
  const seats = new SharedSemaphore(1);
  const inside = new SharedArray("i32", 2);
  await Promise.all([
    crew.all("sitSync", seats, inside, 20_000),
    run(jobs.sit, seats, inside, 500),
  ]);
  assertEquals([...inside], [0, 1]);
  assertEquals(seats.value, 1);
});

Deno.test("SharedSemaphore.release(n) lets n waiters go on, wherever they are", async () => {
  using crew = new Crew(2, JOBS);
  const semaphore = new SharedSemaphore(0);
  const theirs = crew.all("acquireSync", semaphore);
  const mine = Promise.resolve(semaphore.acquire());
  await eventually(() => semaphore.gate.sleepingElsewhere === 2);
  semaphore.release(3);
  assertEquals(await theirs, [true, true]);
  (await mine).release();
  assertEquals(semaphore.stats(), { value: 1, waiting: 0 });
});

Deno.test("SharedSemaphore.acquireSync gives undefined when its timeout is over", async () => {
  using crew = new Crew(1, JOBS);
  const semaphore = new SharedSemaphore(0);
  assertEquals(await crew.hands[0]!.call("acquireSync", semaphore, { timeout: 60 }), false);
});

Deno.test("SharedSemaphore may be released more often than it was acquired, up to a limit", () => {
  const semaphore = new SharedSemaphore();
  semaphore.release();
  assertEquals(semaphore.value, 2);
  semaphore.acquireNowait()!.release();
  assertEquals(semaphore.value, 2);
  assertThrows(() => semaphore.release(2 ** 31 - 1), LockError, "2147483647 permits at most");
});

Deno.test("SharedSemaphore refuses a value and a number of permits that make no sense", () => {
  for (const value of [-1, 1.5, NaN, 2 ** 31, "1" as unknown as number]) {
    assertThrows(() => new SharedSemaphore(value), RangeError, "Cannot make a shared semaphore");
  }
  for (const n of [0, -1, 1.5]) {
    assertThrows(() => new SharedSemaphore().release(n), RangeError, "at least 1");
  }
});

Deno.test("SharedSemaphore shows how many permits are free", () => {
  assertEquals(Deno.inspect(new SharedSemaphore(3, { name: "s" })), '<SharedSemaphore "s" 3 free>');
});
