// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { GreenletExit, run, spawn } from "@tendril/tendril";
import { BACKENDS, inPool, reaches, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

/** Numbers from 0, and how many of them were read. */
function counting(to = Infinity): { read: number; items: Iterable<number> } {
  const counter = {
    read: 0,
    *items_() {
      for (let n = 0; n < to; n++) {
        counter.read++;
        yield n;
      }
    },
    get items(): Iterable<number> {
      return counter.items_();
    },
  };
  return counter;
}

for (const backend of BACKENDS) {
  Deno.test(`${backend}: map() gives results in the order of the items`, async () => {
    await inPool(2, { backend }, async (pool) => {
      const numbers = Array.from({ length: 5000 }, (_, n) => n);
      const doubled = numbers.map((n) => n * 2);
      assertEquals(await pool.map(tasks.double, numbers), doubled);
      assertEquals(await pool.map(tasks.double, numbers, { chunksize: 700 }), doubled);
      assertEquals(await pool.map(tasks.double, new Set(numbers)), doubled);
      assertEquals(await pool.map(tasks.double, Float64Array.from(numbers)), doubled);
      assertEquals(await pool.map(tasks.doubleLater, [1, 2, 3]), [2, 4, 6]);
      assertEquals(await pool.map(tasks.double, []), []);
    });
  });

  Deno.test(`${backend}: map() keeps numbers and other values as they are`, async () => {
    await inPool(1, { backend }, async (pool) => {
      const numbers = Array.from({ length: 40 }, () => [0.5, -0, NaN, Infinity, 2 ** 53]).flat();
      assertEquals(await pool.map(tasks.same<number>, numbers), numbers);
      const mixed = [...numbers, "text", null, undefined, 5n, { deep: [1] }];
      assertEquals(await pool.map(tasks.same<unknown>, mixed), mixed);
    });
  });

  Deno.test(`${backend}: map() ends with the first error that is known`, async () => {
    await inPool(2, { backend }, async (pool) => {
      const { items } = counting(1000);
      await assertRejects(
        async () => await pool.map(tasks.failAt, items),
        RangeError,
        "cannot take 500",
      );
      assertEquals(await pool.map(tasks.double, [1]), [2]);
    });
  });

  Deno.test(`${backend}: starmap() spreads each item over the parameters`, async () => {
    await inPool(2, { backend }, async (pool) => {
      const add = (a: number, b: number) => a + b;
      assertEquals(await pool.starmap(add, [[1, 2], [3, 4]]), [3, 7]);
      assertEquals(await pool.starmap(tasks.echo, [[], [1], [[2]]]), [[], [1], [[2]]]);
      const items = [[1, 2], 5] as unknown as [number, number][];
      await assertRejects(async () => await pool.starmap(add, items), TypeError, "expected arrays");
    });
  });

  Deno.test(`${backend}: imap() gives results one by one, in order, and goes on after an error`, async () => {
    await inPool(2, { backend }, async (pool) => {
      const seen: unknown[] = [];
      const results = pool.imap(tasks.failAt, [499, 500, 501], { chunksize: 1 });
      await run(function* () {
        for (;;) {
          try {
            const { done, value } = yield* results.next();
            if (done) break;
            seen.push(value);
          } catch (error) {
            seen.push((error as Error).message);
          }
        }
      });
      assertEquals(seen, [499, "cannot take 500", 501]);
    });
  });

  Deno.test(`${backend}: imap() reads an endless input only a little ahead`, async () => {
    await inPool(2, { backend }, async (pool) => {
      const counter = counting();
      const seen: number[] = [];
      for await (const n of pool.imap(tasks.double, counter.items, { prefetch: 10 })) {
        assert(counter.read <= seen.length + 1 + 10);
        if (seen.push(n) === 100) break;
      }
      assertEquals(seen, Array.from({ length: 100 }, (_, n) => n * 2));
      await pool.apply(tasks.double, [1]);
      assert(counter.read <= 110);
    });
  });
}

Deno.test("imapUnordered() gives each result as soon as it is there", async () => {
  await inPool(2, {}, async (pool) => {
    const cells = words();
    const results = pool.imapUnordered(tasks.holdFirst, [[cells, 0], [cells, 1], [cells, 2]] as [
      Int32Array,
      number,
    ][], { chunksize: 1 });
    const seen: unknown[] = [];
    for await (const place of results) {
      seen.push(place);
      if (seen.length === 2) Atomics.store(cells, 1, 1);
    }
    assertEquals(seen, [1, 2, 0]);
  });
});

Deno.test("settled() gives records instead of throwing", async () => {
  await inPool(1, {}, async (pool) => {
    const records = await Array.fromAsync(pool.imap(tasks.failAt, [499, 500]).settled());
    assertEquals(records[0], { status: "fulfilled", value: 499 });
    assertEquals(records[1]!.status, "rejected");
    assertEquals((await pool.imap(tasks.double, []).settled().next()).done, true);
  });
});

Deno.test("an error of the input comes after the results of the items before it", async () => {
  await inPool(1, {}, async (pool) => {
    function* items() {
      yield 1;
      yield 2;
      throw new SyntaxError("no more");
    }
    const results = pool.imap(tasks.double, items());
    assertEquals((await results.next()).value, 2);
    assertEquals((await results.next()).value, 4);
    await assertRejects(async () => await results.next(), SyntaxError, "no more");
    assertEquals((await results.next()).done, true);
    await assertRejects(async () => await pool.map(tasks.double, items()), SyntaxError, "no more");
  });
});

Deno.test("an item that cannot be sent fails alone", async () => {
  await inPool(1, {}, async (pool) => {
    const items = [1, () => 1, new WeakMap(), new Map([[1, () => 1]]), 5];
    const records = await Array.fromAsync(pool.imap(tasks.same<unknown>, items).settled());
    assertEquals(records.map(({ status }) => status), [
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    await assertRejects(async () => await pool.map(tasks.same<unknown>, items), TypeError);
  });
});

Deno.test("one object that is several items arrives as several", async () => {
  await inPool(1, {}, async (pool) => {
    const item = { n: 0 };
    const results = await pool.map(tasks.increment, [item, item, item], { chunksize: 3 });
    assertEquals(results, [{ n: 1 }, { n: 1 }, { n: 1 }]);
  });
});

Deno.test("a worker that dies fails the item it ran, and the others are run elsewhere", async () => {
  await inPool(2, {}, async (pool) => {
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    const records = await Array.fromAsync(pool.imap(tasks.exitAt, numbers).settled());
    const failed = records.flatMap(({ status }, n) => status === "rejected" ? [n] : []);
    assertEquals(failed, [500]);
    assertEquals(pool.stats().died, 1);
  });
});

Deno.test("process: a process that dies fails the item it ran, and the others are run again", async () => {
  await inPool(1, { backend: "process" }, async (pool) => {
    const numbers = Array.from({ length: 100 }, (_, n) => n + 450);
    const records = await Array.fromAsync(
      pool.imap(tasks.exitAt, numbers, { chunksize: 100 }).settled(),
    );
    const failed = records.flatMap(({ status }, n) => status === "rejected" ? [numbers[n]] : []);
    assertEquals(failed, [500]);
  });
});

Deno.test("leaving a loop over imap() closes its input and stops what runs", async () => {
  await inPool(1, {}, async (pool) => {
    let closed = false;
    function* items() {
      try {
        for (let n = 0;; n++) yield n;
      } finally {
        closed = true;
      }
    }
    for await (const _ of pool.imap(tasks.double, items())) break;
    assert(closed);
    pool.close();
    assert(await pool.join());
  });
});

Deno.test("a kill of the greenlet that waits for a map ends it", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    const counter = counting();
    const waiting = spawn(function* () {
      yield* pool.map((_: number) => 1, counter.items, { chunksize: 10 });
    });
    const held = spawn(function* () {
      return yield* pool.map(tasks.hold, [cells]);
    });
    await reaches(cells, 0, 1);
    await waiting.kill();
    await held.kill();
    assert(held.value as unknown instanceof GreenletExit);
    await reaches(cells, 2, 1);
    const { read } = counter;
    assertEquals(await pool.map(tasks.double, [1]), [2]);
    assertEquals(counter.read, read);
  });
});

Deno.test("a map takes part in signals, time limits and progress", async () => {
  await inPool(1, {}, async (pool) => {
    const controller = new AbortController();
    const reason = new RangeError("enough");
    const map = pool.mapAsync(tasks.doubleLater, counting().items, { signal: controller.signal });
    await pool.prewarm();
    controller.abort(reason);
    assertStrictEquals(await map.then(() => null, (error) => error), reason);

    await assertRejects(async () => await pool.map(tasks.block, [1, 50_000], { timeout: 200 }));
    const seen: unknown[] = [];
    await pool.map(tasks.steps, [1, 2], { progress: (value) => seen.push(value) });
    assertEquals(seen, [{ step: 1 }, { step: 1 }, { step: 2 }]);
  });
});

Deno.test("close() lets a bounded imap() run to its end, read or not", async () => {
  await inPool(1, {}, async (pool) => {
    const results = pool.imap(tasks.double, counting(100).items, { prefetch: 2 });
    pool.close();
    assert(await pool.join());
    assertEquals((await Array.fromAsync(results)).length, 100);
  });
});

Deno.test("terminate() ends an imap() with an error after the results that are there", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    const results = pool.imap(tasks.holdFirst, [[cells, 1], [cells, 0]] as [Int32Array, number][], {
      chunksize: 1,
    });
    await reaches(cells, 0, 1);
    pool.terminate();
    assertEquals((await results.next()).value, 1);
    await assertRejects(async () => await results.next(), Error, "was terminated");
    assertEquals((await results.next()).done, true);
  });
});

Deno.test("maps of one pool take turns", async () => {
  await inPool(1, {}, async (pool) => {
    const endless = pool.imapUnordered(tasks.double, counting().items, { prefetch: 1_000_000 });
    assertEquals(await pool.map(tasks.double, [1, 2, 3]), [2, 4, 6]);
    endless[Symbol.dispose]();
  });
});
