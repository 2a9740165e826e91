// Copyright 2026 the Tendril authors. MIT license.
// A condition's wait that is killed or timed out: first the lock, then the error.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  Condition,
  type Coroutine,
  DeadlockError,
  dump,
  Event,
  getCurrent,
  type Greenlet,
  GreenletExit,
  InvalidSwitchError,
  Lock,
  RLock,
  run,
  spawn,
  spawnWith,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** How a wait ended, and how many levels of the lock were there then. */
interface Ended {
  outcome: unknown;
  levels: number | string;
}

type Body = (condition: Condition, outer?: Timeout) => Coroutine<Ended> | Promise<Ended>;

function levelsOf(condition: Condition): number | string {
  if (condition.owner !== getCurrent()) return `held by ${condition.owner?.name}`;
  return condition.lock instanceof RLock ? condition.lock.levels : 1;
}

/** Waits with two levels. */
function* inGenerator(condition: Condition, outer?: Timeout): Coroutine<Ended> {
  using _one = yield* condition.acquire();
  using _two = yield* condition.acquire();
  outer?.start();
  try {
    return { outcome: yield* condition.wait(), levels: levelsOf(condition) };
  } catch (outcome) {
    return { outcome, levels: levelsOf(condition) };
  } finally {
    outer?.close();
  }
}

async function inAsync(condition: Condition, outer?: Timeout): Promise<Ended> {
  using _one = await condition.acquire();
  using _two = await condition.acquire();
  outer?.start();
  try {
    return { outcome: await condition.wait(), levels: levelsOf(condition) };
  } catch (outcome) {
    return { outcome, levels: levelsOf(condition) };
  } finally {
    outer?.close();
  }
}

/** Holds the lock until `open` is set, and may notify first. */
function* holdLock(condition: Condition, open: Event, notify: boolean): Coroutine {
  using _ = yield* condition.acquire();
  if (notify) condition.notify();
  yield* open.wait();
}

for (
  const [colour, body] of [["a greenlet", inGenerator], ["an async greenlet", inAsync]] as [
    string,
    Body,
  ][]
) {
  Deno.test(`a kill of ${colour} in wait() is raised with the lock and all its levels`, async () => {
    const condition = new Condition();
    const waiting = spawn(body, condition);
    await settle();
    await waiting.kill();
    const { outcome, levels } = await waiting;
    assertInstanceOf(outcome, GreenletExit);
    assertEquals(levels, 2);
    assertEquals(condition.stats(), { locked: false, owner: null, waiting: 0 });
  });

  Deno.test(`a kill of ${colour} in wait() waits for the lock`, async () => {
    const condition = new Condition();
    const open = new Event();
    const waiting = spawn(body, condition);
    await settle();
    spawn(holdLock, condition, open, false);
    await settle();
    waiting.kill();
    await settle();
    assertEquals([waiting.ready, condition.stats().waiting], [false, 0]);
    open.set();
    const { outcome, levels } = await waiting;
    assertInstanceOf(outcome, GreenletExit);
    assertEquals([levels, condition.locked], [2, false]);
  });

  Deno.test(`a kill of ${colour} that was notified and waits for the lock`, async () => {
    const condition = new Condition();
    const open = new Event();
    const waiting = spawn(body, condition);
    await settle();
    spawn(holdLock, condition, open, true);
    await settle();
    waiting.kill();
    await settle();
    assertEquals(waiting.ready, false);
    open.set();
    const { outcome, levels } = await waiting;
    assertInstanceOf(outcome, GreenletExit);
    assertEquals([levels, condition.locked], [2, false]);
  });

  Deno.test(`a kill of ${colour} in the turn in which it got the lock back`, async () => {
    const condition = new Condition();
    const open = new Event();
    const waiting = spawn(body, condition);
    await settle();
    const holder = spawn(holdLock, condition, open, true);
    await settle();
    open.set();
    spawn(() => void waiting.kill());
    await holder;
    const { outcome, levels } = await waiting;
    assertEquals([outcome, levels, condition.locked], [true, 2, false]);
  });

  Deno.test(`an outer Timeout of ${colour} is raised as that very object, with the lock`, async () => {
    using clock = new ManualClock();
    const condition = new Condition();
    const open = new Event();
    const outer = new Timeout(5);
    const waiting = spawn(body, condition, outer);
    await settle();
    spawn(holdLock, condition, open, false);
    await clock.advance(10);
    assertEquals(waiting.ready, false);
    open.set();
    const { outcome, levels } = await waiting;
    assertStrictEquals(outcome, outer);
    assertEquals([levels, condition.locked, clock.armed], [2, false, 0]);
  });

  Deno.test(`a kill of ${colour} outranks a Timeout while both wait for the lock`, async () => {
    using clock = new ManualClock();
    const condition = new Condition();
    const open = new Event();
    const outer = new Timeout(5);
    const waiting = spawn(body, condition, outer);
    await settle();
    spawn(holdLock, condition, open, false);
    await clock.advance(5);
    waiting.kill();
    await settle();
    open.set();
    const { outcome, levels } = await waiting;
    assertInstanceOf(outcome, GreenletExit);
    assertEquals(levels, 2);
  });

  Deno.test(`a kill of ${colour} is raised without the lock when its owner is dead`, async () => {
    const condition = new Condition();
    const waiting = spawn(body, condition);
    await settle();
    await spawnWith({ name: "careless" }, function* () {
      yield* condition.acquire();
    });
    waiting.kill();
    const { outcome, levels } = await waiting;
    assertInstanceOf(outcome, GreenletExit);
    assertEquals(levels, "held by careless");
  });

  Deno.test(`a kill of ${colour} before it runs leaves the lock alone`, async () => {
    const condition = new Condition();
    const waiting = spawn(body, condition);
    await waiting.kill();
    assertEquals(condition.locked, false);
  });
}

Deno.test("of two Timeouts that wait for the lock the outer one is raised", async () => {
  using clock = new ManualClock();
  const condition = new Condition();
  const open = new Event();
  const [outer, inner] = [new Timeout(6), new Timeout(5)];
  const waiting = spawn(function* () {
    outer.start();
    return yield* inGenerator(condition, inner);
  });
  await settle();
  spawn(holdLock, condition, open, false);
  await clock.advance(10);
  open.set();
  assertStrictEquals((await waiting).outcome, outer);
});

Deno.test("the next in line is notified when the one that was killed never was", async () => {
  const condition = new Condition();
  const first = spawn(inGenerator, condition);
  const second = spawn(inGenerator, condition);
  await settle();
  first.kill();
  await condition.acquire();
  condition.notify();
  condition.release();
  assertInstanceOf((await first).outcome, GreenletExit);
  assertEquals((await second).outcome, true);
});

for (const body of [inGenerator, inAsync] as Body[]) {
  Deno.test(`the next in line is notified when a kill in ${body.name} comes between notify and the lock`, async () => {
    const condition = new Condition();
    const [first, second, third] = [1, 2, 3].map(() => spawn(body, condition)) as [
      Greenlet<Ended>,
      Greenlet<Ended>,
      Greenlet<Ended>,
    ];
    await settle();
    await condition.acquire();
    condition.notify();
    first.kill();
    await settle();
    assertEquals([first.ready, condition.stats().waiting], [false, 1]);
    condition.release();
    assertInstanceOf((await first).outcome, GreenletExit);
    assertEquals(await second, { outcome: true, levels: 2 });
    await settle();
    assertEquals(third.ready, false);
    await third.kill();
  });
}

Deno.test("a kill while the greenlet has not parked yet is raised with the lock", async () => {
  const condition = new Condition();
  const waiting: Greenlet<Ended> = spawn(function* () {
    waiting.kill(); // itself: raised at its next suspension
    return yield* inGenerator(condition);
  });
  const { outcome, levels } = await waiting;
  assertInstanceOf(outcome, GreenletExit);
  assertEquals([levels, condition.locked], [2, false]);
});

Deno.test("a stray switch into wait() is raised with the lock", async () => {
  const condition = new Condition();
  const waiting = spawn(inGenerator, condition);
  await settle();
  waiting.switch("stray");
  const { outcome, levels } = await waiting;
  assertInstanceOf(outcome, InvalidSwitchError);
  assertEquals([levels, condition.locked], [2, false]);
});

Deno.test("a dump shows what a wait is about: the condition, then the lock and its owner", async () => {
  const condition = new Condition(new Lock({ name: "till" }), { name: "changed" });
  const open = new Event();
  const waiting = spawnWith({ name: "waiting" }, function* () {
    using _ = yield* condition.acquire();
    yield* condition.wait();
  });
  await settle();
  const line = () => dump().split("\n").find((each) => each.includes("waiting: "))!;
  assert(line().includes('condition wait <Condition "changed" free, 1 waiting> ('), line());
  spawnWith({ name: "holder" }, holdLock, condition, open, true);
  await settle();
  assert(line().includes('condition wait <Lock "till" held by holder, 1 waiting> ('), line());
  open.set();
  await waiting;
});

Deno.test("a run whose greenlets all wait for a condition is a deadlock, and ends", async () => {
  const condition = new Condition(new RLock(), { name: "changed" });
  await assertRejects(
    () =>
      run(function* () {
        spawn(inGenerator, condition);
        yield* inGenerator(condition);
        using _ = yield* condition.acquire();
        yield* condition.wait();
      }),
    DeadlockError,
    "condition wait",
  );
  assertEquals(condition.stats().waiting, 0);
});

for (const body of [inGenerator, inAsync] as Body[]) {
  Deno.test(`a deadlock is raised in ${body.name} without the lock, which nobody would give back`, async () => {
    const condition = new Condition();
    const error = await assertRejects(
      () =>
        run(function* () {
          const waiting = spawn(body, condition);
          while (condition.stats().waiting === 0) yield;
          spawnWith({ name: "holder" }, holdLock, condition, new Event(), false);
          yield* waiting;
        }),
      DeadlockError,
    );
    assert(error.message.includes("condition wait <Condition held by holder"), error.message);
    assertEquals([condition.locked, condition.stats().waiting], [false, 0]);
  });
}

Deno.test("a deadlock is raised in the root that waits for a condition, without the lock", async () => {
  const condition = new Condition();
  let levels: unknown;
  await assertRejects(
    () =>
      run(function* () {
        spawnWith({ name: "holder" }, holdLock, condition, new Event(), false);
        const ended = yield* inGenerator(condition);
        levels = ended.levels;
        throw ended.outcome;
      }),
    DeadlockError,
  );
  assertEquals([levels, condition.locked], ["held by holder", false]);
});

Deno.test("a deadlock outranks the kill of a root that waits for the lock", async () => {
  const condition = new Condition();
  await assertRejects(
    () =>
      run(function* () {
        const root = getCurrent();
        spawnWith({ name: "holder" }, holdLock, condition, new Event(), false);
        spawn(function* () {
          while (condition.owner?.name !== "holder") yield;
          root.kill();
        });
        throw (yield* inGenerator(condition)).outcome;
      }),
    DeadlockError,
  );
  assertEquals(condition.locked, false);
});

Deno.test("a wait without end is no timer", async () => {
  const condition = new Condition();
  await assertRejects(
    () =>
      run(function* () {
        using _ = yield* condition.acquire();
        yield* condition.wait({ timeout: Infinity });
      }),
    DeadlockError,
  );
});
