// Copyright 2026 the Tendril authors. MIT license.
// Greenlet.throw: into a greenlet that is suspended, unstarted or dead, and with what error.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Coroutine,
  getCurrent,
  Greenlet,
  GreenletExit,
  mainGreenlet,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";

class Exit extends GreenletExit {}

/** A greenlet that has given control back to main once. */
function suspended(body?: (waiting: () => Coroutine<unknown>) => Coroutine<unknown>): Greenlet {
  function* waiting(): Coroutine<unknown> {
    return yield* mainGreenlet.switch("waiting");
  }
  const greenlet = new Greenlet(body === undefined ? waiting : () => body(waiting));
  greenlet.switch();
  return greenlet;
}

Deno.test("Greenlet.throw() raises the error where a suspended greenlet waits", () => {
  const sent = new RangeError("sent");
  const greenlet = suspended(function* (waiting) {
    try {
      yield* waiting();
    } catch (error) {
      return ["caught", error];
    }
  });
  const got = greenlet.throw(sent).value;
  assertEquals(got[0], "caught");
  assertStrictEquals(got[1], sent);
});

Deno.test("Greenlet.throw() raises an error that is not caught in the parent, the same object", () => {
  const sent = new RangeError("sent");
  const greenlet = suspended();
  assertStrictEquals(assertThrows(() => greenlet.throw(sent)), sent);
  assertEquals([greenlet.dead, greenlet.exception === sent], [true, true]);
});

Deno.test("Greenlet.throw() without an error raises a GreenletExit", () => {
  const greenlet = suspended(function* (waiting) {
    try {
      yield* waiting();
    } catch (error) {
      return error;
    }
  });
  assertInstanceOf(greenlet.throw().value, GreenletExit);
});

Deno.test("Greenlet.throw() returns a GreenletExit that is not caught to the parent", () => {
  const exit = new GreenletExit("enough");
  const greenlet = suspended();
  assertStrictEquals(greenlet.throw(exit).value, exit);
  assertEquals([greenlet.dead, greenlet.successful], [true, true]);
});

Deno.test("Greenlet.throw() returns a subclass of GreenletExit to the parent", () => {
  const exit = new Exit();
  assertStrictEquals(suspended().throw(exit).value, exit);
});

Deno.test("A greenlet that raises GreenletExit by itself returns it to the parent", () => {
  const exit = new Exit();
  const greenlet = new Greenlet(() => {
    throw exit;
  });
  assertStrictEquals(greenlet.switch().value, exit);
  assert(greenlet.successful);
});

Deno.test("Greenlet.throw() runs finally blocks", () => {
  const log: string[] = [];
  const greenlet = suspended(function* (waiting) {
    try {
      yield* waiting();
    } finally {
      log.push("cleaned up");
    }
  });
  greenlet.throw();
  assertEquals(log, ["cleaned up"]);
});

Deno.test("A greenlet that catches GreenletExit gives what it returns", () => {
  const greenlet = suspended(function* (waiting) {
    try {
      yield* waiting();
    } catch {
      return "my own end";
    }
  });
  assertEquals(greenlet.throw().value, "my own end");
});

Deno.test("A greenlet that catches what was thrown and switches out again stays alive", () => {
  const greenlet = suspended(function* (waiting) {
    try {
      yield* waiting();
    } catch {
      yield* waiting();
    }
    return "end";
  });
  assertEquals(greenlet.throw().value, "waiting");
  assertEquals(greenlet.dead, false);
  assertEquals(greenlet.switch().value, "end");
});

Deno.test("A greenlet that turns GreenletExit into another error raises that in the parent", () => {
  const greenlet = suspended(function* (waiting) {
    try {
      yield* waiting();
    } catch {
      throw new SyntaxError("instead");
    }
  });
  assertThrows(() => greenlet.throw(), SyntaxError, "instead");
});

Deno.test("Greenlet.throw() ends an unstarted greenlet without running it", () => {
  let ran = false;
  const greenlet = new Greenlet(() => {
    ran = true;
  });
  assertThrows(() => greenlet.throw(new RangeError("sent")), RangeError, "sent");
  assertEquals([ran, greenlet.dead, greenlet.active], [false, true, false]);
});

Deno.test("Greenlet.throw() of a GreenletExit into an unstarted greenlet returns it", () => {
  const exit = new GreenletExit();
  const greenlet = new Greenlet(() => {});
  assertStrictEquals(greenlet.throw(exit).value, exit);
  assert(greenlet.dead);
});

Deno.test("Greenlet.throw() into an unstarted greenlet without run needs no run", () => {
  assertInstanceOf(new Greenlet().throw().value, GreenletExit);
});

Deno.test("Greenlet.throw() into an unstarted greenlet goes through an unstarted parent", () => {
  const parent = new Greenlet(() => {});
  const child = new Greenlet(() => {}, { parent });
  assertThrows(() => child.throw(new RangeError("sent")), RangeError, "sent");
  assertEquals([child.dead, parent.dead], [true, true]);
});

Deno.test("Greenlet.throw() into an unstarted greenlet raises in the parent that waits", () => {
  const parent = suspended(function* (waiting) {
    try {
      yield* waiting();
    } catch (error) {
      return `parent caught ${(error as Error).message}`;
    }
  });
  const child = new Greenlet(() => {}, { parent });
  assertEquals(child.throw(new RangeError("sent")).value, "parent caught sent");
  assertEquals([child.dead, parent.dead], [true, true]);
});

Deno.test("Greenlet.throw() into a dead greenlet raises in its nearest living ancestor", () => {
  const parent = suspended(function* (waiting) {
    try {
      yield* waiting();
    } catch (error) {
      return `parent caught ${(error as Error).message}`;
    }
  });
  const dead = new Greenlet(() => {});
  dead.switch();
  dead.parent = parent;
  assertEquals(dead.throw(new RangeError("sent")).value, "parent caught sent");
});

Deno.test("Greenlet.throw() into a dead greenlet raises in a caller that is the ancestor", () => {
  const dead = new Greenlet(() => {});
  dead.switch();
  assertThrows(() => dead.throw(new RangeError("sent")), RangeError, "sent");
});

Deno.test("Greenlet.throw() of a GreenletExit into a dead greenlet returns it", () => {
  const greenlet = suspended();
  greenlet.throw();
  const exit = new GreenletExit();
  assertStrictEquals(greenlet.throw(exit).value, exit);
});

Deno.test("Greenlet.throw() from a greenlet into its dead child raises at that very place", () => {
  const sent = new RangeError("sent");
  const got = new Greenlet(function* () {
    const dead = new Greenlet(() => {});
    yield* dead.switch();
    try {
      yield* dead.throw(sent);
    } catch (error) {
      return error;
    }
  }).switch().value;
  assertStrictEquals(got, sent);
});

Deno.test("Greenlet.throw() into the running greenlet raises at that very place", () => {
  const got = new Greenlet(function* () {
    try {
      yield* getCurrent().throw(new RangeError("sent"));
    } catch (error) {
      return error;
    }
  }).switch().value;
  assertInstanceOf(got, RangeError);
});

Deno.test("Greenlet.throw() into main raises at the switch from outside", () => {
  const greenlet = new Greenlet(function* () {
    yield* mainGreenlet.throw(new RangeError("for main"));
  });
  assertThrows(() => greenlet.switch(), RangeError, "for main");
  assertEquals(greenlet.dead, false);
});

Deno.test("Greenlet.throw() at once refuses what is no Error, and leaves the target alone", () => {
  const greenlet = suspended();
  for (const [wrong, shown] of [["x", '"x"'], [null, "null"], [{}, "an instance of Object"]]) {
    assertThrows(
      () => Reflect.apply(greenlet.throw, greenlet, [wrong]),
      TypeError,
      `expected an instance of Error, got ${shown}`,
    );
  }
  assertEquals(greenlet.dead, false);
  greenlet.throw();
});

Deno.test("Greenlet.throw() refuses a class in place of an instance", () => {
  const greenlet = new Greenlet(() => {});
  assertThrows(
    () => Reflect.apply(greenlet.throw, greenlet, [RangeError]),
    TypeError,
    "RangeError",
  );
});

Deno.test("Greenlet.throw() raises in a spawned greenlet that waits for something", async () => {
  await run(function* () {
    const sleeper = spawn(function* () {
      try {
        yield* sleep(1000);
      } catch (error) {
        return (error as Error).message;
      }
    });
    yield* sleep(0);
    yield* sleeper.throw(new RangeError("woken"));
    assertEquals(yield* sleeper, "woken");
  });
});

Deno.test("Greenlet.throw() ends a spawned greenlet that has not run, and the caller goes on", async () => {
  await run(function* () {
    let ran = false;
    const greenlet = spawn(() => {
      ran = true;
    });
    yield* greenlet.throw();
    yield* greenlet.join();
    assertEquals([ran, greenlet.dead], [false, true]);
  });
});
