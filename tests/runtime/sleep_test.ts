// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { type Coroutine, idle, run, select, sleep, spawn, until, yieldNow } from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** What two greenlets that give way in turn write. */
async function interleave(giveWay: () => Coroutine<unknown>): Promise<string> {
  const log: string[] = [];
  await run(function* () {
    for (const name of ["1", "2"]) {
      spawn(function* () {
        for (const part of ["A", "B"]) {
          log.push(name + part);
          yield* giveWay();
        }
      });
    }
  });
  return log.join(" ");
}

const ways: Record<string, () => Coroutine<unknown>> = {
  *"sleep(0)"() {
    yield* sleep(0);
  },
  *"sleep()"() {
    yield* sleep();
  },
  *"yieldNow()"() {
    yield* yieldNow();
  },
  *"a bare yield"() {
    yield;
  },
};

for (const [name, giveWay] of Object.entries(ways)) {
  Deno.test(`${name} lets the others that are ready go first`, async () => {
    assertEquals(await interleave(giveWay), "1A 2A 1B 2B");
  });
}

for (const [name, op] of Object.entries({ "sleep(0)": () => sleep(0), yieldNow })) {
  Deno.test(`${name} can be awaited and selected`, async () => {
    await op();
    assertEquals((await select({ op: op(), late: sleep(10_000) })).key, "op");
  });
}

Deno.test("sleep() waits as long as it says, not shorter", async () => {
  using clock = new ManualClock();
  const sleeper = spawn(() => sleep(10));
  await clock.advance(9.9);
  assertEquals(sleeper.ready, false);
  await clock.advance(0.1);
  assertEquals(sleeper.ready, true);
});

Deno.test("sleep() starts its time when it is used, not when it is made", async () => {
  using clock = new ManualClock();
  const op = sleep(10);
  await clock.advance(100);
  const sleeper = spawn(() => op);
  await clock.advance(9);
  assertEquals(sleeper.ready, false);
  await clock.advance(1);
  assertEquals(sleeper.ready, true);
});

Deno.test("sleep() of a fraction of a millisecond waits", async () => {
  using clock = new ManualClock();
  const sleeper = spawn(() => sleep(0.5));
  await clock.advance(0.4);
  assertEquals(sleeper.ready, false);
  await clock.advance(0.1);
  assertEquals(sleeper.ready, true);
});

for (const ms of [-1, -0.001, NaN, -Infinity]) {
  Deno.test(`sleep() refuses ${ms} milliseconds at the call, and says so`, () => {
    assertThrows(() => sleep(ms), RangeError, String(ms));
  });
}

for (
  const [shown, value] of [['"10"', "10"], ["null", null], ["an instance of Date", new Date()]]
) {
  Deno.test(`sleep() refuses ${shown} at the call`, () => {
    assertThrows(() => sleep(value as unknown as number), TypeError, String(shown));
  });
}

Deno.test("sleep(-0) gives way", async () => {
  await run(() => sleep(-0));
});

Deno.test("idle() waits until no other greenlet is ready", async () => {
  const log: string[] = [];
  await run(function* () {
    spawn(function* () {
      for (let i = 0; i < 10; i++) yield;
      log.push("busy one is done");
    });
    yield* idle();
    log.push("idle");
  });
  assertEquals(log, ["busy one is done", "idle"]);
});

Deno.test("idle() does not wait for sleepers", async () => {
  using clock = new ManualClock();
  const sleeper = spawn(() => sleep(100));
  const idler = spawn(() => idle());
  await settle();
  await settle();
  assertEquals([idler.ready, sleeper.ready], [true, false]);
  await clock.advance(100);
});

Deno.test("idle() comes back though nobody else is there", async () => {
  await run(() => idle());
  await idle();
});

Deno.test("idle() works after sleep() and again", async () => {
  await run(function* () {
    yield* sleep(1);
    yield* idle();
    yield* idle();
  });
});

Deno.test("idle() wakes all who wait for it", async () => {
  const log: number[] = [];
  await run(function* () {
    for (const i of [1, 2, 3]) {
      spawn(function* () {
        yield* idle();
        log.push(i);
      });
    }
  });
  assertEquals(log, [1, 2, 3]);
});

Deno.test("idle() lets the event loop have a turn", async () => {
  let turned = false;
  setTimeout(() => turned = true, 0);
  await run(function* () {
    yield* until(new Promise<void>((resolve) => setTimeout(resolve, 0)));
    yield* idle();
  });
  assertEquals(turned, true);
});
