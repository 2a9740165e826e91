// Copyright 2026 the Tendril authors. MIT license.
// What explore() takes for a failure, and what it says of it.

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  type Coroutine,
  DeadlockError,
  Event,
  joinAll,
  run,
  scope,
  sleep,
  spawn,
  spawnWith,
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

function* say(said: string[], name: string): Coroutine {
  said.push(name);
}

Deno.test("explore() reports what a greenlet throws that nobody joins", async () => {
  const error = new RangeError("out");
  const failure = await failureOf(function* () {
    spawnWith({ name: "loser" }, () => {
      throw error;
    });
    yield* sleep(5);
  });
  assertStrictEquals(failure.cause, error);
  assertStringIncludes(failure.message, "loser ended, and nobody was given its error");
});

Deno.test("explore() reports an error that was joined and never looked at", async () => {
  const fail = () => {
    throw new RangeError("out");
  };
  for (
    const body of [
      function* () {
        yield* spawn(fail).join();
      },
      function* () {
        yield* joinAll([spawn(fail)]);
      },
    ]
  ) assertStringIncludes((await failureOf(body)).message, "RangeError: out");
});

Deno.test("explore() is content with an error that somebody was given, or asked for", async () => {
  const fail = () => {
    throw new RangeError("out");
  };
  function* caught(op: () => Coroutine<unknown>): Coroutine {
    try {
      yield* op();
      throw new Error("not thrown");
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  await explore(function* () {
    yield* caught(function* () {
      yield* spawn(fail);
    });
    yield* caught(function* () {
      yield* joinAll([spawn(fail)], { raiseError: true });
    });
    yield* caught(() => scope((s) => void s.spawn(fail)) as unknown as Coroutine);
    const asked = spawn(fail);
    yield* asked.join();
    assert(asked.exception instanceof RangeError);
    const [ended] = yield* joinAll([spawn(fail)]);
    assert(!ended!.successful);
    const killed = spawn(() => sleep(1000));
    yield* killed.kill();
    const linked = new Event();
    spawn(fail).link(() => linked.set());
    yield* linked.wait();
  }, { schedules: 200 });
});

Deno.test("explore() reports a deadlock that the scenario swallows", async () => {
  const failure = await failureOf(function* () {
    try {
      yield* new Event().wait();
    } catch {
      // and that is that
    }
  });
  assert(failure.cause instanceof DeadlockError);
});

Deno.test("explore() reports a greenlet that can never go on after the root has ended", async () => {
  const failure = await failureOf(() => void spawn(() => new Event().wait()));
  assert(failure.cause instanceof DeadlockError);
});

Deno.test("explore() reports a scenario without an end", async () => {
  const failure = await failureOf(function* () {
    for (;;) yield;
  }, { turns: 100 });
  assertStringIncludes(failure.message, "no end after 100 turns");
});

Deno.test("explore() comes back from what cannot be killed", async () => {
  const failure = await failureOf(function* () {
    for (;;) {
      try {
        for (;;) yield;
      } catch {
        // goes on for ever
      }
    }
  }, { turns: 100 });
  assertStringIncludes(failure.message, "no end after 100 turns");
  const waits = await failureOf(function* () {
    for (;;) {
      try {
        yield* new Event().wait();
      } catch {
        // waits again
      }
    }
  }, { turns: 100 });
  assert(waits.cause instanceof DeadlockError);
  assertEquals(await run(() => "fine"), "fine");
});

Deno.test("the trace of a failure tells who did what, and where it left the usual way", async () => {
  const failure = await failureOf(function* check() {
    const event = new Event();
    const late = spawnWith({ name: "late" }, function* () {
      yield* sleep(10);
      assert(!event.isSet, "too late");
    });
    spawnWith({ name: "setter" }, function* () {
      yield* sleep(10);
      event.set();
    });
    yield* late;
  }, { seed: "2:1" });
  assertEquals(failure.trace, [
    "check waits for get late",
    "late waits for sleep",
    "setter waits for sleep",
    "the timer of setter (sleep, 10 ms) fires (and not the timer of late (sleep, 10 ms))",
    "the timer of late (sleep, 10 ms) fires",
    "setter ends",
    "late fails: AssertionError: too late",
    "check fails: AssertionError: too late",
  ]);
  assertMatch(
    failure.message,
    /^Cannot rely on check: it fails in schedule \d+\n {2}AssertionError: too late\n/,
  );
  assertStringIncludes(failure.message, 'to replay it: explore(…, { seed: "2:1" })\n    1. check');
});

Deno.test("explore() finds the schedule with the fewest deviations", async () => {
  const scenario = function* () {
    const said: string[] = [];
    yield* joinAll(["a", "b", "c", "d", "e", "f"].map((name) => spawn(say, said, name)));
    assert(said.indexOf("f") > said.indexOf("a"));
  };
  for (let seed = 0; seed < 10; seed++) {
    const { seed: found } = await failureOf(scenario, { seed });
    assertMatch(found, /^\d+:\d+$/);
  }
});

Deno.test("explore() says when a failure cannot be repeated", async () => {
  let count = 0;
  const failure = await failureOf(() => {
    if (++count === 3) throw new Error("once");
  });
  assertStringIncludes(failure.message, "but not when repeated: it depends on something outside");
  assertStringIncludes(failure.message, "Error: once");
});
