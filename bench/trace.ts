// Copyright 2026 the Tendril authors. MIT license.
import { Channel, type Coroutine, Greenlet, run, spawn } from "@tendril/tendril";
import { traceTo } from "@tendril/tendril/inspect";
import { type Batch, nsPerOperation } from "./harness/measure.ts";
import { inDeno, type Sample, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

const CASES: Record<string, Batch> = {
  "switch": (times) => run(playTendril, times / 2),
  "spawn and join": (times) => run(joinEach, times),
  "channel": (times) => run(meet, times / 2),
};

/** What a trace file costs the program of which it is written. */
export const scenario: Scenario = {
  name: "trace",
  operation: "one operation of a program while `traceTo` writes what it does to a file",
  rounds: 5,
  subjects: [
    inDeno("tendril", () => traced),
    inDeno("not traced", () => measure, { note: "the same without traceTo" }),
  ],
  targets: Object.keys(CASES).map((name) =>
    ratioAtMost(name, "not traced", 3, `${name}: at most 3 times slower while traced`)
  ),
};

async function traced(): Promise<Sample[]> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    using _ = traceTo(path);
    return await measure();
  } finally {
    await Deno.remove(path);
  }
}

async function measure(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [name, batch] of Object.entries(CASES)) {
    samples.push({ name, ns: await nsPerOperation(batch) });
  }
  return samples;
}

let left: Greenlet;
let right: Greenlet;

function* playTendril(turns: number): Coroutine<void> {
  left = new Greenlet(playLeft);
  right = new Greenlet(playRight);
  yield* left.switch(turns);
  yield* right.switch();
}

function* playLeft(turns: number): Coroutine<void> {
  yield* right.switch(turns);
  for (let turn = 1; turn < turns; turn++) yield* right.switch();
}

function* playRight(turns: number): Coroutine<void> {
  for (let turn = 0; turn < turns; turn++) yield* left.switch();
}

function* joinEach(times: number): Coroutine<void> {
  for (let index = 0; index < times; index++) yield* spawn(work, index).join();
}

let sum = 0;

function* work(index: number): Coroutine<void> {
  sum += index;
}

function* meet(items: number): Coroutine<void> {
  const channel = new Channel<number>();
  const reader = spawn(read, channel, items);
  for (let item = 0; item < items; item++) yield* channel.send(item);
  yield* reader;
}

function* read(channel: Channel<number>, items: number): Coroutine<void> {
  for (let item = 0; item < items; item++) yield* channel.receive();
}

if (import.meta.main) await runSubject(scenario);
