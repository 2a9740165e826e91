// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { LockError, run, spawn } from "@tendril/tendril";
import { SharedArray, SharedRLock } from "@tendril/tendril/parallel";
import { settle } from "../../../manual_clock.ts";
import { Crew } from "./crew.ts";
import * as jobs from "./lock_jobs.ts";

const JOBS = import.meta.resolve("./lock_jobs.ts");

Deno.test("SharedRLock loses no update among workers", async () => {
  using crew = new Crew(2, JOBS);
  const lock = new SharedRLock();
  const numbers = new SharedArray("i32", 1);
  const times = 5000;
  await Promise.all([
    crew.all("countSync", lock, numbers, times),
    crew.all("count", lock, numbers, times),
    crew.all("countAsync", lock, numbers, times),
    run(jobs.count, lock, numbers, times),
  ]);
  assertEquals(numbers.get(0), 7 * times);
});

Deno.test("SharedRLock may be acquired again by the greenlet that holds it", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedRLock();
  assertEquals(await crew.hands[0]!.call("nest", lock), [2, 1, 0]);
  assertEquals(await run(jobs.nest, lock), [2, 1, 0]);
});

Deno.test("SharedRLock may be acquired again by plain code of the worker that holds it", async () => {
  using crew = new Crew(1, JOBS);
  assertEquals(await crew.hands[0]!.call("nestSync", new SharedRLock()), [2, 1, 0]);
});

Deno.test("SharedRLock.acquireSync refuses to block the greenlet that holds it", async () => {
  using crew = new Crew(1, JOBS);
  assertEquals(await crew.hands[0]!.call("blockOwnGreenlet", new SharedRLock()), "DeadlockError");
});

Deno.test("SharedRLock makes another greenlet of the same worker wait", async () => {
  const lock = new SharedRLock();
  const order: string[] = [];
  await run(function* () {
    yield* lock.acquire();
    const other = spawn(function* () {
      using _ = yield* lock.acquire();
      order.push("other");
    });
    yield;
    assertEquals(lock.acquireNowait()?.released, false);
    lock.release();
    order.push("owner");
    lock.release();
    yield* other.join();
  });
  assertEquals(order, ["owner", "other"]);
});

Deno.test("SharedRLock may be released by its owner only", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedRLock({ name: "till" });
  const holder = spawn(function* () {
    yield* lock.acquire();
  });
  await holder;
  assertThrows(() => lock.release(), LockError, `only its owner, ${holder.name}, may`);
  const error = await crew.hands[0]!.call("release", lock).catch((error) => error);
  assert(error.message.includes('only its owner, worker "main", may'), error.message);
  assertThrows(() => new SharedRLock().release(), LockError, "nobody holds it");
});

Deno.test("SharedRLock's lease gives back one level, and none of a later hold", async () => {
  const lock = new SharedRLock();
  const outer = await lock.acquire();
  const inner = await lock.acquire();
  inner.release();
  inner.release();
  assertEquals(lock.levels, 1);
  outer.release();
  using _ = await lock.acquire();
  outer.release();
  assertEquals(lock.levels, 1);
});

Deno.test("SharedRLock names the greenlet that holds it to those of its worker that wait", async () => {
  const lock = new SharedRLock();
  const holder = spawn(function* () {
    yield* lock.acquire();
    yield;
    yield;
    yield;
    lock.release();
  });
  const waiting = spawn(function* () {
    using _ = yield* lock.acquire();
  });
  await spawn(function* () {
    yield;
    assertEquals(waiting.waits[0]!.holder, holder);
  });
  await waiting;
  await settle();
});
