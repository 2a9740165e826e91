// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, Pool, run, yieldNow } from "@tendril/tendril";
import { perOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { Semaphore } from "./rivals/semaphore.ts";

const NAME = "pool_map";
const LIMIT = 16;

/** Maps a function that waits once over many items, sixteen at a time. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one item of a map, 16 items at a time, where each gives way once",
  rounds: 5,
  subjects: [
    inDeno("tendril", () => perOperation(NAME, tendril)),
    inDeno("async/await", () => perOperation(NAME, asyncAwait), { note: "semaphore" }),
    inDeno("@std/async", standardLibrary, { note: "pooledMap" }),
    inDeno("effection", effection, { note: "16 tasks share an iterator" }),
    inDeno("effect", effect, { note: "forEach" }),
    inGo("go", { note: "16 goroutines on a channel" }),
    inPython("gevent"),
  ],
  targets: [],
};

function tendril(items: number): Promise<number[]> {
  const pool = new Pool(LIMIT);
  return run(mapTendril, pool, numbers(items));
}

function* mapTendril(pool: Pool, items: number[]): Coroutine<number[]> {
  return yield* pool.map(double, items);
}

function* double(item: number): Coroutine<number> {
  yield* yieldNow();
  return item * 2;
}

async function asyncAwait(items: number): Promise<number[]> {
  const semaphore = new Semaphore(LIMIT);
  return await Promise.all(numbers(items).map((item) => doubleAsync(semaphore, item)));
}

async function doubleAsync(semaphore: Semaphore, item: number): Promise<number> {
  await semaphore.acquire();
  try {
    await undefined;
    return item * 2;
  } finally {
    semaphore.release();
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

async function standardLibrary() {
  const { mapItems } = await import("./rivals/std_async.ts");
  return perOperation(NAME, (items) => mapItems(numbers(items), LIMIT));
}

async function effection() {
  const { mapItems } = await import("./rivals/effection.ts");
  return perOperation(NAME, (items) => mapItems(numbers(items), LIMIT));
}

async function effect() {
  const { mapItems } = await import("./rivals/effect.ts");
  return perOperation(NAME, (items) => mapItems(numbers(items), LIMIT));
}

if (import.meta.main) await runSubject(scenario);
