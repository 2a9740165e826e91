// Copyright 2026 the Tendril authors. MIT license.
// The recent past: what is recorded, and when it stops being recorded.

import { assert, assertEquals } from "@std/assert";
import { run, sleep, spawn, yieldNow } from "@tendril/tendril";
import { onPark, onSwitch } from "../../../../runtime/events.ts";
import { addChange, Timeline } from "../../../../runtime/inspect/inspector/timeline.ts";

const READY = 0;
const RUNS = 1;
const WAITS = 2;
const ENDED = 4;
const RAN = 8;

Deno.test("Timeline records what a greenlet did, with times", async () => {
  const timeline = new Timeline();
  timeline.refill();
  const greenlet = spawn(function* () {
    yield* sleep(20);
  });
  await greenlet.join();
  timeline.stop();
  const lane = timeline.lanes(new Map([[greenlet.id, 0]])).get(greenlet.id)!;
  const whats = lane.filter((_, i) => i % 3 === 1);
  assert(whats.some((what) => (what & ~RAN) === WAITS));
  assertEquals(whats.at(-1)! & ~RAN, ENDED);
  const times = lane.filter((_, i) => i % 3 === 0);
  assertEquals(times, times.toSorted((a, b) => a - b));
});

Deno.test("addChange() puts changes together that are close, and keeps that it ran in between", () => {
  const lane: number[] = [];
  addChange(lane, 100, RUNS, -1);
  addChange(lane, 101, WAITS, 3);
  assertEquals(lane, [100, WAITS | RAN, 3]);
  addChange(lane, 103, READY, -1);
  addChange(lane, 104, RUNS, -1);
  assertEquals(lane, [100, RUNS | RAN, -1]);
  addChange(lane, 109, WAITS, 3);
  assertEquals(lane, [100, RUNS | RAN, -1, 109, WAITS, 3]);
});

Deno.test("Timeline gives each greenlet what is new since a count", async () => {
  const timeline = new Timeline();
  timeline.refill();
  const greenlet = spawn(function* () {
    yield* sleep(1);
  });
  await greenlet.join();
  timeline.stop();
  const { count } = timeline;
  assert(count > 0);
  assertEquals(timeline.lanes(new Map([[greenlet.id, count]])).size, 0);
  assertEquals(timeline.lanes(new Map([[greenlet.id + 1000, 0]])).size, 0);
  assertEquals(timeline.lanes(new Map([[greenlet.id, count - 1]])).get(greenlet.id)!.length, 3);
});

Deno.test("Timeline listens for so many events and no longer, and says so", async () => {
  const timeline = new Timeline();
  assertEquals(timeline.refill(), false);
  assert(onSwitch !== null && onPark !== null);
  await run(function* () {
    for (let i = 0; i < 100_000; i++) yield* yieldNow();
  });
  assertEquals([onSwitch, onPark], [null, null]);
  const { count } = timeline;
  assert(count > 0 && count < 10_000, `${count} events`);
  assertEquals(timeline.refill(), true);
  timeline.stop();
  assertEquals([onSwitch, onPark], [null, null]);
});

Deno.test("Timeline keeps the latest when there is more than it keeps", async () => {
  const timeline = new Timeline();
  const greenlet = spawn(function* () {
    for (let i = 0; i < 100_000; i++) yield;
  });
  while (!greenlet.dead) {
    timeline.refill();
    await sleep(0);
  }
  timeline.stop();
  const lane = timeline.lanes(new Map([[greenlet.id, 0]])).get(greenlet.id)!;
  assertEquals(lane.length % 3, 0);
  for (const what of lane.filter((_, i) => i % 3 === 1)) {
    assert([READY, RUNS, ENDED].includes(what & ~RAN), `${what}`);
  }
});
