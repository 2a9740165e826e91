// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, getHub, joinAll, run, spawn } from "@tendril/tendril";
import { perOperationOf } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

const NAME = "spawn_many";
const MILLION = 1_000_000;

/** Starts a million coroutines with one function, then waits for all of them. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one of a million coroutines started with one function, then all waited for",
  rounds: 4,
  subjects: [
    inDeno("tendril", tendril),
    inDeno("async/await", () => perOperationOf(NAME, MILLION, asyncAwait)),
    inDeno("effection", effection, { note: "10,000 of them", rounds: 1 }),
    inDeno("effect", effect, { note: "100,000 of them", rounds: 1 }),
    inGo("go"),
    inPython("gevent", { note: "50,000 of them", rounds: 1 }),
  ],
  targets: [ratioAtMost(NAME, "go", 1, "no slower than Go")],
};

let sum = 0;

function tendril() {
  // The one that spawns a million holds the isolate for long, and means to.
  getHub().maxBlockingTime = 0;
  return perOperationOf(NAME, MILLION, (times) => run(joinMany, times));
}

function* joinMany(times: number): Coroutine<void> {
  const greenlets = new Array(times);
  for (let index = 0; index < times; index++) greenlets[index] = spawn(work, index);
  yield* joinAll(greenlets);
}

function* work(index: number): Coroutine<void> {
  sum += index;
}

async function asyncAwait(times: number): Promise<void> {
  const promises = new Array(times);
  for (let index = 0; index < times; index++) promises[index] = workAsync(index);
  await Promise.all(promises);
}

async function workAsync(index: number): Promise<void> {
  // A started function must not run before its starter goes on.
  await undefined;
  sum += index;
}

async function effection() {
  const { joinMany } = await import("./rivals/effection.ts");
  return perOperationOf(NAME, MILLION / 100, joinMany);
}

async function effect() {
  const { joinMany } = await import("./rivals/effect.ts");
  return perOperationOf(NAME, MILLION / 10, joinMany);
}

if (import.meta.main) await runSubject(scenario);
