// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { GreenletExit, run, spawn, Timeout, withTimeout } from "@tendril/tendril";
import { WorkerDiedError, type WorkerPool } from "@tendril/tendril/parallel";
import { BACKENDS, inPool, reaches, SHARING, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

for (const backend of SHARING) {
  Deno.test(`${backend}: a kill of the greenlet takes a call out of the queue`, async () => {
    await inPool(1, { backend, concurrency: 1 }, async (pool) => {
      const cells = words();
      const held = pool.applyAsync(tasks.holdInGreenlet, [cells]);
      await reaches(cells, 0, 1);
      const waiting = spawn(function* () {
        return yield* pool.apply(tasks.holdInGreenlet, [cells]);
      });
      await turn();
      assertEquals(pool.stats().queued, 1);
      await waiting.kill();
      assertEquals(pool.stats().queued, 0);
      assert(waiting.value as unknown instanceof GreenletExit);
      Atomics.store(cells, 1, 1);
      assertEquals(await held, "told");
      assertEquals(Atomics.load(cells, 0), 1);
      assertEquals(pool.stats().cancelled, 1);
    });
  });

  Deno.test(`${backend}: a kill ends a task that runs in a greenlet, and its worker stays`, async () => {
    await inPool(1, { backend }, async (pool) => {
      const cells = words();
      const { pid } = await pool.apply(tasks.whoAmI);
      const waiting = spawn(function* () {
        return yield* pool.apply(tasks.holdInGreenlet, [cells]);
      });
      await reaches(cells, 0, 1);
      await waiting.kill();
      await reaches(cells, 2, 1); // its finally block ran
      assertEquals((await pool.apply(tasks.whoAmI)).pid, pid);
      assertEquals(pool.stats().died, 0);
    });
  });

  Deno.test(`${backend}: a time limit counts from the moment at which the task starts`, async () => {
    await inPool(1, { backend, concurrency: 1 }, async (pool) => {
      const cells = words();
      const held = pool.applyAsync(tasks.holdInGreenlet, [cells]);
      await reaches(cells, 0, 1);
      const limited = pool.applyAsync(tasks.doubleLater, [4], { timeout: 300 });
      // Had its time begun when it was called, it would be over.
      await pool.apply(tasks.double, [1]);
      await new Promise((resolve) => setTimeout(resolve, 310));
      Atomics.store(cells, 1, 1);
      assertEquals(await held, "told");
      assertEquals(await limited, 8);
    });
  });
}

for (const backend of BACKENDS) {
  Deno.test(`${backend}: an aborted signal fails the call with its reason`, async () => {
    await inPool(1, { backend }, async (pool) => {
      const controller = new AbortController();
      const call = pool.applyAsync(tasks.holdInGreenlet, [new Int32Array(4)], {
        signal: controller.signal,
      });
      const reason = new RangeError("enough");
      controller.abort(reason);
      assertStrictEquals(await call.then(() => null, (error) => error), reason);
      const late = pool.apply(tasks.double, [1], { signal: controller.signal });
      assertStrictEquals(await late.then(() => null, (error) => error), reason);
      assertEquals(
        await pool.apply(tasks.double, [1], { signal: new AbortController().signal }),
        2,
      );
    });
  });

  Deno.test(`${backend}: withTimeout() around a call cancels it`, async () => {
    await inPool(1, { backend }, async (pool) => {
      await run(function* () {
        const slow = pool.apply(tasks.holdInGreenlet, [new Int32Array(4)]);
        assertEquals(yield* withTimeout(5, slow, { value: "late" }), "late");
        assertEquals(yield* pool.apply(tasks.double, [2]), 4);
      });
    });
  });

  Deno.test(`${backend}: after a time limit a plain function's worker is replaced`, async () => {
    await inPool(1, { backend }, async (pool) => {
      const next = async () => await pool.apply(tasks.spin, [], { timeout: 10 });
      for (let n = 0; n < 3; n++) {
        const error = await assertRejects(next, Timeout);
        assertEquals(error.ms, 10);
      }
      assertEquals(await pool.apply(tasks.double, [2]), 4);
      assertEquals(pool.stats().started, 4);
      assertEquals(pool.stats().leaked, 0);
    });
  });

  Deno.test(`${backend}: after a time limit a greenlet's worker stays`, async () => {
    await inPool(1, { backend }, async (pool) => {
      const next = async () =>
        await pool.apply(tasks.holdInGreenlet, [new Int32Array(4)], { timeout: 10 });
      for (let n = 0; n < 3; n++) await assertRejects(next, Timeout);
      assertEquals(pool.stats().started, 1);
    });
  });
}

/** Keeps this isolate from its event loop for so many milliseconds. */
function holdIsolate(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

Deno.test("a task that ends in time has a result, even if nobody could look when the time was over", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    const result = pool.applyAsync(tasks.holdInGreenlet, [cells], { timeout: 500 });
    await reaches(cells, 0, 1);
    await turn();
    Atomics.store(cells, 1, 1);
    while (Atomics.load(cells, 2) === 0) holdIsolate(1); // until it has ended
    holdIsolate(600);
    assertEquals(await result, "told");
  });
});

Deno.test("a worker that answered in time stays, even if nobody could look when the time was over", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    const controller = new AbortController();
    const call = pool.applyAsync(tasks.holdInGreenlet, [cells], { signal: controller.signal });
    await reaches(cells, 0, 1);
    await turn();
    controller.abort(new RangeError("enough"));
    await assertRejects(async () => await call, RangeError, "enough");
    holdIsolate(700);
    assertEquals(await pool.apply(tasks.double, [2]), 4);
    const { started, died } = pool.stats();
    assertEquals({ started, died }, { started: 1, died: 0 });
  });
});

Deno.test("a time limit may be longer than timers last, or none", async () => {
  await inPool(1, {}, async (pool) => {
    for (const timeout of [2 ** 32, Infinity]) {
      assertEquals(await pool.apply(tasks.doubleLater, [2], { timeout }), 4);
      assertEquals(await pool.apply(tasks.double, [2], { timeout }), 4);
    }
  });
});

Deno.test("a call that is given up does not take back what was moved for another", async () => {
  await inPool(1, {}, async (pool) => {
    for (let n = 0; n < 20; n++) await pool.apply(tasks.same, [new Uint8Array(1)]); // they are short
    for (let n = 0; n < 20; n++) {
      const [first, second] = [new ArrayBuffer(8), new ArrayBuffer(8)];
      const controller = new AbortController();
      const { signal } = controller;
      const kept = pool.applyAsync(tasks.same<ArrayBuffer>, [first], { transfer: [first] });
      const given = pool.applyAsync(tasks.same, [second], { transfer: [second], signal });
      for (let n = 0; n < 5; n++) await Promise.resolve(); // they are sent now
      controller.abort(new RangeError("no"));
      await assertRejects(async () => await given, RangeError);
      assertEquals((await kept).byteLength, 8);
    }
  });
});

Deno.test("a cancelled plain function hears of it, and its worker stays if it returns", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    const { pid } = await pool.apply(tasks.whoAmI);
    const waiting = spawn(function* () {
      return yield* pool.apply(tasks.hold, [cells]);
    });
    await reaches(cells, 0, 1);
    await waiting.kill();
    await reaches(cells, 2, 1);
    assertEquals((await pool.apply(tasks.whoAmI)).pid, pid);
  });
});

Deno.test("calls that were sent along with one that runs are given to others", async () => {
  await inPool(2, {}, async (pool) => {
    const cells = words();
    // The pool believes that these are short.
    for (let n = 0; n < 300; n++) await pool.apply(tasks.count, [cells, 3]);
    Atomics.store(cells, 3, 0);
    const long = task(pool, cells);
    const others = Array.from({ length: 200 }, () => pool.applyAsync(tasks.count, [cells, 3]));
    assertEquals((await Promise.all(others)).length, 200);
    assertEquals(Atomics.load(cells, 3), 200);
    Atomics.store(cells, 1, 1);
    assertEquals(await long, "told");
  });

  function task(pool: WorkerPool, cells: Int32Array) {
    return pool.applyAsync(tasks.hold, [cells]);
  }
});

Deno.test("a call that is cancelled before it runs leaves those sent with it alone", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    for (let n = 0; n < 300; n++) await pool.apply(tasks.countOrHold, [cells, false]);
    Atomics.store(cells, 3, 0);
    const held = pool.applyAsync(tasks.countOrHold, [cells, true]);
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from(
      { length: 9 },
      (_, n) => pool.applyAsync(tasks.countOrHold, [cells, false], n === 4 ? { signal } : {}),
    );
    await reaches(cells, 0, 1);
    controller.abort(new RangeError("not this one"));
    await assertRejects(async () => await calls[4]!, RangeError, "not this one");
    Atomics.store(cells, 1, 1);
    assertEquals(await held, "told");
    await Promise.all(calls.filter((_, n) => n !== 4));
    assertEquals(Atomics.load(cells, 3), 8);
  });
});

Deno.test("what a worker did when it died fails, and what it was sent besides is run", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    for (let n = 0; n < 300; n++) await pool.apply(tasks.countOrExit, [cells, false]);
    Atomics.store(cells, 3, 0);
    const calls = Array.from(
      { length: 20 },
      (_, n) => pool.applyAsync(tasks.countOrExit, [cells, n === 10]),
    );
    const results = await Promise.allSettled(calls.map((call) => call.get().then()));
    assertEquals(results.filter(({ status }) => status === "rejected").length, 1);
    assert((results[10] as PromiseRejectedResult).reason instanceof WorkerDiedError);
    assertEquals(Atomics.load(cells, 3), 19);
  });
});

Deno.test("what is transferred is moved when the call is sent, and not when it fails before", async () => {
  await inPool(1, {}, async (pool) => {
    const moved = new Uint8Array([1, 2, 3]);
    const { buffer } = moved;
    assertEquals(
      await pool.apply(tasks.same, [moved], { transfer: [buffer] }),
      new Uint8Array([1, 2, 3]),
    );
    assert(buffer.detached);
    assertThrows(
      () => pool.apply(tasks.same, [moved], { transfer: [buffer] }),
      TypeError,
      "was moved before",
    );

    const kept = new ArrayBuffer(8);
    const transfer = [kept];
    const refused: [unknown[], Transferable[], string][] = [
      [[kept, () => 1], transfer, "functions cannot be sent"],
      [[kept, new Map([[1, () => 1]])], transfer, "cannot be cloned"],
      [[kept, Promise.resolve()], transfer, "empty object"],
      [[kept], [kept, kept], "listed twice"],
      [[kept], [new Uint8Array(kept) as unknown as Transferable], "list the .buffer"],
      [[kept], [kept, new SharedArrayBuffer(8) as unknown as Transferable], "cannot be moved"],
    ];
    for (const [args, list, says] of refused) {
      assertThrows(() => pool.apply(tasks.echo, args, { transfer: list }), TypeError, says);
    }
    const controller = new AbortController();
    controller.abort(new RangeError("no"));
    const aborted = pool.apply(tasks.same, [kept], { transfer, signal: controller.signal });
    await assertRejects(async () => await aborted, RangeError);
    assertEquals(kept.detached, false);
  });
});
