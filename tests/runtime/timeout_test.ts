// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Coroutine,
  getHub,
  Greenlet,
  GreenletError,
  run,
  sleep,
  spawn,
  Timeout,
  yieldNow,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** What a function throws in a greenlet; `undefined` if nothing. */
function* thrownBy(body: () => Coroutine<unknown>): Coroutine<unknown> {
  try {
    yield* body();
  } catch (error) {
    return error;
  }
}

/** Waits much longer than any Timeout here. */
function* waitLong(): Coroutine {
  yield* sleep(100_000);
}

/** Starts `limit` in a greenlet that waits, lets `ms` pass, and gives what was thrown. */
async function expire(limit: Timeout, ms: number): Promise<unknown> {
  using clock = new ManualClock();
  const waiting = spawn(function* () {
    limit.start();
    return yield* thrownBy(waitLong);
  });
  await clock.advance(ms);
  assertEquals(waiting.ready, true);
  return await waiting;
}

Deno.test("Timeout is thrown itself into the greenlet that started it", async () => {
  const limit = new Timeout(10);
  assertStrictEquals(await expire(limit, 10), limit);
});

Deno.test("Timeout is an Error that says its time", () => {
  const limit = new Timeout(10);
  assertInstanceOf(limit, Error);
  assertEquals([limit.name, limit.message], ["Timeout", "Timed out after 10 ms"]);
});

Deno.test("Timeout throws the error it was given, unchanged", async () => {
  const error = new RangeError("too slow");
  assertStrictEquals(await expire(new Timeout(10, error), 10), error);
});

Deno.test("Timeout with a message is thrown itself with that message", async () => {
  const limit = new Timeout(10, "too slow");
  assertStrictEquals(await expire(limit, 10), limit);
  assertEquals(limit.message, "too slow");
});

Deno.test("Timeout with false is thrown itself where nothing swallows it", async () => {
  const limit = new Timeout(10, false);
  assertStrictEquals(await expire(limit, 10), limit);
});

Deno.test("Timeout of 0 fires at the next wait, not before", async () => {
  const limit = new Timeout(0);
  assertStrictEquals(await expire(limit, 0), limit);
});

for (const never of [undefined, null]) {
  Deno.test(`Timeout of ${never} never fires and is never pending`, async () => {
    using clock = new ManualClock();
    const waiting = spawn(function* () {
      const limit = new Timeout(never).start();
      yield* sleep(1_000_000);
      return limit.pending;
    });
    await clock.advance(1_000_000);
    assertEquals(await waiting, false);
  });
}

Deno.test("Timeout acts only when its greenlet waits", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const busy = spawn(function* () {
    new Timeout(10).start();
    yield* sleep(5);
    clock.skip(20);
    log.push("still running after its time");
    yield* sleep(1);
  });
  busy.link(() => {});
  await clock.advance(5);
  await clock.advance(1);
  assertEquals(log, ["still running after its time"]);
  assertInstanceOf(busy.exception, Timeout);
});

Deno.test("Timeout is thrown into its own greenlet while another one runs", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  const first = spawn(function* () {
    limit.start();
    return yield* thrownBy(waitLong);
  });
  const second = spawn(function* () {
    yield* sleep(20);
    return "untouched";
  });
  await clock.advance(20);
  assertStrictEquals(await first, limit);
  assertEquals(await second, "untouched");
});

Deno.test("Timeout whose greenlet has ended does nothing", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  const done = spawn(function* () {
    limit.start();
    yield* yieldNow();
    return "done";
  });
  await clock.advance(10);
  assertEquals(await done, "done");
  assertEquals(limit.pending, false);
});

Deno.test("Timeout can expire, be started again and expire again", async () => {
  const limit = new Timeout(10);
  assertStrictEquals(await expire(limit, 10), limit);
  assertStrictEquals(await expire(limit, 10), limit);
});

Deno.test("Timeout.pending is true from the start until it fires", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  assertEquals(limit.pending, false);
  const waiting = spawn(function* () {
    limit.start();
    yield* thrownBy(waitLong);
  });
  await clock.advance(9);
  assertEquals(limit.pending, true);
  await clock.advance(1);
  await waiting;
  assertEquals(limit.pending, false);
});

Deno.test("Timeout.start() refuses one that is running", async () => {
  await run(function* () {
    using limit = new Timeout(10).start();
    assertThrows(() => limit.start(), GreenletError, "running already");
  });
});

Deno.test("Timeout.cancel() stops it, and it can be started again", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  const waiting = spawn(function* () {
    limit.start();
    limit.cancel();
    const { pending } = limit;
    yield* sleep(20);
    limit.start();
    return { pending, again: yield* thrownBy(waitLong) };
  });
  await clock.advance(29);
  assertEquals(waiting.ready, false);
  await clock.advance(1);
  const { pending, again } = await waiting;
  assertEquals(pending, false);
  assertStrictEquals(again, limit);
});

Deno.test("Timeout.close() stops it for good", async () => {
  using clock = new ManualClock();
  const waiting = spawn(function* () {
    const limit = new Timeout(10).start();
    limit.close();
    yield* sleep(20);
    assertEquals(limit.pending, false);
    assertThrows(() => limit.start(), GreenletError, "closed");
    return "untouched";
  });
  await clock.advance(20);
  assertEquals(await waiting, "untouched");
});

Deno.test("Timeout.cancel() and close() leave no timer behind", async () => {
  const before = getHub().stats().timers;
  await run(function* () {
    new Timeout(10_000).start().cancel();
    new Timeout(10_000).start().close();
  });
  assertEquals(getHub().stats().timers, before);
});

Deno.test("Timeout is closed at the end of a using block", async () => {
  using clock = new ManualClock();
  const waiting = spawn(function* () {
    {
      using _limit = Timeout.startNew(10);
      yield* sleep(5);
    }
    yield* sleep(20);
    return "untouched";
  });
  await clock.advance(25);
  assertEquals(await waiting, "untouched");
});

Deno.test("Timeout.startNew() starts a new one of a number", async () => {
  await run(function* () {
    using limit = Timeout.startNew(10, "too slow");
    assertEquals([limit.pending, limit.ms, limit.message], [true, 10, "too slow"]);
  });
});

Deno.test("Timeout.startNew() starts a Timeout it is given and gives that", async () => {
  await run(function* () {
    const given = new Timeout(10);
    using started = Timeout.startNew(given);
    assertStrictEquals(started, given);
    assertEquals(given.pending, true);
  });
});

Deno.test("Timeout.startNew() leaves one that is running as it is", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  const waiting = spawn(function* () {
    limit.start();
    yield* sleep(6);
    Timeout.startNew(limit);
    return yield* thrownBy(waitLong);
  });
  await clock.advance(6);
  await clock.advance(4);
  assertStrictEquals(await waiting, limit);
});

Deno.test("Timeout.start() outside a greenlet is refused", () => {
  assertThrows(() => new Timeout(10).start(), GreenletError, "withTimeout");
});

Deno.test("Timeout that fires when its greenlet was woken already lets it have that first", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const limit = new Timeout(11);
  const waiting = spawn(function* () {
    limit.start();
    yield* sleep(10);
    log.push("woken");
    return yield* thrownBy(waitLong);
  });
  await settle();
  clock.skip(20); // both are due at once
  await clock.advance(0);
  assertEquals(log, ["woken"]);
  assertStrictEquals(await waiting, limit);
});

Deno.test("Timeout that fired is dropped when it is closed before its delivery", async () => {
  using clock = new ManualClock();
  const waiting = spawn(function* () {
    const limit = new Timeout(11).start();
    yield* sleep(10);
    limit.close();
    yield* sleep(20);
    return "untouched";
  });
  await settle();
  clock.skip(20);
  await clock.advance(20);
  assertEquals(await waiting, "untouched");
});

/** Nests two limits round a wait; gives which one was thrown, and which were pending then. */
async function nest(outerMs: number, innerMs: number): Promise<unknown> {
  using clock = new ManualClock();
  const nested = spawn(function* () {
    using outer = Timeout.startNew(outerMs);
    using inner = Timeout.startNew(innerMs);
    const thrown = yield* thrownBy(waitLong);
    return {
      thrown: thrown === outer ? "outer" : thrown === inner ? "inner" : thrown,
      outerPending: outer.pending,
      innerPending: inner.pending,
    };
  });
  await clock.advance(10);
  return await nested;
}

Deno.test("Timeout around a longer one fires first, the inner one stays pending", async () => {
  assertEquals(await nest(10, 20), { thrown: "outer", outerPending: false, innerPending: true });
});

Deno.test("Timeout inside a longer one fires first, the outer one stays pending", async () => {
  assertEquals(await nest(20, 10), { thrown: "inner", outerPending: true, innerPending: false });
});

Deno.test("Timeouts due at the same moment are all delivered, in the order of their start", async () => {
  using clock = new ManualClock();
  const limits = [new Timeout(10), new Timeout(10)];
  const waiting = spawn(function* () {
    for (const limit of limits) limit.start();
    return [yield* thrownBy(waitLong), yield* thrownBy(waitLong)];
  });
  await clock.advance(10);
  assertEquals((await waiting).map((thrown) => limits.indexOf(thrown as Timeout)), [0, 1]);
});

Deno.test("Timeout that nobody catches ends its greenlet as an error", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  const waiting = spawn(function* () {
    limit.start();
    yield* waitLong();
  });
  waiting.link(() => {});
  await clock.advance(10);
  assertEquals(waiting.successful, false);
  assertStrictEquals(waiting.exception, limit);
});

Deno.test("Timeout runs the finally blocks it passes, which may wait themselves", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const waiting = spawn(function* () {
    new Timeout(10).start();
    yield* thrownBy(function* () {
      try {
        yield* waitLong();
      } finally {
        yield* sleep(5);
        log.push("cleaned up");
      }
    });
  });
  await clock.advance(15);
  await waiting;
  assertEquals(log, ["cleaned up"]);
});

Deno.test("Timeout reaches a greenlet that was switched out", async () => {
  using clock = new ManualClock();
  const limit = new Timeout(10);
  const other: Greenlet = new Greenlet(waitLong);
  const waiting = spawn(function* () {
    limit.start();
    return yield* thrownBy(function* () {
      yield* other.switch();
    });
  });
  await clock.advance(10);
  assertStrictEquals(await waiting, limit);
  await other.kill();
});

for (const [ms, shown] of [[-1, "-1"], [NaN, "NaN"]] as const) {
  Deno.test(`Timeout refuses ${shown} milliseconds`, () => {
    assertThrows(() => new Timeout(ms), RangeError, shown);
  });
}

Deno.test("Timeout refuses an error that is none", () => {
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => new Timeout(1, 7), TypeError, "7");
});
