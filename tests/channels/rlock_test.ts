// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  LockError,
  mainGreenlet,
  RLock,
  run,
  select,
  spawn,
  spawnWith,
  Timeout,
} from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

Deno.test("RLock is given to its owner again, in every way to ask for it", async () => {
  const lock = new RLock();
  await spawn(function* () {
    yield* lock.acquire();
    yield* lock.acquire();
    yield* lock.acquire({ timeout: 5 });
    yield* select({ lock: lock.acquire() });
    assert(lock.acquireNowait());
    assertEquals(lock.levels, 5);
    for (let i = 0; i < 5; i++) lock.release();
    assertEquals([lock.levels, lock.locked], [0, false]);
  });
});

Deno.test("RLock goes to the next in line after the last release only", async () => {
  const lock = new RLock();
  const log: string[] = [];
  await run(function* () {
    yield* lock.acquire();
    yield* lock.acquire();
    const next = spawn(function* () {
      using _ = yield* lock.acquire();
      log.push("next");
    });
    yield;
    lock.release();
    yield;
    log.push("still mine");
    lock.release();
    yield* next;
  });
  assertEquals(log, ["still mine", "next"]);
});

Deno.test("RLock.release refuses another greenlet, naming owner and caller", async () => {
  const lock = new RLock({ name: "till" });
  await lock.acquire();
  await spawnWith({ name: "thief" }, () => {
    assertThrows(
      () => lock.release(),
      LockError,
      'Cannot release <RLock "till" held by main> in thief: only its owner main may',
    );
  });
  lock.release();
  assertThrows(() => lock.release(), LockError, "nobody holds it");
});

Deno.test("RLock counts the async functions outside of any greenlet as one", async () => {
  const lock = new RLock();
  await Promise.all([lock.acquire(), lock.acquire()]);
  assertEquals(lock.stats(), { locked: true, owner: mainGreenlet, levels: 2, waiting: 0 });
  assertEquals(Deno.inspect(lock), "<RLock held by main 2 times>");
  lock.release();
  lock.release();
  assertEquals(Deno.inspect(lock), "<RLock free>");
});

Deno.test("RLock is one level deep for the one it was handed to", async () => {
  const lock = new RLock();
  await lock.acquire();
  const next = spawn(function* () {
    yield* lock.acquire();
    return lock.levels;
  });
  await settle();
  lock.release();
  assertEquals(await next, 1);
});

Deno.test("RLock gives undefined to another when its Timeout is over, and stays sane", async () => {
  const lock = new RLock();
  await lock.acquire();
  const late = spawn(function* () {
    return yield* lock.acquire({ timeout: new Timeout(0) });
  });
  assertEquals(await late, undefined);
  assertEquals(lock.stats().waiting, 0);
  lock.release();
});
