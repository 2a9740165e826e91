// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type Coroutine, getHub, Greenlet, Group, run, sleep, spawn } from "@tendril/tendril";
import { stub } from "@std/testing/mock";
import { ManualClock, settle } from "../manual_clock.ts";

function* nap(ms: number): Coroutine<number> {
  yield* sleep(ms);
  return ms;
}

function* failAfter(ms: number, error: Error): Coroutine {
  yield* sleep(ms);
  throw error;
}

/** Runs `body` while the clock goes on until it is done. */
async function during<T>(ms: number, body: () => Coroutine<T>): Promise<T> {
  using clock = new ManualClock();
  const running = spawn(body);
  running.link(() => {});
  await clock.advance(ms);
  assertEquals(running.ready, true);
  return await running;
}

Deno.test("Group.spawn() gives a member that runs by itself", async () => {
  await during(5, function* () {
    const group = new Group();
    const member = yield* group.spawn(nap, 5);
    assertInstanceOf(member, Greenlet);
    assertEquals([group.size, group.has(member)], [1, true]);
    assertEquals(yield* member, 5);
  });
});

Deno.test("Group.spawn() acts at the call", async () => {
  const group = new Group();
  let ran = false;
  group.spawn(() => {
    ran = true;
  });
  assertEquals(group.size, 1);
  await group.join();
  assertEquals(ran, true);
});

Deno.test("Group loses a member when that ends, before anybody who joined it runs", async () => {
  await during(5, function* () {
    const group = new Group();
    const member = yield* group.spawn(nap, 5);
    yield* member.join();
    assertEquals([group.size, group.has(member)], [0, false]);
  });
});

Deno.test("Group loses a member that fails or is killed", async () => {
  using _onError = stub(getHub(), "onError");
  await during(5, function* () {
    const group = new Group();
    yield* group.spawn(failAfter, 5, new RangeError("broken"));
    const killed = yield* group.spawn(nap, 1000);
    yield* killed.kill();
    yield* group.join();
    assertEquals(group.size, 0);
  });
});

Deno.test("Group takes greenlets at its making and iterates over them in order", async () => {
  const members = [spawn(nap, 0), spawn(nap, 0)];
  const group = new Group(members);
  assertEquals([...group], members);
  await group.join();
});

Deno.test("Group.add() takes a greenlet that exists, once", async () => {
  await during(5, function* () {
    const group = new Group();
    const member = spawn(nap, 5);
    yield* group.add(member);
    yield* group.add(member);
    assertEquals(group.size, 1);
    yield* group.join();
  });
});

Deno.test("Group.add() does not keep a greenlet that has ended", async () => {
  await run(function* () {
    const done = spawn(() => {});
    yield* done.join();
    const group = new Group();
    yield* group.add(done);
    assertEquals(group.size, 0);
  });
});

Deno.test("Group.start() adds a greenlet and starts it", async () => {
  await run(function* () {
    const group = new Group();
    const member = new Greenlet(() => 7);
    yield* group.start(member);
    assertEquals([group.has(member), member.started], [true, true]);
    assertEquals(yield* member, 7);
  });
});

Deno.test("Group.discard() takes a member out without ending it", async () => {
  await during(5, function* () {
    const group = new Group();
    const member = yield* group.spawn(nap, 5);
    group.discard(member);
    assertEquals([group.size, member.dead], [0, false]);
    assertEquals(yield* member, 5);
  });
});

Deno.test("Group.discard() of somebody else does nothing", () => {
  new Group().discard(new Greenlet());
});

Deno.test("Group is never full", () => {
  const group = new Group();
  assertEquals([group.full, group.freeCount, group.capacity], [false, Infinity, Infinity]);
});

Deno.test("Group.waitAvailable() never waits", async () => {
  assertEquals(await new Group().waitAvailable(), Infinity);
});

Deno.test("Group.join() of an empty group gives true at once", async () => {
  await run(function* () {
    assertEquals(yield* new Group().join({ timeout: 0 }), true);
  });
});

Deno.test("Group.join() waits for all members", async () => {
  await during(20, function* () {
    const group = new Group();
    const members = [yield* group.spawn(nap, 20), yield* group.spawn(nap, 10)];
    assertEquals(yield* group.join(), true);
    assertEquals(members.map((member) => member.dead), [true, true]);
  });
});

Deno.test("Group.join() waits for those that join meanwhile", async () => {
  await during(20, function* () {
    const group = new Group();
    let late: Greenlet<number> | undefined;
    yield* group.spawn(function* () {
      yield* sleep(10);
      late = yield* group.spawn(nap, 10);
    });
    yield* group.join();
    assertEquals(late?.value, 10);
  });
});

Deno.test("Group.join() throws nothing unless it is told to", async () => {
  using _onError = stub(getHub(), "onError");
  await during(5, function* () {
    const group = new Group();
    yield* group.spawn(failAfter, 5, new RangeError("broken"));
    assertEquals(yield* group.join(), true);
  });
});

Deno.test("Group.join() with raiseError throws the very error of a member that failed", async () => {
  using _onError = stub(getHub(), "onError");
  const error = new RangeError("broken");
  const joining = during(20, function* () {
    const group = new Group();
    yield* group.spawn(nap, 20);
    yield* group.spawn(failAfter, 5, error);
    yield* group.join({ raiseError: true });
  });
  assertStrictEquals(await assertRejects(() => joining), error);
});

Deno.test("Group.join() with raiseError waits for all before it throws", async () => {
  using _onError = stub(getHub(), "onError");
  await during(20, function* () {
    const group = new Group();
    const slow = yield* group.spawn(nap, 20);
    yield* group.spawn(failAfter, 5, new RangeError("broken"));
    try {
      yield* group.join({ raiseError: true });
    } catch {
      assertEquals(slow.dead, true);
    }
  });
});

Deno.test("Group.join() with raiseError sees the error, so that nobody is told of it", async () => {
  using onError = stub(getHub(), "onError");
  await during(5, function* () {
    const group = new Group();
    yield* group.spawn(failAfter, 5, new RangeError("broken"));
    try {
      yield* group.join({ raiseError: true });
    } catch {
      // as it should be
    }
  });
  await settle();
  assertEquals(onError.calls.length, 0);
});

Deno.test("Group.apply() gives the result of a function that ran in a member", async () => {
  await during(5, function* () {
    const group = new Group();
    assertEquals(yield* group.apply(nap, [5]), 5);
    assertEquals(group.size, 0);
  });
});

Deno.test("Group.apply() that is given up leaves its member running", async () => {
  await during(20, function* () {
    const group = new Group();
    const caller = spawn(() => group.apply(nap, [10]));
    yield* sleep(5);
    yield* caller.kill();
    assertEquals(group.size, 1);
    yield* group.join();
  });
});

Deno.test("Group.applyAsync() calls back with the result", async () => {
  await during(5, function* () {
    const results: number[] = [];
    const job = new Group().applyAsync(nap, [5], (value) => results.push(value));
    assertEquals(yield* job, 5);
    yield* sleep(0);
    assertEquals(results, [5]);
  });
});

Deno.test("Group.applyAsync() calls nobody back after a failure", async () => {
  using _onError = stub(getHub(), "onError");
  await during(5, function* () {
    let called = false;
    const error = new RangeError("broken");
    const job = new Group().applyAsync(failAfter, [5, error], () => {
      called = true;
    });
    yield* job.join();
    yield* sleep(0);
    assertEquals([called, job.exception], [false, error]);
  });
});

Deno.test("Group refuses what is no greenlet or no function", () => {
  const group = new Group();
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => new Group([7]), TypeError, "7");
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => group.spawn(7), TypeError, "7");
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => group.kill(7), TypeError, "7");
});
