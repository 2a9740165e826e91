// Copyright 2026 the Tendril authors. MIT license.
/** The failure suite, second part: what happens to pools and their workers, on every backend. */
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  type BackendName,
  BrokenPoolError,
  CancelledError,
  WorkerDiedError,
  WorkerPool,
  type WorkerPoolOptions,
} from "@tendril/tendril/parallel";
import { BACKENDS, reaches, until, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

/** Initializers that fail: the pool is broken, and everything fails with the same error. */
const INITIALIZERS: {
  name: string;
  on?: BackendName[];
  options: WorkerPoolOptions;
  says: string;
  cause: new (...args: never[]) => Error;
}[] = [
  {
    name: "throws",
    options: { initializer: tasks.failToPrepare },
    says: "not today",
    cause: URIError,
  },
  {
    name: "cannot be imported",
    options: { initializer: { module: import.meta.resolve("./nowhere.ts"), name: "x" } },
    says: "nowhere.ts",
    cause: TypeError,
  },
  {
    name: "has arguments that cannot be cloned",
    options: { initializer: tasks.prepare, initArgs: [new Map([[1, () => 1]])] },
    says: "could not be cloned",
    cause: Error,
  },
  {
    name: "ends the worker",
    on: ["worker", "process"],
    options: { initializer: tasks.exit, initArgs: [3] },
    says: "Cannot start worker",
    cause: WorkerDiedError,
  },
];

for (const backend of BACKENDS) {
  for (const { name, on = BACKENDS, options, says, cause } of INITIALIZERS) {
    if (!on.includes(backend)) continue;
    Deno.test(`${backend}: an initializer that ${name} breaks the pool`, async () => {
      await using pool = new WorkerPool(1, { ...options, backend });
      const results = [1, 2].map((n) => pool.applyAsync(tasks.double, [n]));
      const warm = pool.prewarm().then(() => "warm", (error) => error);
      for (const result of results) {
        const error = await assertRejects(async () => await result, BrokenPoolError, says);
        assertInstanceOf(error.cause, cause);
      }
      assertInstanceOf(await warm, BrokenPoolError);
      await assertRejects(async () => await pool.apply(tasks.double, [3]), BrokenPoolError);
      pool.close();
      assert(await pool.join());
    });
  }

  Deno.test(`${backend}: terminating fails what runs and what waits`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const results = [
      pool.applyAsync(tasks.holdInGreenlet, [new Int32Array(3)]),
      ...[1, 2, 3].map(() => pool.applyAsync(tasks.block, [10])),
    ];
    const map = pool.mapAsync(tasks.double, Array.from({ length: 100 }, (_, n) => n));
    await pool.prewarm();
    pool.terminate();
    for (const result of [...results, map]) {
      await assertRejects(async () => await result, CancelledError, "was terminated");
    }
    assert(await pool.join());
    assertEquals(pool.stats().leaked, 0);
  });

  Deno.test(`${backend}: terminating during the shutdown ends what still runs`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const result = pool.applyAsync(tasks.holdInGreenlet, [new Int32Array(3)]);
    await pool.prewarm();
    pool.close();
    const joined = pool.join().then();
    pool.terminate();
    await assertRejects(async () => await result, CancelledError, "was terminated");
    assert(await joined);
  });

  Deno.test(`${backend}: a pool that is closed while its workers start ends, and prewarm() too`, async () => {
    await using pool = new WorkerPool(2, { backend });
    const warm = pool.prewarm();
    const begun = warm.then();
    pool.close();
    await begun;
    assert(await pool.join());
  });

  Deno.test(`${backend}: a pool that is terminated while its workers start ends`, async () => {
    await using pool = new WorkerPool(2, { backend });
    const warm = pool.prewarm().then(() => "warm", (error) => error);
    const result = pool.applyAsync(tasks.double, [1]);
    pool.terminate();
    assertInstanceOf(await warm, CancelledError);
    await assertRejects(async () => await result, CancelledError);
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

  Deno.test(`${backend}: a crash with large data on its way there harms nobody else`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const large = new Uint8Array(8_000_000).fill(7);
    const crash = pool.applyAsync(tasks.exit, [1]);
    const after = pool.applyAsync(tasks.same, [large]);
    await assertRejects(async () => await crash, WorkerDiedError);
    assertEquals(await after, large);
  });

  Deno.test(`${backend}: a crash with large data on its way back loses all of it or nothing`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const result = await pool.apply(tasks.giveAndExit, [4_000_000]).then(
      (large) => large,
      (error) => error,
    );
    if (result instanceof Uint8Array) assertEquals(result, new Uint8Array(4_000_000).fill(7));
    else assertInstanceOf(result, WorkerDiedError);
    assertEquals(await pool.apply(tasks.double, [5]), 10);
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

Deno.test("worker: one that is cancelled and does not stop is ended, and the pool heals", async () => {
  await using pool = new WorkerPool(2);
  await pool.prewarm();
  const controller = new AbortController();
  const { signal } = controller;
  const [deaf, cells] = [words(), words()];
  const stuck = pool.applyAsync(tasks.holdDeaf, [deaf], { signal });
  const other = pool.applyAsync(tasks.holdInGreenlet, [cells]);
  await reaches(deaf, 0, 1);
  await reaches(cells, 0, 1);
  const reason = new RangeError("enough");
  controller.abort(reason);
  assertStrictEquals(await stuck.then(() => null, (error) => error), reason);
  await until(() => pool.stats().died === 1);
  Atomics.store(deaf, 1, 1); // now its thread can end
  assertEquals(await pool.apply(tasks.double, [4]), 8);
  Atomics.store(cells, 1, 1);
  assertEquals(await other, "told");
  assertEquals(pool.stats().leaked, 0);
});

Deno.test("process: one that is killed from outside while it runs fails its call alone", async () => {
  await using pool = new WorkerPool(1, { backend: "process" });
  const { pid } = await pool.apply(tasks.whoAmI);
  const call = pool.applyAsync(tasks.block, [60_000]);
  await until(() => pool.stats().running === 1);
  Deno.kill(pid, "SIGKILL");
  const error = await assertRejects(async () => await call, WorkerDiedError);
  assertStringIncludes(error.message, "SIGKILL");
  assertEquals(await pool.apply(tasks.double, [4]), 8);
});

Deno.test("process: one that is killed from outside while it is idle is replaced", async () => {
  await using pool = new WorkerPool(1, { backend: "process" });
  const { pid } = await pool.apply(tasks.whoAmI);
  Deno.kill(pid, "SIGKILL");
  await until(() => pool.stats().died === 1);
  assertEquals(await pool.apply(tasks.double, [4]), 8);
});

Deno.test("process: one that is killed from outside during the shutdown holds nobody up", async () => {
  await using pool = new WorkerPool(1, { backend: "process" });
  const { pid } = await pool.apply(tasks.whoAmI);
  const call = pool.applyAsync(tasks.block, [60_000]);
  const rest = pool.applyAsync(tasks.double, [5]);
  await until(() => pool.stats().running === 1);
  pool.close();
  Deno.kill(pid, "SIGKILL");
  await assertRejects(async () => await call, WorkerDiedError);
  assertEquals(await rest, 10);
  assert(await pool.join());
});
