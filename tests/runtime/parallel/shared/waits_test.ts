// Copyright 2026 the Tendril authors. MIT license.
// What all Ops on shared things have in common when they wait, tried out on each of them.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  BlockingSwitchOutError,
  type Coroutine,
  getHub,
  GreenletExit,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../../../manual_clock.ts";
import { type Case, cases, type Fixture } from "./waits_cases.ts";

type Outcome = { value: unknown } | { error: unknown };

/** Waits and tells how that ended. */
function* outcome(fixture: Fixture, timeout?: number | Timeout): Coroutine<Outcome> {
  try {
    return { value: yield* fixture.wait(timeout) };
  } catch (error) {
    return { error };
  }
}

/** What must be as before once a wait is over. */
function counters(): Record<string, number> {
  const { timers, external, alive, ready } = getHub().stats();
  return { timers, external, alive, ready };
}

function forEach(
  promise: string,
  attempt: (fixture: Fixture, clock: ManualClock, each: Case) => Promise<void>,
  some: Case[] = cases,
): void {
  for (const each of some) {
    Deno.test(`${each.name} ${promise}`, async () => {
      using clock = new ManualClock();
      const before = counters();
      await attempt(each.setUp(), clock, each);
      await settle();
      assertEquals(counters(), before);
    });
  }
}

/** Main, which holds the SharedRLock of its case, may acquire it again. */
const heldByOthers = cases.filter((each) => each.name !== "SharedRLock.acquire()");
const undisturbed = cases.filter((each) => !each.breaks);

forEach("ends as documented when its own timeout is over", async (fixture, clock, { late }) => {
  const before = fixture.state();
  const waiting = spawn(outcome, fixture, 10);
  await clock.advance(9);
  assertEquals(waiting.ready, false);
  await clock.advance(1);
  const ended = await waiting;
  if (typeof late === "string") assertEquals((ended as { error: Error }).error.name, late);
  else assertEquals(ended, { value: late });
  assertEquals(fixture.state(), before);
});

forEach("lets an outer Timeout through as that very object", async (fixture, clock) => {
  const before = fixture.state();
  const outer = new Timeout(10);
  const waiting = spawn(function* () {
    outer.start();
    return yield* outcome(fixture);
  });
  await clock.advance(10);
  assertStrictEquals((await waiting as { error: unknown }).error, outer);
  assertEquals(fixture.state(), before);
});

forEach("is ended by a kill of the greenlet that waits", async (fixture) => {
  const before = fixture.state();
  const waiting = spawn(outcome, fixture);
  await settle();
  assertEquals(waiting.ready, false);
  await waiting.kill();
  assertInstanceOf((await waiting as { error: unknown }).error, GreenletExit);
  assertEquals(fixture.state(), before);
});

forEach("is ended by a kill of the async function that waits", async (fixture) => {
  const before = fixture.state();
  const waiting = spawn(async () => {
    try {
      return await fixture.wait();
    } catch (error) {
      return error;
    }
  });
  await settle();
  await waiting.kill();
  assertInstanceOf(await waiting, GreenletExit);
  assertEquals(fixture.state(), before);
});

forEach("is given up when it loses in a select", async (fixture, clock) => {
  const before = fixture.state();
  const waiting = spawn(function* () {
    return (yield* select({ wait: fixture.wait(), late: sleep(10) })).key;
  });
  await clock.advance(10);
  assertEquals(await waiting, "late");
  assertEquals(fixture.state(), before);
});

forEach("can win in a select", async (fixture) => {
  const waiting = spawn(function* () {
    return (yield* select({ wait: fixture.wait(), late: sleep(9000) })).key;
  });
  await settle();
  fixture.finish();
  assertEquals(await waiting, "wait");
});

forEach("happens to the next in line when the first was killed", async (fixture) => {
  const first = spawn(outcome, fixture);
  const second = spawn(outcome, fixture);
  await settle();
  first.requestKill();
  fixture.finish();
  assertInstanceOf((await first as { error: unknown }).error, GreenletExit);
  assert("value" in await second);
}, undisturbed);

forEach("happens to whoever was woken before it was killed", async (fixture) => {
  const waiting = spawn(outcome, fixture);
  await settle();
  fixture.finish();
  waiting.requestKill();
  assert("value" in await waiting);
  // What passes from one end of a pipe to the other is known a turn later only.
}, cases.filter((each) => !each.name.startsWith("SharedConnection")));

forEach("happens once the way is free, and then at once", async (fixture) => {
  fixture.finish();
  assert("value" in await spawn(outcome, fixture));
}, cases.filter((each) => each.name !== "SharedBarrier.wait()"));

forEach("can be awaited outside any greenlet", async (fixture) => {
  let ended = false;
  const waiting = (async () => {
    await fixture.wait();
    ended = true;
  })();
  await settle();
  assertEquals(ended, false);
  fixture.finish();
  await waiting;
}, heldByOthers);

forEach("raises BlockingSwitchOutError when no greenlet is running", (fixture) => {
  assertThrows(() => fixture.wait()[Symbol.iterator]().next(), BlockingSwitchOutError);
  return Promise.resolve();
}, heldByOthers);

forEach("refuses a timeout below zero", async (fixture) => {
  assertInstanceOf((await spawn(outcome, fixture, -1) as { error: unknown }).error, RangeError);
});

forEach("says what it waits for", async (fixture, _clock, { name }) => {
  const waiting = spawn(outcome, fixture);
  await settle();
  const [wait] = waiting.waits;
  assert(wait!.reason.startsWith("shared "), wait!.reason);
  assert(Deno.inspect(wait!.subject).startsWith(`<${name.slice(0, name.indexOf("."))} `));
  await waiting.kill();
});
