// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BrokenBarrierError, run, spawn } from "@tendril/tendril";
import { SharedArray, SharedBarrier } from "@tendril/tendril/parallel";
import { settle } from "../../../manual_clock.ts";
import { Crew, eventually } from "./crew.ts";
import * as jobs from "./sync_jobs.ts";

const JOBS = import.meta.resolve("./sync_jobs.ts");

Deno.test("SharedBarrier keeps workers in step, round after round, each with a place of its own", async () => {
  using crew = new Crew(2, JOBS);
  const rounds = 300;
  const barrier = new SharedBarrier(3);
  const steps = new SharedArray("i32", 3);
  const places = await Promise.all([
    crew.hands[0]!.call("marchSync", barrier, steps, 0, rounds),
    crew.hands[1]!.call("march", barrier, steps, 1, rounds),
    run(jobs.march, barrier, steps, 2, rounds),
  ]);
  for (let round = 0; round < rounds; round++) {
    assertEquals(places.map((each) => each[round]).sort(), [0, 1, 2]);
  }
  assertEquals(barrier.stats(), { parties: 3, waiting: 0, broken: false });
});

Deno.test("SharedBarrier breaks for all when one runs out of time, until it is reset", async () => {
  using crew = new Crew(2, JOBS);
  const barrier = new SharedBarrier(3);
  const patient = crew.hands[0]!.call("meetSync", barrier).catch((error) => error.name);
  const mine = Promise.resolve(barrier.wait()).catch((error) => error.name);
  await eventually(() => barrier.nWaiting === 2);
  const hasty = crew.hands[1]!.call("meetSync", new SharedBarrier(2), { timeout: 60 })
    .catch((error) => error.name);
  assertEquals(await hasty, "BrokenBarrierError");
  barrier.abort();
  assertEquals([await patient, await mine], ["BrokenBarrierError", "BrokenBarrierError"]);
  assertEquals(barrier.broken, true);
  assertThrows(() => barrier.arrive(), BrokenBarrierError, "reset() makes it as new");
  barrier.reset();
  const theirs = crew.all("meetSync", barrier);
  const index = await barrier.wait();
  assertEquals([...await theirs, index].sort(), [0, 1, 2]);
});

Deno.test("SharedBarrier breaks for a worker when a greenlet of another is killed", async () => {
  using crew = new Crew(1, JOBS);
  const barrier = new SharedBarrier(3);
  const theirs = crew.hands[0]!.call("meetSync", barrier).catch((error) => error.name);
  const mine = spawn(function* () {
    yield* barrier.wait();
  });
  await eventually(() => barrier.nWaiting === 2);
  await mine.kill();
  assertEquals(await theirs, "BrokenBarrierError");
});

Deno.test("SharedBarrier.reset sends those away that wait, and is usable at once", async () => {
  using crew = new Crew(1, JOBS);
  const barrier = new SharedBarrier(2);
  const theirs = crew.hands[0]!.call("meetSync", barrier).catch((error) => error.name);
  await eventually(() => barrier.nWaiting === 1);
  barrier.reset();
  assertEquals(await theirs, "BrokenBarrierError");
  assertEquals(barrier.broken, false);
  const again = crew.hands[0]!.call("meetSync", barrier);
  assertEquals([await barrier.wait(), await again].sort(), [0, 1]);
});

Deno.test("SharedBarrier.reset of one where nobody waits changes nothing", async () => {
  const barrier = new SharedBarrier(2);
  barrier.reset();
  const first = spawn(function* () {
    return yield* barrier.wait();
  });
  await settle();
  assertEquals(await barrier.wait(), 1);
  assertEquals(await first, 0);
});

Deno.test("SharedBarrier takes its own timeout along to the workers", async () => {
  using crew = new Crew(1, JOBS);
  const barrier = new SharedBarrier(2, { timeout: 60 });
  const theirs = crew.hands[0]!.call("meetSync", barrier).catch((error) => error.name);
  assertEquals(await theirs, "BrokenBarrierError");
  await assertRejects(async () => await barrier.wait(), BrokenBarrierError);
});

Deno.test("SharedBarrier of one does not wait", async () => {
  const barrier = new SharedBarrier(1);
  assertEquals([await barrier.wait(), await barrier.wait()], [0, 0]);
});

Deno.test("SharedBarrier refuses parties and timeouts that make no sense", () => {
  for (const parties of [0, -1, 1.5, 2048, NaN]) {
    assertThrows(() => new SharedBarrier(parties), RangeError, "from 1 to 2047");
  }
  assertThrows(() => new SharedBarrier(1, { timeout: -1 }), RangeError);
});

Deno.test("SharedBarrier shows how many have come", () => {
  const barrier = new SharedBarrier(2, { name: "start" });
  barrier.arrive();
  assertEquals(Deno.inspect(barrier), '<SharedBarrier "start" 1 of 2>');
  barrier.abort();
  assertEquals(Deno.inspect(barrier), '<SharedBarrier "start" broken>');
});
