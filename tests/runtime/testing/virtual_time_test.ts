// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Coroutine,
  DeadlockError,
  Event,
  getHub,
  GreenletError,
  priority,
  run,
  select,
  sleep,
  spawn,
  spawnLater,
  spawnWith,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { explore, virtualTime } from "@tendril/tendril/testing";
import { setTimeout as cooperativeTimeout } from "@tendril/tendril/io";
import { ManualClock, settle } from "../../manual_clock.ts";

const HOUR = 3_600_000;

Deno.test("virtualTime() gives the result of the function, and throws its error", async () => {
  assertEquals(await virtualTime(() => 7), 7);
  const error = new RangeError("out");
  const failing = virtualTime(function* () {
    yield* sleep(HOUR);
    throw error;
  });
  assertStrictEquals(await assertRejects(() => failing), error);
});

Deno.test("virtualTime() lets sleeps of hours take no time, in the order of their ends", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    function* nap(hours: number): Coroutine {
      yield* sleep(hours * HOUR);
      said.push(`${hours} at ${time.now / HOUR}`);
    }
    for (const hours of [5, 1, 24 * 365]) spawn(nap, hours);
    yield* sleep(3 * HOUR);
    said.push(`root at ${time.now / HOUR}`);
  });
  assertEquals(said, ["1 at 1", "root at 3", "5 at 5", "8760 at 8760"]);
});

Deno.test("virtualTime() stands still while anybody has something to do", async () => {
  await virtualTime(function* (time) {
    spawnWith({ daemon: true }, () => sleep(1));
    for (let i = 0; i < 1000; i++) yield;
    assertEquals(time.now, 0);
    yield* until(Promise.resolve().then(() => {}));
    assertEquals(time.now, 0);
  });
});

Deno.test("virtualTime() applies to timeouts, spawnLater and select alike", async () => {
  await virtualTime(function* (time) {
    const limit = Timeout.startNew(10 * HOUR);
    assertEquals(yield* withTimeout(HOUR, sleep(2 * HOUR), { value: "late" }), "late");
    assertEquals(yield* new Event().wait({ timeout: HOUR }), false);
    assertEquals(yield* spawnLater(HOUR, () => time.now), 3 * HOUR);
    assertEquals((yield* select({ a: sleep(HOUR), b: sleep(HOUR + 1) })).key, "a");
    try {
      yield* sleep(24 * HOUR);
    } catch (error) {
      assertStrictEquals(error, limit);
    }
    assertEquals(time.now, 10 * HOUR);
  });
});

Deno.test("virtualTime() takes async functions, and the Ops they await", async () => {
  await virtualTime(async (time) => {
    await sleep(HOUR);
    await Promise.all([sleep(2 * HOUR), spawn(() => sleep(HOUR))]);
    assertEquals(time.now, 3 * HOUR);
  });
});

Deno.test("virtualTime() lets a run that it awaits sleep", async () => {
  await virtualTime(async (time) => {
    await run(function* () {
      yield* sleep(HOUR);
    });
    assertEquals(time.now, HOUR);
  }, { patience: Infinity });
  await virtualTime(function* (time) {
    yield run(() => sleep(HOUR));
    assertEquals(time.now, HOUR);
  }, { patience: Infinity });
});

Deno.test("virtualTime() lets a timer of the io functions come", async () => {
  await virtualTime(function* (time) {
    assertEquals(yield* cooperativeTimeout(() => "done", HOUR), "done");
    assertEquals(time.now, HOUR);
  }, { patience: Infinity });
});

Deno.test("virtualTime() applies to plain async code that awaits an Op", async () => {
  let end = 0;
  await virtualTime(async (time) => {
    const outside = (async () => {
      await sleep(HOUR);
      end = time.now;
    })();
    await sleep(2 * HOUR);
    await outside;
  });
  assertEquals(end, HOUR);
});

Deno.test("virtualTime() can be used inside and beside itself, with one time for all", async () => {
  const ends = await Promise.all([1, 2].map((hours) =>
    virtualTime(function* (time) {
      yield* sleep(hours * HOUR);
      return time.now;
    })
  ));
  assertEquals(ends, [HOUR, 2 * HOUR]);
  await virtualTime(function* (outer) {
    yield* sleep(1);
    yield virtualTime(function* (inner) {
      yield* sleep(HOUR);
      assertEquals([inner.now, outer.now], [HOUR, HOUR + 1]);
    });
    yield* sleep(HOUR);
    assertEquals(outer.now, 2 * HOUR + 1);
  }, { patience: Infinity });
});

Deno.test("virtualTime() puts the clock back, after an error too", async () => {
  const { clock } = getHub();
  await virtualTime(() => sleep(HOUR));
  assertStrictEquals(getHub().clock, clock);
  await assertRejects(() =>
    virtualTime(() => {
      throw new RangeError("out");
    })
  );
  assertStrictEquals(getHub().clock, clock);
});

Deno.test("virtualTime() leaves timers from before what time they had left", async () => {
  using clock = new ManualClock();
  let woken = false;
  const sleeper = spawn(function* () {
    yield* sleep(10);
    woken = true;
  });
  await clock.advance(4);
  await virtualTime(function* () {
    yield* sleep(3);
  });
  await clock.advance(2);
  assertEquals(woken, false);
  await clock.advance(1);
  assertEquals(woken, true);
  await sleeper;
});

Deno.test("virtualTime() reports a deadlock, which no time can end", async () => {
  const waiting = virtualTime(function* () {
    yield* sleep(HOUR);
    yield* new Event().wait();
  });
  await assertRejects(() => waiting, DeadlockError);
});

Deno.test("virtualTime() can be told to ignore a deadlock", async () => {
  const event = new Event();
  const waiting = virtualTime(() => event.wait(), { deadlock: "ignore" });
  await settle();
  event.set();
  assertEquals(await waiting, true);
});

Deno.test("virtualTime() runs under a policy", async () => {
  const said: string[] = [];
  await virtualTime(function* () {
    spawnWith({ priority: 1 }, () => said.push("low"));
    spawnWith({ priority: 2 }, () => said.push("high"));
  }, { policy: priority() });
  assertEquals(said, ["high", "low"]);
});

Deno.test("spend() lets time pass without anybody else having a turn", async () => {
  await virtualTime(function* (time) {
    let woken = -1;
    spawn(function* () {
      yield* sleep(5);
      woken = time.now;
    });
    yield;
    time.spend(3);
    assertEquals([time.now, woken], [3, -1]);
    time.spend(4.5);
    assertEquals([time.now, woken], [7.5, -1]);
    yield* sleep(1);
    assertEquals([time.now, woken], [8.5, 7.5]);
  });
});

Deno.test("spend() lets a timeout take effect in a loop that gives way", async () => {
  await virtualTime(function* (time) {
    const limit = Timeout.startNew(50);
    try {
      for (;;) {
        time.spend(0.5);
        yield;
      }
    } catch (error) {
      assertStrictEquals(error, limit);
    }
  });
});

Deno.test("spend() refuses what is no time", async () => {
  await virtualTime((time) => {
    assertThrows(() => time.spend(-1), RangeError, "Cannot spend time");
    assertThrows(() => time.spend("1" as unknown as number), TypeError, "Cannot spend time");
  });
});

Deno.test("virtualTime() refuses what it cannot run, and leaves the clock alone", () => {
  const { clock } = getHub();
  const nothing = undefined as unknown as () => void;
  assertThrows(() => virtualTime(nothing), TypeError, "Cannot run in virtual time undefined");
  assertThrows(() => virtualTime(() => {}, { patience: -1 }), RangeError, "Cannot be patient");
  const policy = "priority" as never;
  assertThrows(() => virtualTime(() => {}, { policy }), RangeError, "known are fifo()");
  assertStrictEquals(getHub().clock, clock);
});

Deno.test("virtualTime() and explore() exclude each other", async () => {
  await virtualTime(async () => {
    await assertRejects(
      () => explore(() => {}),
      GreenletError,
      "Cannot begin explore while virtualTime",
    );
  });
  const exploring = explore(() => sleep(1));
  assertThrows(
    () => virtualTime(() => {}),
    GreenletError,
    "Cannot begin virtualTime while explore is under way",
  );
  await exploring;
});
