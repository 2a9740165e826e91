// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Coroutine,
  type Greenlet,
  GreenletExit,
  LockError,
  run,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { SharedArray, SharedCondition, SharedLock, SharedRLock } from "@tendril/tendril/parallel";
import { ManualClock, settle } from "../../../manual_clock.ts";
import { Crew, eventually } from "./crew.ts";
import * as jobs from "./sync_jobs.ts";

const JOBS = import.meta.resolve("./sync_jobs.ts");

/** Notifies `n`, holding the lock. */
async function notify(changed: SharedCondition, n: number): Promise<void> {
  using _ = await changed.acquire();
  changed.notify(n);
}

Deno.test("SharedCondition.notify lets as many go on as it says, in all workers", async () => {
  using crew = new Crew(2, JOBS);
  const [first, second] = crew.hands;
  const changed = new SharedCondition();
  const counts = new SharedArray("i32", 2);
  const all = [
    second!.call("listen", changed, counts),
    second!.call("listenAsync", changed, counts),
    first!.call("listenSync", changed, counts),
    run(jobs.listen, changed, counts),
    jobs.listenAsync(changed, counts),
  ];
  await eventually(() => counts.get(0) === 5 && changed.stats().waiting === 5);
  await notify(changed, 2);
  await eventually(() => counts.get(1) === 2);
  assertEquals(changed.stats().waiting, 3);
  await notify(changed, Infinity);
  assertEquals(await Promise.all(all), [true, true, true, true, true]);
  assertEquals(changed.stats(), { locked: false, owner: null, waiting: 0 });
});

Deno.test("SharedCondition notifies the one that has waited longest, in whatever worker", async () => {
  using crew = new Crew(1, JOBS);
  const changed = new SharedCondition();
  const counts = new SharedArray("i32", 2);
  const order: string[] = [];
  const first = run(jobs.listen, changed, counts).then(() => order.push("first"));
  await eventually(() => changed.stats().waiting === 1);
  const second = crew.hands[0]!.call("listenSync", changed, counts)
    .then(() => order.push("second"));
  await eventually(() => changed.stats().waiting === 2);
  const third = run(jobs.listen, changed, counts).then(() => order.push("third"));
  await eventually(() => changed.stats().waiting === 3);
  for (const each of [first, second, third]) {
    await notify(changed, 1);
    await each;
  }
  assertEquals(order, ["first", "second", "third"]);
});

Deno.test("SharedCondition.waitFor lets two workers and the main isolate take turns", async () => {
  using crew = new Crew(1, JOBS);
  const changed = new SharedCondition(new SharedLock());
  const numbers = new SharedArray("i32", 1);
  await Promise.all([
    crew.hands[0]!.call("alternateSync", changed, numbers, 1, 200),
    run(jobs.alternate, changed, numbers, 0, 200),
  ]);
  assertEquals(numbers.get(0), 400);
});

Deno.test("SharedCondition: one that notifies and then waits does not wake itself", async () => {
  const changed = new SharedCondition();
  const order: string[] = [];
  await run(function* () {
    spawn(function* () {
      using _ = yield* changed.acquire();
      yield* changed.wait();
      order.push("first");
      changed.notify();
    });
    yield;
    using _ = yield* changed.acquire();
    changed.notify();
    yield* changed.wait();
    order.push("second");
  });
  assertEquals(order, ["first", "second"]);
});

type Ending = { outcome: unknown; held: boolean };

/** Waits, and tells how that ended and whether the lock was held then. */
function* attempt(changed: SharedCondition, options?: { timeout: number }): Coroutine<Ending> {
  using lease = yield* changed.acquire();
  let outcome: unknown;
  try {
    outcome = yield* changed.wait(options);
  } catch (error) {
    outcome = error;
  }
  return { outcome, held: !lease.released && changed.lock.stats().owner === "main" };
}

/** Ends a wait while somebody else has the lock. */
async function interrupt(
  changed: SharedCondition,
  waiting: Greenlet<Ending>,
  end: () => unknown,
): Promise<Ending> {
  await settle();
  using lease = await changed.acquire();
  await end();
  await settle();
  assertEquals(waiting.ready, false, "it waits for the lock");
  lease.release();
  const ending = await waiting;
  assertEquals(changed.stats(), { locked: false, owner: null, waiting: 0 });
  return ending;
}

for (const make of [() => new SharedLock(), () => new SharedRLock()]) {
  const { kind } = make();

  Deno.test(`SharedCondition on a ${kind}: a wait that is late has the lock again`, async () => {
    using clock = new ManualClock();
    const changed = new SharedCondition(make());
    const waiting = spawn(attempt, changed, { timeout: 10 });
    const ending = await interrupt(changed, waiting, () => clock.advance(10));
    assertEquals(ending, { outcome: false, held: true });
  });

  Deno.test(`SharedCondition on a ${kind}: a wait that is killed has the lock again`, async () => {
    const changed = new SharedCondition(make());
    const waiting = spawn(attempt, changed);
    const ending = await interrupt(changed, waiting, () => waiting.requestKill());
    assertInstanceOf(ending.outcome, GreenletExit);
    assertEquals(ending.held, true);
  });

  Deno.test(`SharedCondition on a ${kind}: so has one in an async function`, async () => {
    const changed = new SharedCondition(make());
    const waiting: Greenlet<Ending> = spawn(async () => {
      using lease = await changed.acquire();
      try {
        return { outcome: await changed.wait(), held: false };
      } catch (outcome) {
        return { outcome, held: !lease.released };
      }
    });
    const ending = await interrupt(changed, waiting, () => waiting.requestKill());
    assertInstanceOf(ending.outcome, GreenletExit);
    assertEquals(ending.held, true);
  });

  Deno.test(`SharedCondition on a ${kind}: so has one that an outer Timeout ends`, async () => {
    using clock = new ManualClock();
    const changed = new SharedCondition(make());
    const outer = new Timeout(10);
    const waiting = spawn(function* () {
      outer.start();
      return yield* attempt(changed);
    });
    const ending = await interrupt(changed, waiting, () => clock.advance(10));
    assertStrictEquals(ending.outcome, outer);
    assertEquals(ending.held, true);
  });
}

Deno.test("SharedCondition gives the notification of one that is killed to the next", async () => {
  const changed = new SharedCondition();
  const first = spawn(attempt, changed);
  await settle();
  const second = spawn(attempt, changed);
  await settle();
  {
    using _ = await changed.acquire();
    changed.notify();
    first.requestKill();
  }
  assertInstanceOf((await first).outcome, GreenletExit);
  assertEquals((await second).outcome, true);
});

Deno.test("SharedCondition passes over one that has died while it waited", async () => {
  using crew = new Crew(1, JOBS);
  const changed = new SharedCondition();
  const counts = new SharedArray("i32", 2);
  crew.hands[0]!.call("listenSync", changed, counts).catch(() => {});
  await eventually(() => changed.stats().waiting === 1);
  const second = spawn(attempt, changed);
  await eventually(() => changed.stats().waiting === 2);
  crew.hands[0]!.kill();
  await notify(changed, 1);
  assertEquals((await second).outcome, true);
});

Deno.test("SharedCondition.waitSync and waitForSync give false when their time is over", async () => {
  using crew = new Crew(1, JOBS);
  const [hand] = crew.hands;
  const changed = new SharedCondition();
  const counts = new SharedArray("i32", 2);
  assertEquals(await hand!.call("listenSync", changed, counts, { timeout: 60 }), false);
  assertEquals(await hand!.call("waitForSync", changed, 60), false);
  assertEquals(changed.locked, false);
});

Deno.test("SharedCondition gives back and restores all levels of a SharedRLock", async () => {
  const lock = new SharedRLock();
  const changed = new SharedCondition(lock);
  const waiting = spawn(function* () {
    yield* lock.acquire();
    yield* lock.acquire();
    yield* changed.wait();
    const { levels } = lock;
    lock.release();
    lock.release();
    return levels;
  });
  await settle();
  await notify(changed, 1);
  assertEquals(await waiting, 2);
});

Deno.test("SharedCondition refuses whoever does not hold the lock", async () => {
  using crew = new Crew(1, JOBS);
  const changed = new SharedCondition();
  assertThrows(() => changed.notify(), LockError, "it must hold the lock");
  await assertRejects(async () => await changed.wait(), LockError);
  await assertRejects(async () => await changed.waitFor(() => true), LockError);
  using _ = await changed.acquire();
  const error = await crew.hands[0]!.call("notifyUnheld", changed).catch((error) => error);
  assertEquals(error.name, "LockError");
});

Deno.test("SharedCondition refuses a lock, a predicate and a number that make no sense", async () => {
  assertThrows(() => new SharedCondition({} as SharedLock), TypeError, "expected a SharedLock");
  const changed = new SharedCondition();
  using _ = await changed.acquire();
  assertThrows(() => changed.notify(-1), RangeError, "at least 0");
  assertThrows(() => changed.waitFor(1 as unknown as () => boolean), TypeError, "a function");
  assertThrows(() => changed.wait({ timeout: -1 }), RangeError);
});

Deno.test("SharedCondition.wait in a select is refused", async () => {
  const changed = new SharedCondition();
  await run(function* () {
    using _ = yield* changed.acquire();
    try {
      yield* select({ wait: changed.wait(), late: sleep(1) });
    } catch (error) {
      assertInstanceOf(error, TypeError);
      assert(error.message.includes("use wait({ timeout }), or a SharedEvent"), error.message);
    }
  });
});
