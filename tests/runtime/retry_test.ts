// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Coroutine,
  GreenletExit,
  retry,
  RetryError,
  run,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** A function that fails `times` times before it succeeds; notes when it was called. */
function flaky(times: number, clock: ManualClock): { calls: number[]; fn: () => string } {
  const calls: number[] = [];
  const start = clock.now();
  const fn = () => {
    if (calls.push(clock.now() - start) <= times) throw new RangeError(`try ${calls.length}`);
    return "done";
  };
  return { calls, fn };
}

Deno.test("retry() gives the result of the first try that succeeds", async () => {
  using clock = new ManualClock();
  const { calls, fn } = flaky(2, clock);
  const trying = spawn(() => retry(fn, { jitter: 0 }));
  await clock.advance(10_000);
  assertEquals(await trying, "done");
  assertEquals(calls.length, 3);
});

Deno.test("retry() tries 5 times after 1, 2, 4 and 8 seconds unless it is told otherwise", async () => {
  using clock = new ManualClock();
  const { calls, fn } = flaky(9, clock);
  const trying = spawn(() => retry(fn, { jitter: 0 }));
  trying.link(() => {});
  await clock.advance(100_000);
  assertEquals(calls, [0, 1000, 3000, 7000, 15_000]);
  assertEquals(trying.successful, false);
});

Deno.test("retry() lets pauses grow by its multiplier up to maxDelay", async () => {
  using clock = new ManualClock();
  const { calls, fn } = flaky(9, clock);
  const options = { times: 6, minDelay: 10, maxDelay: 60, multiplier: 3, jitter: 0 };
  const trying = spawn(() => retry(fn, options));
  trying.link(() => {});
  await clock.advance(1000);
  assertEquals(calls, [0, 10, 40, 100, 160, 220]);
});

Deno.test("retry() makes pauses shorter by chance, never longer", async () => {
  using clock = new ManualClock();
  const { calls, fn } = flaky(99, clock);
  const options = { times: 50, minDelay: 100, multiplier: 1, maxDelay: 100, jitter: 0.5 };
  const trying = spawn(() => retry(fn, options));
  trying.link(() => {});
  await clock.advance(10_000);
  const pauses = calls.slice(1).map((at, i) => at - calls[i]!);
  assertEquals(pauses.length, 49);
  assert(pauses.every((ms) => ms >= 50 && ms <= 100));
  assert(new Set(pauses).size > 1);
});

Deno.test("retry() waits as long as the error asks for, up to maxDelay, and whatever the jitter", async () => {
  using clock = new ManualClock();
  const { calls, fn } = flaky(3, clock);
  const asked: Record<string, number | undefined> = {
    "try 1": 70,
    "try 2": 5000,
    "try 3": undefined,
  };
  const delay = (error: unknown) => asked[(error as Error).message];
  const trying = spawn(() => retry(fn, { minDelay: 10, maxDelay: 100, jitter: 1, delay }));
  await clock.advance(1000);
  await trying;
  const [first, second, third, fourth] = calls;
  assertEquals([first, second, third], [0, 70, 170]);
  assert(fourth! - third! <= 40);
});

Deno.test("retry() throws a RetryError with the last error and the number of tries", async () => {
  using clock = new ManualClock();
  const { fn } = flaky(99, clock);
  const trying = retry(fn, { times: 3, minDelay: 1, jitter: 0 }).then(() => {}, (error) => error);
  await clock.advance(100);
  const error = await trying;
  assertInstanceOf(error, RetryError);
  assertEquals([error.attempts, (error.cause as Error).message], [3, "try 3"]);
});

Deno.test("retry() throws an error that is not worth another try, unchanged", async () => {
  const error = new TypeError("hopeless");
  let tries = 0;
  const trying = run(function* () {
    yield* retry(() => {
      tries++;
      throw error;
    }, { when: (thrown) => !(thrown instanceof TypeError) });
  });
  assertStrictEquals(await assertRejects(() => trying), error);
  assertEquals(tries, 1);
});

Deno.test("retry() tells `when` the error and the number of the try", async () => {
  using clock = new ManualClock();
  const seen: unknown[] = [];
  const { fn } = flaky(2, clock);
  const when = (error: unknown, attempt: number) => {
    seen.push([(error as Error).message, attempt]);
    return true;
  };
  const trying = spawn(() => retry(fn, { minDelay: 1, jitter: 0, when }));
  await clock.advance(100);
  await trying;
  assertEquals(seen, [["try 1", 1], ["try 2", 2]]);
});

const kinds: Record<string, (fn: () => string) => () => Coroutine<string> | Promise<string>> = {
  "a generator function": (fn) =>
    function* () {
      yield* sleep(0);
      return fn();
    },
  "an async function": (fn) => async () => {
    await sleep(0);
    return fn();
  },
};

for (const [kind, wrap] of Object.entries(kinds)) {
  Deno.test(`retry() takes ${kind}`, async () => {
    using clock = new ManualClock();
    const { calls, fn } = flaky(1, clock);
    const trying = spawn(function* () {
      return yield* retry(wrap(fn), { minDelay: 10, jitter: 0 });
    });
    await clock.advance(10);
    await clock.advance(10);
    assertEquals(await trying, "done");
    assertEquals(calls.length, 2);
  });
}

Deno.test("retry() does not try again after a kill", async () => {
  let tries = 0;
  const trying = spawn(function* () {
    yield* retry(function* () {
      tries++;
      yield* sleep(100_000);
    }, { minDelay: 0 });
  });
  await settle();
  await trying.kill();
  assertInstanceOf(trying.value as unknown, GreenletExit);
  assertEquals(tries, 1);
});

Deno.test("retry() lets an outer Timeout through as that very object", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  let tries = 0;
  const trying = spawn(function* () {
    limit.start();
    yield* retry(function* () {
      tries++;
      yield* sleep(100_000);
    }, { minDelay: 0 });
  });
  trying.link(() => {});
  await clock.advance(10);
  assertStrictEquals(trying.exception, limit);
  assertEquals(tries, 1);
});

Deno.test("retry() lets the error of an outer Timeout through", async () => {
  using clock = new ManualClock();
  const error = new RangeError("too slow");
  let tries = 0;
  const trying = spawn(function* () {
    new Timeout(10, error).start();
    yield* retry(function* () {
      tries++;
      yield* sleep(100_000);
    }, { minDelay: 0, jitter: 0 });
  });
  trying.link(() => {});
  await clock.advance(10);
  assertStrictEquals(trying.exception, error);
  assertEquals(tries, 1);
});

Deno.test("retry() tries again after a limit of a single try", async () => {
  using clock = new ManualClock();
  let tries = 0;
  const trying = spawn(function* () {
    return yield* retry(function* () {
      if (++tries === 1) yield* withTimeout(10, sleep(100_000));
      return "done";
    }, { minDelay: 5, jitter: 0 });
  });
  await clock.advance(15);
  assertEquals(await trying, "done");
});

Deno.test("retry() tries again after get() of a greenlet timed out", async () => {
  using clock = new ManualClock();
  let tries = 0;
  const slow = spawn(() => sleep(100_000));
  const trying = spawn(function* () {
    return yield* retry(function* () {
      if (++tries === 1) yield* slow.get({ timeout: 10 });
      return "done";
    }, { minDelay: 5, jitter: 0 });
  });
  await clock.advance(15);
  assertEquals(await trying, "done");
  await slow.kill();
});

for (
  const [name, options] of Object.entries({
    times: { times: 0 },
    minDelay: { minDelay: -1 },
    maxDelay: { minDelay: 10, maxDelay: 5 },
    multiplier: { multiplier: 0.5 },
    jitter: { jitter: 1.5 },
  })
) {
  Deno.test(`retry() refuses a ${name} out of its range at the call`, () => {
    assertThrows(() => retry(() => {}, options), RangeError, name);
  });
}

Deno.test("retry() refuses what is no function", () => {
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => retry(7), TypeError, "7");
});
