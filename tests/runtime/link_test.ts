// Copyright 2026 the Tendril authors. MIT license.
// Links: callbacks that are told of the end of a greenlet.

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  activeCount,
  type Coroutine,
  getCurrent,
  getHub,
  Greenlet,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

/** A greenlet that ends when told to, and callbacks that log their names. */
function linked() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const greenlet = spawn(() => promise);
  const log: string[] = [];
  return {
    greenlet,
    log,
    say: (name: string) => () => void log.push(name),
    async end(): Promise<void> {
      resolve("result");
      await settle();
    },
    async fail(error: unknown = new Error("broken")): Promise<void> {
      reject(error);
      await settle();
    },
  };
}

Deno.test("Greenlet.link() calls back with the greenlet after its end", async () => {
  const { greenlet, end } = linked();
  const told: unknown[] = [];
  greenlet.link((ended) => void told.push(ended, ended.dead, ended.value));
  await settle();
  assertEquals(told, []);
  await end();
  assertStrictEquals(told[0], greenlet);
  assertEquals(told.slice(1), [true, "result"]);
});

Deno.test("Greenlet.link() calls back in the order of registration, however many there are", async () => {
  const { greenlet, end } = linked();
  const order: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  for (let i = 0; i < 1000; i++) greenlet.link(() => void order.push(i));
  greenlet.link(() => resolve());
  await end();
  await promise;
  assertEquals(order, Array.from({ length: 1000 }, (_, i) => i));
});

Deno.test("Greenlet.link() calls back in a greenlet of its own", async () => {
  const { greenlet, end } = linked();
  const seen: Greenlet<unknown>[] = [];
  for (let i = 0; i < 2; i++) greenlet.link(() => void seen.push(getCurrent()));
  await end();
  assertEquals(seen.length, 2);
  assertNotStrictEquals(seen[0], seen[1]);
  assert(seen.every((each) => each !== greenlet && each instanceof Greenlet));
});

Deno.test("Greenlet.link() takes a generator function, which may wait", async () => {
  const { greenlet, log, end } = linked();
  greenlet.link(function* (): Coroutine {
    yield* sleep(0);
    log.push("waited");
  });
  await end();
  assertEquals(log, ["waited"]);
});

Deno.test("Greenlet.link() after the end calls back, but not at the call", async () => {
  const { greenlet, log, say, end } = linked();
  await end();
  greenlet.link(say("late"));
  assertEquals(log, []);
  await settle();
  assertEquals(log, ["late"]);
});

Deno.test("Greenlet.link() after the end works again and again", async () => {
  const { greenlet, log, say, end } = linked();
  await end();
  for (const name of ["one", "two"]) {
    greenlet.link(say(name));
    await settle();
  }
  assertEquals(log, ["one", "two"]);
});

Deno.test("Greenlet.link() with one callback twice calls it twice", async () => {
  const { greenlet, log, say, end } = linked();
  const callback = say("told");
  greenlet.link(callback);
  greenlet.link(callback);
  await end();
  assertEquals(log, ["told", "told"]);
});

Deno.test("Greenlet.linkValue() calls back only when the greenlet succeeds", async () => {
  const [good, bad] = [linked(), linked()];
  good.greenlet.linkValue(good.say("value"));
  bad.greenlet.linkValue(bad.say("value"));
  await good.end();
  await bad.fail();
  assertEquals([good.log, bad.log], [["value"], []]);
});

Deno.test("Greenlet.linkException() calls back only when the greenlet fails", async () => {
  const [good, bad] = [linked(), linked()];
  good.greenlet.linkException(good.say("exception"));
  bad.greenlet.linkException(bad.say("exception"));
  await good.end();
  await bad.fail();
  assertEquals([good.log, bad.log], [[], ["exception"]]);
});

Deno.test("Greenlet.linkValue() counts a kill as success", async () => {
  const log: string[] = [];
  const sleeper = spawn(function* () {
    yield* sleep(100_000);
  });
  sleeper.linkValue(() => void log.push("value"));
  sleeper.linkException(() => void log.push("exception"));
  await settle();
  await sleeper.kill();
  await settle();
  assertEquals(log, ["value"]);
});

Deno.test("The three link methods share one order", async () => {
  const { greenlet, log, say, end } = linked();
  greenlet.linkValue(say("first"));
  greenlet.link(say("second"));
  greenlet.linkException(say("never"));
  greenlet.linkValue(say("third"));
  await end();
  assertEquals(log, ["first", "second", "third"]);
});

Deno.test("Greenlet.unlink() takes a callback back", async () => {
  const { greenlet, log, say, end } = linked();
  const callback = say("taken back");
  greenlet.link(callback);
  greenlet.link(say("kept"));
  greenlet.unlink(callback);
  await end();
  assertEquals(log, ["kept"]);
});

Deno.test("Greenlet.unlink() takes back what linkValue() and linkException() were given", async () => {
  const { greenlet, log, say, end } = linked();
  const [one, two] = [say("one"), say("two")];
  greenlet.linkValue(one);
  greenlet.linkException(two);
  greenlet.unlink(one);
  greenlet.unlink(two);
  assertEquals(greenlet.links, null);
  await end();
  assertEquals(log, []);
});

Deno.test("Greenlet.unlink() of an unknown callback changes nothing", async () => {
  const { greenlet, log, say, end } = linked();
  greenlet.link(say("kept"));
  greenlet.unlink(() => {});
  await end();
  greenlet.unlink(() => {});
  assertEquals(log, ["kept"]);
});

Deno.test("Greenlet.unlink() in a callback keeps a later one from being called", async () => {
  const { greenlet, log, say, end } = linked();
  const later = say("later");
  greenlet.link(() => {
    log.push("first");
    greenlet.unlink(later);
  });
  greenlet.link(later);
  greenlet.link(say("last"));
  await end();
  assertEquals(log, ["first", "last"]);
});

Deno.test("Greenlet.link() in a callback calls back as well", async () => {
  const { greenlet, log, say, end } = linked();
  greenlet.link(() => {
    log.push("first");
    greenlet.link(say("from inside"));
  });
  await end();
  assertEquals(log, ["first", "from inside"]);
});

Deno.test("A callback that fails does not stop the others, and its error is reported", async () => {
  using onError = stub(getHub(), "onError", () => {});
  const failure = new Error("in the callback");
  const { greenlet, log, say, end } = linked();
  greenlet.link(() => {
    throw failure;
  });
  greenlet.link(say("next"));
  await end();
  assertEquals(log, ["next"]);
  assertStrictEquals(onError.calls[0]!.args[0], failure);
});

Deno.test("A greenlet that is killed before its start tells its links", async () => {
  const log: string[] = [];
  for (const greenlet of [new Greenlet(() => {}), spawn(() => {})]) {
    greenlet.link(() => void log.push("told"));
    greenlet.kill();
  }
  assertEquals(log, []);
  await settle();
  assertEquals(log, ["told", "told"]);
});

Deno.test("A greenlet that was started by a switch tells its links", async () => {
  const log: unknown[] = [];
  const greenlet = new Greenlet(() => "result");
  greenlet.link((ended) => void log.push(ended.value));
  greenlet.switch();
  await settle();
  assertEquals(log, ["result"]);
});

Deno.test("Greenlet.link() refuses what is no function", () => {
  const greenlet = new Greenlet(() => {});
  for (const link of [greenlet.link, greenlet.linkValue, greenlet.linkException]) {
    assertThrows(() => Reflect.apply(link, greenlet, [3]), TypeError, "3: expected a function");
  }
});

Deno.test("run() waits for the callbacks of greenlets that ended in it", async () => {
  const log: string[] = [];
  await run(function* () {
    spawn(() => {}).link(function* (): Coroutine {
      yield* sleep(0);
      log.push("waited for");
    });
  });
  assertEquals(log, ["waited for"]);
});

Deno.test("Greenlet.link() to a greenlet of a run that is over calls back", async () => {
  const greenlet = await run(function* () {
    return [spawn(() => "result")];
  });
  const log: unknown[] = [];
  const before = activeCount();
  greenlet[0]!.link((ended) => void log.push(ended.value));
  await settle();
  assertEquals([log, activeCount()], [["result"], before]);
});

Deno.test("Links are told before whoever joined later", async () => {
  const { greenlet, log, say, end } = linked();
  greenlet.link(say("link"));
  const joiner = spawn(function* () {
    yield* greenlet.join();
    log.push("joiner");
  });
  await settle();
  await end();
  await joiner;
  assertEquals(log, ["link", "joiner"]);
});
