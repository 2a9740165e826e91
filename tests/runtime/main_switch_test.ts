// Copyright 2026 the Tendril authors. MIT license.
// Switching from outside any greenlet: at the call, and awaited when somebody had to wait.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  BlockingSwitchOutError,
  getCurrent,
  getHub,
  Greenlet,
  GreenletError,
  GreenletExit,
  InvalidSwitchError,
  mainGreenlet,
  sleep,
  spawn,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** Collects what is reported to the hub instead of printing it. */
function reports() {
  const onError = stub(getHub(), "onError", () => {});
  return {
    errors: () => onError.calls.map((call) => call.args[0]),
    [Symbol.dispose]: () => onError.restore(),
  };
}

Deno.test("Greenlet.switch() from outside runs at the call", () => {
  const order: string[] = [];
  const greenlet = new Greenlet(function* () {
    order.push("in the greenlet");
  });
  order.push("before");
  greenlet.switch();
  order.push("after");
  assertEquals(order, ["before", "in the greenlet", "after"]);
});

Deno.test("Greenlet.switch() from outside has the result as its value", () => {
  assertEquals(new Greenlet((n: number) => n + 1).switch<number>(41).value, 42);
});

Deno.test("Greenlet.switch() from outside can be awaited when it is done", async () => {
  assertEquals(await new Greenlet(() => "done").switch(), "done");
});

Deno.test("Greenlet.switch() from outside folds several values into an array", () => {
  const greenlet = new Greenlet(function* () {
    return [yield* mainGreenlet.switch()];
  });
  greenlet.switch();
  assertEquals(greenlet.switch(1, 2).value, [[1, 2]]);
});

Deno.test("Greenlet.switch() from outside comes back when any greenlet switches to main", () => {
  const order: string[] = [];
  const one: Greenlet = new Greenlet(function* () {
    order.push("one");
    yield* two.switch();
  });
  const two: Greenlet = new Greenlet(function* () {
    order.push("two");
    order.push(yield* mainGreenlet.switch("half way"));
  });
  assertEquals(one.switch().value, "half way");
  assertEquals([one.dead, two.dead], [false, false]);
  two.switch("on");
  assertEquals(order, ["one", "two", "on"]);
});

Deno.test("Greenlet.switch() from outside throws at the call what reaches main", () => {
  const failure = new RangeError("broken");
  const greenlet = new Greenlet(() => {
    throw failure;
  });
  assertStrictEquals(assertThrows(() => greenlet.switch()), failure);
});

Deno.test("An error thrown at a switch from outside is not reported as well", async () => {
  using seen = reports();
  const greenlet = new Greenlet(() => {
    throw new RangeError("broken");
  });
  assertThrows(() => greenlet.switch(), RangeError);
  await settle();
  assertEquals(seen.errors(), []);
});

Deno.test("mainGreenlet.switch() from outside returns its own payload", () => {
  assertEquals(mainGreenlet.switch(9).value, 9);
  assertEquals(mainGreenlet.switch().value, undefined);
});

Deno.test("Greenlet.switch() from outside to a dead greenlet returns its own payload", () => {
  const dead = new Greenlet(() => {});
  dead.switch();
  assertEquals(dead.switch().value, undefined);
  assertEquals(dead.switch(5).value, 5);
});

Deno.test("Greenlet.switch() from outside to a greenlet without run throws at the call", () => {
  assertThrows(() => new Greenlet().switch(), GreenletError, "it has no run function");
});

Deno.test("Greenlet.switch() from outside gives control back when the greenlet has to wait", async () => {
  using clock = new ManualClock();
  const order: string[] = [];
  const greenlet = new Greenlet(function* () {
    order.push("waits");
    yield* sleep(10);
    order.push("woken");
    return "result";
  });
  const op = greenlet.switch();
  order.push("main goes on");
  assertEquals(op.value, undefined);
  await clock.advance(10);
  assertEquals(order, ["waits", "main goes on", "woken"]);
  assertEquals(op.value, "result");
});

Deno.test("Greenlet.switch() from outside can be awaited while the greenlet waits", async () => {
  using clock = new ManualClock();
  const greenlet = new Greenlet(function* () {
    yield* sleep(10);
    return "result";
  });
  const op = greenlet.switch();
  const awaited = op.then((value) => `got ${value}`);
  await clock.advance(10);
  assertEquals(await awaited, "got result");
});

Deno.test("Greenlet.switch() from outside rejects when the greenlet fails after a wait", async () => {
  using clock = new ManualClock();
  using seen = reports();
  const failure = new RangeError("broken");
  const op = new Greenlet(function* () {
    yield* sleep(10);
    throw failure;
  }).switch();
  const rejected = assertRejects(async () => await op);
  await clock.advance(10);
  assertStrictEquals(await rejected, failure);
  assertEquals(seen.errors(), []);
});

Deno.test("An error that reaches main after a wait is reported when nobody awaits it", async () => {
  using clock = new ManualClock();
  using seen = reports();
  const failure = new RangeError("broken");
  new Greenlet(function* () {
    yield* sleep(10);
    throw failure;
  }).switch();
  await clock.advance(10);
  assertEquals(seen.errors(), [failure]);
});

Deno.test("Greenlet.switch() from outside runs two greenlets that wait at the same time", async () => {
  using clock = new ManualClock();
  const wait = function* (ms: number) {
    yield* sleep(ms);
    return `${ms} ms`;
  };
  const [slow, fast] = [new Greenlet(wait).switch(20), new Greenlet(wait).switch(10)];
  await clock.advance(20);
  assertEquals([slow.value, fast.value], ["20 ms", "10 ms"]);
});

Deno.test("Greenlet.switch() from outside runs a spawned greenlet ahead of its turn", async () => {
  const order: string[] = [];
  const say = (name: string) => {
    order.push(name);
  };
  spawn(say, "first in line");
  const greenlet = spawn(say, "switched to");
  greenlet.switch();
  assertEquals(order, ["switched to"]);
  await settle();
  assertEquals(order, ["switched to", "first in line"]);
});

Deno.test("Greenlet.switch() from outside to a spawned greenlet gives its result", async () => {
  const greenlet = spawn(() => "result");
  const op = greenlet.switch();
  assertEquals([op.value, await op], ["result", "result"]);
});

Deno.test("Greenlet.switch() from outside to a spawned greenlet can be awaited while it waits", async () => {
  using clock = new ManualClock();
  const op = spawn(function* () {
    yield* sleep(10);
    return "result";
  }).switch();
  let got: unknown = "nothing";
  op.then((value) => got = value);
  await clock.advance(10);
  assertEquals(got, "result");
});

Deno.test("The error of a spawned greenlet that was switched to is not reported when awaited", async () => {
  using clock = new ManualClock();
  using seen = reports();
  const failure = new RangeError("broken");
  const op = spawn(function* () {
    yield* sleep(10);
    throw failure;
  }).switch();
  const rejected = assertRejects(async () => await op);
  await clock.advance(10);
  assertStrictEquals(await rejected, failure);
  assertEquals(seen.errors(), []);
});

Deno.test("The error of a spawned greenlet that was switched to is reported once", async () => {
  using clock = new ManualClock();
  using seen = reports();
  const failure = new RangeError("broken");
  spawn(function* () {
    yield* sleep(10);
    throw failure;
  }).switch();
  await clock.advance(10);
  assertEquals(seen.errors(), [failure]);
});

Deno.test("Greenlet.switch() from outside to a greenlet that waits raises in it", async () => {
  using clock = new ManualClock();
  const sleeper = spawn(function* () {
    try {
      yield* sleep(1000);
    } catch (error) {
      return error;
    }
  });
  await clock.advance(0);
  assertEquals(sleeper.switch("stray").value, undefined);
  assertInstanceOf(await sleeper, InvalidSwitchError);
});

Deno.test("Greenlet.throw() from outside into a greenlet that waits raises that in it", async () => {
  using clock = new ManualClock();
  const sent = new RangeError("sent");
  const sleeper = spawn(function* () {
    try {
      yield* sleep(1000);
    } catch (error) {
      return error;
    }
  });
  await clock.advance(0);
  sleeper.throw(sent);
  assertStrictEquals(await sleeper, sent);
});

Deno.test("Greenlet.throw() from outside without an error gives the GreenletExit", () => {
  const greenlet = new Greenlet(function* () {
    yield* mainGreenlet.switch();
  });
  greenlet.switch();
  assertInstanceOf(greenlet.throw().value, GreenletExit);
});

Deno.test("Greenlet.switch() to main raises InvalidSwitchError when main does not wait", async () => {
  const greenlet = spawn(function* () {
    yield* mainGreenlet.switch();
  });
  await assertRejects(async () => await greenlet, InvalidSwitchError, "Cannot switch to main");
});

Deno.test("Greenlet.switch() from outside acts without being awaited or read", () => {
  let ran = 0;
  const greenlet = new Greenlet(function* () {
    for (;;) {
      ran++;
      yield* mainGreenlet.switch();
    }
  });
  for (let i = 0; i < 3; i++) greenlet.switch();
  assertEquals(ran, 3);
  greenlet.throw();
});

Deno.test("Greenlet.switch() in a callback of a running greenlet is an Op of that greenlet", () => {
  const got = new Greenlet(function* () {
    const ops = [1].map(() => new Greenlet(() => "child").switch<string>());
    return yield* ops[0]!;
  }).switch().value;
  assertEquals(got, "child");
});

Deno.test("Greenlet.switch() in a callback of the hub raises BlockingSwitchOutError", async () => {
  let error: unknown;
  const callback = () => {
    error = assertThrows(() => new Greenlet(() => {}).switch());
  };
  spawn(() => {}).join().start({ wake: callback, fail: callback });
  await settle();
  assertInstanceOf(error, BlockingSwitchOutError);
});

Deno.test("getCurrent() is main outside and the greenlet inside", () => {
  const seen = [getCurrent()];
  const greenlet = new Greenlet(() => {
    seen.push(getCurrent());
  });
  greenlet.switch();
  seen.push(getCurrent());
  assertEquals(seen, [mainGreenlet, greenlet, mainGreenlet]);
});

Deno.test("getCurrent() is right in each greenlet of a chain of switches", () => {
  const seen: unknown[] = [];
  const inner: Greenlet = new Greenlet(function* () {
    seen.push(getCurrent());
    yield* mainGreenlet.switch();
    seen.push(getCurrent());
  });
  const outer: Greenlet = new Greenlet(function* () {
    seen.push(getCurrent());
    yield* inner.switch();
  });
  outer.switch();
  seen.push(getCurrent());
  inner.switch();
  assertEquals(seen, [outer, inner, mainGreenlet, inner]);
});

Deno.test("mainGreenlet is active, not dead, and named main", () => {
  assertEquals([mainGreenlet.active, mainGreenlet.dead, mainGreenlet.name], [true, false, "main"]);
});

Deno.test("mainGreenlet can be neither killed nor started", () => {
  assertThrows(() => mainGreenlet.kill(), GreenletError, "Cannot kill main");
  assertThrows(() => mainGreenlet.start(), GreenletError, "Cannot start main");
  assertThrows(() => mainGreenlet.startLater(1), GreenletError, "Cannot start main");
});
