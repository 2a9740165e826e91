// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { CountDownLatch, select, sleep, spawn } from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

Deno.test("CountDownLatch opens for all when it was counted down to 0", async () => {
  const latch = new CountDownLatch(3);
  const waiting = [1, 2].map(() =>
    spawn(function* () {
      return yield* latch.wait();
    })
  );
  const awaited = latch.wait().then((opened) => opened);
  await settle();
  latch.countDown();
  latch.countDown();
  await settle();
  assertEquals(latch.stats(), { count: 1, waiting: 3 });
  latch.countDown();
  assertEquals(await Promise.all([...waiting, awaited]), [true, true, true]);
});

Deno.test("CountDownLatch stays open, and stays at 0", async () => {
  const latch = new CountDownLatch(2);
  latch.countDown(5);
  latch.countDown();
  assertEquals([latch.count, await latch.wait()], [0, true]);
  assertEquals(await new CountDownLatch(0).wait(), true);
});

Deno.test("CountDownLatch.wait() gives false when its time is over", async () => {
  using clock = new ManualClock();
  const latch = new CountDownLatch(1);
  const late = spawn(function* () {
    return yield* latch.wait({ timeout: 5 });
  });
  const lost = spawn(function* () {
    return (yield* select({ latch: latch.wait(), late: sleep(5) })).key;
  });
  await clock.advance(5);
  assertEquals([await late, await lost, latch.stats().waiting], [false, "late", 0]);
});

Deno.test("CountDownLatch refuses what is no count", () => {
  assertThrows(() => new CountDownLatch(-1), RangeError, "at least 0, got -1");
  assertThrows(() => new CountDownLatch(1.5), RangeError);
  const latch = new CountDownLatch(2, { name: "ready" });
  assertThrows(
    () => latch.countDown(0),
    RangeError,
    'Cannot count down <CountDownLatch "ready" 2 to go>: expected a whole number of at least 1, got 0',
  );
  assertThrows(() => latch.countDown(0.5), RangeError);
  assertEquals(latch.count, 2);
});

Deno.test("CountDownLatch shows its state", () => {
  const latch = new CountDownLatch(1);
  latch.countDown();
  assertEquals(Deno.inspect(latch), "<CountDownLatch open>");
});
