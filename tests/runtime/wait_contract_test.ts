// Copyright 2026 the Tendril authors. MIT license.
// The wait contract: what every blocking call has in common, tried out on each of them.

import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { assertRejects, assertThrows } from "@std/assert";
import {
  BlockingSwitchOutError,
  type Coroutine,
  getHub,
  GreenletExit,
  InvalidSwitchError,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";
import { type Blocking, type Case, cases, type Fixture, THROWS } from "./wait_contract_cases.ts";

type Outcome = { value: unknown } | { error: unknown };

/** Waits and tells how that ended. */
function* outcome(blocking: () => Blocking): Coroutine<Outcome> {
  try {
    return { value: yield* blocking() };
  } catch (error) {
    return { error };
  }
}

/** What must be as before once a wait is over. */
function counters(): Record<string, number> {
  const { timers, external, alive, ready } = getHub().stats();
  return { timers, external, alive, ready };
}

/** One test for each of `some`: sets up the call, tries it out, and looks for left-overs. */
function forEach(
  some: Case[],
  promise: string,
  attempt: (fixture: Fixture, clock: ManualClock, each: Case) => Promise<void>,
): void {
  for (const each of some) {
    Deno.test(`${each.name} ${promise}`, async () => {
      using clock = new ManualClock();
      const fixture = await each.setUp(clock);
      await settle();
      try {
        await attempt(fixture, clock, each);
      } finally {
        await fixture.finish();
        await settle();
        await fixture.close?.();
        await clock.advance(10_000);
      }
    });
  }
}

const limited = cases.filter((each) => "late" in each);

forEach(
  limited,
  "ends as documented when its own timeout is over",
  async (fixture, clock, each) => {
    const before = counters();
    const waiting = spawn(outcome, () => fixture.wait(10));
    await clock.advance(9);
    assertEquals(waiting.ready, false);
    await clock.advance(1);
    const ended = await waiting;
    if (each.late !== THROWS) assertEquals(ended, { value: each.late });
    else assertInstanceOf((ended as { error: unknown }).error, Timeout);
    assertEquals(counters(), before);
  },
);

forEach(
  limited.filter((each) => each.late === THROWS),
  "throws the very Timeout it was given as its timeout",
  async (fixture, clock) => {
    const limit = new Timeout(10);
    const waiting = spawn(outcome, () => fixture.wait(limit));
    await clock.advance(10);
    assertStrictEquals((await waiting as { error: unknown }).error, limit);
  },
);

forEach(
  limited.filter((each) => each.late === THROWS),
  "throws the error of the Timeout it was given",
  async (fixture, clock) => {
    const error = new RangeError("too slow");
    const waiting = spawn(outcome, () => fixture.wait(new Timeout(10, error)));
    await clock.advance(10);
    assertStrictEquals((await waiting as { error: unknown }).error, error);
  },
);

forEach(limited, "waits for as long as the Timeout it was given says", async (fixture, clock) => {
  const waiting = spawn(outcome, () => fixture.wait(new Timeout(10)));
  await clock.advance(9);
  assertEquals(waiting.ready, false);
  await clock.advance(1);
  assertEquals(waiting.ready, true);
});

forEach(
  limited,
  "lets an outer Timeout through as that very object when its own is longer",
  async (fixture, clock) => {
    const before = counters();
    const outer = new Timeout(10);
    const waiting = spawn(function* () {
      outer.start();
      return yield* outcome(() => fixture.wait(20));
    });
    await clock.advance(10);
    assertStrictEquals((await waiting as { error: unknown }).error, outer);
    assertEquals(counters(), before);
  },
);

forEach(
  limited,
  "ends by its own timeout when an outer Timeout is longer, which stays pending",
  async (fixture, clock, each) => {
    const outer = new Timeout(20);
    const waiting = spawn(function* () {
      outer.start();
      const ended = yield* outcome(() => fixture.wait(10));
      const { pending } = outer;
      outer.close();
      return { ended, pending };
    });
    await clock.advance(10);
    const { ended, pending } = await waiting;
    assertEquals(pending, true);
    if (each.late !== THROWS) assertEquals(ended, { value: each.late });
    else assert((ended as { error: unknown }).error !== outer);
  },
);

forEach(limited, "refuses a timeout below zero", async (fixture) => {
  const waiting = spawn(outcome, () => fixture.wait(-1));
  assertInstanceOf((await waiting as { error: unknown }).error, RangeError);
});

forEach(cases, "lets an outer Timeout through as that very object", async (fixture, clock) => {
  const before = counters();
  const outer = new Timeout(10);
  const waiting = spawn(function* () {
    outer.start();
    return yield* outcome(() => fixture.wait());
  });
  await clock.advance(10);
  assertStrictEquals((await waiting as { error: unknown }).error, outer);
  assertEquals(counters(), before);
});

forEach(cases, "is ended by a kill of the greenlet that waits", async (fixture) => {
  const before = counters();
  const waiting = spawn(function* () {
    yield* fixture.wait();
  });
  await settle();
  assertEquals(waiting.ready, false);
  await waiting.kill();
  assertInstanceOf(await waiting as unknown, GreenletExit);
  assertEquals(counters(), before);
});

forEach(cases, "never wakes a greenlet that has given it up", async (fixture, clock) => {
  const woken = spawn(function* () {
    const limit = new Timeout(10).start();
    yield* outcome(() => fixture.wait());
    limit.close();
    yield* sleep(5000);
  });
  await clock.advance(10);
  await fixture.finish();
  await settle();
  assertEquals(woken.ready, false);
  await clock.advance(5000);
  assertEquals(woken.successful, true);
});

forEach(cases, "works a second time after it was given up", async (fixture, clock) => {
  const first = spawn(outcome, () => fixture.wait());
  await settle();
  await first.kill();
  const second = spawn(outcome, () => fixture.wait());
  await settle();
  assertEquals(second.ready, false);
  await fixture.finish();
  await clock.advance(0);
  assert("value" in await second);
});

forEach(cases, "happens to the next in line when the first was killed", async (fixture, clock) => {
  const first = spawn(outcome, () => fixture.wait());
  const second = spawn(outcome, () => fixture.wait());
  await settle();
  first.kill();
  await fixture.finish();
  await clock.advance(0);
  assertInstanceOf((await first as { error: unknown }).error, GreenletExit);
  assert("value" in await second);
});

forEach(cases, "raises InvalidSwitchError at a stray switch", async (fixture) => {
  const before = counters();
  const waiting = spawn(outcome, () => fixture.wait());
  await settle();
  waiting.switch("stray");
  const ended = await waiting;
  assertInstanceOf((ended as { error: unknown }).error, InvalidSwitchError);
  assertEquals(counters(), before);
});

forEach(
  cases,
  "raises BlockingSwitchOutError when no greenlet is running",
  async (fixture) => {
    const blocking = fixture.wait();
    assertThrows(() => blocking[Symbol.iterator]().next(), BlockingSwitchOutError);
    await fixture.finish();
    // IO has begun all the same.
    if (blocking instanceof Promise) await blocking;
  },
);

forEach(cases, "can be awaited outside any greenlet", async (fixture) => {
  const before = counters();
  let ended = false;
  const waiting = (async () => {
    await fixture.wait();
    ended = true;
  })();
  await settle();
  assertEquals(ended, false);
  await fixture.finish();
  await waiting;
  await settle();
  assertEquals(counters().timers, before.timers);
});

forEach(cases, "can be awaited in the async function of a greenlet", async (fixture) => {
  const waiting = spawn(async () => {
    await fixture.wait();
    return "ended";
  });
  await settle();
  assertEquals(waiting.ready, false);
  await fixture.finish();
  assertEquals(await waiting, "ended");
});

forEach(cases, "rejects in an async function whose greenlet is killed", async (fixture) => {
  const before = counters();
  const waiting = spawn(async () => {
    await assertRejects(async () => await fixture.wait(), GreenletExit);
    return "saw it";
  });
  await settle();
  await waiting.kill();
  assertEquals(await waiting, "saw it");
  await settle();
  assertEquals(counters(), before);
});

forEach(
  cases,
  "lets an outer Timeout through in an async function",
  async (fixture, clock) => {
    const before = counters();
    const outer = new Timeout(10);
    const waiting = spawn(async () => {
      outer.start();
      try {
        return await fixture.wait();
      } catch (error) {
        return error;
      }
    });
    await clock.advance(10);
    assertStrictEquals(await waiting, outer);
    await settle();
    assertEquals(counters(), before);
  },
);

forEach(cases, "is given up when it loses in a select", async (fixture, clock) => {
  const before = counters();
  const waiting = spawn(function* () {
    return (yield* select({ call: fixture.wait(), late: sleep(10) })).key;
  });
  await clock.advance(10);
  assertEquals(await waiting, "late");
  await settle();
  assertEquals(counters(), before);
});

forEach(cases, "can win in a select", async (fixture, clock) => {
  const waiting = spawn(function* () {
    return (yield* select({ call: fixture.wait(), late: sleep(9000) })).key;
  });
  await settle();
  await fixture.finish();
  await clock.advance(0);
  assertEquals(await waiting, "call");
});
