// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  activeCount,
  getCurrent,
  getHub,
  GreenletExit,
  run,
  sleep,
  spawn,
  spawnLater,
  spawnWith,
  until,
} from "@tendril/tendril";
import { stub } from "@std/testing/mock";
import { ManualClock, settle } from "../manual_clock.ts";

/** Waits until it is killed, then cleans up for `ms` milliseconds. */
function* tidy(log: string[], name: string, ms = 0): Generator<unknown, void> {
  try {
    yield* sleep(100_000);
  } finally {
    yield* sleep(ms);
    log.push(`${name} cleaned up`);
  }
}

Deno.test("run() gives what its function returns", async () => {
  assertEquals(
    await run(function* () {
      yield* sleep(0);
      return 7;
    }),
    7,
  );
});

Deno.test("run() passes its arguments on", async () => {
  assertEquals(await run((a: number, b: string) => a + b, 1, "x"), "1x");
});

Deno.test("run() takes an async function", async () => {
  assertEquals(await run(async (n: number) => (await sleep(0), n + 1), 1), 2);
});

Deno.test("run() takes an object for an argument, not for options", async () => {
  assertEquals(await run((given: { a: number }) => given.a, { a: 1 }), 1);
});

Deno.test("run() takes options instead of arguments", async () => {
  assertEquals(await run((...args: unknown[]) => args.length, { deadlock: "ignore" }), 0);
});

Deno.test("run() never runs its function before it returns", async () => {
  let begun = false;
  const running = run(() => {
    begun = true;
  });
  assertEquals(begun, false);
  await running;
  assertEquals(begun, true);
});

Deno.test("run() refuses what is no function at the call", () => {
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => run(7), TypeError, "7");
  const generator = (function* () {})();
  // @ts-expect-error -- a common mistake
  assertThrows(() => run(generator), TypeError, "generator function itself");
});

Deno.test("run() rejects with the very error of its function", async () => {
  const error = new RangeError("broken");
  const failing = () =>
    run(() => {
      throw error;
    });
  assertStrictEquals(await assertRejects(failing), error);
});

Deno.test("run() waits for every greenlet below it", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const running = run(function* () {
    spawn(function* () {
      yield* sleep(10);
      spawn(function* () {
        yield* sleep(10);
        log.push("grandchild");
      });
      log.push("child");
    });
    log.push("root");
    return "result";
  });
  await clock.advance(20);
  assertEquals(await running, "result");
  assertEquals(log, ["root", "child", "grandchild"]);
});

Deno.test("run() waits for a greenlet that is to start later", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const running = run(() => void spawnLater(10, () => log.push("later")));
  await clock.advance(10);
  await running;
  assertEquals(log, ["later"]);
});

Deno.test("run() kills daemons at the end and waits for their cleanup", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const running = run(function* () {
    spawnWith({ daemon: true }, tidy, log, "daemon", 5);
    yield* sleep(10);
    log.push("root done");
  });
  await clock.advance(15);
  await running;
  assertEquals(log, ["root done", "daemon cleaned up"]);
});

Deno.test("run() lets children of daemons be daemons", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const running = run(function* () {
    spawnWith({ daemon: true }, function* () {
      assertEquals(spawn(tidy, log, "child").daemon, true);
      yield* sleep(100_000);
    });
    yield* sleep(10);
  });
  await clock.advance(10);
  await running;
  assertEquals(log, ["child cleaned up"]);
});

Deno.test("run() that fails kills the rest and waits for their cleanup", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const error = new RangeError("broken");
  const running = run(function* () {
    spawn(tidy, log, "one", 5);
    spawn(tidy, log, "two", 7);
    yield* sleep(10);
    throw error;
  });
  const rejected = assertRejects(() => running);
  await clock.advance(16);
  assertEquals(log, ["one cleaned up"]);
  await clock.advance(1);
  assertStrictEquals(await rejected, error);
  assertEquals(log, ["one cleaned up", "two cleaned up"]);
});

Deno.test("run() that fails kills greenlets that have not started yet", async () => {
  using _clock = new ManualClock();
  let ran = false;
  const failing = () =>
    run(() => {
      spawn(() => {
        ran = true;
      });
      spawnLater(10, () => {
        ran = true;
      });
      throw new RangeError("broken");
    });
  await assertRejects(failing, RangeError);
  assertEquals(ran, false);
  assertEquals(getHub().stats().timers, 0);
});

Deno.test("run() that fails waits for what is spawned during the cleanup", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const running = run(function* () {
    spawn(function* () {
      try {
        yield* sleep(100_000);
      } finally {
        const helper = spawn(function* () {
          yield* sleep(5);
          log.push("helper done");
        });
        yield* helper.join();
        log.push("cleaned up");
      }
    });
    yield* sleep(0);
    throw new RangeError("broken");
  });
  const rejected = assertRejects(() => running, RangeError);
  await clock.advance(5);
  await rejected;
  assertEquals(log, ["helper done", "cleaned up"]);
});

Deno.test("run() goes on when a child fails, and that is reported once", async () => {
  using onError = stub(getHub(), "onError");
  const error = new RangeError("broken");
  const result = await run(function* () {
    spawnWith({ name: "child" }, () => {
      throw error;
    });
    yield* sleep(1);
    return "result";
  });
  assertEquals(result, "result");
  assertEquals(onError.calls.length, 1);
  assertStrictEquals(onError.calls[0]!.args[0], error);
  assertEquals(onError.calls[0]!.args[1]!.name, "child");
});

Deno.test("run() reports no error of a child that the root joined", async () => {
  using onError = stub(getHub(), "onError");
  await run(function* () {
    const child = spawn(() => {
      throw new RangeError("broken");
    });
    yield* child.join();
  });
  await settle();
  assertEquals(onError.calls.length, 0);
});

Deno.test("run() reports the error of its function to nobody but the promise", async () => {
  using onError = stub(getHub(), "onError");
  const failing = () =>
    run(() => {
      throw new RangeError("broken");
    });
  await assertRejects(failing, RangeError);
  await settle();
  assertEquals(onError.calls.length, 0);
});

Deno.test("run() has reported what failed in it when its promise settles", async () => {
  using onError = stub(getHub(), "onError");
  await run(function* () {
    spawn(() => {
      throw new RangeError("broken");
    });
  });
  assertEquals(onError.calls.length, 1);
});

Deno.test("run() whose root is killed gives the GreenletExit", async () => {
  const result: unknown = await run(function* () {
    const me = getCurrent();
    spawn(() => void me.kill());
    yield* sleep(100_000);
  });
  assertInstanceOf(result, GreenletExit);
});

Deno.test("run() works in async code below another run()", async () => {
  const log: string[] = [];
  await run(async () => {
    const inner = await run(function* () {
      yield* sleep(0);
      log.push("inner");
      return 7;
    });
    log.push(`outer got ${inner}`);
  });
  assertEquals(log, ["inner", "outer got 7"]);
});

Deno.test("run() can be waited for in a greenlet of another run()", async () => {
  assertEquals(
    await run(function* () {
      return yield* until(run(() => 7));
    }),
    7,
  );
});

Deno.test("run() ends without waiting for the greenlets of another run()", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const long = run(tidy, log, "long").catch(() => {});
  await run(() => void spawn(() => {}));
  assertEquals(log, []);
  await clock.advance(100_000);
  await long;
});

Deno.test("run() that fails leaves the greenlets of another run() alone", async () => {
  using clock = new ManualClock();
  const long = run(function* () {
    yield* sleep(10);
    return "untouched";
  });
  const failing = () =>
    run(() => {
      throw new RangeError("broken");
    });
  await assertRejects(failing, RangeError);
  await clock.advance(10);
  assertEquals(await long, "untouched");
});

Deno.test("run() can be called many times at once", async () => {
  const runs = Array.from({ length: 100 }, (_, i) =>
    run(function* () {
      yield* sleep(0);
      return i;
    }));
  assertEquals(await Promise.all(runs), runs.map((_, i) => i));
});

Deno.test("run() leaves nothing alive", async () => {
  await run(function* () {
    for (let i = 0; i < 100; i++) spawn(() => sleep(0));
    spawnWith({ daemon: true }, () => new Promise<void>(() => {}));
    yield* sleep(1);
  });
  const { ready, timers } = getHub().stats();
  assertEquals([ready, timers], [0, 0]);
});

Deno.test("run() counts a daemon no more that awaits what cannot be ended", async () => {
  await run(function* () {
    spawnWith({ daemon: true }, () => new Promise<void>(() => {}));
    yield* sleep(0);
  });
  assertEquals(activeCount(), 0);
});
