// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Coroutine,
  getHub,
  GreenletError,
  GreenletExit,
  run,
  type Scope,
  scope,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { stub } from "@std/testing/mock";
import { ManualClock, settle } from "../manual_clock.ts";

function* nap(ms: number): Coroutine<number> {
  yield* sleep(ms);
  return ms;
}

function* failAfter(ms: number, error: Error): Coroutine {
  yield* sleep(ms);
  throw error;
}

/** Waits until it is killed, then cleans up for `ms` milliseconds. */
function* tidy(log: string[], name: string, ms: number): Coroutine {
  try {
    yield* sleep(100_000);
  } finally {
    yield* sleep(ms);
    log.push(`${name} cleaned up`);
  }
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

Deno.test("scope() gives what its block returns", async () => {
  await run(function* () {
    assertEquals(yield* scope(() => 7), 7);
  });
});

Deno.test("scope() waits for the children that its block does not wait for", async () => {
  await during(20, function* () {
    const log: string[] = [];
    const result = yield* scope(function* (s) {
      s.spawn(function* () {
        yield* sleep(20);
        log.push("child");
      });
      log.push("block");
      return "result";
    });
    assertEquals([result, ...log], ["result", "block", "child"]);
  });
});

Deno.test("scope() waits for children of children that join it late", async () => {
  await during(20, function* () {
    const log: string[] = [];
    yield* scope((s) => {
      s.spawn(function* () {
        yield* sleep(10);
        s.spawn(function* () {
          yield* sleep(10);
          log.push("late child");
        });
      });
    });
    assertEquals(log, ["late child"]);
  });
});

Deno.test("scope() throws the very error of a child that fails", async () => {
  const error = new RangeError("broken");
  const failing = during(10, function* () {
    yield* scope((s) => void s.spawn(failAfter, 10, error));
  });
  assertStrictEquals(await assertRejects(() => failing), error);
});

Deno.test("scope() kills the siblings of a child that fails and waits for their cleanup", async () => {
  const log: string[] = [];
  const failing = during(15, function* () {
    try {
      yield* scope((s) => {
        s.spawn(tidy, log, "one", 5);
        s.spawn(tidy, log, "two", 3);
        s.spawn(failAfter, 10, new RangeError("broken"));
      });
    } finally {
      log.push("scope is over");
    }
  });
  await assertRejects(() => failing, RangeError, "broken");
  assertEquals(log, ["two cleaned up", "one cleaned up", "scope is over"]);
});

Deno.test("scope() ends its block when a child fails", async () => {
  let seen: unknown;
  const failing = during(10, function* () {
    yield* scope(function* (s) {
      s.spawn(failAfter, 10, new RangeError("broken"));
      try {
        yield* sleep(100_000);
      } catch (error) {
        seen = error;
        throw error;
      }
    });
  });
  await assertRejects(() => failing, RangeError, "broken");
  assertInstanceOf(seen, GreenletExit);
});

Deno.test("scope() kills its children when its block fails, and throws that error", async () => {
  const log: string[] = [];
  const error = new RangeError("broken");
  const failing = during(5, function* () {
    yield* scope(function* (s) {
      s.spawn(tidy, log, "child", 5);
      yield* sleep(0);
      throw error;
    });
  });
  assertStrictEquals(await assertRejects(() => failing), error);
  assertEquals(log, ["child cleaned up"]);
});

Deno.test("scope() throws several errors as one AggregateError", async () => {
  const [first, second] = [new RangeError("first"), new TypeError("second")];
  const failing = during(10, function* () {
    yield* scope((s) => {
      s.spawn(failAfter, 10, first);
      s.spawn(function* () {
        try {
          yield* sleep(100_000);
        } finally {
          throwIt(second);
        }
      });
    });
  });
  const error = await assertRejects(() => failing, AggregateError);
  assertEquals(error.errors, [first, second]);
});

function throwIt(error: Error): never {
  throw error;
}

Deno.test("scope() whose greenlet is killed ends its children first", async () => {
  const log: string[] = [];
  await during(5, function* () {
    const owner = spawn(() => scope((s) => void s.spawn(tidy, log, "child", 5)));
    yield* sleep(0);
    yield* sleep(0);
    yield* owner.kill();
    assertInstanceOf(owner.value as unknown, GreenletExit);
    assertEquals(log, ["child cleaned up"]);
  });
});

Deno.test("scope() lets a Timeout through as that very object, and ends its children first", async () => {
  const log: string[] = [];
  await during(15, function* () {
    const limit = new Timeout(10).start();
    try {
      yield* scope((s) => void s.spawn(tidy, log, "child", 5));
    } catch (error) {
      assertStrictEquals(error, limit);
      log.push("timed out");
    }
  });
  assertEquals(log, ["child cleaned up", "timed out"]);
});

Deno.test("scope() goes on when a child is killed", async () => {
  await during(10, function* () {
    const result = yield* scope(function* (s) {
      const child = s.spawn(nap, 100_000);
      const other = s.spawn(nap, 10);
      yield* sleep(0);
      yield* child.kill();
      return yield* other;
    });
    assertEquals(result, 10);
  });
});

Deno.test("scope() has nobody told of the error of a child", async () => {
  using onError = stub(getHub(), "onError");
  const failing = during(10, function* () {
    yield* scope((s) => void s.spawn(failAfter, 10, new RangeError("broken")));
  });
  await assertRejects(() => failing, RangeError);
  await settle();
  assertEquals(onError.calls.length, 0);
});

Deno.test("scope() nests: an inner failure ends the outer scope, too", async () => {
  const log: string[] = [];
  const failing = during(15, function* () {
    yield* scope(function* (outer) {
      outer.spawn(tidy, log, "outer child", 5);
      yield* scope((inner) => void inner.spawn(failAfter, 10, new RangeError("broken")));
    });
  });
  await assertRejects(() => failing, RangeError, "broken");
  assertEquals(log, ["outer child cleaned up"]);
});

Deno.test("scope() whose block caught the failure of an inner scope goes on", async () => {
  await during(10, function* () {
    const result = yield* scope(function* () {
      try {
        yield* scope((inner) => void inner.spawn(failAfter, 10, new RangeError("broken")));
      } catch {
        return "went on";
      }
    });
    assertEquals(result, "went on");
  });
});

Deno.test("scope() takes an async block", async () => {
  assertEquals(
    await run(function* () {
      return yield* scope(async (s) => {
        const child = s.spawn(nap, 0);
        return (await child) + 1;
      });
    }),
    1,
  );
});

Deno.test("scope() can be awaited", async () => {
  assertEquals(await scope((s) => s.spawn(() => 7).get()), 7);
});

Deno.test("Scope.size counts the children that live", async () => {
  await during(10, function* () {
    yield* scope(function* (s) {
      const child = s.spawn(nap, 10);
      assertEquals(s.size, 1);
      yield* child;
      assertEquals(s.size, 0);
    });
  });
});

Deno.test("Scope.spawn() is refused when the scope is over", async () => {
  await run(function* () {
    let kept: Scope | undefined;
    yield* scope((s) => {
      kept = s;
    });
    assertThrows(() => kept!.spawn(() => {}), GreenletError, "over");
  });
});

Deno.test("scope() and Scope.spawn() refuse what is no function", async () => {
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => scope(7), TypeError, "7");
  await scope((s) => {
    // @ts-expect-error -- plain JavaScript may pass anything
    assertThrows(() => s.spawn(7), TypeError, "7");
  });
});
