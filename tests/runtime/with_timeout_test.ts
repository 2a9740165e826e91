// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  Channel,
  type Coroutine,
  getHub,
  type Op,
  RLock,
  run,
  sleep,
  spawn,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** Runs `body` while `ms` milliseconds pass, and gives its result or throws its error. */
async function during<T>(ms: number, body: () => Coroutine<T>): Promise<T> {
  using clock = new ManualClock();
  const running = spawn(body);
  running.link(() => {});
  await clock.advance(ms);
  assertEquals(running.ready, true);
  return await running;
}

/** What an Op throws. */
function* thrownBy(op: Op<unknown>): Coroutine<unknown> {
  try {
    yield* op;
  } catch (error) {
    return error;
  }
}

const kinds: Record<string, () => Op<string> | (() => Coroutine<string> | Promise<string>)> = {
  "an Op": () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    resolve("done");
    return until(promise);
  },
  "a generator function": () =>
    function* () {
      yield* sleep(5);
      return "done";
    },
  "an async function": () => async () => {
    await sleep(5);
    return "done";
  },
};

for (const [kind, make] of Object.entries(kinds)) {
  Deno.test(`withTimeout() gives the result of ${kind} that is in time`, async () => {
    const before = getHub().stats().timers;
    assertEquals(
      await during(5, function* () {
        return yield* withTimeout(10, make());
      }),
      "done",
    );
    assertEquals(getHub().stats().timers, before);
  });
}

Deno.test("withTimeout() gives the result of a plain function", async () => {
  assertEquals(await withTimeout(10, () => 7), 7);
});

for (
  const [kind, what] of Object.entries({
    "an Op": () => sleep(100),
    "a generator function": () =>
      function* () {
        yield* sleep(100);
      },
    "an async function": () => async () => {
      await sleep(100);
    },
    "a function that gives an Op": () => () => sleep(100),
  })
) {
  Deno.test(`withTimeout() throws a Timeout when ${kind} is late`, async () => {
    const before = getHub().stats();
    const error = await during(10, function* () {
      return yield* thrownBy(withTimeout(10, what()));
    });
    assertInstanceOf(error, Timeout);
    assertEquals(error.ms, 10);
    await settle();
    const { timers, external, alive } = getHub().stats();
    assertEquals([timers, external, alive], [before.timers, before.external, before.alive]);
  });
}

Deno.test("withTimeout() gives its value instead when its own time is over", async () => {
  assertEquals(
    await during(10, function* () {
      return yield* withTimeout(10, sleep(100), { value: "late" });
    }),
    "late",
  );
});

Deno.test("withTimeout() gives a value of undefined, too", async () => {
  assertEquals(
    await during(10, function* () {
      return yield* withTimeout(10, sleep(100), { value: undefined });
    }),
    undefined,
  );
});

Deno.test("withTimeout() gives the result, not its value, when that is in time", async () => {
  assertEquals(
    await during(5, function* () {
      return yield* withTimeout(10, () => "done", { value: "late" });
    }),
    "done",
  );
});

Deno.test("withTimeout() lets an outer one through, whatever its own value is", async () => {
  const [inner, outer] = await during(10, function* () {
    let seen: unknown;
    const error = yield* thrownBy(
      withTimeout(10, function* () {
        try {
          seen = yield* withTimeout(20, sleep(100), { value: "late" });
        } catch (error) {
          seen = error;
          throw error;
        }
      }),
    );
    return [seen, error];
  });
  assertInstanceOf(outer, Timeout);
  assertEquals(outer.ms, 10);
  assertStrictEquals(inner, outer);
});

Deno.test("withTimeout() gives its value while an outer one goes on", async () => {
  assertEquals(
    await during(10, function* () {
      return yield* withTimeout(20, function* () {
        const inner = yield* withTimeout(10, sleep(100), { value: "late" });
        return [inner, "goes on"];
      });
    }),
    ["late", "goes on"],
  );
});

Deno.test("withTimeout() throws the error of the Timeout it is given", async () => {
  const error = new RangeError("too slow");
  const thrown = await during(10, function* () {
    return yield* thrownBy(withTimeout(new Timeout(10, error), sleep(100)));
  });
  assertStrictEquals(thrown, error);
});

Deno.test("withTimeout() gives its value when the Timeout it is given has an error", async () => {
  assertEquals(
    await during(10, function* () {
      const limit = new Timeout(10, new RangeError("too slow"));
      return yield* withTimeout(limit, sleep(100), { value: "late" });
    }),
    "late",
  );
});

Deno.test("withTimeout() swallows a silent Timeout of its own", async () => {
  assertEquals(
    await during(10, function* () {
      return yield* withTimeout(new Timeout(10, false), sleep(100));
    }),
    undefined,
  );
});

Deno.test("withTimeout() lets a silent outer Timeout through as that very object", async () => {
  const outer = new Timeout(10, false);
  const thrown = await during(10, function* () {
    outer.start();
    return yield* thrownBy(withTimeout(new Timeout(20, false), sleep(100)));
  });
  assertStrictEquals(thrown, outer);
});

Deno.test("withTimeout() throws the error of its function, whatever its value is", async () => {
  const error = new TypeError("broken");
  const thrown = await during(0, function* () {
    return yield* thrownBy(withTimeout(
      10,
      () => {
        throw error;
      },
      { value: "late" },
    ));
  });
  assertStrictEquals(thrown, error);
});

Deno.test("withTimeout() waits for the finally blocks of what was late", async () => {
  const log: string[] = [];
  const thrown = await during(15, function* () {
    const error = yield* thrownBy(withTimeout(10, function* () {
      try {
        yield* sleep(100);
      } finally {
        yield* sleep(5);
        log.push("cleaned up");
      }
    }));
    log.push("over");
    return error;
  });
  assertInstanceOf(thrown, Timeout);
  assertEquals(log, ["cleaned up", "over"]);
});

Deno.test("withTimeout() ends what a late async function awaits", async () => {
  const seen = Promise.withResolvers<unknown>();
  await during(10, function* () {
    yield* thrownBy(withTimeout(10, async () => {
      try {
        await sleep(100_000);
      } catch (error) {
        seen.resolve(error);
      }
    }));
  });
  assertInstanceOf(await seen.promise, Error);
});

Deno.test("withTimeout() can be awaited outside any greenlet", async () => {
  using clock = new ManualClock();
  const late = withTimeout(10, sleep(100)).then(() => {}, (error) => error);
  await clock.advance(10);
  assertInstanceOf(await late, Timeout);
});

Deno.test("withTimeout() never fires without a time", async () => {
  assertEquals(
    await during(1_000_000, function* () {
      yield* withTimeout(new Timeout(), sleep(1_000_000));
      return "untouched";
    }),
    "untouched",
  );
});

Deno.test("withTimeout() starts its time when it is used, not when it is made", async () => {
  assertEquals(
    await during(25, function* () {
      const op = withTimeout(10, sleep(5));
      yield* sleep(20);
      yield* op;
      return "in time";
    }),
    "in time",
  );
});

Deno.test("withTimeout() refuses a time below zero at the call", () => {
  assertThrows(() => withTimeout(-1, sleep(1)), RangeError, "-1");
});

Deno.test("withTimeout() refuses what is neither an Op nor a function at the call", () => {
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => withTimeout(1, 7), TypeError, "7");
});

Deno.test("withTimeout() refuses a second use", async () => {
  await run(function* () {
    const op = withTimeout(10, () => 1);
    yield* op;
    assertInstanceOf(yield* thrownBy(op), TypeError);
  });
  const op = withTimeout(10, () => 1);
  await op;
  await assertRejects(async () => await op, TypeError);
});

Deno.test("withTimeout() of an Op that is awaited acquires for the caller", async () => {
  const lock = new RLock();
  (await withTimeout(1000, lock.acquire())).release();
  assertEquals(lock.locked, false);
});

Deno.test("withTimeout() of an Op that is awaited gives its value, or throws, when time is over", async () => {
  const never = new Channel<number>();
  assertEquals(await withTimeout(1, never.receive(), { value: "late" }), "late");
  await assertRejects(async () => await withTimeout(1, never.receive()), Timeout);
  assertEquals(never.stats().waitingReceivers, 0);
});

Deno.test("withTimeout() without an end arms no timer", async () => {
  using clock = new ManualClock();
  const ready = new Channel<number>(1);
  const received = spawn(() => ready.receive({ timeout: Infinity }));
  await settle();
  assertEquals(clock.armed, 0);
  ready.trySend(1);
  assertEquals(await received, 1);
});
