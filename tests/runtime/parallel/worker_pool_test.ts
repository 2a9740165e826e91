// Copyright 2026 the Tendril authors. MIT license.
import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { all, AsyncResult, QueueFull, run } from "@tendril/tendril";
import { PoolClosedError, WorkerPool } from "@tendril/tendril/parallel";
import { BACKENDS, inPool, reaches, SHARING, until, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

for (const backend of BACKENDS) {
  Deno.test(`${backend}: apply() gives the result to a greenlet and to an async function`, async () => {
    await inPool(2, { backend }, async (pool) => {
      assertEquals(await pool.apply(tasks.double, [3]), 6);
      await run(function* () {
        assertEquals(yield* pool.apply(tasks.double, [4]), 8);
        assertEquals(
          yield* all([pool.apply(tasks.double, [5]), pool.apply(tasks.doubleLater, [6])]),
          [10, 12],
        );
      });
    });
  });

  Deno.test(`${backend}: what can be cloned arrives as it was`, async () => {
    const circle: Record<string, unknown> = { n: -0 };
    circle.self = circle;
    const values = [
      undefined,
      null,
      12345678901234567890n,
      new Map([["a", new Set([1])]]),
      new Date(5),
      new Uint8Array([1, 2]),
      [1, , 3],
      { deep: [{ er: "text" }] },
      circle,
    ];
    await inPool(1, { backend }, async (pool) => {
      assertEquals(await pool.apply(tasks.echo, values), values);
      for (const value of values) assertEquals(await pool.apply(tasks.same, [value]), value);
      assertEquals(await pool.apply(tasks.echo), []);
    });
  });

  Deno.test(`${backend}: many calls of one turn all get their own results`, async () => {
    await inPool(2, { backend }, async (pool) => {
      const numbers = Array.from({ length: 3000 }, (_, n) => n);
      for (let round = 0; round < 3; round++) {
        const results = await Promise.all(numbers.map((n) => pool.apply(tasks.double, [n])));
        assertEquals(results, numbers.map((n) => n * 2));
      }
    });
  });

  Deno.test(`${backend}: one object passed in two calls of a turn arrives as two`, async () => {
    await inPool(1, { backend }, async (pool) => {
      for (let n = 0; n < 20; n++) await pool.apply(tasks.same, [n]); // so that they would be sent together
      const shared = { n: 1 };
      const calls = [1, 2, 3].map(() => pool.apply(tasks.same<{ n: number }>, [shared]));
      const [one, two, three] = await Promise.all(calls);
      assertEquals([one, two, three], [shared, shared, shared]);
      assertNotStrictEquals(one, two);
      assertNotStrictEquals(two, three);
    });
  });

  Deno.test(`${backend}: the initializer runs in each worker before its tasks`, async () => {
    const options = { backend, initializer: tasks.prepare, initArgs: ["ready"] };
    await inPool(2, options, async (pool) => {
      assertEquals(await pool.map(tasks.tellPrepared, [1, 2, 3, 4], { chunksize: 1 }), [
        "ready",
        "ready",
        "ready",
        "ready",
      ]);
    });
  });

  Deno.test(`${backend}: after maxTasksPerWorker tasks another worker takes over`, async () => {
    await inPool(1, { backend, maxTasksPerWorker: 3 }, async (pool) => {
      const results = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => pool.apply(tasks.whoAmI)));
      assertEquals(results.length, 7);
      assertEquals(await pool.map(tasks.double, [1, 2, 3, 4, 5]), [2, 4, 6, 8, 10]);
      assertEquals(pool.stats().started, 4);
      assertEquals(pool.stats().died, 0);
      pool.close();
      assert(await pool.join());
    });
  });

  Deno.test(`${backend}: a closed pool runs what it has and takes no more`, async () => {
    await using pool = new WorkerPool(1, { backend });
    const results = [1, 2, 3].map((n) => pool.applyAsync(tasks.double, [n]));
    const early = pool.apply(tasks.double, [1]);
    pool.close();
    assertThrows(() => pool.apply(tasks.double, [1]), PoolClosedError, "the pool is closed");
    assertThrows(() => pool.imap(tasks.double, [1]), PoolClosedError);
    await assertRejects(async () => await early, PoolClosedError);
    assertEquals(await Promise.all(results), [2, 4, 6]);
    assert(await pool.join());
    assertEquals(pool.stats().workers, 0);
  });

  Deno.test(`${backend}: calls of a higher priority start first`, async () => {
    await inPool(1, { backend, concurrency: 1 }, async (pool) => {
      const first = pool.applyAsync(tasks.doubleLater, [0]);
      const order: number[] = [];
      const callback = (n: number) => order.push(n / 2);
      const rest = [
        pool.applyAsync(tasks.doubleLater, [1], { callback }),
        pool.applyAsync(tasks.doubleLater, [2], { callback, priority: 1 }),
        pool.applyAsync(tasks.doubleLater, [3], { callback, priority: -1 }),
        pool.applyAsync(tasks.doubleLater, [4], { callback, priority: 1 }),
      ];
      await Promise.all([first, ...rest]);
      await until(() => order.length === 4);
      assertEquals(order, [2, 4, 1, 3]);
    });
  });

  Deno.test(`${backend}: progress comes in order, before the result`, async () => {
    await inPool(1, { backend }, async (pool) => {
      const seen: unknown[] = [];
      const progress = (value: unknown) => seen.push(value);
      assertEquals(await pool.apply(tasks.steps, [3], { progress }), "done");
      assertEquals(seen, [{ step: 1 }, { step: 2 }, { step: 3 }]);
    });
  });
}

for (const backend of SHARING) {
  Deno.test(`${backend}: tasks that wait overlap in a worker, up to its concurrency`, async () => {
    await inPool(1, { backend, concurrency: 3 }, async (pool) => {
      const cells = words();
      const results = Array.from(
        { length: 5 },
        () => pool.applyAsync(tasks.holdInGreenlet, [cells]),
      );
      await reaches(cells, 0, 3);
      assertEquals(pool.stats().running, 3);
      assertEquals(pool.stats().queued, 2);
      // Those that wait leave the worker to those that compute.
      assertEquals(await pool.apply(tasks.double, [2]), 4);
      assertEquals(Atomics.load(cells, 0), 3);
      Atomics.store(cells, 1, 1);
      await Promise.all(results);
      assertEquals(Atomics.load(cells, 0), 5);
    });
  });
}

Deno.test("applyAsync() tells its callbacks, and not both", async () => {
  await inPool(1, {}, async (pool) => {
    const told: unknown[] = [];
    const result = pool.applyAsync(tasks.double, [3], {
      callback: (value) => told.push(value),
      errorCallback: () => told.push("no error"),
    });
    assert(result instanceof AsyncResult);
    assertEquals(await result, 6);
    const failing = pool.applyAsync(tasks.fail, ["oh"], {
      callback: () => told.push("no value"),
      errorCallback: (error) => told.push(String(error)),
    });
    await assertRejects(async () => await failing, RangeError, "oh");
    await until(() => told.length >= 2);
    assertEquals(told, [6, "RangeError: oh"]);
  });
});

Deno.test("maxQueue bounds the calls that wait, and applyAsync() refuses more", async () => {
  await inPool(1, { maxQueue: 2, concurrency: 1 }, async (pool) => {
    const cells = words();
    const running = pool.applyAsync(tasks.holdInGreenlet, [cells]);
    await reaches(cells, 0, 1);
    const waiting = [1, 2].map((n) => pool.applyAsync(tasks.doubleLater, [n]));
    assertThrows(() => pool.applyAsync(tasks.doubleLater, [3]), QueueFull, "Cannot queue more");
    assertThrows(() => pool.mapAsync(tasks.doubleLater, [3]), QueueFull);
    const patient = pool.apply(tasks.doubleLater, [4]).then();
    Atomics.store(cells, 1, 1);
    assertEquals(await Promise.all([running, ...waiting, patient]), ["told", 2, 4, 8]);
  });
});

Deno.test("workers start when they are needed, and at most as many as may", async () => {
  await inPool(3, {}, async (pool) => {
    assertEquals(pool.stats().started, 0);
    await pool.apply(tasks.double, [1]);
    await pool.apply(tasks.double, [1]);
    assertEquals(pool.stats().started, 1);
    await Promise.all(Array.from({ length: 20 }, (_, n) => pool.apply(tasks.doubleLater, [n])));
    assertEquals(pool.stats().started, 3);
  });
});

Deno.test("prewarm() starts workers and waits until they are ready", async () => {
  await inPool(3, {}, async (pool) => {
    await pool.prewarm(2);
    const { workers, idle, started } = pool.stats();
    assertEquals({ workers, idle, started }, { workers: 2, idle: 2, started: 2 });
    await run(function* () {
      yield* pool.prewarm();
    });
    assertEquals(pool.stats().workers, 3);
  });
});

Deno.test("workers that are idle for long end, but for the least that stay", async () => {
  await inPool(3, { min: 1, idleTimeout: 5 }, async (pool) => {
    await pool.prewarm();
    await until(() => pool.stats().workers <= 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals(pool.stats().workers, 1);
    assertEquals(pool.stats().died, 0);
    assertEquals(await pool.map(tasks.double, [1, 2, 3]), [2, 4, 6]);
  });
});

Deno.test("WorkerPool() refuses numbers that make no sense", () => {
  for (const workers of [0, -1, 1.5, NaN, "2" as unknown as number]) {
    assertThrows(() => new WorkerPool(workers), RangeError, "Cannot make a WorkerPool");
  }
  assertThrows(() => new WorkerPool(1, { maxTasksPerWorker: 0 }), RangeError, "maxTasksPerWorker");
  assertThrows(() => new WorkerPool(1, { maxQueue: 0 }), RangeError, "maxQueue");
  assertThrows(() => new WorkerPool(1, { concurrency: 0 }), RangeError, "concurrency");
  assertThrows(() => new WorkerPool(1, { min: 2 }), RangeError, "min");
  assertThrows(() => new WorkerPool(1, { idleTimeout: -1 }), RangeError, "idleTimeout");
  assertThrows(() => new WorkerPool(1, { backend: "thread" as "worker" }), TypeError, "backend");
  assertThrows(() => new WorkerPool(1, { initializer: Math.max }), TypeError, "native");
});

Deno.test("maps refuse options and items that make no sense", () => {
  using pool = new WorkerPool(1);
  assertThrows(() => pool.map(tasks.double, [1], { chunksize: 0 }), RangeError, "chunksize");
  assertThrows(() => pool.imap(tasks.double, [1], { prefetch: 0 }), RangeError, "prefetch");
  assertThrows(() => pool.map(tasks.double, 5 as unknown as number[]), TypeError, "iterable");
});

Deno.test("join() wants the pool closed first, and gives false when its time is over", async () => {
  await inPool(1, {}, async (pool) => {
    assertThrows(() => pool.join(), PoolClosedError, "call close() or terminate() first");
    const cells = words();
    const held = pool.applyAsync(tasks.hold, [cells]);
    pool.close();
    assertEquals(await pool.join({ timeout: 1 }), false);
    Atomics.store(cells, 1, 1);
    assertEquals(await held, "told");
    assert(await pool.join());
  });
});

Deno.test("an error in a worker that belongs to no task goes to onError, and ends nothing", async () => {
  const strays: [string, string][] = [];
  const onError = (error: unknown, worker: string) => strays.push([String(error), worker]);
  await inPool(1, { name: "odd", onError }, async (pool) => {
    const { pid } = await pool.apply(tasks.whoAmI);
    await pool.apply(tasks.strayError);
    await pool.apply(tasks.strayRejection);
    await until(() => strays.length >= 2);
    assertEquals(strays.map(([error]) => error).sort(), [
      "SyntaxError: stray",
      "SyntaxError: stray rejection",
    ]);
    assertEquals(strays.map(([, worker]) => worker), ["odd-1", "odd-1"]);
    assertEquals((await pool.apply(tasks.whoAmI)).pid, pid);
  });
});

Deno.test("a pool shows its name, workers and queue", async () => {
  await inPool(2, { name: "hashers" }, async (pool) => {
    await pool.apply(tasks.double, [1]);
    assertEquals(pool.name, "hashers");
    assertEquals((await pool.apply(tasks.whoAmI)).name, "hashers-1");
    assertStringIncludes(Deno.inspect(pool), '<WorkerPool "hashers" 1 of 2 workers, 0 queued>');
    assertEquals(pool.stats().succeeded, 2);
    assert(Object.isFrozen(pool.stats()));
  });
});

Deno.test("a task can let workers of its own do the work", async () => {
  await inPool(1, {}, async (pool) => {
    assertEquals(await pool.apply(tasks.doubleElsewhere, [[1, 2, 3]]), [2, 4, 6]);
  });
});
