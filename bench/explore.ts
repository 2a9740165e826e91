// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, joinAll, Lock, spawn } from "@tendril/tendril";
import { explore, type ExploreOptions } from "@tendril/tendril/testing";
import { nsPerOperation } from "./harness/measure.ts";
import { inDeno, type Results, type Scenario, TENDRIL } from "./harness/scenario.ts";
import { find, median } from "./harness/statistics.ts";
import { runSubject } from "./harness/subject.ts";

const RANDOM = "random";
const LEAST_PER_SECOND = 20_000;

/** A scenario under many schedules. */
export const scenario: Scenario = {
  name: "explore",
  operation: "one schedule of two coroutines that take two locks in the same order",
  rounds: 5,
  subjects: [
    inDeno("tendril", () => tendril),
    inDeno("fast-check", fastCheck, { note: "fc.scheduler; fewer choices" }),
  ],
  targets: [{
    text: `at least ${LEAST_PER_SECOND.toLocaleString("en")} random schedules a second`,
    judge(results: Results) {
      const found = find(results, TENDRIL, RANDOM);
      if (found === undefined) return undefined;
      const perSecond = 1e9 / median(found.values);
      const measured = `${Math.round(perSecond).toLocaleString("en")} a second`;
      return { measured, pass: perSecond >= LEAST_PER_SECOND };
    },
  }],
};

async function tendril() {
  const strategies = [RANDOM, "pct", "exhaustive"] as const;
  const samples = [];
  for (const strategy of strategies) {
    samples.push({
      name: strategy,
      ns: await nsPerOperation((times) => tryTimes(times, strategy)),
    });
  }
  return samples;
}

/** Tries that many schedules; of these there are fewer, so all of them are tried again and again. */
async function tryTimes(times: number, strategy: ExploreOptions["strategy"] & string) {
  for (let left = times; left > 0;) {
    left -= (await explore(twoLocks, { strategy, schedules: left })).schedules;
  }
}

function* twoLocks(): Coroutine {
  const a = new Lock();
  const b = new Lock();
  yield* joinAll([spawn(work, a, b), spawn(work, a, b)]);
}

function* work(a: Lock, b: Lock): Coroutine {
  yield* a.acquire();
  yield* b.acquire();
  b.release();
  a.release();
}

async function fastCheck() {
  const { exploreTwoLocks } = await import("./rivals/fast_check.ts");
  return async () => [{ name: RANDOM, ns: await nsPerOperation(exploreTwoLocks) }];
}

if (import.meta.main) await runSubject(scenario);
