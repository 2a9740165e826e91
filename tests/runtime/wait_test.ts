// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Coroutine,
  Greenlet,
  GreenletExit,
  iwait,
  joinAll,
  killAll,
  run,
  sleep,
  spawn,
  spawnLater,
  Timeout,
  wait,
} from "@tendril/tendril";
import { ManualClock } from "../manual_clock.ts";

function* nap(ms: number): Coroutine<number> {
  yield* sleep(ms);
  return ms;
}

function* failAfter(ms: number): Coroutine<number> {
  yield* sleep(ms);
  throw new RangeError(`failed after ${ms}`);
}

/** Does not die before `ms` milliseconds are over. */
function* stubborn(ms: number): Coroutine<number> {
  try {
    yield* sleep(100_000);
  } finally {
    yield* sleep(ms);
  }
  return ms;
}

function values(greenlets: Greenlet<number>[]): (number | undefined)[] {
  return greenlets.map((each) => each.value);
}

/** Runs `body` while the clock goes on until it is done. */
async function during<T>(ms: number, body: () => Coroutine<T>): Promise<T> {
  using clock = new ManualClock();
  const running = run(body);
  const ended = running.then(() => {}, () => {});
  await clock.advance(ms);
  await ended;
  return await running;
}

for (const [name, waitFor] of Object.entries({ joinAll, wait })) {
  Deno.test(`${name}() gives the greenlets in the order of their ends`, async () => {
    await during(30, function* () {
      const ended = yield* waitFor([30, 10, 20].map((ms) => spawn(nap, ms)));
      assertEquals(values(ended), [10, 20, 30]);
    });
  });

  Deno.test(`${name}() gives those that had ended before first`, async () => {
    await during(10, function* () {
      const done = spawn(nap, 0);
      yield* done;
      assertEquals(values(yield* waitFor([spawn(nap, 10), done])), [0, 10]);
    });
  });

  Deno.test(`${name}() of nothing gives an empty array at once`, async () => {
    await run(function* () {
      assertEquals(yield* waitFor([]), []);
    });
  });

  Deno.test(`${name}() takes any iterable`, async () => {
    await during(20, function* () {
      const set = new Set([spawn(nap, 20), spawn(nap, 10)]);
      assertEquals(values(yield* waitFor(set)), [10, 20]);
    });
  });

  Deno.test(`${name}() gives a greenlet that is named twice twice`, async () => {
    await during(10, function* () {
      const one = spawn(nap, 10);
      assertEquals(values(yield* waitFor([one, one])), [10, 10]);
    });
  });

  Deno.test(`${name}() with a count gives that many`, async () => {
    await during(30, function* () {
      const greenlets = [30, 10, 20].map((ms) => spawn(nap, ms));
      assertEquals(values(yield* waitFor(greenlets, { count: 2 })), [10, 20]);
      assertEquals(greenlets[0]!.ready, false);
    });
  });

  Deno.test(`${name}() with a count of 0 waits for nobody`, async () => {
    await during(10, function* () {
      assertEquals(yield* waitFor([spawn(nap, 10)], { count: 0 }), []);
    });
  });

  Deno.test(`${name}() with a count above their number waits for all`, async () => {
    await during(10, function* () {
      assertEquals(values(yield* waitFor([spawn(nap, 10)], { count: 5 })), [10]);
    });
  });

  for (const count of [-1, 1.5, NaN]) {
    Deno.test(`${name}() refuses a count of ${count}`, () => {
      assertThrows(() => waitFor([], { count }), RangeError, String(count));
    });
  }

  Deno.test(`${name}() gives those that ended in time when its timeout is over`, async () => {
    await during(30, function* () {
      const greenlets = [30, 10, 20].map((ms) => spawn(nap, ms));
      assertEquals(values(yield* waitFor(greenlets, { timeout: 25 })), [10, 20]);
    });
  });

  Deno.test(`${name}() with a timeout of 0 gives those that have ended`, async () => {
    await during(10, function* () {
      const done = spawn(nap, 0);
      yield* done;
      assertEquals(values(yield* waitFor([done, spawn(nap, 10)], { timeout: 0 })), [0]);
    });
  });

  Deno.test(`${name}() of a greenlet that never starts ends by its timeout`, async () => {
    await during(10, function* () {
      assertEquals(yield* waitFor([new Greenlet(() => {})], { timeout: 10 }), []);
    });
  });

  Deno.test(`${name}() leaves the greenlets running that it does not wait for any more`, async () => {
    await during(20, function* () {
      const slow = spawn(nap, 20);
      yield* waitFor([slow, spawn(nap, 5)], { count: 1 });
      assertEquals(yield* slow, 20);
    });
  });

  Deno.test(`${name}() refuses what is no greenlet`, () => {
    // @ts-expect-error -- plain JavaScript may pass anything
    assertThrows(() => waitFor([7]), TypeError, "7");
  });
}

Deno.test("joinAll() throws no error of a greenlet unless it is told to", async () => {
  await during(10, function* () {
    const [failed] = yield* joinAll([spawn(failAfter, 10)]);
    assertEquals([failed?.successful, failed?.value], [false, undefined]);
  });
});

Deno.test("joinAll() with raiseError throws the error of the first to fail", async () => {
  await during(30, function* () {
    const greenlets = [spawn(failAfter, 20), spawn(failAfter, 10), spawn(nap, 30)];
    let thrown: unknown;
    try {
      yield* joinAll(greenlets, { raiseError: true });
    } catch (error) {
      thrown = error;
    }
    assertStrictEquals(thrown, greenlets[1]!.exception);
    assertEquals(greenlets.map((each) => each.ready), [false, true, false]);
  });
});

Deno.test("wait() without greenlets gives true when all others have ended", async () => {
  await during(20, function* () {
    const log: string[] = [];
    spawnLater(10, () => log.push("later"));
    spawn(nap, 20);
    assertEquals(yield* wait(), true);
    assertEquals(log, ["later"]);
  });
});

Deno.test("wait() without greenlets gives false when its timeout is over", async () => {
  await during(20, function* () {
    spawn(nap, 20);
    assertEquals(yield* wait(undefined, { timeout: 10 }), false);
    assertEquals(yield* wait(), true);
  });
});

Deno.test("wait() without greenlets gives true at once when there is nobody else", async () => {
  await run(function* () {
    assertEquals(yield* wait(), true);
  });
});

Deno.test("iwait() gives greenlets as they end", async () => {
  await during(30, function* () {
    const it = iwait([30, 10, 20].map((ms) => spawn(nap, ms)));
    const seen: unknown[] = [];
    for (let step = yield* it.next(); !step.done; step = yield* it.next()) {
      seen.push(step.value.value);
    }
    assertEquals(seen, [10, 20, 30]);
    assertEquals((yield* it.next()).done, true);
  });
});

Deno.test("iwait() misses no end while its reader does something else", async () => {
  await during(60, function* () {
    using it = iwait([10, 20, 30].map((ms) => spawn(nap, ms)));
    const seen: unknown[] = [];
    for (let step = yield* it.next(); !step.done; step = yield* it.next()) {
      seen.push(step.value.value);
      yield* sleep(15);
    }
    assertEquals(seen, [10, 20, 30]);
  });
});

Deno.test("iwait() ends after count greenlets", async () => {
  await during(30, function* () {
    const it = iwait([30, 10, 20].map((ms) => spawn(nap, ms)), { count: 1 });
    assertEquals((yield* it.next()).value?.value, 10);
    assertEquals((yield* it.next()).done, true);
  });
});

Deno.test("iwait() ends when its timeout, counted from the first next(), is over", async () => {
  await during(50, function* () {
    const it = iwait([35, 10].map((ms) => spawn(nap, ms)), { timeout: 20 });
    yield* sleep(5);
    assertEquals((yield* it.next()).value?.value, 10);
    assertEquals((yield* it.next()).done, true);
  });
});

Deno.test("iwait() that is disposed of is over", async () => {
  await during(10, function* () {
    const it = iwait([spawn(nap, 10)]);
    it[Symbol.dispose]();
    assertEquals((yield* it.next()).done, true);
  });
});

Deno.test("killAll() ends all and waits for their cleanup", async () => {
  await during(5, function* () {
    const greenlets = [spawn(stubborn, 5), spawn(nap, 1000)];
    yield* sleep(0);
    yield* killAll(greenlets);
    assertEquals(greenlets.map((each) => each.dead), [true, true]);
  });
});

Deno.test("killAll() acts at the call", async () => {
  await run(function* () {
    const greenlets = [spawn(nap, 1000), spawn(nap, 1000)];
    yield* sleep(0);
    killAll(greenlets);
    yield* sleep(0);
    assertEquals(greenlets.map((each) => each.dead), [true, true]);
  });
});

Deno.test("killAll() lets those that never ran die at the call", async () => {
  await run(function* () {
    let ran = false;
    const greenlets = [spawn(() => ran = true), spawnLater(1000, () => ran = true)];
    killAll(greenlets);
    assertEquals(greenlets.map((each) => each.dead), [true, true]);
    yield* sleep(0);
    assertEquals(ran, false);
  });
});

Deno.test("killAll() raises the given error", async () => {
  await run(function* () {
    const error = new RangeError("stop");
    const greenlet = spawn(nap, 1000);
    yield* sleep(0);
    yield* killAll([greenlet], error);
    assertStrictEquals(greenlet.exception, error);
  });
});

Deno.test("killAll() raises a GreenletExit by default", async () => {
  await run(function* () {
    const greenlet = spawn(nap, 1000);
    yield* killAll(new Set([greenlet]));
    assertInstanceOf(greenlet.value as unknown, GreenletExit);
  });
});

Deno.test("killAll() of nothing or of the dead is done at once", async () => {
  await run(function* () {
    yield* killAll([]);
    const dead = spawn(() => 1);
    yield* dead;
    yield* killAll([dead]);
    assertEquals(dead.value, 1);
  });
});

Deno.test("killAll() throws a Timeout when some are still alive after its timeout", async () => {
  await during(20, function* () {
    const greenlet = spawn(stubborn, 20);
    yield* sleep(0);
    let thrown: unknown;
    try {
      yield* killAll([greenlet], undefined, { timeout: 10 });
    } catch (error) {
      thrown = error;
    }
    assertInstanceOf(thrown, Timeout);
    assertEquals(greenlet.dead, false);
    yield* greenlet.join();
  });
});

Deno.test("killAll() refuses what is no greenlet before it kills anybody", async () => {
  await during(10, function* () {
    const greenlet = spawn(nap, 10);
    // @ts-expect-error -- plain JavaScript may pass anything
    assertThrows(() => killAll([greenlet, 7]), TypeError, "7");
    assertEquals(yield* greenlet, 10);
  });
});
