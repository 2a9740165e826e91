// Copyright 2026 the Tendril authors. MIT license.
import { run, spawn } from "@tendril/tendril";
import { patchAll } from "@tendril/tendril/monkey";
import { startServer } from "./harness/file_server.ts";
import { inDeno, type Round, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

const FETCH = "fetch";
const TIMER = "timer";
const WORKERS = 16;
const FILES = 1_000;
const TIMERS = 10_000;
const WARM_UPS = 4;

/** Async functions that know nothing of greenlets, patched and in greenlets, and as they are. */
export const scenario: Scenario = {
  name: "patched",
  operation:
    "one of 1,000 files that 16 async functions fetch, or one of 10,000 timers of 1 ms that they set and " +
    "await; by the global functions, patched and in greenlets against as they are",
  rounds: 60,
  alive: true,
  subjects: [
    inDeno("tendril", patched),
    inDeno("bare", bare, { note: "Promise.all, nothing patched" }),
  ],
  targets: [
    ratioAtMost(FETCH, "bare", 1.03, "patched fetch within 3 % of bare fetch"),
    ratioAtMost(TIMER, "bare", 1.3, "patched timers at most 1.3 times bare timers"),
  ],
  setUp: startServer,
};

/** Runs as many async functions at a time. */
type RunAll = (functions: (() => Promise<void>)[]) => Promise<unknown>;

function patched(server: string): Promise<Round> {
  patchAll();
  return roundOf(server, (functions) =>
    run(function* () {
      for (const greenlet of functions.map((each) => spawn(each))) yield* greenlet;
    }));
}

function bare(server: string): Promise<Round> {
  return roundOf(server, (functions) => Promise.all(functions.map((each) => each())));
}

async function roundOf(server: string, runAll: RunAll): Promise<Round> {
  const round = async () => [
    { name: FETCH, ns: await time(FILES, () => runAll(fetchers(server))) },
    { name: TIMER, ns: await time(TIMERS, () => runAll(Array(WORKERS).fill(waitForTimers))) },
  ];
  for (let again = 0; again < WARM_UPS; again++) await round();
  return round;
}

async function time(operations: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) * 1e6) / operations;
}

/** Workers that take the files between them. */
function fetchers(server: string): (() => Promise<void>)[] {
  let next = 0;
  const fetchRest = async () => {
    while (next < FILES) {
      const response = await fetch(`${server}/${next++}`);
      await response.arrayBuffer();
    }
  };
  return Array(WORKERS).fill(fetchRest);
}

async function waitForTimers(): Promise<void> {
  const each = () => new Promise((resolve) => setTimeout(resolve, 1));
  await Promise.all(Array.from({ length: TIMERS / WORKERS }, each));
}

if (import.meta.main) await runSubject(scenario);
