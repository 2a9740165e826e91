// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  type Coroutine,
  getCurrent,
  getHub,
  GreenletExit,
  type Op,
  run,
  sleep,
  spawn,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** What an Op throws. */
function* thrownBy(op: Op<unknown>): Coroutine<unknown> {
  try {
    yield* op;
  } catch (error) {
    return error;
  }
}

Deno.test("until() gives the value of a promise", async () => {
  await run(function* () {
    assertEquals(yield* until(Promise.resolve(7)), 7);
  });
});

Deno.test("until() throws the very error of a promise", async () => {
  const error = new RangeError("broken");
  await run(function* () {
    assertStrictEquals(yield* thrownBy(until(Promise.reject(error))), error);
  });
});

Deno.test("until() gives a plain value at once", async () => {
  await run(function* () {
    assertEquals(yield* until(7), 7);
  });
});

Deno.test("until() takes a promise that is no native one", async () => {
  const thenable = { then: (resolve: (value: number) => void) => resolve(7) };
  await run(function* () {
    assertEquals(yield* until(thenable as PromiseLike<number>), 7);
  });
});

Deno.test("until() takes the first outcome of a promise that settles twice", async () => {
  const before = getHub().stats().external;
  const thenable = {
    then(resolve: (value: number) => void, reject: (error: unknown) => void) {
      resolve(7);
      reject(new Error("too late"));
      resolve(8);
    },
  };
  await run(function* () {
    assertEquals(yield* until(thenable as PromiseLike<number>), 7);
    yield* sleep(0);
  });
  assertEquals(getHub().stats().external, before);
});

Deno.test("until() throws what the then of a foreign promise throws", async () => {
  const error = new RangeError("broken");
  const thenable = {
    then() {
      throw error;
    },
  };
  await run(function* () {
    assertStrictEquals(
      yield* thrownBy(until(thenable as unknown as PromiseLike<number>)),
      error,
    );
  });
});

Deno.test("until() that was killed sees the rejection that comes later", async () => {
  const { promise, reject } = Promise.withResolvers<number>();
  const waiting = spawn(function* () {
    yield* until(promise);
  });
  await settle();
  await waiting.kill();
  // Unseen, it would end this test as an unhandled rejection.
  reject(new Error("nobody looks"));
  await settle();
});

Deno.test("until() that timed out sees the rejection that comes later", async () => {
  using clock = new ManualClock();
  const { promise, reject } = Promise.withResolvers<number>();
  const waiting = spawn(function* () {
    return yield* withTimeout(10, until(promise), { value: "late" });
  });
  await clock.advance(10);
  assertEquals(await waiting, "late");
  reject(new Error("nobody looks"));
  await settle();
});

Deno.test("until() that timed out sees the rejection of its function, too", async () => {
  using clock = new ManualClock();
  const { promise, reject } = Promise.withResolvers<number>();
  const waiting = spawn(function* () {
    return yield* withTimeout(10, until(async () => await promise), { value: "late" });
  });
  await clock.advance(10);
  assertEquals(await waiting, "late");
  reject(new Error("nobody looks"));
  await settle();
});

Deno.test("until() goes on at once when it is killed, however long the promise takes", async () => {
  const before = getHub().stats().external;
  const waiting = spawn(function* () {
    yield* until(new Promise(() => {}));
  });
  await settle();
  assertEquals(getHub().stats().external, before + 1);
  await waiting.kill();
  assertEquals(getHub().stats().external, before);
});

Deno.test("until(function) calls the function when it is used, not when it is made", async () => {
  let calls = 0;
  await run(function* () {
    const op = until(() => Promise.resolve(++calls));
    assertEquals(calls, 0);
    assertEquals(yield* op, 1);
  });
});

Deno.test("until(function) gives the value of a function that is not async", async () => {
  await run(function* () {
    assertEquals(yield* until(() => 7), 7);
  });
});

Deno.test("until(function) throws what the function throws at the call", async () => {
  const error = new RangeError("broken");
  const before = getHub().stats().external;
  await run(function* () {
    assertStrictEquals(
      yield* thrownBy(until(() => {
        throw error;
      })),
      error,
    );
  });
  assertEquals(getHub().stats().external, before);
});

Deno.test("until(function) keeps getCurrent() right across the awaits in it", async () => {
  await run(function* () {
    const me = getCurrent();
    yield* until(async () => {
      await Promise.resolve();
      assertStrictEquals(getCurrent(), me);
      await sleep(0);
      assertStrictEquals(getCurrent(), me);
    });
  });
});

Deno.test("until(function) ends what the function awaits when the greenlet is killed", async () => {
  const before = getHub().stats();
  const seen = Promise.withResolvers<unknown>();
  const waiting = spawn(function* () {
    yield* until(async () => {
      try {
        await sleep(100_000);
      } catch (error) {
        seen.resolve(error);
      }
    });
  });
  await settle();
  await waiting.kill();
  assertInstanceOf(await seen.promise, GreenletExit);
  await settle();
  const { timers, external } = getHub().stats();
  assertEquals([timers, external], [before.timers, before.external]);
});

Deno.test("until(function) ends what the function awaits when its time is over", async () => {
  using clock = new ManualClock();
  const seen = Promise.withResolvers<unknown>();
  const waiting = spawn(function* () {
    return yield* thrownBy(withTimeout(
      10,
      until(async () => {
        try {
          await sleep(100_000);
        } catch (error) {
          seen.resolve(error);
        }
      }),
    ));
  });
  await clock.advance(10);
  assertInstanceOf(await waiting, Timeout);
  assertInstanceOf(await seen.promise, GreenletExit);
});

Deno.test("until(function) refuses further Ops of a function that was given up", async () => {
  const seen = Promise.withResolvers<unknown>();
  const gate = Promise.withResolvers<void>();
  const waiting = spawn(function* () {
    yield* until(async () => {
      await gate.promise;
      try {
        await sleep(0);
        seen.resolve("went on");
      } catch (error) {
        seen.resolve(error);
      }
    });
  });
  await settle();
  await waiting.kill();
  gate.resolve();
  assertInstanceOf(await seen.promise, GreenletExit);
});

Deno.test("a plain yield of a promise waits for it", async () => {
  await run(function* (): Coroutine {
    assertEquals(yield Promise.resolve(7), 7);
  });
});

Deno.test("a plain yield of a rejected promise throws its error", async () => {
  const error = new RangeError("broken");
  await run(function* () {
    try {
      yield Promise.reject(error);
    } catch (thrown) {
      return assertStrictEquals(thrown, error);
    }
    throw new Error("was not reached");
  });
});
