// Copyright 2026 the Tendril authors. MIT license.
// Explicit switching between greenlets, and where the outcome of one that ends goes.

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Coroutine,
  getCurrent,
  Greenlet,
  GreenletError,
  InvalidSwitchError,
  mainGreenlet,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";

/** Runs `body` in a greenlet, without the hub, and gives what it returned. */
function inGreenlet<T>(body: () => Coroutine<T>): T {
  return new Greenlet(body).switch<T>().value as T;
}

/** A greenlet that gives back to its parent, forever, whatever is sent to it. */
function echo(): Greenlet<void> {
  return new Greenlet(function* (first: unknown) {
    for (let value = first;;) value = yield* getCurrent().parent!.switch(value);
  });
}

Deno.test("Greenlet.switch() passes control back and forth in order", () => {
  const order: string[] = [];
  const ping: Greenlet = new Greenlet(function* () {
    for (let round = 1; round <= 3; round++) {
      order.push(`ping ${round}`);
      yield* pong.switch();
    }
  });
  const pong: Greenlet = new Greenlet(function* () {
    for (let round = 1; round <= 3; round++) {
      order.push(`pong ${round}`);
      yield* ping.switch();
    }
  });
  ping.switch();
  assertEquals(order, ["ping 1", "pong 1", "ping 2", "pong 2", "ping 3", "pong 3"]);
});

Deno.test("Greenlet.switch() starts a greenlet with its values as arguments", () => {
  const args = inGreenlet(function* () {
    const child = new Greenlet((...all: unknown[]) => all);
    return yield* child.switch(1, "two", [3]);
  });
  assertEquals(args, [1, "two", [3]]);
});

Deno.test("Greenlet.switch() starts a greenlet without arguments when it brings no values", () => {
  assertEquals(
    inGreenlet(function* () {
      return yield* new Greenlet((...all: unknown[]) => all).switch();
    }),
    [],
  );
});

Deno.test("Greenlet.switch() starts a greenlet with an undefined that was passed", () => {
  assertEquals(
    inGreenlet(function* () {
      return yield* new Greenlet((...all: unknown[]) => all).switch(undefined);
    }),
    [undefined],
  );
});

Deno.test("Greenlet.switch() runs a plain function as the body", () => {
  assertEquals(
    inGreenlet(function* () {
      return yield* new Greenlet((n: number) => n * 2).switch(21);
    }),
    42,
  );
});

Deno.test("Greenlet.switch() without values arrives as undefined", () => {
  const arrived = inGreenlet(function* () {
    const child = echo();
    yield* child.switch("start");
    return [yield* child.switch()];
  });
  assertEquals(arrived, [undefined]);
});

Deno.test("Greenlet.switch() with one value arrives as that value", () => {
  const sent = { some: "object" };
  const arrived = inGreenlet(function* () {
    const child = echo();
    yield* child.switch("start");
    return yield* child.switch(sent);
  });
  assertStrictEquals(arrived, sent);
});

Deno.test("Greenlet.switch() with one array arrives as that array", () => {
  const sent = [1, 2];
  const arrived = inGreenlet(function* () {
    const child = echo();
    yield* child.switch("start");
    return yield* child.switch(sent);
  });
  assertStrictEquals(arrived, sent);
});

Deno.test("Greenlet.switch() with several values arrives as an array", () => {
  const arrived = inGreenlet(function* () {
    const child = echo();
    yield* child.switch("start");
    return yield* child.switch(1, undefined, "three");
  });
  assertEquals(arrived, [1, undefined, "three"]);
});

Deno.test("Greenlet.switch() folds by the state of the target when it happens, not when it was called", () => {
  const seen = inGreenlet(function* () {
    const log: unknown[] = [];
    const child = new Greenlet(function* (...args: unknown[]) {
      log.push(["args", ...args]);
      log.push(["value", yield* getCurrent().parent!.switch()]);
    });
    const later = child.switch("late");
    yield* child.switch("early");
    yield* later;
    return log;
  });
  assertEquals(seen, [["args", "early"], ["value", "late"]]);
});

Deno.test("Greenlet.switch() gives what anybody sends later, not the answer of the target", () => {
  const got = inGreenlet(function* () {
    const first = getCurrent();
    const third = new Greenlet(function* () {
      yield* first.switch("from the third");
    });
    const second = new Greenlet(function* () {
      yield* third.switch();
    });
    return yield* second.switch();
  });
  assertEquals(got, "from the third");
});

Deno.test("Greenlet.switch() to the running greenlet returns its own payload", () => {
  const got = inGreenlet(function* () {
    const self = getCurrent();
    return [yield* self.switch(), yield* self.switch(9), yield* self.switch(1, 2)];
  });
  assertEquals(got, [undefined, 9, [1, 2]]);
});

Deno.test("Greenlet.switch() lets two children interleave and end separately", () => {
  const got = inGreenlet(function* () {
    const count = function* (name: string) {
      const parent = getCurrent().parent!;
      yield* parent.switch(`${name}1`);
      yield* parent.switch(`${name}2`);
      return `${name} end`;
    };
    const [a, b] = [new Greenlet(count), new Greenlet(count)];
    const log = [yield* a.switch("a"), yield* b.switch("b"), yield* a.switch(), yield* a.switch()];
    log.push(a.dead, b.dead, yield* b.switch(), yield* b.switch(), b.dead);
    return log;
  });
  assertEquals(got, ["a1", "b1", "a2", "a end", true, false, "b2", "b end", true]);
});

Deno.test("Greenlet.switch() one after another to the same target delivers each value", () => {
  const got = inGreenlet(function* () {
    const child = echo();
    const all: unknown[] = [];
    for (let i = 0; i < 5; i++) all.push(yield* child.switch(i));
    return all;
  });
  assertEquals(got, [0, 1, 2, 3, 4]);
});

Deno.test("Two switch Ops to the same target that are made before either is used stay apart", () => {
  const got = inGreenlet(function* () {
    const child = echo();
    yield* child.switch("start");
    const [one, two] = [child.switch(1), child.switch(2)];
    return [yield* two, yield* one];
  });
  assertEquals(got, [2, 1]);
});

Deno.test("A greenlet that ends gives control and result to its parent, not to who switched to it", () => {
  const order: string[] = [];
  const last = new Greenlet(() => "result of the last");
  const first = new Greenlet(function* () {
    order.push("first");
    yield* last.switch();
    order.push("not reached");
  });
  assertEquals(first.switch().value, "result of the last");
  assertEquals(order, ["first"]);
});

Deno.test("A greenlet made in a greenlet gives its result to that one", () => {
  const got = inGreenlet(function* () {
    const inner = inGreenletOp(() => "innermost");
    return `through ${yield* inner}`;
  });
  assertEquals(got, "through innermost");

  function inGreenletOp(body: () => string) {
    return new Greenlet(body).switch<string>();
  }
});

Deno.test("A greenlet that fails raises the same error object in its parent", () => {
  const failure = new RangeError("broken");
  const got = inGreenlet(function* () {
    const child = new Greenlet(() => {
      throw failure;
    });
    try {
      yield* child.switch();
    } catch (error) {
      return [error, child.dead];
    }
  });
  assertStrictEquals(got![0], failure);
  assertEquals(got![1], true);
});

Deno.test("A greenlet gives control at its end to the parent of that moment", () => {
  const got = inGreenlet(function* () {
    const other: Greenlet = new Greenlet(function* () {
      return ["other got", yield* maker.switch("ready")];
    });
    const maker = getCurrent();
    yield* other.switch();
    const child = new Greenlet(() => {
      child.parent = other;
      return "late result";
    });
    return yield* child.switch();
  });
  assertEquals(got, ["other got", "late result"]);
});

Deno.test("A greenlet that fails raises its error in the parent of that moment", () => {
  const failure = new Error("broken");
  const caught: unknown[] = [];
  inGreenlet(function* () {
    const maker = getCurrent();
    const other: Greenlet = new Greenlet(function* () {
      try {
        yield* maker.switch();
      } catch (error) {
        caught.push(error);
      }
    });
    yield* other.switch();
    const child = new Greenlet(() => {
      throw failure;
    }, { parent: other });
    yield* child.switch();
  });
  assertStrictEquals(caught[0], failure);
});

Deno.test("A greenlet whose parent has not started starts it with its result", () => {
  const args = inGreenlet(function* () {
    const parent = new Greenlet((...all: unknown[]) => ["started with", ...all]);
    return yield* new Greenlet(() => "a result", { parent }).switch();
  });
  assertEquals(args, ["started with", "a result"]);
});

Deno.test("A greenlet that fails ends a parent that has not started, and the error goes on", () => {
  const failure = new Error("broken");
  let ran = false;
  const parent = new Greenlet(() => {
    ran = true;
  });
  const child = new Greenlet(() => {
    throw failure;
  }, { parent });
  assertStrictEquals(assertThrows(() => child.switch()), failure);
  assertEquals([ran, parent.dead], [false, true]);
});

Deno.test("A greenlet whose parent is dead gives its result to the next living ancestor", () => {
  const got = inGreenlet(function* () {
    const parent = new Greenlet(() => {});
    yield* parent.switch();
    const child = new Greenlet(() => "result", { parent });
    return yield* child.switch();
  });
  assertEquals(got, "result");
});

Deno.test("A greenlet whose parent has no run raises GreenletError in the next ancestor", () => {
  const error = inGreenlet(function* () {
    const parent: Greenlet = new Greenlet();
    const child = new Greenlet(() => "result", { parent });
    try {
      yield* child.switch();
    } catch (error) {
      return error;
    }
  });
  assert(error instanceof GreenletError);
});

Deno.test("Greenlet.switch() to a dead greenlet delivers to its nearest living ancestor", () => {
  const got = inGreenlet(function* () {
    const maker = getCurrent();
    const ancestor: Greenlet = new Greenlet(function* () {
      const dead = new Greenlet(() => {});
      yield* dead.switch();
      return ["the ancestor got", yield* maker.switch(dead)];
    });
    const dead = yield* ancestor.switch<Greenlet>();
    return yield* dead.switch("for nobody");
  });
  assertEquals(got, ["the ancestor got", "for nobody"]);
});

Deno.test("Greenlet.switch() to a dead child gives the caller its own payload", () => {
  const got = inGreenlet(function* () {
    const dead = new Greenlet(() => {});
    yield* dead.switch();
    return [yield* dead.switch(), yield* dead.switch(5), yield* dead.switch(1, 2)];
  });
  assertEquals(got, [undefined, 5, [1, 2]]);
});

Deno.test("Greenlet.switch() to a dead greenlet with a new parent is a switch to that", () => {
  const got = inGreenlet(function* () {
    const parent = new Greenlet((value: unknown) => ["parent started with", value]);
    const dead = new Greenlet(() => {});
    yield* dead.switch();
    dead.parent = parent;
    return yield* dead.switch("payload");
  });
  assertEquals(got, ["parent started with", "payload"]);
});

Deno.test("Greenlet.switch() to a greenlet without run raises GreenletError in the caller", () => {
  const error = inGreenlet(function* () {
    const empty: Greenlet = new Greenlet();
    try {
      yield* empty.switch();
    } catch (error) {
      return error;
    }
  });
  assert(error instanceof GreenletError);
});

Deno.test("Greenlet.switch() to main gives control and payload to the switch from outside", () => {
  const child = new Greenlet(function* () {
    return ["came back with", yield* mainGreenlet.switch(1, 2)];
  });
  assertEquals(child.switch().value, [1, 2]);
  assertEquals(child.switch("go on").value, ["came back with", "go on"]);
});

Deno.test("Greenlet.switch() to a greenlet that waits raises InvalidSwitchError in it", async () => {
  await run(function* () {
    const sleeper = spawn(function* () {
      try {
        yield* sleep(1000);
      } catch (error) {
        return error;
      }
    });
    yield* sleep(0);
    yield* sleeper.switch("stray");
    const error = yield* sleeper;
    assert(error instanceof InvalidSwitchError);
    assertEquals(error.message.includes("sleep"), true);
  });
});

Deno.test("Greenlet.switch() to a greenlet that waits lets the caller go on", async () => {
  await run(function* () {
    const sleeper = spawn(function* () {
      yield* sleep(1000);
    });
    yield* sleep(0);
    assertEquals(yield* sleeper.switch("stray"), undefined);
    assert((yield* sleeper.join()) && sleeper.exception instanceof InvalidSwitchError);
  });
});
