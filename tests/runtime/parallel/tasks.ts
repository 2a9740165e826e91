// Copyright 2026 the Tendril authors. MIT license.
/** Tasks for the tests, in a module that does nothing else. */
import { sleep, spawn } from "@tendril/tendril";
import {
  currentProcess,
  isCancelled,
  parentProcess,
  reportProgress,
  task,
  WorkerPool,
} from "@tendril/tendril/parallel";

/** Not exported, and not self-contained. */
function helper(n: number): number {
  return n * 2;
}

export const double = task(import.meta, function double(n: number): number {
  return helper(n);
});

export const doubleLater = task(import.meta, async function doubleLater(n: number) {
  await sleep(1);
  return helper(n);
});

export const doubleInGreenlet = task(import.meta, function* doubleInGreenlet(n: number) {
  yield* sleep(1);
  return helper(n);
});

export const promiseOfDouble = task(import.meta, function promiseOfDouble(n: number) {
  return Promise.resolve(helper(n));
});

export function notATask(n: number): number {
  return helper(n) + 1;
}

export const notAFunction = 7;

export const echo = task(import.meta, function echo(...args: unknown[]): unknown {
  return args;
});

export const same = task(import.meta, function same<T>(value: T): T {
  return value;
});

export const whoAmI = task(import.meta, function whoAmI(): { name: string; pid: number } {
  const { name, pid } = currentProcess();
  return { name, pid };
});

/** Blocks the thread. */
export const block = task(import.meta, function block(ms: number): string {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return "blocked";
});

/** Says that it runs, and holds the thread until it is told to go on; it does not ask whether to stop. */
export const holdDeaf = task(import.meta, function holdDeaf(words: Int32Array): void {
  Atomics.add(words, 0, 1);
  while (Atomics.load(words, 1) === 0) Atomics.wait(words, 1, 0, 5);
});

/** Says that it runs, and holds the thread until it is told to go on or to stop. */
export const hold = task(import.meta, function hold(words: Int32Array): string {
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
  while (!isCancelled() && Atomics.load(words, 1) === 0) Atomics.wait(words, 1, 0, 5);
  const why = isCancelled() ? "cancelled" : "told";
  Atomics.add(words, 2, 1);
  Atomics.notify(words, 2);
  return why;
});

/** Like `hold`, in a greenlet. */
export const holdInGreenlet = task(import.meta, function* holdInGreenlet(words: Int32Array) {
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
  try {
    while (Atomics.load(words, 1) === 0) yield* sleep(1);
    return "told";
  } finally {
    Atomics.add(words, 2, 1);
    Atomics.notify(words, 2);
  }
});

export const spin = task(import.meta, function spin(): never {
  for (;;);
});

export const count = task(import.meta, function count(words: Int32Array, place: number): number {
  return Atomics.add(words, place, 1) + 1;
});

/** Counts at place 3, or holds the thread. */
export const countOrHold = task(
  import.meta,
  function countOrHold(words: Int32Array, holds: boolean): string | number {
    return holds ? hold(words) : count(words, 3);
  },
);

/** Counts at place 3, or ends the worker. */
export const countOrExit = task(
  import.meta,
  function countOrExit(words: Int32Array, exits: boolean): number {
    if (exits) Deno.exit(1);
    return count(words, 3);
  },
);

/** Holds the thread for place 0. */
export const holdFirst = task(
  import.meta,
  function holdFirst([words, place]: [Int32Array, number]): number {
    if (place === 0) hold(words);
    return place;
  },
);

export const failAt = task(import.meta, function failAt(n: number): number {
  if (n === 500) throw new RangeError(`cannot take ${n}`);
  return n;
});

export const exitAt = task(import.meta, function exitAt(n: number): number {
  if (n === 500) Deno.exit(1);
  return n;
});

export const increment = task(import.meta, function increment(item: { n: number }) {
  item.n++;
  return { n: item.n };
});

export const steps = task(import.meta, function steps(n: number): string {
  for (let step = 1; step <= n; step++) reportProgress({ step });
  return "done";
});

export const fail = task(import.meta, function fail(message: string): never {
  throw new RangeError(message);
});

export const failLater = task(import.meta, async function failLater(message: string) {
  await sleep(1);
  throw new RangeError(message);
});

export const throwThing = task(import.meta, function throwThing(what: string): never {
  const things: Record<string, unknown> = {
    text: "a text",
    function: () => 1,
    symbol: Symbol("s"),
    nothing: undefined,
    promise: Promise.resolve(1),
  };
  throw things[what];
});

export const giveThing = task(import.meta, function giveThing(what: string): unknown {
  return { function: () => 1, weak: new WeakMap(), symbol: Symbol("s") }[what];
});

export const giveThingLater = task(import.meta, function* giveThingLater(what: string) {
  yield* sleep(1);
  return giveThing(what);
});

export const closeSelf = task(import.meta, function closeSelf(): void {
  (globalThis as unknown as { close(): void }).close();
});

export const exit = task(import.meta, function exit(code: number): void {
  Deno.exit(code);
});

export const exitInGreenlet = task(import.meta, function* exitInGreenlet(code: number) {
  yield* sleep(1);
  Deno.exit(code);
});

export const exitLater = task(import.meta, function exitLater(): string {
  setTimeout(() => Deno.exit(4), 0);
  return "will exit";
});

/** Gives large data and ends the worker at the same time. */
export const giveAndExit = task(import.meta, function giveAndExit(bytes: number): Uint8Array {
  setTimeout(() => Deno.exit(4), 0);
  return new Uint8Array(bytes).fill(7);
});

/** From now on each look at the clock takes up to two milliseconds. */
export const slowClock = task(import.meta, function slowClock(): void {
  const now = performance.now.bind(performance);
  let looks = 0;
  let late = 0;
  performance.now = () => now() + (late += looks++ * 7 % 13 / 6);
});

export const strayError = task(import.meta, function strayError(): string {
  setTimeout(() => {
    throw new SyntaxError("stray");
  }, 0);
  return "will fail";
});

export const strayRejection = task(import.meta, function strayRejection(): string {
  Promise.reject(new SyntaxError("stray rejection"));
  return "will reject";
});

let prepared = "";
export const prepare = task(import.meta, function prepare(text: string): void {
  prepared = text;
});
export const tellPrepared = task(import.meta, function tellPrepared(): string {
  return prepared;
});
export const failToPrepare = task(import.meta, function failToPrepare(): void {
  throw new URIError("not today");
});

export const doubleInGreenletLong = task(import.meta, function* doubleInGreenletLong() {
  yield* sleep(60_000);
});

/** Leaves a greenlet behind that ends the worker. */
export const leaveGreenlet = task(import.meta, function leaveGreenlet(ms: number): void {
  spawn(function* () {
    yield* sleep(ms);
    Deno.exit(5);
  });
});

export const changeBoth = task(
  import.meta,
  function changeBoth(shared: Int32Array, plain: number[]): void {
    Atomics.add(shared, 0, 1);
    plain.push(3);
  },
);

/** Writes who this is and who made it. */
export const writeNames = task(import.meta, function writeNames(words: Int32Array): void {
  const text = JSON.stringify([currentProcess(), parentProcess()]);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(new TextEncoder().encode(text), 4);
  words[0] = text.length;
});

/** What becomes of a call of `meet`. */
export type Fate = "works" | "throws" | "exits" | "closes" | "gives a function";

let runs: Int32Array = new Int32Array(0);
/** Gives `meet` a place to count its runs in. */
export const countRuns = task(import.meta, function countRuns(words: Int32Array): void {
  runs = words;
});

export const meet = task(import.meta, function meet(fate: Fate, n: number): unknown {
  Atomics.add(runs, n, 1);
  if (fate === "throws") throw new RangeError(`${n} throws`);
  if (fate === "exits") Deno.exit(9);
  if (fate === "closes") closeSelf();
  return fate === "gives a function" ? () => n : n;
});

export const repeat = task(import.meta, function repeat(text: string, times: number): string {
  return text.repeat(times);
});

/** Counts at place 0 whenever the worker has a turn, until place 1 is set. */
export const countOften = task(import.meta, function countOften(words: Int32Array): void {
  const timer = setInterval(() => {
    Atomics.add(words, 0, 1);
    if (Atomics.load(words, 1) !== 0) clearInterval(timer);
  }, 1);
});

/** Lets workers of its own do the work. */
export const doubleElsewhere = task(import.meta, async function doubleElsewhere(numbers: number[]) {
  await using pool = new WorkerPool(2);
  return await pool.map(double, numbers);
});
