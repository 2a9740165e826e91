// Copyright 2026 the Tendril authors. MIT license.
// Many greenlets leave nothing behind.

import { assertEquals, assertLess } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  activeCount,
  type Coroutine,
  getHub,
  Greenlet,
  joinAll,
  killAll,
  mainGreenlet,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

const MANY = 100_000;

/** What must be as before. */
function counters(): Record<string, number> {
  const { ready, timers, external, alive } = getHub().stats();
  return { ready, timers, external, alive, active: activeCount() };
}

function* nap(n: number): Coroutine<number> {
  yield;
  return n;
}

function* longSleep(): Coroutine {
  yield* sleep(100_000);
}

function make<T>(count: number, one: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => one(i));
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Bytes of the heap that are in use after `body`. */
async function heapAfter(body: () => Promise<void>): Promise<number> {
  await body();
  await settle();
  collectGarbage();
  return Deno.memoryUsage().heapUsed;
}

Deno.test("100,000 greenlets end and leave nothing counted", async () => {
  const before = counters();
  const sum = await run(function* () {
    const jobs = make(MANY, (i) => spawn(nap, i));
    let sum = 0;
    for (const job of jobs) sum += yield* job;
    return sum;
  });
  assertEquals(sum, (MANY * (MANY - 1)) / 2);
  assertEquals(counters(), before);
});

Deno.test("100,000 sleepers that are killed leave no timer and no link", async () => {
  const before = counters();
  const sleepers = make(MANY, () => spawn(longSleep));
  await settle();
  await killAll(sleepers);
  assertEquals(sleepers.every((each) => each.dead && each.links === null), true);
  assertEquals(counters(), before);
});

Deno.test("100,000 greenlets that are killed before they run leave nothing counted", async () => {
  const before = counters();
  const greenlets = make(MANY, () => spawn(longSleep));
  killAll(greenlets);
  await settle();
  assertEquals(greenlets.every((each) => each.dead), true);
  assertEquals(counters(), before);
});

Deno.test("10,000 async bodies end and leave nothing counted", async () => {
  const before = counters();
  const jobs = make(10_000, (i) =>
    spawn(async () => {
      await Promise.resolve();
      return i;
    }));
  await joinAll(jobs);
  assertEquals(counters(), before);
});

Deno.test("100,000 joins of one greenlet that give up leave no link", async () => {
  await run(function* () {
    const target = spawn(longSleep);
    const joiners = make(MANY, () => spawn(() => target.join()));
    yield* sleep(0);
    yield* sleep(0);
    yield* killAll(joiners);
    assertEquals(target.links, null);
    yield* target.kill();
  });
});

Deno.test("100,000 greenlets that are switched to and end leave nothing counted", () => {
  const before = counters();
  for (let i = 0; i < MANY; i++) new Greenlet(nop).switch();
  assertEquals(counters(), before);

  function nop(): void {}
});

Deno.test("A greenlet that spawns its successor 100,000 times does not keep the dead alive", async () => {
  const chain = function* (left: number): Coroutine {
    yield;
    if (left > 0) spawn(chain, left - 1);
  };
  const before = counters();
  const early = await heapAfter(() => run(chain, 1000));
  const late = await heapAfter(() => run(chain, MANY));
  assertLess(late - early, MANY * 20); // one that is kept has more than 100 bytes
  assertEquals(counters(), before);
});

Deno.test("Rounds of 100,000 greenlets do not make the heap grow", async () => {
  const round = async () => {
    await joinAll(make(MANY, (i) => spawn(nap, i)));
  };
  const early = await heapAfter(round);
  const late = await heapAfter(round);
  assertLess(late - early, MANY * 20); // one that is kept has more than 100 bytes
});

Deno.test("Rounds of 100,000 killed sleepers do not make the heap grow", async () => {
  const round = async () => {
    const sleepers = make(MANY, () => spawn(longSleep));
    await settle();
    await killAll(sleepers);
  };
  const early = await heapAfter(round);
  const late = await heapAfter(round);
  assertLess(late - early, MANY * 20); // one that is kept has more than 100 bytes
});

Deno.test("1,000,000 switches between two greenlets leave nothing behind", () => {
  const before = counters();
  const one: Greenlet = new Greenlet(function* () {
    for (let i = 0; i < 500_000; i++) yield* two.switch(i);
    return yield* mainGreenlet.switch("done");
  });
  const two: Greenlet = new Greenlet(function* () {
    for (;;) yield* one.switch();
  });
  assertEquals(one.switch().value, "done");
  two.throw();
  one.throw();
  assertEquals(counters(), before);
});
