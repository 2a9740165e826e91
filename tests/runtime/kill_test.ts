// Copyright 2026 the Tendril authors. MIT license.
// Greenlet.kill: what it waits for, and what a greenlet can do about it.

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
  getCurrent,
  getHub,
  Greenlet,
  GreenletExit,
  killAll,
  run,
  sleep,
  spawn,
  spawnLater,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

function* longSleep(): Coroutine {
  yield* sleep(100_000);
}

Deno.test("Greenlet.kill() before the first step ends it at the call", () => {
  const greenlets = [new Greenlet(() => {}), spawn(() => {})];
  for (const greenlet of greenlets) greenlet.kill();
  assertEquals(greenlets.map((greenlet) => greenlet.dead), [true, true]);
});

Deno.test("Greenlet.kill() of what startLater() was to start takes the timer away", () => {
  const before = getHub().stats().timers;
  const greenlet = new Greenlet(() => {});
  greenlet.startLater(100_000);
  greenlet.kill();
  assertEquals(getHub().stats().timers, before);
});

Deno.test("Greenlet.kill() of a sleeper takes its timer away", async () => {
  await run(function* () {
    const before = getHub().stats().timers;
    const greenlet = spawn(longSleep);
    yield* sleep(0);
    yield* greenlet.kill();
    assertEquals(getHub().stats().timers, before);
  });
});

Deno.test("Greenlet.kill() of a dead greenlet changes nothing", async () => {
  await run(function* () {
    const greenlet = spawn(() => "result");
    yield* greenlet;
    assertEquals(yield* greenlet.kill(new RangeError("late")), true);
    assertEquals([greenlet.value, greenlet.successful], ["result", true]);
  });
});

Deno.test("Greenlet.kill() waits for a finally block that itself waits", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const greenlet = spawn(function* () {
    try {
      yield* longSleep();
    } finally {
      yield* sleep(10);
      log.push("cleaned up");
    }
  });
  await settle();
  const killed = greenlet.kill().then((done) => log.push(`kill gave ${done}`));
  await clock.advance(9);
  assertEquals([greenlet.dead, log], [false, []]);
  await clock.advance(1);
  await killed;
  assertEquals(log, ["cleaned up", "kill gave true"]);
  assertInstanceOf(greenlet.value, GreenletExit);
});

Deno.test("Greenlet.kill() again does not disturb a finally block but waits as well", async () => {
  using clock = new ManualClock();
  let cleanedUp = false;
  const greenlet = spawn(function* () {
    try {
      yield* longSleep();
    } finally {
      yield* sleep(10);
      cleanedUp = true;
    }
  });
  await settle();
  greenlet.kill();
  await settle();
  const again = greenlet.kill(new RangeError("second"));
  await clock.advance(10);
  assertEquals([await again, cleanedUp, greenlet.successful], [true, true, true]);
});

Deno.test("Greenlet.kill() with force raises again, in the finally block", async () => {
  using clock = new ManualClock();
  const second = new RangeError("second");
  const greenlet = spawn(function* () {
    try {
      yield* longSleep();
    } finally {
      yield* longSleep();
    }
  });
  await settle();
  greenlet.kill();
  await settle();
  const done = greenlet.kill(second, { force: true }).then((ended) => ended);
  await clock.advance(0);
  assertEquals(await done, true);
  assertStrictEquals(greenlet.exception, second);
});

Deno.test("Greenlet.kill() twice before the victim had its turn raises only the first", async () => {
  await run(function* () {
    const [first, second] = [new GreenletExit("first"), new GreenletExit("second")];
    const seen: unknown[] = [];
    const greenlet = spawn(function* () {
      for (let i = 0; i < 2; i++) {
        try {
          yield* sleep(0);
        } catch (error) {
          seen.push(error);
        }
      }
    });
    yield* sleep(0);
    greenlet.kill(first);
    greenlet.kill(second);
    yield* greenlet.join();
    assertEquals(seen, [first]);
  });
});

Deno.test("A greenlet that catches its kill and ends normally gives its own value", async () => {
  await run(function* () {
    const greenlet = spawn(function* () {
      try {
        yield* longSleep();
      } catch {
        return "my own end";
      }
    });
    yield* sleep(0);
    yield* greenlet.kill();
    assertEquals([yield* greenlet.get(), greenlet.successful], ["my own end", true]);
  });
});

Deno.test("A greenlet that fails while it is being killed has that error", async () => {
  const failure = new SyntaxError("in the cleanup");
  await run(function* () {
    const greenlet = spawn(function* () {
      try {
        yield* longSleep();
      } finally {
        // deno-lint-ignore no-unsafe-finally -- replacing the exit is what this is about
        throw failure;
      }
    });
    yield* sleep(0);
    yield* greenlet.kill();
    assertStrictEquals(greenlet.exception, failure);
  });
});

Deno.test("A greenlet that catches its kill and goes on can be waited for", async () => {
  using clock = new ManualClock();
  const greenlet = spawn(function* () {
    try {
      yield* longSleep();
    } catch {
      yield* sleep(50);
    }
    return "lived on";
  });
  await settle();
  const killed = greenlet.kill(undefined, { timeout: 10 });
  const op = killed.then((done) => done);
  await clock.advance(10);
  assertEquals([await op, greenlet.dead], [false, false]);
  await clock.advance(50);
  assertEquals(await greenlet, "lived on");
});

Deno.test("Greenlet.kill() lets a Timeout of the killer through while it waits", async () => {
  using clock = new ManualClock();
  const stubborn = spawn(function* () {
    try {
      yield* longSleep();
    } catch {
      yield* sleep(50);
    }
  });
  await settle();
  const killer = spawn(function* () {
    using limit = Timeout.startNew(10);
    try {
      yield* stubborn.kill();
    } catch (error) {
      return error === limit;
    }
  });
  await clock.advance(10);
  assertEquals([await killer, stubborn.dead], [true, false]);
  await clock.advance(50);
});

Deno.test("Greenlet.kill() of the running greenlet raises at its next wait", async () => {
  await run(function* () {
    const log: string[] = [];
    const greenlet = spawn(function* () {
      getCurrent().kill();
      log.push("still runs");
      yield* sleep(0);
      log.push("not reached");
    });
    assertInstanceOf(yield* greenlet, GreenletExit);
    assertEquals(log, ["still runs"]);
  });
});

Deno.test("Greenlet.kill() of itself ends a greenlet that waits for the Op", async () => {
  await run(function* () {
    let reached = false;
    const greenlet = spawn(function* () {
      yield* getCurrent().kill();
      reached = true;
    });
    assertInstanceOf(yield* greenlet, GreenletExit);
    assertEquals(reached, false);
  });
});

Deno.test("A greenlet that kills itself and never waits again ends normally", async () => {
  await run(function* () {
    const greenlet = spawn(function* () {
      getCurrent().kill();
      return "result";
    });
    assertEquals(yield* greenlet, "result");
  });
});

Deno.test("Greenlet.kill() of a greenlet that was just woken lets it have what it was woken with", async () => {
  await run(function* () {
    const log: unknown[] = [];
    const source = spawn(function* () {
      yield* sleep(0);
      return "the value";
    });
    const reader = spawn(function* () {
      log.push(yield* source);
      log.push("runs on to its next wait");
      yield* sleep(0);
      log.push("not reached");
    });
    yield* sleep(0);
    while (!source.dead) yield* sleep(0);
    reader.kill();
    yield* reader.join();
    assertEquals(log, ["the value", "runs on to its next wait"]);
  });
});

Deno.test("Greenlet.kill() without a wait after it lets a woken greenlet end normally", async () => {
  await run(function* () {
    const source = spawn(() => "the value");
    const reader = spawn(function* () {
      return yield* source;
    });
    source.link(() => reader.kill());
    assertEquals(yield* reader, "the value");
  });
});

Deno.test("Greenlet.kill() does not leave the killer without a current greenlet", async () => {
  await run(function* () {
    const self = getCurrent();
    const victim = spawn(() => {});
    victim.link(() => {});
    victim.kill();
    assertStrictEquals(getCurrent(), self);
    yield* sleep(0);
  });
});

Deno.test("Greenlet.kill() takes the victim out of the line of those who wait for its target", async () => {
  await run(function* () {
    const target = spawn(longSleep);
    const waiter = spawn(function* () {
      yield* target.join();
    });
    yield* sleep(0);
    yield* waiter.kill();
    assertEquals(target.links, null);
    yield* target.kill();
  });
});

Deno.test("Greenlet.kill() refuses what is no Error, and leaves the greenlet alone", async () => {
  await run(function* () {
    const greenlet = spawn(longSleep);
    yield* sleep(0);
    for (const [wrong, shown] of [["x", '"x"'], [null, "null"], [Error, "function Error"]]) {
      assertThrows(
        () => Reflect.apply(greenlet.kill, greenlet, [wrong]),
        TypeError,
        `expected an instance of Error, got ${shown}`,
      );
    }
    assertEquals(greenlet.dead, false);
    yield* greenlet.kill();
  });
});

Deno.test("Greenlet.kill() refuses a negative timeout before it kills", async () => {
  await run(function* () {
    const greenlet = spawn(longSleep);
    yield* sleep(0);
    assertThrows(() => greenlet.kill(undefined, { timeout: -1 }), RangeError, "-1");
    assertEquals(greenlet.dead, false);
    yield* sleep(0);
    assertEquals(greenlet.dead, false);
    yield* greenlet.kill();
  });
});

Deno.test("killAll() takes any iterable, an empty one too", async () => {
  await run(function* () {
    yield* killAll([]);
    const greenlets = new Set([spawn(longSleep), spawn(longSleep)]);
    yield* killAll(greenlets);
    assert([...greenlets].every((greenlet) => greenlet.dead));
  });
});

Deno.test("killAll() kills at the call, the unstarted ones at once", async () => {
  await run(function* () {
    const [parked, queued] = [spawn(longSleep), new Greenlet(longSleep)];
    yield* sleep(0);
    killAll([parked, queued]);
    assertEquals(queued.dead, true);
    yield* parked.join();
    assertInstanceOf(parked.value, GreenletExit);
  });
});

Deno.test("killAll() throws a Timeout when one does not end in time", async () => {
  using clock = new ManualClock();
  const stubborn = spawn(function* () {
    try {
      yield* longSleep();
    } catch {
      yield* sleep(50);
    }
  });
  const other = spawn(longSleep);
  await settle();
  const rejected = assertRejects(
    async () => await killAll([stubborn, other], undefined, { timeout: 10 }),
    Timeout,
  );
  await clock.advance(10);
  await rejected;
  assertEquals([stubborn.dead, other.dead], [false, true]);
  await clock.advance(50);
});

Deno.test("killAll() refuses what is no Greenlet before it kills any", () => {
  const greenlet = new Greenlet(() => {});
  assertThrows(() => Reflect.apply(killAll, undefined, [[greenlet, 3]]), TypeError, "got 3");
  assertEquals(greenlet.dead, false);
});

Deno.test("spawnLater() can be killed before its time", async () => {
  using clock = new ManualClock();
  let ran = false;
  const greenlet = spawnLater(10, () => {
    ran = true;
  });
  await greenlet.kill();
  await clock.advance(20);
  assertEquals([ran, clock.armed], [false, 0]);
});
