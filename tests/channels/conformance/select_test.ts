// Copyright 2026 the Tendril authors. MIT license.
// A select over one of each kind: exactly one takes effect, and nothing is left of the others.

import { assertEquals } from "@std/assert";
import { Event, Lease, type Op, select } from "@tendril/tendril";
import { ManualClock, settle } from "../../manual_clock.ts";
import { type Colour, colours, hold, kinds, type Subject } from "./lock_kinds.ts";
import { cases, type Fixture, waiting } from "./wait_kinds.ts";

/** Something that can be an arm. */
interface Arm {
  readonly name: string;
  wait(): Op<unknown>;
  /** How many wait for it. */
  waiting(): number;
  /** Makes it ready. */
  finish(): void;
  /** Whether it is as if nobody had ever waited. */
  untouched(): boolean;
}

function ofFixture(name: string, fixture: Fixture): Arm {
  return {
    name,
    wait: () => fixture.wait(),
    waiting: () => waiting(fixture),
    finish: () => fixture.finish(),
    untouched: () => true,
  };
}

function ofLock(name: string, subject: Subject): Arm {
  const open = new Event();
  hold(subject, open);
  return {
    name,
    wait: () => subject.lock.acquire(),
    waiting: () => subject.waiting(),
    finish: () => open.set(),
    untouched: () => !subject.taken(),
  };
}

/** One of each kind; all are such that one has to wait for them. */
async function oneOfEach(): Promise<Arm[]> {
  const arms = [
    ...cases.map(({ name, setUp }) => ofFixture(name, setUp())),
    ...kinds.map(({ name, make }) => ofLock(name, make())),
  ];
  await settle(); // the locks are taken
  return arms;
}

function selectOver(arms: Arm[]): Op<{ key: string; value: unknown }> {
  return select(Object.fromEntries(arms.map((arm) => [arm.name, arm.wait()])));
}

function giveBack(value: unknown): void {
  if (value instanceof Lease) value.release();
}

/** One test for each colour. */
function forEachColour(promise: string, attempt: (start: Colour) => Promise<void>): void {
  for (const [colour, start] of Object.entries(colours)) {
    Deno.test(`select() over one of each kind ${promise}, in ${colour}`, async () => {
      using clock = new ManualClock();
      await attempt(start);
      assertEquals(clock.armed, 0);
    });
  }
}

forEachColour("takes the one that happens first, and leaves every other line", async (start) => {
  const names = (await oneOfEach()).map(({ name }) => name);
  for (const [winner, name] of names.entries()) {
    const arms = await oneOfEach();
    const selecting = start(() => selectOver(arms), ({ value }) => giveBack(value));
    await settle();
    assertEquals(arms.map((arm) => arm.waiting()), arms.map(() => 1));
    arms[winner]!.finish();
    assertEquals((await selecting).key, name);
    assertEquals(arms.map((arm) => arm.waiting()), arms.map(() => 0));
    arms.toSpliced(winner, 1).forEach((arm) => arm.finish());
    await settle();
    assertEquals(arms.filter((arm) => !arm.untouched()), []);
  }
});

forEachColour("takes one of those that are ready, and leaves the rest ready", async (start) => {
  // A barrier is ready when all others have come, and then another may not wait there.
  const arms = (await oneOfEach()).filter(({ name }) => !name.startsWith("Barrier"));
  for (const arm of arms) arm.finish();
  await settle();
  let left = arms;
  while (left.length > 0) {
    const { key, value } = await start(() => selectOver(left), ({ value }) => giveBack(value));
    giveBack(value);
    assertEquals(left.map((arm) => arm.waiting()), left.map(() => 0));
    left = left.filter(({ name }) => name !== key);
  }
  assertEquals(arms.filter((arm) => !arm.untouched()), []);
});
