// Copyright 2026 the Tendril authors. MIT license.
/**
 * The failure suite, first part: every stage at which a call can fail, on every backend. It fails alone, with
 * the right error, and the pool goes on. pool_failure_test.ts has what happens to whole pools.
 */
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Timeout } from "@tendril/tendril";
import { type BackendName, WorkerDiedError, WorkerPool } from "@tendril/tendril/parallel";
import { BACKENDS, until } from "./helpers.ts";
import * as tasks from "./tasks.ts";

/** A stage at which a call fails: how, with what, and on which backends. */
interface Stage {
  name: string;
  on?: BackendName[];
  act: (pool: WorkerPool) => PromiseLike<unknown>;
  error: new (...args: never[]) => Error;
  says: string;
}

/** Backends whose workers can end without this program. */
const MORTAL: BackendName[] = ["worker", "process"];

const STAGES: Stage[] = [
  {
    name: "an argument cannot be cloned",
    act: (pool) => pool.apply(tasks.echo, [{ deep: new WeakMap() }]),
    error: TypeError,
    says: "WeakMap",
  },
  {
    name: "an argument cannot be cloned, which only the host finds out",
    act: (pool) => pool.apply(tasks.echo, [new Map([["key", () => 1]])]),
    error: TypeError,
    says: 'Cannot send the arguments of "echo" to a worker',
  },
  {
    name: "the module cannot be imported",
    act: (pool) => pool.apply({ module: import.meta.resolve("./nowhere.ts"), name: "x" }),
    error: TypeError,
    says: "nowhere.ts",
  },
  {
    name: "the module throws",
    act: (pool) =>
      pool.apply({ module: "data:text/javascript,throw new RangeError('mod')", name: "x" }),
    error: RangeError,
    says: "mod",
  },
  {
    name: "the module does not have the name",
    act: (pool) => pool.apply({ module: import.meta.resolve("./tasks.ts"), name: "nothing" }),
    error: TypeError,
    says: 'Cannot find the task "nothing"',
  },
  {
    name: "the task throws",
    act: (pool) => pool.apply(tasks.fail, ["out of range"]),
    error: RangeError,
    says: "out of range",
  },
  {
    name: "the task throws in a greenlet",
    act: (pool) => pool.apply(tasks.failLater, ["out of range"]),
    error: RangeError,
    says: "out of range",
  },
  {
    name: "the result cannot be cloned",
    act: (pool) => pool.apply(tasks.giveThing, ["function"]),
    error: TypeError,
    says: "Cannot send the result of a task back",
  },
  {
    name: "the result of a greenlet cannot be cloned",
    act: (pool) => pool.apply(tasks.giveThingLater, ["symbol"]),
    error: TypeError,
    says: "Cannot send the result of a task back",
  },
  {
    name: "the worker closes itself",
    on: MORTAL,
    act: (pool) => pool.apply(tasks.closeSelf),
    error: WorkerDiedError,
    says: "died: it ",
  },
  {
    name: "the task calls Deno.exit",
    on: MORTAL,
    act: (pool) => pool.apply(tasks.exit, [3]),
    error: WorkerDiedError,
    says: "3",
  },
  {
    name: "a greenlet calls Deno.exit",
    on: MORTAL,
    act: (pool) => pool.apply(tasks.exitInGreenlet, [3]),
    error: WorkerDiedError,
    says: "3",
  },
  {
    name: "an endless loop runs out of its time",
    act: (pool) => pool.apply(tasks.spin, [], { timeout: 20 }),
    error: Timeout,
    says: 'Timed out after 20 ms: task "spin"',
  },
  {
    name: "a greenlet runs out of its time",
    act: (pool) => pool.apply(tasks.holdInGreenlet, [new Int32Array(3)], { timeout: 20 }),
    error: Timeout,
    says: 'Timed out after 20 ms: task "holdInGreenlet"',
  },
];

/** What cannot be cloned is thrown as text; `undefined` needs no text. */
const THROWN = ["text", "function", "symbol", "nothing", "promise"];

for (const backend of BACKENDS) {
  Deno.test(`${backend}: whatever happens to a call, it fails alone, and the pool heals`, async (t) => {
    await using pool = new WorkerPool(2, { backend });
    // The workers outlive the steps.
    const step = (name: string, fn: () => Promise<void>) =>
      t.step({ name, fn, sanitizeOps: false, sanitizeResources: false });

    for (const { name, on = BACKENDS, act, error, says } of STAGES) {
      if (!on.includes(backend)) continue;
      await step(name, async () => {
        const before = [1, 2, 3].map((n) => pool.applyAsync(tasks.double, [n]));
        const failing = assertRejects(async () => await act(pool), error, says);
        const after = [4, 5].map((n) => pool.applyAsync(tasks.double, [n]));
        assertInstanceOf(await failing, error);
        assertEquals(await Promise.all([...before, ...after]), [2, 4, 6, 8, 10]);
        assertEquals(await pool.map(tasks.double, [1, 2, 3]), [2, 4, 6]);
      });
    }

    for (const what of THROWN) {
      await step(`the task throws what is no Error: ${what}`, async () => {
        const error = await pool.apply(tasks.throwThing, [what]).then(() => "no error", (e) => e);
        assertEquals(typeof error, what === "nothing" ? "undefined" : "string");
        assertEquals(await pool.apply(tasks.double, [2]), 4);
      });
    }

    // A worker may have yet to tell of a task whose time was over.
    await until(() => pool.stats().running === 0);
    const { queued, cancelled } = pool.stats();
    assertEquals({ queued, cancelled }, { queued: 0, cancelled: 0 });
    pool.close();
    assertEquals(await pool.join(), true);
    assertEquals(pool.stats().leaked, 0);
  });
}
