// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import {
  type Clock,
  getHub,
  type Greenlet,
  run,
  select,
  sleep,
  spawn,
  spawnLater,
} from "@tendril/tendril";
import { FakeTime } from "@std/testing/time";
import { ManualClock, settle } from "../manual_clock.ts";

/** Repeatable random numbers from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** A greenlet that notes its name after `ms` milliseconds. */
function sleeper<T>(log: T[], name: T, ms: number): Greenlet<unknown> {
  return spawn(function* () {
    yield* sleep(ms);
    log.push(name);
  });
}

Deno.test("timers fire in the order of their deadlines", async () => {
  using clock = new ManualClock();
  const log: number[] = [];
  for (const ms of [30, 10, 20, 5]) sleeper(log, ms, ms);
  await clock.advance(30);
  assertEquals(log, [5, 10, 20, 30]);
});

Deno.test("timers of equal deadlines fire in the order in which they were set", async () => {
  using clock = new ManualClock();
  const log: number[] = [];
  const expected = Array.from({ length: 1000 }, (_, i) => i);
  for (const i of expected) sleeper(log, i, 10);
  await clock.advance(10);
  assertEquals(log, expected);
});

Deno.test("timers of equal deadlines keep their order when others between them are cancelled", async () => {
  using clock = new ManualClock();
  const log: number[] = [];
  const sleepers = Array.from({ length: 100 }, (_, i) => sleeper(log, i, 10));
  await settle();
  for (let i = 0; i < 100; i += 3) sleepers[i]!.kill();
  await clock.advance(10);
  assertEquals(log, Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 3 !== 0));
});

for (let seed = 1; seed <= 5; seed++) {
  Deno.test(`timers set and cancelled at random fire as a sorted list says, seed ${seed}`, async () => {
    using clock = new ManualClock();
    const random = randomFrom(seed);
    const log: number[] = [];
    const model = new Map<number, { at: number; greenlet: Greenlet<unknown> }>();
    const fired: number[] = [];
    let time = 0;
    for (let step = 0; step < 400; step++) {
      const dice = random();
      if (dice < 0.6) {
        const ms = 1 + Math.floor(random() * 50);
        model.set(step, { at: time + ms, greenlet: sleeper(log, step, ms) });
        await Promise.resolve();
      } else if (dice < 0.8 && model.size > 0) {
        const keys = [...model.keys()];
        const key = keys[Math.floor(random() * keys.length)]!;
        await model.get(key)!.greenlet.kill();
        model.delete(key);
      } else {
        await settle();
        const ms = Math.floor(random() * 10);
        await clock.advance(ms);
        time += ms;
        const due = [...model].filter(([, { at }]) => at <= time).sort((a, b) =>
          a[1].at - b[1].at || a[0] - b[0]
        );
        for (const [key] of due) {
          fired.push(key);
          model.delete(key);
        }
        assertEquals(log, fired);
        assertEquals(getHub().stats().timers, model.size);
      }
    }
    await clock.advance(100);
    assertEquals(getHub().stats().timers, 0);
  });
}

Deno.test("a hundred thousand sleepers are woken in order", async () => {
  using clock = new ManualClock();
  const count = 100_000;
  const random = randomFrom(7);
  const log: number[] = [];
  for (let i = 0; i < count; i++) sleeper(log, 0, 0);
  await settle();
  log.length = 0;
  function* nap(ms: number) {
    yield* sleep(ms);
    log.push(ms);
  }
  for (let i = 0; i < count; i++) spawn(nap, 1 + Math.floor(random() * 1000));
  await settle();
  while (getHub().stats().timers < count) await settle();
  clock.skip(1000);
  await clock.advance(0);
  while (log.length < count) await settle();
  assert(log.every((ms, i) => i === 0 || log[i - 1]! <= ms));
});

Deno.test("at most one host timer is armed, and none when nobody waits", async () => {
  using clock = new ManualClock();
  assertEquals(clock.armed, 0);
  const sleepers = [30, 10, 20].map((ms) => sleeper([], ms, ms));
  await settle();
  assertEquals([clock.armed, getHub().stats().timers], [1, 3]);
  for (const each of sleepers) await each.kill();
  assertEquals([clock.armed, getHub().stats().timers], [0, 0]);
});

Deno.test("a timer that is set for earlier than all others fires in time", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  sleeper(log, "late", 100);
  await settle();
  sleeper(log, "early", 10);
  await clock.advance(10);
  assertEquals(log, ["early"]);
  await clock.advance(90);
  assertEquals(log, ["early", "late"]);
});

Deno.test("a delay longer than a host timer can be waits its whole time", async () => {
  using clock = new ManualClock();
  const longest = 2 ** 31 - 1;
  const log: string[] = [];
  sleeper(log, "woken", longest + 1000);
  await clock.advance(longest);
  assertEquals(log, []);
  await clock.advance(999);
  assertEquals(log, []);
  await clock.advance(1);
  assertEquals(log, ["woken"]);
});

Deno.test("an endless delay never fires and can be given up", async () => {
  using clock = new ManualClock();
  const forever = sleeper([], "never", Infinity);
  await clock.advance(10 * 2 ** 31);
  assertEquals(forever.ready, false);
  await forever.kill();
  assertEquals(clock.armed, 0);
});

Deno.test("no host timer is set for longer than it can wait", async () => {
  const delays: number[] = [];
  const before = getHub().clock;
  const spying: Clock = {
    now: () => before.now(),
    setTimer: (callback, ms) => {
      delays.push(ms);
      return before.setTimer(callback, ms);
    },
    clearTimer: (handle) => before.clearTimer(handle),
  };
  getHub().clock = spying;
  try {
    const long = sleeper([], "never", 2 ** 40);
    await settle();
    await long.kill();
  } finally {
    getHub().clock = before;
  }
  assertEquals(delays.length > 0, true);
  assert(delays.every((ms) => ms <= 2 ** 31 - 1));
});

Deno.test("changing the clock keeps the time that remains", async () => {
  using first = new ManualClock();
  const log: string[] = [];
  sleeper(log, "woken", 100);
  await first.advance(60);
  {
    using second = new ManualClock();
    await second.advance(30);
  }
  await first.advance(9);
  assertEquals(log, []);
  await first.advance(1);
  assertEquals(log, ["woken"]);
});

Deno.test("changing the clock takes the host timer along", async () => {
  using first = new ManualClock();
  const log: string[] = [];
  sleeper(log, "woken", 100);
  await first.advance(60);
  using second = new ManualClock();
  assertEquals([first.armed, second.armed], [0, 1]);
  await second.advance(40);
  assertEquals(log, ["woken"]);
});

Deno.test("the clock that FakeTime fakes wakes sleepers", async () => {
  using time = new FakeTime();
  const log: string[] = [];
  sleeper(log, "woken", 60_000);
  await settle();
  await time.tickAsync(59_999);
  await settle();
  assertEquals(log, []);
  await time.tickAsync(1);
  await settle();
  assertEquals(log, ["woken"]);
});

Deno.test("the clock that FakeTime fakes wakes sleepers in their order", async () => {
  using time = new FakeTime();
  const log: number[] = [];
  for (const ms of [30, 10, 20, 10]) sleeper(log, ms, ms);
  await settle();
  await time.tickAsync(100);
  await settle();
  assertEquals(log, [10, 10, 20, 30]);
});

Deno.test("a real clock wakes sleepers, too", async () => {
  const log: number[] = [];
  await run(function* () {
    for (const ms of [3, 1, 2]) sleeper(log, ms, ms * 5);
    yield* select({ a: sleep(1), b: sleep(100_000) });
  });
  assertEquals(log, [1, 2, 3]);
});

Deno.test("a timer fires once, though its time is long over", async () => {
  using clock = new ManualClock();
  let count = 0;
  spawnLater(10, () => count++);
  clock.skip(1000);
  await clock.advance(0);
  await clock.advance(1000);
  assertEquals(count, 1);
});
