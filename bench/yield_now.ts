// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, joinAll, run, spawn, yieldNow } from "@tendril/tendril";
import { perOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";

const NAME = "yield_now";

/** Coroutines that let whoever is ready go first. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one `yieldNow`, with two coroutines taking turns",
  rounds: 5,
  subjects: [
    inDeno("tendril", () => perOperation(NAME, tendril)),
    inDeno("tendril, bare yield", () => perOperation(NAME, tendrilBare)),
    inDeno("raw generator", () => perOperation(NAME, rawGenerator)),
    inDeno("async/await", () => perOperation(NAME, asyncAwait)),
    inDeno("effection", effection, { note: "until(a resolved promise)" }),
    inDeno("effect", effect),
    inGo("go", { note: "runtime.Gosched" }),
    inPython("gevent", { note: "sleep(0)" }),
  ],
  targets: [],
};

function tendril(turns: number): Promise<void> {
  return run(takeTurns, giveWay, turns / 2);
}

function tendrilBare(turns: number): Promise<void> {
  return run(takeTurns, giveWayBare, turns / 2);
}

function* takeTurns(body: (turns: number) => Coroutine<void>, turns: number): Coroutine<void> {
  yield* joinAll([spawn(body, turns), spawn(body, turns)]);
}

function* giveWay(turns: number): Coroutine<void> {
  for (let turn = 0; turn < turns; turn++) yield* yieldNow();
}

function* giveWayBare(turns: number): Coroutine<void> {
  for (let turn = 0; turn < turns; turn++) yield;
}

/** The least a scheduler does: a ring of two generators. */
function rawGenerator(turns: number): void {
  const ring = [giveWayRaw(turns / 2), giveWayRaw(turns / 2)];
  while (ring.length > 0) {
    for (const generator of ring) {
      if (generator.next().done) ring.splice(ring.indexOf(generator), 1);
    }
  }
}

function* giveWayRaw(turns: number): Generator<void, void, void> {
  for (let turn = 0; turn < turns; turn++) yield;
}

async function asyncAwait(turns: number): Promise<void> {
  await Promise.all([giveWayAsync(turns / 2), giveWayAsync(turns / 2)]);
}

async function giveWayAsync(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await undefined;
}

async function effection() {
  const { takeTurns } = await import("./rivals/effection.ts");
  return perOperation(NAME, takeTurns);
}

async function effect() {
  const { takeTurns } = await import("./rivals/effect.ts");
  return perOperation(NAME, takeTurns);
}

if (import.meta.main) await runSubject(scenario);
