// Copyright 2026 the Tendril authors. MIT license.
// call: generators as frames of the current greenlet.

import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import {
  call,
  type Coroutine,
  getCurrent,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

function* depth(n: number): Coroutine<number> {
  return n === 0 ? 0 : 1 + (yield* call(depth(n - 1)));
}

Deno.test("call() gives what the generator returns", async () => {
  assertEquals(await run(depth, 3), 3);
});

Deno.test("call() goes a million frames deep", async () => {
  assertEquals(await run(depth, 1_000_000), 1_000_000);
});

Deno.test("call() raises what the generator throws, through all frames", async () => {
  const failure = new RangeError("broken");
  const log: number[] = [];
  const fail = function* (n: number): Coroutine {
    try {
      if (n === 0) throw failure;
      yield* call(fail(n - 1));
    } finally {
      log.push(n);
    }
  };
  const caught = await run(function* () {
    try {
      yield* call(fail(3));
    } catch (error) {
      return error;
    }
  });
  assertStrictEquals(caught, failure);
  assertEquals(log, [0, 1, 2, 3]);
});

Deno.test("call() lets a frame in the middle catch and go on", async () => {
  const inner = function* (): Coroutine {
    yield* sleep(0);
    throw new RangeError("broken");
  };
  const middle = function* (): Coroutine<string> {
    try {
      yield* call(inner());
    } catch {
      yield* sleep(0);
      return "caught in the middle";
    }
    return "not reached";
  };
  assertEquals(
    await run(function* () {
      return yield* call(middle());
    }),
    "caught in the middle",
  );
});

Deno.test("call() keeps the current greenlet", async () => {
  await run(function* () {
    const self = getCurrent();
    const seen = yield* call((function* () {
      yield;
      return getCurrent();
    })());
    assertStrictEquals(seen, self);
  });
});

Deno.test("call() runs the finally blocks of all frames when the greenlet is killed", async () => {
  const log: number[] = [];
  const nest = function* (n: number): Coroutine {
    try {
      if (n === 0) yield* sleep(100_000);
      else yield* call(nest(n - 1));
    } finally {
      yield* sleep(0);
      log.push(n);
    }
  };
  const greenlet = spawn(nest, 2);
  await settle();
  await greenlet.kill();
  assertInstanceOf(greenlet.value, GreenletExit);
  assertEquals(log, [0, 1, 2]);
});

Deno.test("call() lets a Timeout through to the frame that started it", async () => {
  using clock = new ManualClock();
  const greenlet = spawn(function* () {
    using limit = Timeout.startNew(10);
    try {
      yield* call((function* () {
        yield* call((function* () {
          yield* sleep(100_000);
        })());
      })());
    } catch (error) {
      return error === limit;
    }
  });
  await clock.advance(10);
  assertEquals(await greenlet, true);
});

Deno.test("call() can be awaited and selected, and runs in a greenlet of its own then", async () => {
  assertEquals(await call(depth(3)), 3);
  assertEquals((await select({ depth: call(depth(2)), late: sleep(100_000) })).value, 2);
});

Deno.test("call() that loses a select is killed", async () => {
  let cleanedUp = false;
  const loser = function* (): Coroutine {
    try {
      yield* sleep(100_000);
    } finally {
      cleanedUp = true;
    }
  };
  const { key } = await select({ loser: call(loser()), winner: sleep(1) });
  await settle();
  assertEquals([key, cleanedUp], ["winner", true]);
});

Deno.test("call() refuses what is no generator and names it", () => {
  assertThrows(
    () => Reflect.apply(call, undefined, [depth]),
    TypeError,
    "Cannot call function depth: expected a generator",
  );
});
