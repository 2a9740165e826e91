// Copyright 2026 the Tendril authors. MIT license.
import { getHub, run, sleep, spawn } from "@tendril/tendril";
import type { Coroutine } from "@tendril/tendril";
import {
  inDeno,
  inGo,
  inPython,
  type Results,
  type Round,
  type Scenario,
  type Target,
} from "./harness/scenario.ts";
import { Dormitory, measureSleepers } from "./harness/dormitory.ts";
import { runSubject } from "./harness/subject.ts";
import { find, median } from "./harness/statistics.ts";

const TIME = "processor time";
const HEAP = "heap";
const DISORDER = "woken out of order";

const BYTES = 500;
const MILLION = 1_000_000;
// The first one wakes only when the last one sleeps and the heap has been measured.
const UNTIL_ALL_SLEEP_MS = 6_000;

/** Puts a million coroutines to sleep for random times. */
export const scenario: Scenario = {
  name: "sleepers",
  operation: "one of a million sleeping coroutines: started, put to sleep, woken and ended",
  rounds: 2,
  subjects: [
    inDeno("tendril", tendril),
    inDeno("async/await", asyncAwait, { note: "100,000 of them", rounds: 1 }),
    inDeno("effection", effection, { note: "10,000 of them", rounds: 1 }),
    inDeno("effect", effect, { note: "50,000 of them", rounds: 1 }),
    inGo("go", { note: "250,000 of them" }),
    inPython("gevent", { note: "50,000 of them, resident memory", rounds: 1 }),
  ],
  targets: [heapTarget(), orderTarget()],
};

function tendril(): Round {
  // The one that spawns a million holds the isolate for long, and means to.
  getHub().maxBlockingTime = 0;
  return async () => {
    const dormitory = new Dormitory(MILLION, UNTIL_ALL_SLEEP_MS);
    const { ns, bytes } = await measureSleepers(dormitory, () => run(spawnSleepers, dormitory));
    return [
      { name: TIME, ns },
      { name: HEAP, bytes },
      { name: DISORDER, count: dormitory.disorder() },
    ];
  };
}

function* spawnSleepers(dormitory: Dormitory): Coroutine<void> {
  for (let index = 0; index < dormitory.size; index++) spawn(sleepOnce, dormitory, index);
}

function* sleepOnce(dormitory: Dormitory, index: number): Coroutine<void> {
  yield* sleep(dormitory.lieDown(index));
  dormitory.getUp(index);
}

function asyncAwait(): Round {
  return roundOf(MILLION / 10, 3_000, async (dormitory) => {
    const promises: Promise<void>[] = [];
    for (let index = 0; index < dormitory.size; index++) {
      promises.push(sleepOnceAsync(dormitory, index));
    }
    await Promise.all(promises);
  });
}

async function sleepOnceAsync(dormitory: Dormitory, index: number): Promise<void> {
  const ms = dormitory.lieDown(index);
  await new Promise((resolve) => setTimeout(resolve, ms));
  dormitory.getUp(index);
}

async function effection() {
  const { sleepAll } = await import("./rivals/effection.ts");
  return roundOf(MILLION / 100, 6_000, sleepAll);
}

async function effect() {
  const { sleepAll } = await import("./rivals/effect.ts");
  return roundOf(MILLION / 20, 5_000, sleepAll);
}

function roundOf(
  size: number,
  untilAllSleepMs: number,
  sleepAll: (dormitory: Dormitory) => Promise<unknown>,
): Round {
  return async () => {
    const dormitory = new Dormitory(size, untilAllSleepMs);
    const { ns, bytes } = await measureSleepers(dormitory, () => sleepAll(dormitory));
    return [{ name: TIME, ns }, { name: HEAP, bytes }];
  };
}

function heapTarget(): Target {
  return {
    text: `at most ${BYTES} bytes of heap for each of a million sleepers`,
    judge(results: Results) {
      const heap = find(results, "tendril", HEAP);
      if (heap === undefined) return undefined;
      const bytes = median(heap.values);
      return { measured: `${bytes.toFixed(0)} bytes`, pass: bytes <= BYTES };
    },
  };
}

function orderTarget(): Target {
  return {
    text: "all woken, in the order of their deadlines",
    judge(results: Results) {
      const disorder = find(results, "tendril", DISORDER);
      if (disorder === undefined) return undefined;
      const count = Math.max(...disorder.values);
      return { measured: `${count} out of order`, pass: count === 0 };
    },
  };
}

if (import.meta.main) await runSubject(scenario);
