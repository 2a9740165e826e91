// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { getCurrent, Lock, LockError, mainGreenlet, run, spawn, spawnWith } from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

Deno.test("Lock.owner is the greenlet that holds it", async () => {
  const lock = new Lock();
  assertEquals(lock.owner, null);
  await spawn(function* () {
    using _ = yield* lock.acquire();
    assertStrictEquals(lock.owner, getCurrent());
  });
  assertEquals(lock.owner, null);
});

Deno.test("Lock.owner is the greenlet whose async function holds it, or main", async () => {
  const lock = new Lock();
  const greenlet = spawn(async () => {
    await lock.acquire();
    assertStrictEquals(lock.owner, getCurrent());
    lock.release();
  });
  await greenlet;
  await lock.acquire();
  assertStrictEquals(lock.owner, mainGreenlet);
  lock.release();
});

Deno.test("Lock.owner is the first that waited right after the release", async () => {
  const lock = new Lock();
  await lock.acquire();
  const next = spawn(function* () {
    using _ = yield* lock.acquire();
  });
  await settle();
  lock.release();
  assertStrictEquals(lock.owner, next);
  await next;
});

Deno.test("Lock can be released by another than its owner, as in threading", async () => {
  const lock = new Lock();
  await spawn(function* () {
    yield* lock.acquire();
  });
  assert(lock.locked);
  lock.release();
  assertEquals(lock.locked, false);
});

Deno.test("Lock stays locked when its owner ends without a release", async () => {
  const lock = new Lock({ name: "till" });
  await spawnWith({ name: "careless" }, function* () {
    yield* lock.acquire();
  });
  assertEquals(Deno.inspect(lock), '<Lock "till" held by careless (dead)>');
});

Deno.test("Lock.release says what it expected when nobody holds it", () => {
  assertThrows(
    () => new Lock({ name: "till" }).release(),
    LockError,
    'Cannot release <Lock "till" free>: nobody holds it; release once for each acquire',
  );
});

Deno.test("Lock cannot be taken between a release and the turn of the one it went to", async () => {
  const lock = new Lock();
  const order: string[] = [];
  await run(function* () {
    yield* lock.acquire();
    spawn(function* () {
      using _ = yield* lock.acquire();
      order.push("first in line");
    });
    yield;
    lock.release();
    assertEquals(lock.acquireNowait(), undefined);
    using _ = yield* lock.acquire();
    order.push("pushed in");
  });
  assertEquals(order, ["first in line", "pushed in"]);
});

Deno.test("Lock.stats() is a record of the moment", async () => {
  const lock = new Lock();
  assertEquals(lock.stats(), { locked: false, owner: null, waiting: 0 });
  await lock.acquire();
  const stats = lock.stats();
  lock.release();
  assertEquals(stats, { locked: true, owner: mainGreenlet, waiting: 0 });
  assert(Object.isFrozen(stats));
});

Deno.test("Lock keeps counting its holds beyond 32 bits", async () => {
  const lock = new Lock();
  lock.lastHold = 2 ** 31 - 1;
  const stale = await lock.acquire();
  lock.release();
  const fresh = await lock.acquire();
  stale.release();
  assert(lock.locked);
  fresh.release();
  assertEquals(lock.locked, false);
});
