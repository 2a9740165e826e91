// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, run, spawn } from "@tendril/tendril";
import { perOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

const NAME = "spawn_join";

/** Starts a coroutine and waits for it, one at a time. */
export const scenario: Scenario = {
  name: NAME,
  operation: "start one coroutine and wait for its end, one at a time",
  rounds: 5,
  subjects: [
    inDeno("tendril", () => perOperation(NAME, tendril)),
    inDeno("raw generator", () => perOperation(NAME, rawGenerator), { note: "made and drained" }),
    inDeno("async/await", () => perOperation(NAME, asyncAwait), { note: "body behind an await" }),
    inDeno("async call", () => perOperation(NAME, asyncCall), {
      note: "body runs within the call",
    }),
    inDeno("effection", effection),
    inDeno("effect", effect),
    inGo("go", { note: "goroutine and WaitGroup" }),
    inPython("greenlet", { note: "made and switched to" }),
    inPython("gevent"),
  ],
  targets: [
    ratioAtMost(NAME, "go", 0.6, "at most 0.6 of Go's goroutine and WaitGroup"),
    ratioAtMost(NAME, "async/await", 1.5, "at most 1.5 times an async function with await"),
    ratioAtMost(NAME, "async call", 1.5, "the same against a function that never suspends"),
  ],
};

let sum = 0;

function tendril(times: number): Promise<void> {
  return run(joinEach, times);
}

function* joinEach(times: number): Coroutine<void> {
  for (let index = 0; index < times; index++) yield* spawn(work, index).join();
}

function* work(index: number): Coroutine<void> {
  sum += index;
}

function rawGenerator(times: number): void {
  for (let index = 0; index < times; index++) work(index).next();
}

async function asyncAwait(times: number): Promise<void> {
  for (let index = 0; index < times; index++) await workAsync(index);
}

async function workAsync(index: number): Promise<void> {
  // Like a spawned greenlet, and unlike a call, it begins only when its starter waits.
  await undefined;
  sum += index;
}

async function asyncCall(times: number): Promise<void> {
  for (let index = 0; index < times; index++) await workWithinCall(index);
}

// It is asynchronous by its promise alone.
// deno-lint-ignore require-await
async function workWithinCall(index: number): Promise<void> {
  sum += index;
}

async function effection() {
  const { joinEach } = await import("./rivals/effection.ts");
  return perOperation(NAME, joinEach);
}

async function effect() {
  const { joinEach } = await import("./rivals/effect.ts");
  return perOperation(NAME, joinEach);
}

if (import.meta.main) await runSubject(scenario);
