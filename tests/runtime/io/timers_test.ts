// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BlockingSwitchOutError,
  dump,
  getCurrent,
  getHub,
  GreenletExit,
  mainGreenlet,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from "@tendril/tendril";
import {
  clearInterval,
  clearTimeout,
  setInterval,
  setTimeout,
  TimerClearedError,
} from "@tendril/tendril/io";
import { ManualClock, settle } from "../../manual_clock.ts";

/** Collects the errors that are reported as uncaught. */
class Uncaught implements Disposable {
  readonly errors: unknown[] = [];
  readonly #listen = (event: ErrorEvent | PromiseRejectionEvent) => {
    event.preventDefault();
    this.errors.push(event instanceof ErrorEvent ? event.error : event.reason);
  };

  constructor() {
    addEventListener("error", this.#listen);
    addEventListener("unhandledrejection", this.#listen);
  }

  [Symbol.dispose](): void {
    removeEventListener("error", this.#listen);
    removeEventListener("unhandledrejection", this.#listen);
  }
}

Deno.test("setTimeout() calls back with its arguments, once, when the time is over", async () => {
  using clock = new ManualClock();
  const calls: unknown[][] = [];
  const timer = setTimeout((...args: number[]) => void calls.push(args), 10, 1, 2);
  await clock.advance(9);
  assertEquals([calls, timer.pending], [[], true]);
  await clock.advance(100);
  assertEquals([calls, timer.pending], [[[1, 2]], false]);
});

Deno.test("setTimeout() understands delays as the platform does", async () => {
  using clock = new ManualClock();
  const fired: unknown[] = [];
  for (const ms of [undefined, 0, -5, NaN, "1"]) setTimeout(() => fired.push(ms), ms as number);
  await clock.advance(1);
  assertEquals(fired, [undefined, 0, -5, NaN, "1"]);
});

Deno.test("setTimeout() waits longer than the timers of the platform can", async () => {
  using clock = new ManualClock();
  const month = 2 ** 31 + 10;
  let fired = false;
  setTimeout(() => fired = true, month);
  await clock.advance(month - 1);
  assertEquals(fired, false);
  await clock.advance(1);
  assertEquals(fired, true);
});

Deno.test("yield* setTimeout() gives what the callback returns", async () => {
  await run(function* () {
    assertEquals(yield* setTimeout((a: number, b: number) => a + b, 1, 2, 3), 5);
    assertEquals(yield* setTimeout(() => Promise.resolve("later"), 1), "later");
  });
});

Deno.test("setTimeout() gives a real promise", async () => {
  const timer = setTimeout(() => 7, 1);
  assertInstanceOf(timer, Promise);
  assertEquals(await timer, 7);
  assertEquals(await timer.then((n) => n + 1).finally(() => {}), 8);
  assertEquals(await Promise.all([timer, Promise.resolve(timer)]), [7, 7]);
  assertEquals(await Promise.prototype.then.call(timer, (n) => n), 7);
});

Deno.test("a timer can be waited for after it has fired, and by many", async () => {
  await run(function* () {
    const timer = setTimeout(() => 7, 1);
    const others = [1, 2].map(() =>
      spawn(function* () {
        return yield* timer;
      })
    );
    assertEquals([yield* timer, yield* others[0]!, yield* others[1]!], [7, 7, 7]);
    assertEquals(yield* timer, 7);
  });
});

Deno.test("the callback of a timer runs outside any greenlet and cannot block", async () => {
  let seen: unknown;
  let error: unknown;
  const callback = () => {
    seen = getCurrent();
    error = assertThrows(() => sleep(1)[Symbol.iterator]().next());
  };
  // The async greenlet arms the host's timer, which keeps its context.
  await run(async () => await setTimeout(callback, 1));
  assertStrictEquals(seen, mainGreenlet);
  assertInstanceOf(error, BlockingSwitchOutError);
});

Deno.test("setTimeout() and setInterval() refuse what cannot be called back", () => {
  for (const set of [setTimeout, setInterval]) {
    assertThrows(() => set("code" as unknown as () => void), TypeError, "expected a function");
    assertThrows(() => set(function* () {}), TypeError, "use spawnLater(ms, fn)");
  }
});

Deno.test("clearTimeout() stops a timer; again, too late or of nothing has no effect", async () => {
  using clock = new ManualClock();
  let fired = 0;
  const cleared = setTimeout(() => fired++, 10);
  const over = setTimeout(() => fired++, 5);
  clearTimeout(cleared);
  clearTimeout(cleared);
  await clock.advance(100);
  clearTimeout(over);
  clearTimeout(undefined);
  assertEquals([fired, await over, clock.armed], [1, 0, 0]);
});

Deno.test("clearTimeout() stops a timer of the platform", async () => {
  clearTimeout(globalThis.setTimeout(() => assert(false), 1));
  await new Promise((resolve) => globalThis.setTimeout(resolve, 5));
});

Deno.test("who waits for a timer that is cleared gets a TimerClearedError", async () => {
  const timer = setTimeout(() => {}, 1000);
  const waiting = spawn(function* () {
    yield* timer;
  });
  await settle();
  clearTimeout(timer);
  await assertRejects(async () => await waiting, TimerClearedError, "timer of 1000 ms");
  await assertRejects(async () => await timer, TimerClearedError);
});

Deno.test("a timer that is cleared and that nobody waits for is nobody's rejection", async () => {
  using uncaught = new Uncaught();
  clearTimeout(setTimeout(() => {}, 1000));
  {
    using _ = setTimeout(() => {}, 1000);
  }
  await settle();
  assertEquals(uncaught.errors, []);
});

Deno.test("a kill of who waits for a timer clears it", async () => {
  using clock = new ManualClock();
  let fired = false;
  const waiting = spawn(function* () {
    yield* setTimeout(() => fired = true, 1000);
  });
  await settle();
  assertStringIncludes(dump(), "waits for timer of 1000 ms");
  await waiting.kill();
  assertEquals(clock.armed, 0);
  await clock.advance(1000);
  assertEquals(fired, false);
});

Deno.test("a kill of an async greenlet clears the timer it awaits", async () => {
  using clock = new ManualClock();
  const waiting = spawn(async () => {
    await setTimeout(() => {}, 1000);
  });
  await settle();
  await waiting.kill();
  assertInstanceOf(waiting.value as unknown, GreenletExit);
  assertEquals(clock.armed, 0);
});

Deno.test("a kill leaves a timer alone that the async greenlet does not await", async () => {
  using clock = new ManualClock();
  let fired = false;
  const other = spawn(async () => {
    setTimeout(() => fired = true, 10);
    await sleep(1000);
  });
  await settle();
  await other.kill();
  await clock.advance(10);
  assertEquals(fired, true);
});

Deno.test("a Timeout of who waits for a timer clears it", async () => {
  using clock = new ManualClock();
  const waiting = spawn(function* () {
    try {
      yield* withTimeout(10, setTimeout(() => {}, 1000));
    } catch (error) {
      return error;
    }
  });
  await clock.advance(10);
  assertInstanceOf(waiting.value, Timeout);
  assertEquals(clock.armed, 0);
});

Deno.test("a timer that loses a select is cleared", async () => {
  using clock = new ManualClock();
  const waiting = spawn(function* () {
    return (yield* select({ fast: sleep(10), slow: setTimeout(() => {}, 1000) })).key;
  });
  await clock.advance(10);
  assertEquals([waiting.value, clock.armed], ["fast", 0]);
});

Deno.test("an error of a callback is thrown to who waits, and to nobody else", async () => {
  using uncaught = new Uncaught();
  const error = new RangeError("from the callback");
  const timer = setTimeout(() => {
    throw error;
  }, 1);
  assertStrictEquals(await assertRejects(async () => await timer), error);
  await settle();
  assertEquals(uncaught.errors, []);
});

Deno.test("an error of a callback that nobody waits for is reported once", async () => {
  using uncaught = new Uncaught();
  const error = new RangeError("from the callback");
  const timer = setTimeout(() => {
    throw error;
  }, 1);
  await new Promise((resolve) => globalThis.setTimeout(resolve, 10));
  assertEquals(uncaught.errors, [error]);
  assertStrictEquals(await assertRejects(async () => await timer), error);
  assertEquals(uncaught.errors, [error]);
});

Deno.test("a rejection of an async callback that nobody waits for is unhandled", async () => {
  using uncaught = new Uncaught();
  const error = new RangeError("from the callback");
  setTimeout(() => Promise.reject(error), 1);
  await new Promise((resolve) => globalThis.setTimeout(resolve, 10));
  assertEquals(uncaught.errors, [error]);
});

Deno.test("who waits for an async callback is not taken for deadlocked", async () => {
  let end = () => {};
  const got = run(function* () {
    const slow = () => new Promise<string>((resolve) => end = () => resolve("slow"));
    return yield* setTimeout(slow, 1);
  });
  await new Promise((resolve) => globalThis.setTimeout(resolve, 10));
  assert(getHub().stats().external > 0);
  end();
  assertEquals(await got, "slow");
});

Deno.test("setInterval() calls back with its arguments again and again", async () => {
  using clock = new ManualClock();
  const calls: unknown[][] = [];
  const ticks = setInterval((...args: number[]) => void calls.push(args), 10, 1, 2);
  await clock.advance(35);
  clearInterval(ticks);
  await clock.advance(35);
  assertEquals(calls, [[1, 2], [1, 2], [1, 2]]);
  assertEquals(clock.armed, 0);
});

Deno.test("an interval does not drift, and a held isolate costs it ticks", async () => {
  using clock = new ManualClock();
  const at: number[] = [];
  using _ = setInterval(() => {
    at.push(clock.now() - 1000);
    if (at.length === 2) clock.skip(24); // the callback takes that long
  }, 10);
  await clock.advance(60);
  assertEquals(at, [10, 20, 44, 50, 60]);
});

Deno.test("ticks are read by next(), and a slow reader gets the latest", async () => {
  using clock = new ManualClock();
  let n = 0;
  const got: unknown[] = [];
  const reading = spawn(function* () {
    using ticks = setInterval(() => ++n, 10);
    got.push(yield* ticks.next());
    yield* sleep(35);
    got.push(yield* ticks.next(), yield* ticks.next());
  });
  await clock.advance(100);
  assertEquals(reading.successful, true);
  assertEquals(got, [1, 4, 5].map((value) => ({ done: false, value })));
  assertEquals(clock.armed, 0);
});

Deno.test("leaving a loop over ticks clears the interval", async () => {
  let n = 0;
  const got: number[] = [];
  await run(async () => {
    for await (const tick of setInterval(() => ++n, 1)) {
      got.push(tick);
      if (tick === 3) break;
    }
  });
  assertEquals([got, getHub().stats().timers], [[1, 2, 3], 0]);
});

Deno.test("a kill in a loop over ticks clears the interval", async () => {
  using clock = new ManualClock();
  const reading = spawn(async () => {
    for await (const _tick of setInterval(() => {}, 10));
  });
  await clock.advance(25);
  assertStringIncludes(dump(), "waits for interval of 10 ms");
  await reading.kill();
  await settle();
  assertEquals(clock.armed, 0);
});

Deno.test("a wait for a tick that is given up leaves the interval alone", async () => {
  using clock = new ManualClock();
  const got = spawn(function* () {
    using ticks = setInterval(() => "tick", 10);
    const first = yield* select({ tick: ticks.next(), early: sleep(5) });
    return [first.key, (yield* ticks.next()).value];
  });
  await clock.advance(10);
  assertEquals(got.value, ["early", "tick"]);
});

Deno.test("clearInterval() ends the loop of who waits for a tick", async () => {
  const ticks = setInterval(() => {}, 1000);
  const reading = spawn(function* () {
    return yield* ticks.next();
  });
  await settle();
  clearInterval(ticks);
  assertEquals(await reading, { done: true, value: undefined });
});

Deno.test("an error in the callback of an interval is reported, and the ticks go on", async () => {
  using uncaught = new Uncaught();
  using clock = new ManualClock();
  let n = 0;
  using _ = setInterval(() => {
    if (++n === 1) throw new RangeError("the first");
  }, 10);
  await clock.advance(30);
  assertEquals([uncaught.errors.length, n], [1, 3]);
});
