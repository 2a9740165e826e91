// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Condition,
  type Coroutine,
  getCurrent,
  type Greenlet,
  Lock,
  LockError,
  RLock,
  run,
  select,
  spawn,
  spawnWith,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** Waits once and tells what `wait` gave, and whether the lock was there. */
function* waitOnce(condition: Condition, timeout?: number): Coroutine<unknown[]> {
  using _ = yield* condition.acquire();
  const notified = yield* condition.wait(timeout === undefined ? {} : { timeout });
  return [notified, condition.owner === getCurrent()];
}

function* notify(condition: Condition, n: number): Coroutine {
  using _ = yield* condition.acquire();
  condition.notify(n);
}

Deno.test("Condition stands on an RLock of its own, or on a lock that is given", () => {
  assert(new Condition().lock instanceof RLock);
  const lock = new Lock();
  const [one, two] = [new Condition(lock), new Condition(lock)];
  assertStrictEquals(one.lock, two.lock);
  assertThrows(() => new Condition({} as Lock), TypeError, "expected a Lock or an RLock");
});

for (const make of [() => new RLock(), () => new Lock()]) {
  const kind = make().constructor.name;

  Deno.test(`Condition of ${kind}: notify(n) wakes n in phases, first come, first served`, async () => {
    const condition = new Condition(make());
    const order: number[] = [];
    const all = Array.from({ length: 10 }, (_, i) =>
      spawn(function* () {
        const result = yield* waitOnce(condition);
        order.push(i);
        return result;
      }));
    await settle();
    assertEquals(condition.stats(), { locked: false, owner: null, waiting: 10 });
    for (const [n, woken] of [[3, 3], [5, 8], [0, 8], [1, 9], [Infinity, 10]] as const) {
      await spawn(notify, condition, n);
      await settle();
      assertEquals(order, Array.from({ length: woken }, (_, i) => i));
    }
    for (const each of all) assertEquals(await each, [true, true]);
    assertEquals(condition.locked, false);
  });

  Deno.test(`Condition of ${kind}: wait() gives false with the lock when its time is over`, async () => {
    using clock = new ManualClock();
    const condition = new Condition(make());
    const late = spawn(waitOnce, condition, 5);
    await clock.advance(4);
    assertEquals([late.ready, condition.locked], [false, false]);
    const holder = spawn(function* () {
      using _ = yield* condition.acquire();
      yield* clockTicks(clock, 5);
    });
    await clock.advance(1);
    await holder;
    assertEquals(await late, [false, true]);
    assertEquals([condition.stats().waiting, clock.armed], [0, 0]);
  });

  Deno.test(`Condition of ${kind}: works for async functions, too`, async () => {
    using clock = new ManualClock();
    const condition = new Condition(make());
    const waiting = [5, undefined].map((timeout) =>
      spawn(async () => {
        using _ = await condition.acquire();
        const notified = await condition.wait(timeout === undefined ? {} : { timeout });
        return [notified, condition.owner === getCurrent()];
      })
    );
    await clock.advance(5);
    assertEquals(await waiting[0], [false, true]);
    using lease = await condition.acquire();
    condition.notify();
    lease.release();
    assertEquals(await waiting[1], [true, true]);
  });
}

/** Lets some turns pass. */
function* clockTicks(_clock: ManualClock, turns: number): Coroutine {
  for (let i = 0; i < turns; i++) yield;
}

Deno.test("Condition.wait() gives up all levels and takes them back", async () => {
  const condition = new Condition();
  const lock = condition.lock as RLock;
  const levels: number[] = [];
  const waiting = spawn(function* () {
    using _outer = yield* condition.acquire();
    using _inner = yield* condition.acquire();
    yield* condition.acquire();
    yield* condition.wait();
    levels.push(lock.levels);
    condition.release();
  });
  await settle();
  levels.push(lock.levels);
  await spawn(notify, condition, 1);
  await waiting;
  assertEquals([levels, lock.locked], [[0, 3], false]);
});

Deno.test("a Lease from before the wait is good after it, though others had the lock", async () => {
  const condition = new Condition(new Lock());
  const waiting = spawn(waitOnce, condition);
  await settle();
  for (let i = 0; i < 3; i++) (await condition.acquire()).release();
  await spawn(notify, condition, 1);
  await waiting;
  assertEquals(condition.locked, false);
});

Deno.test("Condition.wait() can be entered again at once", async () => {
  const condition = new Condition();
  let rounds = 0;
  await run(function* () {
    const waiting = spawn(function* () {
      using _ = yield* condition.acquire();
      for (let i = 0; i < 3; i++) {
        yield* condition.wait();
        rounds++;
      }
    });
    while (!waiting.ready) {
      yield;
      yield* notify(condition, 1);
    }
  });
  assertEquals(rounds, 3);
});

Deno.test("Condition refuses to wait or notify without the lock, naming who has it", async () => {
  const condition = new Condition(new RLock(), { name: "changed" });
  assertThrows(
    () => condition.notify(),
    LockError,
    'Cannot notify <Condition "changed" free> in main: it must hold the lock, which nobody does; acquire it first',
  );
  assertThrows(() => condition.notifyAll(), LockError);
  await assertRejects(async () => await condition.wait(), LockError, "Cannot wait for");
  await assertRejects(async () => await condition.waitFor(() => true), LockError);
  await condition.acquire();
  const other = spawnWith({ name: "other" }, function* () {
    yield* condition.wait();
  });
  await assertRejects(
    async () => await other,
    LockError,
    "in other: it must hold the lock, which main",
  );
  await assertRejects(
    async () =>
      await spawn(function* () {
        yield* condition.waitFor(() => true);
      }),
    LockError,
  );
  condition.release();
});

Deno.test("Condition refuses what is no number, no function, no duration", async () => {
  const condition = new Condition();
  await condition.acquire();
  for (const n of [-1, 0.5, NaN]) assertThrows(() => condition.notify(n), RangeError);
  assertThrows(() => condition.waitFor(7 as never), TypeError, "expected a function, got 7");
  assertThrows(() => condition.wait({ timeout: -1 }), RangeError);
  assertThrows(() => condition.waitFor(() => true, { timeout: -1 }), RangeError);
  condition.release();
});

Deno.test("Condition.waitFor() gives what the predicate gave, which always has the lock", async () => {
  const condition = new Condition();
  const items: string[] = [];
  const seen: boolean[] = [];
  const waiting = [1, 2].map(() =>
    spawn(function* () {
      using _ = yield* condition.acquire();
      return yield* condition.waitFor(() => {
        seen.push(condition.owner === getCurrent());
        return items.shift();
      });
    })
  );
  const awaited = spawn(async () => {
    using _ = await condition.acquire();
    return await condition.waitFor(() => {
      seen.push(condition.owner === getCurrent());
      return items.shift();
    });
  });
  await settle();
  for (const item of ["one", "two", "three"]) {
    using _ = await condition.acquire();
    items.push(item);
    condition.notifyAll();
  }
  const got = await Promise.all([...waiting, awaited]);
  assertEquals(got.toSorted(), ["one", "three", "two"]);
  assertEquals(seen.includes(false), false);
});

Deno.test("Condition.waitFor() waits no longer than its timeout, whatever is notified", async () => {
  using clock = new ManualClock();
  const condition = new Condition();
  let asked = 0;
  const body = function* (): Coroutine<unknown> {
    using _ = yield* condition.acquire();
    const result = yield* condition.waitFor(() => (asked++, ""), { timeout: 10 });
    return [result, condition.owner === getCurrent()];
  };
  const [waiting, awaited] = [
    spawn(body),
    spawn(async () => {
      using _ = await condition.acquire();
      return await condition.waitFor(() => (asked++, 0), { timeout: 10 });
    }),
  ];
  await clock.advance(6);
  await spawn(notify, condition, 5);
  await clock.advance(3);
  assertEquals([waiting.ready, awaited.ready], [false, false]);
  await clock.advance(1);
  assertEquals([await waiting, await awaited], [["", true], 0]);
  assertEquals([asked, clock.armed, condition.locked], [6, 0, false]);
});

Deno.test("Condition.waitFor() with a timeout of 0 gives others one turn", async () => {
  using clock = new ManualClock();
  const condition = new Condition();
  let done = false;
  const waiting = spawn(function* () {
    using _ = yield* condition.acquire();
    return yield* condition.waitFor(() => done, { timeout: 0 });
  });
  spawn(function* () {
    using _ = yield* condition.acquire();
    done = true;
  });
  await clock.advance(0);
  assertEquals(await waiting, true);
});

Deno.test("Condition.wait() is refused in a select, which loses nothing", async () => {
  const condition = new Condition();
  await run(function* () {
    using _ = yield* condition.acquire();
    for (const op of [condition.wait(), condition.waitFor(() => false)]) {
      let message = "";
      try {
        yield* select({ notified: op });
      } catch (error) {
        message = (error as TypeError).message;
      }
      assert(message.includes("in a select"), message);
      assertStrictEquals(condition.owner, getCurrent());
    }
  });
  assertEquals(condition.stats(), { locked: false, owner: null, waiting: 0 });
});

Deno.test("Condition shows its name and state", async () => {
  const condition = new Condition(new RLock(), { name: "changed" });
  const waiting: Greenlet<unknown[]> = spawn(waitOnce, condition);
  await settle();
  assertEquals(Deno.inspect(condition), '<Condition "changed" free, 1 waiting>');
  await condition.acquire();
  condition.notify();
  assertEquals(Deno.inspect(condition), '<Condition "changed" held by main>');
  condition.release();
  await waiting;
});
