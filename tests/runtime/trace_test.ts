// Copyright 2026 the Tendril authors. MIT license.
// settrace: the exact list of switches, and what a failing tracer does.

import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import {
  BlockingSwitchOutError,
  getCurrent,
  gettrace,
  Greenlet,
  GreenletExit,
  mainGreenlet,
  run,
  settrace,
  sleep,
  spawn,
  spawnWith,
  type Tracer,
} from "@tendril/tendril";

/** Records the switches as text, until disposed of. */
function recording() {
  const events: string[] = [];
  settrace((event, { origin, target }) => {
    events.push(`${event} ${origin.name} → ${target.name}`);
  });
  return {
    events,
    [Symbol.dispose]: () => void settrace(null),
  };
}

function named(name: string, run: ConstructorParameters<typeof Greenlet>[0]): Greenlet {
  return new Greenlet(run, { name });
}

Deno.test("settrace() sees two switches of a greenlet that returns", () => {
  using trace = recording();
  named("g", () => {}).switch();
  assertEquals(trace.events, ["switch main → g", "switch g → main"]);
});

Deno.test("settrace() sees a throw when a greenlet fails", () => {
  using trace = recording();
  const greenlet = named("g", () => {
    throw new RangeError("broken");
  });
  assertThrows(() => greenlet.switch(), RangeError, "broken");
  assertEquals(trace.events, ["switch main → g", "throw g → main"]);
});

Deno.test("settrace() sees a throw into a suspended greenlet, and its end as a switch", () => {
  const greenlet = named("g", function* () {
    yield* mainGreenlet.switch();
  });
  greenlet.switch();
  using trace = recording();
  assertInstanceOf(greenlet.throw().value, GreenletExit);
  assertEquals(trace.events, ["throw main → g", "switch g → main"]);
});

Deno.test("settrace() sees each switch between greenlets", () => {
  const one: Greenlet = named("one", function* () {
    yield* two.switch();
    yield* two.switch();
  });
  const two: Greenlet = named("two", function* () {
    yield* one.switch();
  });
  using trace = recording();
  one.switch();
  assertEquals(trace.events, [
    "switch main → one",
    "switch one → two",
    "switch two → one",
    "switch one → two",
    "switch two → main",
  ]);
});

Deno.test("settrace() sees an error on its way from child to parent", () => {
  const parent = named("parent", function* () {
    try {
      yield* named("child", () => {
        throw new Error("broken");
      }).switch();
    } catch {
      // Only the events are of interest.
    }
  });
  using trace = recording();
  parent.switch();
  assertEquals(trace.events, [
    "switch main → parent",
    "switch parent → child",
    "throw child → parent",
    "switch parent → main",
  ]);
});

Deno.test("settrace() sees a greenlet that switches to main and is switched to again", () => {
  const greenlet = named("g", function* () {
    yield* mainGreenlet.switch();
  });
  using trace = recording();
  greenlet.switch();
  greenlet.switch();
  assertEquals(trace.events, [
    "switch main → g",
    "switch g → main",
    "switch main → g",
    "switch g → main",
  ]);
});

Deno.test("settrace() sees what the hub resumes as switches from and to main", async () => {
  const events = await run(function* () {
    using trace = recording();
    const greenlet = spawnWith({ name: "g" }, function* () {
      yield* sleep(0);
    });
    getCurrent().name = "root";
    yield* greenlet.join();
    return [...trace.events];
  });
  assertEquals(events, [
    "switch root → main",
    "switch main → g",
    "switch g → main",
    "switch main → g",
    "switch g → main",
    "switch main → root",
  ]);
});

Deno.test("settrace() calls back when the target is already current", () => {
  const seen: boolean[] = [];
  using _trace = recording();
  settrace((_event, { target }) => void seen.push(getCurrent() === target));
  named("g", () => {}).switch();
  assertEquals(seen, [true, true]);
});

Deno.test("settrace() gives the tracer before, and gettrace() the one now", () => {
  const [one, two]: Tracer[] = [() => {}, () => {}];
  assertEquals(settrace(one!), null);
  assertStrictEquals(settrace(two!), one);
  assertStrictEquals(gettrace(), two);
  assertStrictEquals(settrace(null), two);
  assertEquals(gettrace(), null);
});

Deno.test("settrace() with the same tracer twice calls it once per switch", () => {
  let calls = 0;
  const tracer = () => void calls++;
  settrace(tracer);
  settrace(tracer);
  named("g", () => {}).switch();
  settrace(null);
  assertEquals(calls, 2);
});

Deno.test("settrace(null) stops the calls", () => {
  using trace = recording();
  settrace(null);
  named("g", () => {}).switch();
  assertEquals(trace.events, []);
});

Deno.test("settrace() refuses what is no function", () => {
  assertThrows(() => Reflect.apply(settrace, undefined, [3]), TypeError, "3: expected a function");
  assertThrows(() => Reflect.apply(settrace, undefined, [undefined]), TypeError);
});

Deno.test("A tracer that throws at the start is removed and its error ends the greenlet", () => {
  const failure = new SyntaxError("in the tracer");
  let ran = false;
  const greenlet = named("g", () => {
    ran = true;
  });
  settrace(() => {
    throw failure;
  });
  assertStrictEquals(assertThrows(() => greenlet.switch()), failure);
  assertEquals([gettrace(), ran, greenlet.dead], [null, false, true]);
});

Deno.test("A tracer that throws raises in the target that waits", () => {
  const failure = new SyntaxError("in the tracer");
  const greenlet = named("g", function* () {
    try {
      yield* mainGreenlet.switch();
    } catch (error) {
      return error;
    }
  });
  greenlet.switch();
  settrace(() => {
    throw failure;
  });
  assertStrictEquals(greenlet.switch().value, failure);
  assertEquals(gettrace(), null);
});

Deno.test("A tracer that throws replaces an error that was on its way", () => {
  const failure = new SyntaxError("in the tracer");
  const parent = named("parent", function* () {
    try {
      yield* named("child", () => {
        throw new RangeError("replaced");
      }).switch();
    } catch (error) {
      return error;
    }
  });
  settrace((event) => {
    if (event === "throw") throw failure;
  });
  assertStrictEquals(parent.switch().value, failure);
});

Deno.test("A tracer that throws on the way back to main throws there", () => {
  const failure = new SyntaxError("in the tracer");
  settrace((_event, { target }) => {
    if (target === mainGreenlet) throw failure;
  });
  const greenlet = named("g", () => "result");
  assertStrictEquals(assertThrows(() => greenlet.switch()), failure);
  assertEquals([gettrace(), greenlet.dead], [null, true]);
});

Deno.test("A tracer that throws after a failing tracer was removed is not called again", () => {
  let calls = 0;
  settrace(() => {
    calls++;
    throw new Error("in the tracer");
  });
  assertThrows(() => named("g", () => {}).switch());
  named("h", () => {}).switch();
  assertEquals(calls, 1);
});

Deno.test("A tracer may set another tracer", () => {
  const seen: string[] = [];
  settrace(() => {
    seen.push("first");
    settrace(() => void seen.push("second"));
  });
  named("g", () => {}).switch();
  settrace(null);
  assertEquals(seen, ["first", "second"]);
});

Deno.test("A tracer may make and start greenlets", async () => {
  const spawned: Greenlet<string>[] = [];
  settrace(() => {
    settrace(null);
    spawned.push(spawn(() => "spawned by the tracer"));
  });
  named("g", () => {}).switch();
  assertEquals(await spawned[0], "spawned by the tracer");
});

Deno.test("A tracer that blocks gets BlockingSwitchOutError", () => {
  let error: unknown;
  settrace(() => {
    try {
      sleep(1).next();
    } catch (caught) {
      error = caught;
    }
  });
  const greenlet = named("g", () => {});
  const raised = assertThrows(() => greenlet.switch());
  settrace(null);
  assertInstanceOf(error ?? raised, BlockingSwitchOutError);
});

Deno.test("A tracer that switches gets BlockingSwitchOutError", () => {
  const other = named("other", () => {});
  settrace(() => {
    other.switch().next();
  });
  const raised = assertThrows(() => named("g", () => {}).switch());
  settrace(null);
  assertInstanceOf(raised, BlockingSwitchOutError);
  assertEquals(other.dead, false);
});
