// Copyright 2026 the Tendril authors. MIT license.
/** Calls one at a time, which go through the memory between a pool and its worker. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { WorkerPool } from "@tendril/tendril/parallel";
import {
  answerMail,
  countPosted,
  giveUpAnswer,
  makeControl,
  putMail,
  waitForMail,
} from "../../../runtime/parallel/mail.ts";
import { inPool, until, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

/** Calls until the worker waits for more of the kind. */
async function warm(pool: WorkerPool): Promise<void> {
  for (let n = 0; n < 20; n++) await pool.apply(tasks.same, [n]);
}

Deno.test("small values go there and back one at a time, and stay what they are", async () => {
  await inPool(1, {}, async (pool) => {
    await warm(pool);
    const values = [0, -0, NaN, 1.5, -7, 2 ** 40, "", "text", "é𝄞", true, false, null, undefined];
    for (const value of values) assertEquals(await pool.apply(tasks.same, [value]), value);
    assertEquals(await pool.apply(tasks.echo, values), values);
    assertEquals(await pool.apply(tasks.echo), []);
  });
});

Deno.test("large values and objects go there and back in between", async () => {
  await inPool(1, {}, async (pool) => {
    await warm(pool);
    const large = ["x".repeat(5000), { a: [1] }, 10n, new Uint8Array(100_000).fill(3)];
    for (const value of large) {
      assertEquals(await pool.apply(tasks.same, [value]), value);
      assertEquals(await pool.apply(tasks.same, [1]), 1);
    }
    assertEquals(await pool.apply(tasks.repeat, ["ab", 3]), "ababab");
    assertEquals((await pool.apply(tasks.repeat, ["ab", 5000])).length, 10_000);
    assertEquals(await pool.apply(tasks.same, ["after"]), "after");
  });
});

Deno.test("errors, progress and waiting go on as in other calls", async () => {
  await inPool(1, {}, async (pool) => {
    await warm(pool);
    for (let n = 0; n < 5; n++) {
      await assertRejects(async () => await pool.apply(tasks.fail, ["oh"]), RangeError, "oh");
      const seen: unknown[] = [];
      await pool.apply(tasks.steps, [2], { progress: (value) => seen.push(value) });
      assertEquals(seen, [{ step: 1 }, { step: 2 }]);
      assertEquals(await pool.apply(tasks.doubleLater, [n]), n * 2);
      assertEquals(await pool.apply(tasks.promiseOfDouble, [n]), n * 2);
      assertEquals(await pool.apply(tasks.double, [n]), n * 2);
    }
  });
});

Deno.test("a worker that is called again and again still has turns for its timers", async () => {
  await inPool(1, {}, async (pool) => {
    const cells = words();
    await pool.apply(tasks.countOften, [cells]);
    const before = Atomics.load(cells, 0);
    while (Atomics.load(cells, 0) < before + 5) await pool.apply(tasks.same, [1]);
    Atomics.store(cells, 1, 1);
  });
});

Deno.test("a call that is killed on its way leaves the next ones alone", async () => {
  await inPool(1, {}, async (pool) => {
    await warm(pool);
    for (let n = 0; n < 200; n++) {
      const controller = new AbortController();
      const call = pool.applyAsync(tasks.same, [n], { signal: controller.signal });
      if (n % 2) await Promise.resolve();
      controller.abort(new RangeError("no"));
      await assertRejects(async () => await call, RangeError);
      assertEquals(await pool.apply(tasks.same, [n]), n);
    }
  });
});

Deno.test("a worker that says that it waits at its mailbox does, however late it gets there", async () => {
  await inPool(1, {}, async (pool) => {
    await pool.apply(tasks.slowClock);
    // Its time away from the event loop is over at some moment between two looks at the clock.
    for (let n = 0; n < 300; n++) assertEquals(await pool.apply(tasks.same, [n]), n);
  });
});

Deno.test("a call does not overtake the definition of its function", async () => {
  await inPool(1, {}, async (pool) => {
    await warm(pool);
    for (let n = 0; n < 10; n++) {
      // Its module loads for some turns; the definition is sent, and the first call cannot be.
      const slow = {
        module: `data:text/javascript,await new Promise((r) => setTimeout(r, 20));` +
          `export const same${n} = (v) => v`,
        name: `same${n}`,
      };
      const first = async () => await pool.apply(slow, [new Map([[1, () => 1]])]);
      await assertRejects(first, TypeError, "could not be cloned");
      assertEquals(await pool.apply(tasks.same, [1]), 1);
      assertEquals(await pool.apply<[number], number>(slow, [2]), 2);
    }
  });
});

Deno.test("putMail() does not overtake a message that was not read", () => {
  const control = makeControl();
  waitForMail(control, 0);
  answerMail(control, ["nobody", 0], true);
  countPosted(control);
  assertEquals(putMail(control, [1, 2, []], () => {}), false);
  waitForMail(control, 1);
  answerMail(control, ["nobody", 0], true);
  assert(putMail(control, [1, 2, []], () => {}));
  giveUpAnswer(control);
});

Deno.test("putMail() is for a worker that waits, and for small calls", () => {
  const control = makeControl();
  const refuse = () => {
    throw new Error("no answer was expected");
  };
  assertEquals(putMail(control, [0, 0, []], refuse), false); // nobody waits
  assertEquals(waitForMail(control, 1), null); // there is a message to be read first
  assertEquals(waitForMail(control, 0), null); // nothing came
});

Deno.test("putMail() hears of the answer, or of none when the worker is gone", async () => {
  const control = makeControl();
  const answers: unknown[] = [];
  // A worker that waits again, but is looked at before it sleeps.
  answerMail(control, ["nobody", 0], true);
  assertEquals(putMail(control, [1, 2, [() => 1]], () => {}), false);
  assertEquals(putMail(control, [1, 2, [{}]], () => {}), false);
  assertEquals(putMail(control, [1, 2, ["x".repeat(101)]], () => {}), false);
  assert(putMail(control, [1, 2, ["a", 3]], (answer) => answers.push(answer)));
  assertEquals(waitForMail(control, 0), [1, 2, ["a", 3]]);
  assert(answerMail(control, ["b", 0.5], true));
  await until(() => answers.length > 0);
  assertEquals(answers, [["b", 0.5]]);

  assert(putMail(control, [1, 3, []], (answer) => answers.push(answer)));
  giveUpAnswer(control);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(answers.length, 1);
});
