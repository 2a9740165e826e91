// Copyright 2026 the Tendril authors. MIT license.
import { call, type Coroutine, getHub, joinAll, run, spawn, yieldNow } from "@tendril/tendril";
import {
  inDeno,
  inGo,
  inPython,
  type Results,
  type Round,
  type Sample,
  type Scenario,
  type Target,
} from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { find, median } from "./harness/statistics.ts";
import { Stopwatch } from "./harness/stopwatch.ts";

const DEPTHS = [1, 10, 100, 1_000, 100_000];
// Plain nesting overflows the stack at a few thousand frames.
const NESTED_DEPTHS = [1, 10, 100, 1_000];
// Long samples: building 200,000 frames leaves the collector work that must not count for much.
const SAMPLE_MS = 100;
const SAMPLES = 3;
const MILLION = 1_000_000;
const MILLION_FRAMES = "a frame of 1,000,000";
// Caches and noise are granted this much when the cost of a resume is called flat.
const FLAT = 1.5;

/** Gives way at the bottom of a deep recursion. */
export const scenario: Scenario = {
  name: "call_depth",
  operation: "one `yieldNow` at the bottom of two recursions of that depth; " +
    "for a frame of 1,000,000: entering and leaving one frame of such a recursion",
  rounds: 2,
  subjects: [
    inDeno("tendril", tendril),
    inDeno("tendril, yield*", () => resume(NESTED_DEPTHS, throughNesting)),
    inDeno("async/await", () => resume(NESTED_DEPTHS, throughAwaits)),
    inDeno("effection", effection, { note: "yield*", rounds: 1 }),
    inDeno("effect", effect, { rounds: 1 }),
    inGo("go"),
    inPython("greenlet"),
  ],
  targets: [flatTarget(), millionTarget()],
};

/** Runs two recursions of a depth, whose bottoms give way to each other. */
type Turns = (depth: number, turns: number, watch: Stopwatch) => Promise<unknown>;

/** Goes down that many frames and comes back with their number. */
type Recursion = (depth: number) => Promise<number>;

function resume(depths: number[], turns: Turns): Round {
  return async () => {
    const samples: Sample[] = [];
    for (const depth of depths) {
      samples.push({ name: nameOf(depth), ns: await nsPerResume(depth, turns) });
    }
    return samples;
  };
}

function nameOf(depth: number): string {
  return `depth ${depth.toLocaleString("en")}`;
}

async function nsPerResume(depth: number, turns: Turns): Promise<number> {
  let times = 1_000;
  while (await watched(depth, times, turns) < SAMPLE_MS) times *= 2;
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    samples.push(await watched(depth, times, turns));
  }
  return (median(samples) * 1e6) / times;
}

async function watched(depth: number, times: number, turns: Turns): Promise<number> {
  const watch = new Stopwatch();
  await turns(depth, times, watch);
  return watch.elapsed;
}

function resumeAndRecurse(depths: number[], turns: Turns, recursion: Recursion): Round {
  const resumes = resume(depths, turns);
  return async () => {
    const samples = await resumes();
    await recursion(MILLION / 10);
    const start = performance.now();
    const frames = await recursion(MILLION);
    const ns = ((performance.now() - start) * 1e6) / MILLION;
    if (frames !== MILLION) throw new RangeError(`Cannot recurse: came back with ${frames}`);
    return [...samples, { name: MILLION_FRAMES, ns }];
  };
}

function tendril(): Round {
  // Going down 100,000 frames holds the isolate for long, and means to.
  getHub().maxBlockingTime = 0;
  return resumeAndRecurse(DEPTHS, throughCalls, recurseTendril);
}

function throughCalls(depth: number, turns: number, watch: Stopwatch): Promise<void> {
  return run(runPair, diveByCall, depth, turns / 2, watch);
}

function throughNesting(depth: number, turns: number, watch: Stopwatch): Promise<void> {
  return run(runPair, diveByNesting, depth, turns / 2, watch);
}

type Dive = (depth: number, turns: number, watch: Stopwatch) => Coroutine<void>;

function* runPair(dive: Dive, depth: number, turns: number, watch: Stopwatch): Coroutine<void> {
  yield* joinAll([spawn(dive, depth, turns, watch), spawn(dive, depth, turns, watch)]);
}

function* diveByCall(depth: number, turns: number, watch: Stopwatch): Coroutine<void> {
  if (depth > 1) yield* call(diveByCall(depth - 1, turns, watch));
  else yield* giveWay(turns, watch);
}

function* diveByNesting(depth: number, turns: number, watch: Stopwatch): Coroutine<void> {
  if (depth > 1) yield* diveByNesting(depth - 1, turns, watch);
  else yield* giveWay(turns, watch);
}

function* giveWay(turns: number, watch: Stopwatch): Coroutine<void> {
  watch.start();
  for (let turn = 0; turn < turns; turn++) yield* yieldNow();
  watch.stop();
}

function recurseTendril(depth: number): Promise<number> {
  return run(countFrames, depth);
}

function* countFrames(depth: number): Coroutine<number> {
  return depth === 0 ? 0 : 1 + (yield* call(countFrames(depth - 1)));
}

async function throughAwaits(depth: number, turns: number, watch: Stopwatch): Promise<void> {
  await Promise.all([diveByAwait(depth, turns / 2, watch), diveByAwait(depth, turns / 2, watch)]);
}

async function diveByAwait(depth: number, turns: number, watch: Stopwatch): Promise<void> {
  if (depth > 1) return await diveByAwait(depth - 1, turns, watch);
  watch.start();
  for (let turn = 0; turn < turns; turn++) await undefined;
  watch.stop();
}

async function effection() {
  const { takeTurnsBelow } = await import("./rivals/effection.ts");
  return resume(NESTED_DEPTHS, takeTurnsBelow);
}

async function effect() {
  const { takeTurnsBelow, countFrames } = await import("./rivals/effect.ts");
  return resumeAndRecurse(DEPTHS, takeTurnsBelow, countFrames);
}

function flatTarget(): Target {
  return {
    text: `resume cost flat in depth (within ${FLAT} times that of one frame)`,
    judge(results: Results) {
      const costs = DEPTHS.map((depth) => {
        const found = find(results, "tendril", nameOf(depth));
        return found === undefined ? NaN : median(found.values);
      });
      const growth = Math.max(...costs) / (costs[0] ?? NaN);
      if (Number.isNaN(growth)) return undefined;
      return { measured: `${growth.toFixed(2)} times`, pass: growth <= FLAT };
    },
  };
}

function millionTarget(): Target {
  return {
    text: "a million frames deep works",
    judge(results: Results) {
      const found = find(results, "tendril", MILLION_FRAMES);
      if (found === undefined) return { measured: "it did not", pass: false };
      return { measured: `${median(found.values).toFixed(0)} ns a frame`, pass: true };
    },
  };
}

if (import.meta.main) await runSubject(scenario);
