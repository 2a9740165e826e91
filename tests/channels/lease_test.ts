// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { type Lease, Lock, LockError, RLock, RWLock, Semaphore, spawn } from "@tendril/tendril";

Deno.test("a Lease of a Lock does nothing after a release the Python way", async () => {
  const lock = new Lock();
  const first = await lock.acquire();
  lock.release();
  await lock.acquire();
  assertEquals(first.released, true);
  first.release();
  assertEquals(lock.locked, true);
});

Deno.test("a Lease of an RLock stands for one level", async () => {
  const lock = new RLock();
  const outer = await lock.acquire();
  const inner = await lock.acquire();
  assertEquals(lock.levels, 2);
  inner.release();
  inner.release();
  assertEquals(lock.levels, 1);
  outer.release();
  assertEquals([lock.levels, lock.locked], [0, false]);
});

Deno.test("a Lease of an RLock that another greenlet tried to release can still be released", async () => {
  const lock = new RLock();
  let lease!: Lease;
  await spawn(function* () {
    lease = yield* lock.acquire();
    yield* spawn(() => {
      assertThrows(() => lease.release(), LockError);
    });
    lease.release();
  });
  assertEquals(lock.locked, false);
});

Deno.test("a Lease of a reader can be released by anybody, for that reader", async () => {
  const lock = new RWLock();
  const lease = await spawn(function* () {
    return yield* lock.read.acquire();
  });
  assertEquals(lock.stats().readers.length, 1);
  lease.release();
  assertEquals(lock.locked, false);
});

Deno.test("a Lease shows what it is of, and that it was released", async () => {
  const semaphore = new Semaphore(2, { name: "seats" });
  const lease = await semaphore.acquire();
  assertEquals(Deno.inspect(lease), '<Lease of <Semaphore "seats" 1 free>>');
  lease.release();
  assertEquals(Deno.inspect(lease), "<Lease, released>");
});
