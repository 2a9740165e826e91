// Copyright 2026 the Tendril authors. MIT license.
// get, join, await and yield*: waiting for one greenlet, whatever becomes of it.

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  type Coroutine,
  getCurrent,
  Greenlet,
  GreenletExit,
  run,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

const failure = new RangeError("broken");

/** How a greenlet ends, how to make one that does, and what waiting for it gives. */
const ends: Record<string, { body: () => unknown; value?: unknown; error?: unknown }> = {
  "returned": { body: () => "result", value: "result" },
  "returned nothing": { body: () => {}, value: undefined },
  "failed": {
    body: () => {
      throw failure;
    },
    error: failure,
  },
};

/** Ways to wait for the result of a greenlet, in a greenlet. */
const waits: Record<string, (greenlet: Greenlet<unknown>) => Coroutine<unknown>> = {
  *"Greenlet.get()"(greenlet) {
    return yield* greenlet.get();
  },
  *"Greenlet.get({ timeout })"(greenlet) {
    return yield* greenlet.get({ timeout: 1000 });
  },
  *"yield* greenlet"(greenlet) {
    return yield* greenlet;
  },
  *"await greenlet"(greenlet) {
    return yield* spawn(async () => await greenlet);
  },
  *"await Greenlet.get()"(greenlet) {
    return yield* spawn(async () => await greenlet.get());
  },
};

function* outcome(wait: Coroutine<unknown>): Coroutine<{ value?: unknown; error?: unknown }> {
  try {
    return { value: yield* wait };
  } catch (error) {
    return { error };
  }
}

for (const [name, wait] of Object.entries(waits)) {
  for (const [end, { body, ...expected }] of Object.entries(ends)) {
    Deno.test(`${name} of a greenlet that has ${end} already gives how it ended`, async () => {
      await run(function* () {
        const greenlet = spawn(body);
        yield* greenlet.join();
        const got = yield* outcome(wait(greenlet));
        assertEquals(got, expected);
        assertStrictEquals(got.error, expected.error);
      });
    });

    Deno.test(`${name} of a greenlet that is yet to run and has ${end} gives how it ended`, async () => {
      await run(function* () {
        const got = yield* outcome(wait(spawn(body)));
        assertEquals(got, expected);
        assertStrictEquals(got.error, expected.error);
      });
    });
  }

  Deno.test(`${name} of a greenlet that is killed gives the GreenletExit`, async () => {
    await run(function* () {
      const greenlet: Greenlet<unknown> = spawn(function* () {
        yield* sleep(100_000);
      });
      const exit = new GreenletExit();
      const waiter = spawn(function* () {
        return yield* wait(greenlet);
      });
      yield* sleep(0);
      greenlet.kill(exit);
      assertStrictEquals(yield* waiter, exit);
    });
  });

  Deno.test(`${name} that is killed leaves no link behind`, async () => {
    await run(function* () {
      const greenlet: Greenlet<unknown> = spawn(function* () {
        yield* sleep(100_000);
      });
      const waiter = spawn(function* () {
        yield* wait(greenlet);
      });
      yield* sleep(0);
      yield* sleep(0);
      yield* waiter.kill();
      if (!name.startsWith("await")) assertEquals(greenlet.links, null); // else it waits on
      yield* greenlet.kill();
    });
  });
}

Deno.test("Greenlet.join() gives true however the greenlet ended", async () => {
  await run(function* () {
    for (const { body } of Object.values(ends)) {
      const greenlet = spawn(body);
      assertEquals([yield* greenlet.join(), yield* greenlet.join()], [true, true]);
    }
  });
});

Deno.test("Greenlet.join({ timeout }) gives false when it is over first", async () => {
  using clock = new ManualClock();
  const greenlet = spawn(function* () {
    yield* sleep(100);
  });
  const joined = greenlet.join({ timeout: 10 }).then((done) => done);
  await clock.advance(10);
  assertEquals([await joined, greenlet.links], [false, null]);
  await clock.advance(100);
  assertEquals(await greenlet.join({ timeout: 10 }), true);
});

Deno.test("Greenlet.get({ timeout }) throws a Timeout when it is over first", async () => {
  using clock = new ManualClock();
  const greenlet = spawn(function* () {
    yield* sleep(100);
    return "result";
  });
  const rejected = assertRejects(async () => await greenlet.get({ timeout: 10 }), Timeout);
  await clock.advance(10);
  await rejected;
  assertEquals(greenlet.links, null);
  await clock.advance(100);
  assertEquals(await greenlet.get({ timeout: 10 }), "result");
});

Deno.test("Greenlet.join() of an unstarted greenlet waits until it was started and ended", async () => {
  using clock = new ManualClock();
  const greenlet = new Greenlet(() => {});
  assertEquals(await Promise.race([advanced(), greenlet.join({ timeout: 10 })]), false);
  const joined = greenlet.join().then((done) => done);
  greenlet.start();
  assertEquals(await joined, true);

  async function advanced(): Promise<never> {
    await clock.advance(10);
    return new Promise(() => {});
  }
});

Deno.test("Greenlet.join() of the running greenlet gives false after its timeout", async () => {
  using clock = new ManualClock();
  const greenlet: Greenlet<boolean> = spawn(function* (): Coroutine<boolean> {
    return yield* getCurrent().join({ timeout: 10 });
  });
  await clock.advance(10);
  assertEquals(await greenlet, false);
});

Deno.test("Many who wait for one greenlet are woken in the order in which they came", async () => {
  const order: number[] = [];
  await run(function* () {
    const greenlet = spawn(function* () {
      yield* sleep(0);
      yield* sleep(0);
    });
    for (let i = 0; i < 100; i++) {
      spawn(function* () {
        yield* greenlet.join();
        order.push(i);
      });
    }
  });
  assertEquals(order, Array.from({ length: 100 }, (_, i) => i));
});

Deno.test("The same error object is thrown to everyone who waits", async () => {
  const greenlet = spawn(() => {
    throw failure;
  });
  const seen = await Promise.all([1, 2, 3].map(() => assertRejects(async () => await greenlet)));
  for (const error of seen) assertStrictEquals(error, failure);
});

Deno.test("One who gives up waiting does not disturb the others", async () => {
  using clock = new ManualClock();
  const greenlet = spawn(function* () {
    yield* sleep(20);
    return "result";
  });
  const order: unknown[] = [];
  for (const timeout of [30, 10, 40]) {
    spawn(function* () {
      order.push([timeout, yield* greenlet.join({ timeout })]);
    });
  }
  await clock.advance(20);
  assertEquals(order, [[10, false], [30, true], [40, true]]);
});

Deno.test("Greenlet.join() of a greenlet that a switch started is woken at its end", async () => {
  const greenlet = new Greenlet(() => "result");
  const joined = greenlet.join().then((done) => [done, greenlet.value]);
  await settle();
  greenlet.switch();
  assertEquals(await joined, [true, "result"]);
});

Deno.test("Greenlet.then() handles the error when given a second handler", async () => {
  const greenlet = spawn(() => {
    throw failure;
  });
  assertStrictEquals(await greenlet.then(() => "none", (error) => error), failure);
});

Deno.test("A greenlet can be awaited again and again", async () => {
  const greenlet = spawn(() => "result");
  assertEquals([await greenlet, await greenlet, await greenlet], ["result", "result", "result"]);
});

Deno.test("Promise.all() takes greenlets", async () => {
  assertEquals(await Promise.all([spawn(() => 1), spawn(() => "two")]), [1, "two"]);
});
