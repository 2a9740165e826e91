// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { BlockingSwitchOutError, LockError, run, select, spawn } from "@tendril/tendril";
import { SharedArray, SharedLock } from "@tendril/tendril/parallel";
import { ManualClock, settle } from "../../../manual_clock.ts";
import { TOKEN } from "../../../../runtime/parallel/shared/handle.ts";
import { HEIR } from "../../../../runtime/parallel/shared/mutex.ts";
import { Crew, eventually } from "./crew.ts";
import * as jobs from "./lock_jobs.ts";

const JOBS = import.meta.resolve("./lock_jobs.ts");

Deno.test("SharedLock loses no update among workers that wait in all three ways", async () => {
  using crew = new Crew(2, JOBS);
  const lock = new SharedLock();
  const numbers = new SharedArray("i32", 1);
  const times = 10_000;
  await Promise.all([
    crew.all("countSync", lock, numbers, times),
    crew.all("count", lock, numbers, times),
    crew.all("countAsync", lock, numbers, times),
    run(jobs.count, lock, numbers, times),
  ]);
  assertEquals(numbers.get(0), 7 * times);
});

Deno.test("SharedLock goes to waiters of one worker in the order in which they came", async () => {
  const lock = new SharedLock();
  const order: number[] = [];
  await run(function* () {
    yield* lock.acquire();
    const waiting = [1, 2, 3].map((n) =>
      spawn(function* () {
        using _ = yield* lock.acquire();
        order.push(n);
      })
    );
    yield;
    lock.release();
    for (const each of waiting) yield* each.join();
  });
  assertEquals(order, [1, 2, 3]);
});

Deno.test("SharedLock lets no newcomer pass those of its worker that wait", async () => {
  const lock = new SharedLock();
  lock.acquireNowait();
  const order: string[] = [];
  async function want(name: string): Promise<void> {
    using _ = await lock.acquire();
    order.push(name);
  }
  const first = want("first");
  await settle();
  // As if in another worker: this handle knows nobody who waits.
  new SharedLock(lock[TOKEN]([])).release();
  await Promise.all([want("second"), first]);
  assertEquals(order, ["first", "second"]);
});

Deno.test("SharedLock goes next to a worker that has waited for long", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedLock();
  const mine = lock.acquireNowait();
  const theirs = crew.hands[0]!.call("acquireSync", lock);
  await eventually(() => lock.gate.sleepingElsewhere > 0);
  mine!.release();
  // In time, because this thread never rests. It has to be refused in the end.
  for (let lease = lock.acquireNowait(); lease !== undefined; lease = lock.acquireNowait()) {
    for (let i = 0; i < 10_000; i++) Atomics.pause();
    lease.release();
  }
  assertEquals(await theirs, true);
  assertEquals(lock.owner, "hand-1");
});

Deno.test("SharedLock goes to greenlets of the main isolate while a worker hogs it", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedLock();
  const stop = new SharedArray("i32", 1);
  const hogging = crew.hands[0]!.call("hog", lock, stop);
  await eventually(() => lock.locked);
  await run(function* () {
    for (let i = 0; i < 50; i++) {
      using _ = yield* lock.acquire();
    }
  });
  stop.set(0, 1);
  assert(await hogging > 0);
});

Deno.test("SharedLock is not kept for long for an isolate that is busy", async () => {
  using crew = new Crew(2, JOBS);
  const [holder, other] = crew.hands;
  const lock = new SharedLock();
  await holder!.call("acquire", lock);
  const mine = spawn(function* () {
    using _ = yield* lock.acquire();
  });
  await eventually(() => lock.cells[HEIR] === lock.self);
  const theirs = other!.call("acquireSync", lock);
  await eventually(() => lock.gate.sleepingElsewhere > 0);
  const released = holder!.call("release", lock);
  while (lock.owner !== "hand-2") Atomics.pause(); // the event loop does not turn
  assertEquals(await theirs, true);
  await released;
  await mine.kill();
});

Deno.test("SharedLock is kept for nobody who only looks whether it is free", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedLock();
  await crew.hands[0]!.call("acquire", lock);
  const patient = spawn(function* () {
    using _ = yield* lock.acquire();
  });
  await eventually(() => lock.cells[HEIR] === lock.self);
  await patient.kill();
  assertEquals(lock.cells[HEIR], 0);
  const look = select({ lock: lock.acquire() }, { default: true });
  assertEquals((await look).key, undefined);
  assertEquals(lock.cells[HEIR], 0);
});

Deno.test("SharedLock.acquire refuses an Op that was used", async () => {
  const lock = new SharedLock();
  const op = lock.acquire();
  (await op).release();
  await assertRejects(async () => await op, TypeError, "twice");
  using _ = await lock.acquire();
  assert(lock.locked);
});

Deno.test("SharedLock that was kept for one that gave up goes to the next", async () => {
  using crew = new Crew(2, JOBS);
  const lock = new SharedLock();
  const [first, second] = crew.hands;
  const mine = lock.acquireNowait()!;
  const late = first!.call("acquireSync", lock, { timeout: 400 });
  const patient = second!.call("acquireSync", lock);
  // Both have waited long enough to be the heir; one of them is, and the first gives up.
  assertEquals(await late, false);
  mine.release();
  assertEquals(await patient, true);
});

Deno.test("SharedLock may be released by another worker than the one that acquired it", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedLock();
  const lease = await lock.acquire();
  await crew.hands[0]!.call("release", lock);
  assertEquals(lock.locked, false);
  assertEquals(lease.released, true);
});

Deno.test("SharedLock.release says what it expected when nobody holds it", () => {
  assertThrows(
    () => new SharedLock({ name: "till" }).release(),
    LockError,
    'Cannot release <SharedLock "till" free>: nobody holds it; release once for each acquire',
  );
});

Deno.test("SharedLock's lease gives nothing back that a later acquire took", async () => {
  const lock = new SharedLock();
  const stale = await lock.acquire();
  lock.release();
  const fresh = await lock.acquire();
  stale.release();
  assert(lock.locked);
  fresh.release();
  assertEquals(lock.locked, false);
});

Deno.test("SharedLock.acquire gives undefined when its timeout is over", async () => {
  using clock = new ManualClock();
  const lock = new SharedLock();
  using _ = await lock.acquire();
  const late = spawn(() => lock.acquire({ timeout: 10 }));
  await clock.advance(10);
  assertEquals(await late, undefined);
  assertEquals(lock.acquireNowait(), undefined);
});

Deno.test("SharedLock.acquireSync gives undefined when its timeout is over", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedLock();
  using _ = await lock.acquire();
  assertEquals(await crew.hands[0]!.call("acquireSync", lock, { timeout: 60 }), false);
  assertEquals(await crew.hands[0]!.call("acquireSync", lock, { timeout: 0 }), false);
});

Deno.test("SharedLock.acquireSync refuses to block the greenlet that holds it", async () => {
  using crew = new Crew(1, JOBS);
  assertEquals(await crew.hands[0]!.call("blockOwnGreenlet", new SharedLock()), "DeadlockError");
});

Deno.test("SharedLock.acquireSync refuses the main isolate and says what to use", () => {
  assertThrows(
    () => new SharedLock().acquireSync(),
    BlockingSwitchOutError,
    "Cannot call acquireSync() of <SharedLock free> on the main isolate, because it blocks the " +
      "thread: write `yield* ….acquire()` in a greenlet or `await ….acquire()`",
  );
});

Deno.test("SharedLock.acquireSync refuses a timeout below 0", async () => {
  using crew = new Crew(1, JOBS);
  const error = await crew.hands[0]!.call("acquireSync", new SharedLock(), { timeout: -1 })
    .catch((error) => error);
  assertEquals(error.name, "RangeError");
});

Deno.test("SharedLock says in every worker who holds it", async () => {
  using crew = new Crew(2, JOBS);
  const lock = new SharedLock({ name: "till" });
  const [first, second] = crew.hands;
  await first!.call("acquire", lock);
  const expected = '<SharedLock "till" held by worker "hand-1">';
  assertEquals(await second!.call("inspect", lock), expected);
  assertEquals(Deno.inspect(lock), expected);
  assertEquals(lock.stats(), { locked: true, owner: "hand-1", waiting: 0 });
  assert(Object.isFrozen(lock.stats()));
});

Deno.test("SharedLock shows what a greenlet waits for", async () => {
  const lock = new SharedLock({ name: "till" });
  await lock.acquire();
  const waiting = spawn(function* () {
    using _ = yield* lock.acquire();
  });
  await settle();
  assertEquals(waiting.waits[0]!.reason, "shared lock acquire");
  assertStrictEquals(waiting.waits[0]!.subject, lock);
  assertEquals(lock.stats().waiting, 1);
  lock.release();
  await waiting;
});
