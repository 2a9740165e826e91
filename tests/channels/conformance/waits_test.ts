// Copyright 2026 the Tendril authors. MIT license.
// The wait contract (see tests/runtime/wait_contract_test.ts), tried out on everything that waits for
// something but a lock; for locks see locks_test.ts, for conditions condition_wait_test.ts.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BlockingSwitchOutError,
  BrokenBarrierError,
  type Coroutine,
  dump,
  Event,
  getHub,
  GreenletExit,
  InvalidSwitchError,
  type Op,
  select,
  sleep,
  spawn,
  spawnWith,
  Timeout,
  type TimeoutLike,
} from "@tendril/tendril";
import { ManualClock, settle } from "../../manual_clock.ts";
import { type Case, cases, type Fixture, waiting as waitingIn } from "./wait_kinds.ts";

/** One test for each: nobody may be left in line and no timer running. */
function forEach(
  promise: string,
  attempt: (fixture: Fixture, clock: ManualClock, each: Case) => Promise<void>,
  some: Case[] = cases,
): void {
  for (const each of some) {
    Deno.test(`${each.name} ${promise}`, async () => {
      using clock = new ManualClock();
      const { timers } = getHub().stats();
      const fixture = each.setUp();
      await attempt(fixture, clock, each);
      await settle();
      assertEquals([waitingIn(fixture), getHub().stats().timers], [0, timers]);
    });
  }
}

/** Waits and gives the error that ended that, or what it gave. */
function* outcome(wait: () => Op<unknown>): Coroutine<unknown> {
  try {
    return yield* wait();
  } catch (error) {
    return error;
  }
}

/** The same in an async function. */
async function asyncOutcome(wait: () => Op<unknown>): Promise<unknown> {
  try {
    return await wait();
  } catch (error) {
    return error;
  }
}

const throwing = cases.filter(({ late }) => "throws" in late && late.throws !== BrokenBarrierError);
/** Those in which one that gives up leaves the others alone. */
const separate = cases.filter(({ late }) => "gives" in late || late.throws !== BrokenBarrierError);
const within = (fixture: Fixture, timeout: TimeoutLike) => () => fixture.wait({ timeout });

forEach("ends as documented when its own timeout is over", async (fixture, clock, { late }) => {
  const waiting = spawn(outcome, within(fixture, 10));
  const awaiting = asyncOutcome(within(fixture, 10));
  await clock.advance(9);
  assertEquals([waiting.ready, waitingIn(fixture)], [false, 2]);
  await clock.advance(1);
  for (const ended of [await waiting, await awaiting]) {
    if ("throws" in late) assertInstanceOf(ended, late.throws);
    else assertEquals(ended, late.gives);
  }
});

forEach("throws the very Timeout it was given", async (fixture, clock) => {
  const limit = new Timeout(10);
  const waiting = spawn(outcome, within(fixture, limit));
  await clock.advance(10);
  assertStrictEquals(await waiting, limit);
}, throwing);

forEach("throws the error of the Timeout it was given", async (fixture, clock) => {
  const error = new SyntaxError("too slow");
  const waiting = spawn(outcome, within(fixture, new Timeout(10, error)));
  await clock.advance(10);
  assertStrictEquals(await waiting, error);
}, throwing);

forEach("lets an outer Timeout through as that very object", async (fixture, clock) => {
  const outer = new Timeout(10);
  const waiting = spawn(function* () {
    outer.start();
    return yield* outcome(within(fixture, 20));
  });
  await clock.advance(10);
  assertStrictEquals(await waiting, outer);
});

forEach("is done in time when it ends before its timeout", async (fixture, clock) => {
  const waiting = spawn(outcome, within(fixture, 10));
  await clock.advance(5);
  fixture.finish();
  await settle();
  assertEquals([waiting.ready, waiting.value instanceof Error], [true, false]);
});

for (const timeout of [-1, NaN]) {
  forEach(`refuses a timeout of ${timeout}`, (fixture) => {
    assertThrows(within(fixture, timeout), RangeError);
    return Promise.resolve();
  });
}

forEach("is ended by a kill", async (fixture) => {
  const waiting = [
    spawn(function* () {
      yield* fixture.wait();
    }),
    spawn(async () => void (await fixture.wait())),
  ];
  await settle();
  assertEquals(waitingIn(fixture), 2);
  for (const each of waiting) {
    await each.kill();
    assertInstanceOf(each.value as unknown, GreenletExit);
  }
}, separate);

forEach("is ended by a kill while it has a timeout", async (fixture) => {
  const waiting = spawn(function* () {
    yield* fixture.wait({ timeout: 1000 });
  });
  await settle();
  await waiting.kill();
  assertInstanceOf(waiting.value as unknown, GreenletExit);
});

forEach("wakes the next when the first was killed", async (fixture) => {
  const [first, second] = [
    spawn(outcome, () => fixture.wait()),
    spawn(outcome, () => fixture.wait()),
  ];
  await settle();
  first.kill();
  fixture.finish();
  await settle();
  assertInstanceOf(first.value, GreenletExit);
  assertEquals([second.ready, second.value instanceof Error], [true, false]);
}, separate);

forEach("raises InvalidSwitchError at a stray switch", async (fixture) => {
  const waiting = spawn(outcome, () => fixture.wait());
  await settle();
  waiting.switch("stray");
  assertInstanceOf(await waiting, InvalidSwitchError);
});

forEach("raises BlockingSwitchOutError when it is stepped outside a greenlet", (fixture) => {
  assertThrows(() => fixture.wait()[Symbol.iterator]().next(), BlockingSwitchOutError);
  return Promise.resolve();
});

forEach(
  "raises BlockingSwitchOutError when it is stepped by hand in a greenlet",
  async (fixture) => {
    const waiting = spawn(function* () {
      const op = fixture.wait();
      op.next();
      yield* op;
    });
    await assertRejects(async () => await waiting, BlockingSwitchOutError);
  },
);

forEach("is given up when it loses in a select, and can win in one", async (fixture, clock) => {
  const losing = spawn(function* () {
    return (yield* select({ own: fixture.wait(), late: sleep(10) })).key;
  });
  await clock.advance(10);
  assertEquals([await losing, waitingIn(fixture)], ["late", 0]);
  fixture.mend?.();
  const winning = spawn(function* () {
    return (yield* select({ own: fixture.wait(), late: sleep(10) })).key;
  });
  await settle();
  fixture.finish();
  assertEquals(await winning, "own");
});

forEach("never waits in a select with a default", async (fixture) => {
  assertEquals((await select({ own: fixture.wait() }, { default: true })).key, undefined);
});

forEach("refuses to be awaited and iterated, in either order", async (fixture) => {
  const op = fixture.wait();
  const awaiting = asyncOutcome(() => op);
  await settle();
  assertInstanceOf(await spawn(outcome, () => op), TypeError);
  fixture.finish();
  assert(!(await awaiting instanceof Error));
  assertInstanceOf(await asyncOutcome(() => op), TypeError);
});

forEach("refuses an Op that another greenlet began while this one gave way", async (fixture) => {
  const done = new Event();
  done.set();
  // A greenlet gives way after a number of Ops that were done at once; whatever that is, it is met here.
  for (let before = 0; before < 150; before++) {
    const op = fixture.wait();
    const first = spawn(function* () {
      for (let i = 0; i < before; i++) yield* done.wait();
      return yield* outcome(() => op);
    });
    const second = spawn(outcome, () => op);
    await settle();
    const ended = [first, second].find(({ ready }) => ready)!;
    assertInstanceOf(ended.value, TypeError);
    assertEquals(waitingIn(fixture), 1);
    for (const each of [first, second]) await each.kill();
    fixture.mend?.();
  }
});

forEach("is what a select that gave up has no trace of", async (fixture) => {
  const selecting = spawn(outcome, () => select({ one: fixture.wait(), two: sleep(10) }));
  await settle();
  assertEquals(waitingIn(fixture), 1);
  selecting.kill();
  await selecting;
  assertEquals(waitingIn(fixture), 0);
  fixture.mend?.();
  const later = spawn(outcome, () => fixture.wait());
  await settle();
  fixture.finish();
  assertEquals([await later instanceof Error, waitingIn(fixture)], [false, 0]);
});

forEach(
  "is received by one that is killed in the same turn",
  async (fixture, _clock, { setUp }) => {
    const log: unknown[] = [];
    const other = setUp();
    const waiting = spawn(function* () {
      log.push(yield* outcome(() => fixture.wait()));
      yield* sleep(1000);
    });
    const awaiting = spawn(async () => {
      log.push(await asyncOutcome(() => other.wait()));
      await sleep(1000);
    });
    await settle();
    fixture.finish();
    other.finish();
    waiting.kill();
    awaiting.kill();
    await Promise.all([waiting, awaiting]);
    assertEquals([log.length, log.some((each) => each instanceof Error)], [2, false]);
  },
);

forEach("is shown in a dump, with what is waited for", async (fixture, _clock, { reason }) => {
  const ways: Record<string, () => Op<unknown>> = {
    plain: () => fixture.wait(),
    limited: () => fixture.wait({ timeout: 10 }),
    select: () => select({ own: fixture.wait(), late: sleep(10) }),
  };
  for (const [name, wait] of Object.entries(ways)) {
    for (const body of [() => outcome(wait), () => asyncOutcome(wait)]) {
      const waiter = spawnWith({ name }, body);
      await settle();
      const shown = `${reason} ${Deno.inspect(fixture.object)}`;
      const what = name === "select" ? `select of ${shown}, sleep` : shown;
      assertStringIncludes(dump(), `${name}: waits for ${what} (`);
      await waiter.kill();
      fixture.mend?.();
    }
  }
});
