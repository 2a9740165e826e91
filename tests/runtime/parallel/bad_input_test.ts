// Copyright 2026 the Tendril authors. MIT license.
/** What is refused is refused at the call, wherever a function or an argument can be given. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ParallelExecutor,
  PoolClosedError,
  Process,
  type WorkerMapOptions,
  WorkerPool,
} from "@tendril/tendril/parallel";
import * as tasks from "./tasks.ts";

type Fn = (n: number) => unknown;

/** Every way to give a function to a pool. */
const WAYS: Record<string, (pool: WorkerPool, fn: Fn, options?: WorkerMapOptions) => unknown> = {
  apply: (pool, fn, options) => pool.apply(fn, [1], options),
  applyAsync: (pool, fn, options) => pool.applyAsync(fn, [1], options),
  map: (pool, fn, options) => pool.map(fn, [1], options),
  mapAsync: (pool, fn, options) => pool.mapAsync(fn, [1], options),
  starmap: (pool, fn, options) => pool.starmap(fn, [[1]], options),
  imap: (pool, fn, options) => pool.imap(fn, [1], options),
  imapUnordered: (pool, fn, options) => pool.imapUnordered(fn, [1], options),
};

const outside = 5;

/** Functions that no worker can run. */
const FUNCTIONS: [Fn, new (...args: never[]) => Error, string][] = [
  [tasks.notATask.bind(null), TypeError, "bound or native"],
  [Math.abs, TypeError, "bound or native"],
  [(n: number) => n + outside, ReferenceError, 'it uses "outside" from outside'],
  [class A {} as unknown as Fn, TypeError, "it is a class"],
  [async function* () {} as unknown as Fn, TypeError, "async generator"],
  [{ module: "./x.ts", name: "x" } as unknown as Fn, TypeError, "import.meta.resolve"],
  [5 as unknown as Fn, TypeError, "expected a function"],
  [undefined as unknown as Fn, TypeError, "expected a function"],
];

/** Options that make no sense. */
const OPTIONS: [WorkerMapOptions, new (...args: never[]) => Error, string][] = [
  [{ timeout: -1 }, RangeError, "at least 0"],
  [{ timeout: NaN }, RangeError, "at least 0"],
  [{ timeout: "5" as unknown as number }, TypeError, "a number of milliseconds"],
  [{ priority: "high" as unknown as number }, TypeError, 'Cannot run "double"'],
  [{ priority: NaN }, TypeError, "priority"],
  [{ progress: 1 as unknown as () => void }, TypeError, "progress"],
  [{ signal: {} as AbortSignal }, TypeError, "signal"],
];

for (const [name, call] of Object.entries(WAYS)) {
  Deno.test(`${name}() refuses functions that cannot be sent, and starts nothing`, () => {
    using pool = new WorkerPool(1);
    for (const [fn, error, says] of FUNCTIONS) assertThrows(() => call(pool, fn), error, says);
    assertEquals(pool.stats().started, 0);
  });

  Deno.test(`${name}() refuses options that make no sense, and starts nothing`, () => {
    using pool = new WorkerPool(1);
    for (const [options, error, says] of OPTIONS) {
      assertThrows(() => call(pool, tasks.double, options), error, says);
    }
    assertEquals(pool.stats().started, 0);
  });

  Deno.test(`${name}() of a pool that was closed or terminated is refused`, () => {
    for (const how of ["close", "terminate"] as const) {
      using pool = new WorkerPool(1);
      pool[how]();
      const says = "Cannot run anything in the pool: the pool is closed";
      assertThrows(() => call(pool, tasks.double), PoolClosedError, says);
      assertEquals(pool.stats().started, 0);
    }
  });
}

Deno.test("prewarm() of a pool that was closed is refused", () => {
  using pool = new WorkerPool(1);
  pool.close();
  assertThrows(() => pool.prewarm(), PoolClosedError, "Cannot start workers of the pool");
});

Deno.test("submit() and map() of an executor refuse what a pool refuses", async () => {
  const executor = new ParallelExecutor(1);
  for (const [fn, error, says] of FUNCTIONS) {
    assertThrows(() => executor.submit(fn, 1), error, says);
    assertThrows(() => executor.map(fn, [1]), error, says);
  }
  const signal = new AbortController().signal;
  assertThrows(() => executor.submit(tasks.echo, signal), TypeError, "use the option { signal }");
  await executor.shutdown();
  assertThrows(() => executor.submit(tasks.double, 1), PoolClosedError);
  assertThrows(() => executor.map(tasks.double, [1]), PoolClosedError);
});

Deno.test("a Process refuses functions that cannot be sent", () => {
  for (const [fn, error, says] of FUNCTIONS) {
    assertThrows(() => new Process({ target: fn, args: [1] }), error, says);
  }
});

Deno.test("an item of a map that cannot be sent fails it, before its message is sent", async () => {
  await using pool = new WorkerPool(1);
  const items = [new URL("http://host/"), new AbortController().signal, () => 1];
  for (const item of items) {
    await assertRejects(
      async () => await pool.map(tasks.same<unknown>, [item]),
      TypeError,
      'Cannot pass argument 1 of "same" to a worker',
    );
  }
});

Deno.test("a call that is refused moves nothing", async () => {
  const kept = new ArrayBuffer(8);
  const transfer = [kept];
  await using pool = new WorkerPool(1);
  const refused: (() => unknown)[] = [
    () => pool.apply(tasks.echo, [kept, () => 1], { transfer }),
    () => pool.apply(tasks.echo, [kept, new URL("http://host/")], { transfer }),
    () => pool.apply(tasks.echo, [kept, new Map([[1, () => 1]])], { transfer }),
    () => pool.apply(tasks.echo, [kept], { transfer: [kept, kept] }),
    () => pool.apply(tasks.echo, [kept], { transfer, timeout: -1 }),
    () => pool.apply(Math.max, [1], { transfer }),
    () => pool.applyAsync((n: ArrayBuffer) => [n, outside], [kept], { transfer }),
  ];
  for (const call of refused) assertThrows(call);
  const early = pool.apply(tasks.same, [kept], { transfer });
  pool.close();
  assertThrows(() => pool.apply(tasks.same, [kept], { transfer }), PoolClosedError);
  await assertRejects(async () => await early, PoolClosedError);
  assertEquals(kept.detached, false);
});
