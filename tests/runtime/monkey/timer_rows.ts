// Copyright 2026 the Tendril authors. MIT license.
// The rows of timers.

import { assert, assertEquals } from "@std/assert";
import { getCurrent } from "@tendril/tendril";
import { type Case, row } from "./table.ts";

interface TimerFunctions {
  setTimeout: (callback: (value?: unknown) => void, ms: number) => { close(): void } & Disposable;
  clearTimeout: (handle: unknown) => void;
  setInterval: (callback: () => void, ms: number) => unknown;
  clearInterval: (handle: unknown) => void;
  setImmediate: (callback: (value?: unknown) => void) => Disposable;
  clearImmediate: (handle: unknown) => void;
}

// deno-lint-ignore no-explicit-any -- modules of Node are looked into by name
const builtin = (name: string): any => (globalThis as any).process.getBuiltinModule(name);

/** Milliseconds in which others have their turn. */
const SHORT = 50;
const LONG = 1_000_000;

/** Some turns of the event loop, in which others have their turn. */
async function turns(turn: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 10; i++) await turn();
}

/** Setting a timer: the promise that awaits it rejects, and it never fires. */
function setting(set: (done: (value?: unknown) => void, ms: number) => void, reason: string): Case {
  return {
    quick: () => new Promise((resolve) => set(resolve, SHORT)),
    slow: () => new Promise((resolve) => set(resolve, LONG)),
    reason,
  };
}

/** Clearing a timer: the greenlet does not wait for it any more. */
function clearing(set: () => unknown, clear: (handle: unknown) => void, reason: string): Case {
  const reasons = () => getCurrent().waits.map((wait) => wait.reason);
  const call = async (ms: number) => {
    await Promise.resolve(); // the waits of a body are known when it has returned its promise
    const handle = set();
    assert(reasons().includes(reason));
    clear(handle);
    assertEquals(reasons(), []);
    await new Promise((resolve) => setTimeout(resolve, ms));
  };
  return { quick: () => call(SHORT), slow: () => call(LONG), reason: "timer of" };
}

function rowsOf(path: string, functions: () => TimerFunctions): void {
  const timer = () => functions().setTimeout(() => assert(false), LONG);
  const immediate = () => functions().setImmediate(() => assert(false));
  row(
    `${path}setTimeout`,
    () => setting((done, ms) => functions().setTimeout(done, ms), "timer of"),
  );
  row(`${path}setImmediate`, () => {
    let calls = 0;
    return {
      quick: () => turns(() => new Promise((resolve) => functions().setImmediate(resolve))),
      slow: () =>
        new Promise((resolve) => {
          functions().setImmediate(() => calls++);
          functions().setImmediate(resolve);
        }),
      ended: () => Promise.resolve(assertEquals(calls, 0)),
      reason: "immediate",
    };
  });
  row(`${path}setInterval`, () => {
    let ticks = 0;
    let handle: unknown;
    const wait = (ms: number) =>
      new Promise<void>((resolve) => {
        handle = functions().setInterval(() => {
          if (++ticks === 2) resolve();
        }, ms);
      }).finally(() => functions().clearInterval(handle));
    return {
      quick: () => wait(SHORT),
      slow: () => wait(LONG),
      ended: () => Promise.resolve(assertEquals(ticks, 0)),
      reason: "interval of",
      isSilent: true,
    };
  });
  const text = `timer of ${LONG} ms`;
  row(
    `${path}clearTimeout`,
    () => clearing(() => Number(timer()), (handle) => functions().clearTimeout(handle), text),
  );
  row(
    `${path}clearInterval`,
    () => clearing(timer, (handle) => functions().clearInterval(handle), text),
  );
  row(
    `${path}clearImmediate`,
    () => clearing(immediate, (handle) => functions().clearImmediate(handle), "immediate"),
  );
}
rowsOf("", () => globalThis as unknown as TimerFunctions);
rowsOf("node:timers.", () => builtin("node:timers"));

const set = () => setTimeout(() => assert(false), LONG) as unknown as TimeoutHandle;
type TimeoutHandle = ReturnType<TimerFunctions["setTimeout"]>;
const ofSet = `timer of ${LONG} ms`;
row(
  "Timeout.prototype.close",
  () => clearing(set, (handle) => (handle as TimeoutHandle).close(), ofSet),
);
row(
  "Timeout.prototype[Symbol.dispose]",
  () => clearing(set, (handle) => (handle as Disposable)[Symbol.dispose](), ofSet),
);
row(
  "Timeout.prototype[Symbol.toPrimitive]",
  () => clearing(() => Number(set()), (number) => clearTimeout(number as number), ofSet),
);
row(
  "Immediate.prototype[Symbol.dispose]",
  () =>
    clearing(
      () => setImmediate(() => assert(false)),
      (handle) => (handle as Disposable)[Symbol.dispose](),
      "immediate",
    ),
);

for (const name of ["node:timers/promises", "node:timers.promises"]) {
  const promises = () =>
    name.endsWith(".promises") ? builtin("node:timers").promises : builtin(name);
  row(`${name}.setTimeout`, () => ({
    quick: () => promises().setTimeout(SHORT),
    slow: () => promises().setTimeout(LONG),
    reason: "timer of",
  }));
  row(`${name}.setImmediate`, () => ({
    quick: () => turns(() => promises().setImmediate()),
    reason: "turn of the event loop",
  }));
  row(`${name}.setInterval`, () => {
    const ticks = async (ms: number) => {
      for await (const _ of promises().setInterval(ms)) break;
    };
    return { quick: () => ticks(SHORT), slow: () => ticks(LONG), reason: "interval of" };
  });
}
row("node:timers/promises.scheduler.wait", () => {
  const { scheduler } = builtin("node:timers/promises");
  return {
    quick: () => scheduler.wait(SHORT),
    slow: () => scheduler.wait(LONG),
    reason: "timer of",
  };
});
row("node:timers/promises.scheduler.yield", () => ({
  quick: () => turns(() => builtin("node:timers/promises").scheduler.yield()),
  reason: "turn of the event loop",
}));
