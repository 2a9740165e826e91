// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { type Coroutine, getHub, Greenlet, run, sleep, spawnWith } from "@tendril/tendril";
import { assertYields, HeldIsolateError } from "@tendril/tendril/inspect";
import { ManualClock } from "../../manual_clock.ts";

/** Holds the isolate for so long by the clock, each time it runs. */
function* hold(clock: ManualClock, ...holds: number[]): Coroutine {
  for (const ms of holds) {
    clock.skip(ms);
    yield;
  }
}

/** What a test needs to hold the isolate without time going by. */
function holding(): ManualClock {
  const clock = new ManualClock();
  const report = stub(getHub(), "onBlocked");
  const dispose = clock[Symbol.dispose].bind(clock);
  clock[Symbol.dispose] = () => {
    report.restore();
    dispose();
  };
  return clock;
}

Deno.test("assertYields() fails with the name of the one that held the isolate, and for how long", async () => {
  using clock = holding();
  const error = await assertRejects(
    () =>
      run(function* () {
        yield* assertYields({ maxMs: 20 }, function* () {
          const others = [1, 2].map((n) => spawnWith({ name: `quick ${n}` }, hold, clock, 5, 5, 5));
          const greedy = spawnWith({ name: "greedy" }, hold, clock, 5, 30, 5);
          for (const each of [...others, greedy]) yield* each;
        });
      }),
    HeldIsolateError,
    "30 ms where 20 ms are allowed, as greedy did",
  );
  assertEquals([error.greenlet.name, error.ms], ["greedy", 30]);
});

Deno.test("assertYields() gives what its function gives when nobody held the isolate", async () => {
  using clock = holding();
  const result = await run(function* () {
    return yield* assertYields({ maxMs: 20 }, function* () {
      yield* spawnWith({}, hold, clock, 20, 20, 20);
      return "fine";
    });
  });
  assertEquals(result, "fine");
});

Deno.test("assertYields() counts what the caller itself does", async () => {
  using clock = holding();
  const error = await assertRejects(
    () => run(() => assertYields({ maxMs: 20 }, () => clock.skip(21))),
    HeldIsolateError,
  );
  assertEquals(error.ms, 21);
});

Deno.test("assertYields() tells of the longest hold", async () => {
  using clock = holding();
  const error = await assertRejects(
    () =>
      run(() =>
        assertYields({ maxMs: 1 }, function* () {
          const names = ["two", "nine", "five"];
          const held = [2, 9, 5].map((ms, i) => spawnWith({ name: names[i]! }, hold, clock, ms));
          for (const each of held) yield* each;
        })
      ),
    HeldIsolateError,
  );
  assertEquals([error.greenlet.name, error.ms], ["nine", 9]);
});

Deno.test("assertYields() names who was switched to, not who switched", async () => {
  using clock = holding();
  const error = await assertRejects(
    () =>
      run(() =>
        assertYields({ maxMs: 1 }, function* () {
          const other = new Greenlet(() => clock.skip(9), { name: "other" });
          yield* other.switch();
        })
      ),
    HeldIsolateError,
  );
  assertEquals(error.greenlet.name, "other");
});

Deno.test("assertYields() does not count the time in which all wait", async () => {
  await run(() => assertYields({ maxMs: 200 }, () => sleep(250)));
});

Deno.test("assertYields() lets the error of its function through", async () => {
  using clock = holding();
  await assertRejects(
    () =>
      run(() =>
        assertYields({ maxMs: 1 }, () => {
          clock.skip(9);
          throw new TypeError("mine");
        })
      ),
    TypeError,
    "mine",
  );
});

Deno.test("assertYields() in a using block fails at its end, and one in the other passes", async () => {
  using clock = holding();
  let after = false;
  await assertRejects(
    () =>
      run(function* () {
        using _outer = assertYields({ maxMs: 100 });
        {
          using _inner = assertYields({ maxMs: 10 });
          yield* spawnWith({ name: "greedy" }, hold, clock, 11);
          after = true;
        }
      }),
    HeldIsolateError,
    "greedy",
  );
  assert(after);
});

Deno.test("assertYields() takes no notice of what happens after it", async () => {
  using clock = holding();
  await run(function* () {
    {
      using _ = assertYields({ maxMs: 1 });
      yield* sleep(0);
    }
    yield* spawnWith({}, hold, clock, 50);
  });
});

for (const maxMs of [-1, NaN, "5", undefined]) {
  Deno.test(`assertYields() refuses ${JSON.stringify(maxMs) ?? maxMs} as maxMs`, () => {
    assertThrows(() => assertYields({ maxMs: maxMs as number }), RangeError, "maxMs");
  });
}
