// Copyright 2026 the Tendril authors. MIT license.
/** The failure suite: every stage at which something can go wrong, on every backend. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Timeout } from "@tendril/tendril";
import {
  type BackendName,
  BrokenPoolError,
  CancelledError,
  WorkerDiedError,
  WorkerPool,
  type WorkerPoolOptions,
} from "@tendril/tendril/parallel";
import { until } from "./helpers.ts";
import * as tasks from "./tasks.ts";

type Backend = BackendName;

const ALL: Backend[] = ["worker", "process", "inline"];

/** Stages at which a call fails: how, with what, and on which backends. */
interface Stage {
  name: string;
  on?: Backend[];
  options?: WorkerPoolOptions;
  act: (pool: WorkerPool) => PromiseLike<unknown>;
  error: new (...args: never[]) => Error;
  says: string;
}

const STAGES: Stage[] = [
  {
    name: "an argument that cannot be cloned",
    act: (pool) => pool.apply(tasks.echo, [{ deep: new WeakMap() }]),
    error: TypeError,
    says: "WeakMap",
  },
  {
    name: "an argument that only the host finds out about",
    act: (pool) => pool.apply(tasks.echo, [new Map([["key", () => 1]])]),
    error: TypeError,
    says: 'Cannot send the arguments of "echo" to a worker',
  },
  {
    name: "a module that cannot be imported",
    act: (pool) => pool.apply({ module: import.meta.resolve("./nowhere.ts"), name: "x" }),
    error: TypeError,
    says: "nowhere.ts",
  },
  {
    name: "a module that throws",
    act: (pool) =>
      pool.apply({ module: "data:text/javascript,throw new RangeError('mod')", name: "x" }),
    error: RangeError,
    says: "mod",
  },
  {
    name: "a name that the module does not have",
    act: (pool) => pool.apply({ module: import.meta.resolve("./tasks.ts"), name: "nothing" }),
    error: TypeError,
    says: 'Cannot find the task "nothing"',
  },
  {
    name: "a task that throws",
    act: (pool) => pool.apply(tasks.fail, ["out of range"]),
    error: RangeError,
    says: "out of range",
  },
  {
    name: "a result that cannot be cloned",
    act: (pool) => pool.apply(tasks.giveThing, ["function"]),
    error: TypeError,
    says: "Cannot send the result of a task back",
  },
  {
    name: "a worker that closes itself",
    on: ["worker"],
    act: (pool) => pool.apply(tasks.closeSelf),
    error: WorkerDiedError,
    says: "it closed itself",
  },
  {
    name: "a task that calls Deno.exit",
    on: ["worker", "process"],
    act: (pool) => pool.apply(tasks.exit, [3]),
    error: WorkerDiedError,
    says: "3",
  },
  {
    name: "an endless loop with a timeout",
    act: (pool) => pool.apply(tasks.spin, [], { timeout: 20 }),
    error: Timeout,
    says: 'Timed out after 20 ms: task "spin"',
  },
  {
    name: "a greenlet with a timeout",
    act: (pool) => pool.apply(tasks.holdInGreenlet, [new Int32Array(3)], { timeout: 20 }),
    error: Timeout,
    says: 'Timed out after 20 ms: task "holdInGreenlet"',
  },
];

for (const backend of ALL) {
  for (const { name, on = ALL, act, error, says } of STAGES) {
    if (!on.includes(backend)) continue;
    Deno.test(`${backend}: ${name} fails the call alone, and the pool heals`, async () => {
      await using pool = new WorkerPool(2, { backend });
      const others = [1, 2, 3].map((n) => pool.applyAsync(tasks.double, [n]));
      const failure = await assertRejects(async () => await act(pool), error, says);
      assertInstanceOf(failure, error);
      assertEquals(await Promise.all(others), [2, 4, 6]);
      assertEquals(await pool.map(tasks.double, [1, 2, 3]), [2, 4, 6]);
    });
  }

  Deno.test(`${backend}: a failing initializer breaks the pool, with its error as the cause`, async () => {
    await using pool = new WorkerPool(1, { backend, initializer: tasks.failToPrepare });
    const first = pool.applyAsync(tasks.double, [1]);
    const second = pool.applyAsync(tasks.double, [2]);
    for (const result of [first, second]) {
      const error = await assertRejects(async () => await result, BrokenPoolError, "not today");
      assertInstanceOf(error.cause, URIError);
    }
    await assertRejects(async () => await pool.apply(tasks.double, [3]), BrokenPoolError);
    pool.close();
    assert(await pool.join());
  });

  Deno.test(`${backend}: what is thrown and cannot be cloned arrives as text`, async () => {
    await using pool = new WorkerPool(1, { backend });
    for (const what of ["text", "function", "symbol", "nothing", "promise"]) {
      const error = await pool.apply(tasks.throwThing, [what]).then(() => "no error", (e) => e);
      if (what === "nothing") assertEquals(error, undefined);
      else assertEquals(typeof error, "string");
    }
    assertEquals(await pool.apply(tasks.double, [2]), 4);
  });

  Deno.test(`${backend}: terminating fails what runs and what waits`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const results = [
      pool.applyAsync(tasks.holdInGreenlet, [new Int32Array(3)]),
      ...[1, 2, 3].map(() => pool.applyAsync(tasks.block, [10])),
    ];
    await pool.prewarm();
    pool.terminate();
    for (const result of results) {
      await assertRejects(async () => await result, CancelledError, "was terminated");
    }
    assert(await pool.join());
  });
}

for (const backend of ["worker", "process"] as const) {
  Deno.test(`${backend}: a worker that ends while it is idle is replaced`, async () => {
    await using pool = new WorkerPool(1, { backend });
    assertEquals(await pool.apply(tasks.exitLater), "will exit");
    await until(() => pool.stats().died > 0);
    assertEquals(await pool.apply(tasks.double, [4]), 8);
    assertEquals(pool.stats().started, 2);
  });

  Deno.test(`${backend}: a crash with large data on its way harms nobody else`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const large = new Uint8Array(8_000_000).fill(7);
    const crash = pool.applyAsync(tasks.exit, [1]);
    const after = pool.applyAsync(tasks.same, [large]);
    await assertRejects(async () => await crash, WorkerDiedError);
    assertEquals(await after, large);
  });

  Deno.test(`${backend}: a crash during the shutdown lets the rest finish`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const crash = pool.applyAsync(tasks.exit, [1]);
    const after = pool.applyAsync(tasks.double, [5]);
    pool.close();
    await assertRejects(async () => await crash, WorkerDiedError);
    assertEquals(await after, 10);
    assert(await pool.join());
  });
}

Deno.test("process: one that is killed from outside fails its call alone", async () => {
  await using pool = new WorkerPool(1, { backend: "process" });
  const { pid } = await pool.apply(tasks.whoAmI);
  const call = pool.applyAsync(tasks.block, [60_000]);
  Deno.kill(pid, "SIGKILL");
  const error = await assertRejects(async () => await call, WorkerDiedError);
  assertStringIncludes(error.message, "SIGKILL");
  assertEquals(await pool.apply(tasks.double, [4]), 8);
});
