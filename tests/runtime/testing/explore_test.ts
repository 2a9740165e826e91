// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  Channel,
  type Coroutine,
  Event,
  getHub,
  Greenlet,
  GreenletError,
  joinAll,
  Lock,
  priority,
  run,
  select,
  sleep,
  spawn,
  spawnWith,
  until,
} from "@tendril/tendril";
import {
  explore,
  ExploreError,
  type ExploreOptions,
  type Scenario,
} from "@tendril/tendril/testing";

/** The failure of a scenario. */
async function failureOf(scenario: Scenario, options?: ExploreOptions): Promise<ExploreError> {
  return await assertRejects(() => explore(scenario, options), ExploreError);
}

/** All that `scenario` can give, over all schedules. */
async function outcomesOf(scenario: () => Coroutine<string>): Promise<string[]> {
  const found = new Set<string>();
  const { complete } = await explore(function* () {
    found.add(yield* scenario());
  }, { strategy: "exhaustive", schedules: 10_000 });
  assert(complete);
  return [...found].sort();
}

function* say(said: string[], name: string): Coroutine {
  said.push(name);
}

Deno.test("explore() tries as many schedules as it is told, and says so", async () => {
  let count = 0;
  const done = await explore(() => count++, { schedules: 50, seed: 3 });
  assertEquals([count, done.schedules, done.complete, done.seed], [50, 50, false, 3]);
});

Deno.test("explore() tries every order of greenlets that are ready", async () => {
  assertEquals(
    await outcomesOf(function* () {
      const said: string[] = [];
      yield* joinAll(["a", "b", "c"].map((name) => spawn(say, said, name)));
      return said.join("");
    }),
    ["abc", "acb", "bac", "bca", "cab", "cba"],
  );
});

Deno.test("explore() tries each arm of a select that is ready", async () => {
  assertEquals(
    await outcomesOf(function* () {
      const channels = [1, 2, 3, 4, 5].map(() => new Channel<number>(1));
      for (const each of channels) each.trySend(0);
      const [a, b, c, d, e] = channels.map((each) => each.receive());
      return (yield* select({ a: a!, b: b!, c: c!, d: d!, e: e! })).key;
    }),
    ["a", "b", "c", "d", "e"],
  );
});

Deno.test("explore() tries timers that are due at once in any order, with turns in between", async () => {
  assertEquals(
    await outcomesOf(function* () {
      const said: string[] = [];
      function* nap(name: string): Coroutine {
        yield* sleep(10);
        said.push(name);
        yield;
        said.push(name);
      }
      yield* joinAll([spawn(nap, "a"), spawn(nap, "b")]);
      return said.join("");
    }),
    ["aabb", "abab", "abba", "baab", "baba", "bbaa"],
  );
});

Deno.test("explore() lets a timeout win or lose against what comes at the same time", async () => {
  assertEquals(
    await outcomesOf(function* () {
      const event = new Event();
      spawn(function* () {
        yield* sleep(10);
        event.set();
      });
      return (yield* event.wait({ timeout: 10 })) ? "set" : "late";
    }),
    ["late", "set"],
  );
});

Deno.test("explore() lets a greenlet give way before an operation that could be done at once", async () => {
  assertEquals(
    await outcomesOf(function* () {
      const said: string[] = [];
      const channel = new Channel<string>(2);
      channel.trySend("x");
      channel.trySend("y");
      const other = spawn(say, said, "other");
      said.push(yield* channel.receive());
      said.push(yield* channel.receive());
      yield* other;
      return said.join(" ");
    }),
    ["other x y", "x other y", "x y other"],
  );
});

Deno.test("explore() lets time pass in no time, from 0 in each schedule", async () => {
  await explore(function* () {
    const { clock } = getHub();
    assertEquals([clock.now(), Date.now(), performance.now()], [0, Date.UTC(2000), 0]);
    yield* sleep(3_600_000);
    assertEquals([clock.now(), performance.now()], [3_600_000, 3_600_000]);
    yield new Promise((resolve) => setTimeout(resolve, 60_000));
    assertEquals(clock.now(), 3_660_000);
  }, { schedules: 3 });
});

Deno.test("explore() gives the same random numbers in each schedule", async () => {
  const seen = new Set<number>();
  await explore(() => seen.add(Math.random()), { schedules: 3 });
  assertEquals(seen.size, 1);
});

Deno.test("explore() takes async scenarios", async () => {
  const failure = await failureOf(async () => {
    let count = 0;
    const add = async () => {
      const before = count;
      await sleep(1);
      count = before + 1;
    };
    await Promise.all([spawn(add), spawn(add)]);
    assertEquals(count, 2);
  });
  assertStringIncludes(failure.message, "AssertionError");
});

Deno.test("explore() waits for what is outside, and goes on with time if nothing comes", async () => {
  await explore(function* () {
    yield* until(new Promise<void>((resolve) => setImmediate(resolve)));
    assertEquals(getHub().clock.now(), 0);
    yield* sleep(5);
  }, { schedules: 3 });
});

Deno.test("explore() explores runs with a policy inside of the scenario", async () => {
  await explore(async () => {
    const said: string[] = [];
    await run(function* () {
      spawnWith({ priority: 1 }, say, said, "low");
      spawnWith({ priority: 2 }, say, said, "high");
    }, { policy: priority() });
    assertEquals(said, ["high", "low"]);
  }, { schedules: 20 });
});

Deno.test("explore() puts everything back, after a failure too", async () => {
  const hub = getHub();
  const state = () => [hub.clock, hub.onError, Math.random, globalThis.setTimeout, Date];
  const before = state();
  await explore(() => sleep(1), { schedules: 2 });
  assertEquals(state().map((each, at) => each === before[at]), [true, true, true, true, true]);
  await failureOf(() => {
    throw new Error("out");
  });
  assertEquals(state().map((each, at) => each === before[at]), [true, true, true, true, true]);
});

Deno.test("explore() leaves the choices to the runtime again", async () => {
  await explore(() => sleep(1), { schedules: 2 });
  const said: string[] = [];
  await run(function* () {
    const channel = new Channel<string>(20);
    for (let i = 0; i < 20; i++) channel.trySend("own");
    for (const name of ["a", "b", "c"]) spawn(say, said, name);
    for (let i = 0; i < 20; i++) said.push(yield* channel.receive());
  });
  assertEquals(said, [...Array(20).fill("own"), "a", "b", "c"]);
  await explore(() => sleep(1), { strategy: "exhaustive" });
  const keys = new Set<string>();
  await run(function* () {
    const channels = [1, 2].map(() => new Channel<number>(200));
    for (const each of channels) for (let i = 0; i < 200; i++) each.trySend(i);
    const [a, b] = channels;
    for (let i = 0; i < 200; i++) {
      keys.add((yield* select({ a: a!.receive(), b: b!.receive() })).key);
    }
  });
  assertEquals([...keys].sort(), ["a", "b"]);
});

Deno.test("explore() knows when it has tried everything", async () => {
  function* work(lock: Lock): Coroutine {
    yield* lock.acquire();
    yield* lock.acquire({ timeout: 5 });
    lock.release();
  }
  const done = await explore(function* () {
    const lock = new Lock();
    yield* joinAll([spawn(work, lock), spawn(work, lock)]);
  }, { strategy: "exhaustive", schedules: 100_000 });
  assert(done.complete);
});

Deno.test("explore() refuses options out of range", async () => {
  for (
    const [options, message] of [
      [{ schedules: 0 }, "schedules must be a whole number of at least 1, got 0"],
      [{ turns: 1.5 }, "turns must be a whole number of at least 1, got 1.5"],
      [{ seed: NaN }, "the seed must be a whole number or come from a report, got NaN"],
      [{ seed: "1:x" }, 'Cannot replay the schedule "1:x"'],
      [{ strategy: "all" as "random" }, "known are random, pct, exhaustive"],
    ] as const
  ) await assertRejects(() => explore(() => {}, options), RangeError, message);
  const nothing = null as unknown as Scenario;
  await assertRejects(() => explore(nothing), TypeError, "Cannot explore null");
});

Deno.test("explore() refuses to run beside others", async () => {
  const sleeper = spawnWith({ name: "sleeper" }, () => sleep(60_000));
  await sleep(0);
  await assertRejects(() => explore(() => {}), GreenletError, "Cannot explore beside sleeper");
  await sleeper.kill();
  await run(async () => {
    await assertRejects(() => explore(() => {}), GreenletError, "Cannot explore in Greenlet-");
  });
  const first = explore(() => {});
  await assertRejects(
    () => explore(() => {}),
    GreenletError,
    "Cannot begin explore while explore is under way",
  );
  await first;
});

Deno.test("explore() explores explicit switches", async () => {
  await explore(function* () {
    const said: string[] = [];
    const left: Greenlet = new Greenlet(function* () {
      said.push("left");
      yield* right.switch();
    });
    const right: Greenlet = new Greenlet(function* () {
      said.push("right");
      yield* left.switch();
    });
    yield* left.switch();
    assertEquals(said, ["left", "right"]);
  }, { schedules: 10 });
});
