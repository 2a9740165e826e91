// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  type Coroutine,
  type Greenlet,
  GreenletExit,
  Group,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";
import { ManualClock } from "../manual_clock.ts";

function* nap(ms: number): Coroutine<number> {
  yield* sleep(ms);
  return ms;
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

Deno.test("Group.kill() ends all members and waits for their cleanup", async () => {
  await during(5, function* () {
    const group = new Group();
    const log: string[] = [];
    for (const name of ["one", "two"]) {
      yield* group.spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(5);
          log.push(name);
        }
      });
    }
    yield* sleep(0);
    assertEquals(yield* group.kill(), true);
    assertEquals(log, ["one", "two"]);
  });
});

Deno.test("Group.kill() acts at the call", async () => {
  await run(function* () {
    const group = new Group();
    const member = yield* group.spawn(nap, 1000);
    yield* sleep(0);
    group.kill();
    yield* sleep(0);
    assertEquals(member.dead, true);
  });
});

Deno.test("Group.kill() lets members that never ran die without running", async () => {
  await run(function* () {
    const group = new Group();
    let ran = false;
    yield* group.spawn(() => {
      ran = true;
    });
    yield* group.kill();
    assertEquals(ran, false);
  });
});

Deno.test("Group.kill() raises the given error in each member", async () => {
  const error = new RangeError("stop");
  await run(function* () {
    const group = new Group();
    const seen: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      yield* group.spawn(function* () {
        try {
          yield* sleep(1000);
        } catch (thrown) {
          seen.push(thrown);
        }
      });
    }
    yield* sleep(0);
    yield* group.kill(error);
    assertEquals(seen, [error, error]);
  });
});

Deno.test("Group.kill() kills each member only once, however often it is called", async () => {
  await during(10, function* () {
    const group = new Group();
    let kills = 0;
    yield* group.spawn(function* () {
      for (let i = 0; i < 2; i++) {
        try {
          yield* sleep(5);
        } catch {
          kills++;
        }
      }
    });
    yield* sleep(0);
    group.kill();
    group.kill();
    yield* group.kill();
    assertEquals(kills, 1);
  });
});

Deno.test("Group.kill() kills those that join meanwhile, too", async () => {
  await during(5, function* () {
    const group = new Group();
    let late: Greenlet<number> | undefined;
    yield* group.spawn(function* () {
      try {
        yield* sleep(1000);
      } finally {
        late = yield* group.spawn(nap, 100_000);
        yield* sleep(5);
      }
    });
    yield* sleep(0);
    assertEquals(yield* group.kill(), true);
    assertInstanceOf(late?.value, GreenletExit);
  });
});

Deno.test("Group.kill() kills those that join meanwhile although somebody joins the group", async () => {
  await during(5, function* () {
    const group = new Group();
    yield* group.spawn(function* () {
      try {
        yield* sleep(1000);
      } finally {
        yield* group.spawn(nap, 100_000);
        yield* sleep(5);
      }
    });
    const joiner = spawn(() => group.join());
    yield* sleep(0);
    assertEquals(yield* group.kill(), true);
    assertEquals(yield* joiner, true);
  });
});

Deno.test("Group.kill() wakes who waits once, though members that join last end at once", async () => {
  await during(10, function* () {
    const group = new Group();
    yield* group.spawn(function* () {
      try {
        yield* sleep(1000);
      } finally {
        for (const ms of [1, 2]) yield* group.spawn(nap, ms);
      }
    });
    yield* sleep(0);
    assertEquals(yield* group.kill(), true);
    yield* sleep(5); // a second wake would end this
  });
});

Deno.test("Group.kill() gives false when its timeout is over", async () => {
  await during(20, function* () {
    const group = new Group();
    yield* group.spawn(function* () {
      try {
        yield* sleep(1000);
      } finally {
        yield* sleep(20);
      }
    });
    yield* sleep(0);
    assertEquals(yield* group.kill(undefined, { timeout: 10 }), false);
    assertEquals(yield* group.join(), true);
  });
});

Deno.test("Group.killOne() ends one member and leaves the others alone", async () => {
  await during(5, function* () {
    const group = new Group();
    const one = yield* group.spawn(nap, 5);
    const two = yield* group.spawn(nap, 5);
    assertEquals(yield* group.killOne(one), true);
    assertEquals([one.dead, two.dead], [true, false]);
    yield* group.join();
  });
});

Deno.test("Group.killOne() leaves a greenlet alone that is no member", async () => {
  await during(5, function* () {
    const stranger = spawn(nap, 5);
    yield* new Group().killOne(stranger);
    assertEquals(yield* stranger, 5);
  });
});
