// Copyright 2026 the Tendril authors. MIT license.
// Rings of greenlets that wait for locks of one another.

import { assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import {
  type Coroutine,
  DeadlockError,
  Event,
  joinAll,
  type Lease,
  Lock,
  type Op,
  RLock,
  run,
  RWLock,
  select,
  Semaphore,
  sleep,
  spawn,
  spawnWith,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** Takes `first`, lets the others take theirs, then takes `second`. */
function* takeBoth(first: Lock | RLock, second: () => Op<Lease | undefined>): Coroutine<unknown> {
  using _ = yield* first.acquire();
  yield;
  try {
    using lease = yield* second();
    return lease === undefined ? "late" : "got both";
  } catch (error) {
    return error;
  }
}

for (const [kind, make] of [["Lock", Lock], ["RLock", RLock]] as const) {
  Deno.test(`a ring of two over ${kind}s is refused in the acquire that closes it`, async () => {
    const [a, b] = [new make({ name: "A" }), new make({ name: "B" })];
    await run(function* () {
      const left = spawnWith({ name: "left" }, takeBoth, a, () => b.acquire());
      const right = spawnWith({ name: "right" }, takeBoth, b, () => a.acquire());
      yield* joinAll([left, right]);
      assertEquals(left.value, "got both");
      assertInstanceOf(right.value, DeadlockError);
      assertEquals(
        right.value.message,
        `Cannot go on waiting for <${kind} "A" held by left, 1 waiting>: that closes a ring, ` +
          `right waits for ${kind.toLowerCase()} acquire <${kind} "A" held by left, 1 waiting> → ` +
          `left waits for ${kind.toLowerCase()} acquire <${kind} "B" held by right, 1 waiting> → ` +
          "right; acquire locks in the same order everywhere, or with { timeout }",
      );
    });
    assertEquals([a.locked, b.locked], [false, false]);
  });
}

Deno.test("a ring of five names all links", async () => {
  const locks = Array.from({ length: 5 }, (_, i) => new Lock({ name: `L${i}` }));
  await run(function* () {
    const all = locks.map((lock, i) =>
      spawnWith({ name: `g${i}` }, takeBoth, lock, () => locks[(i + 1) % 5]!.acquire())
    );
    yield* joinAll(all);
    const errors = all.map((each) => each.value).filter((value) => value instanceof DeadlockError);
    assertEquals(errors.length, 1);
    for (const lock of locks) assertMatch(errors[0]!.message, new RegExp(lock.name!));
    for (const each of all) assertMatch(errors[0]!.message, new RegExp(each.name));
    assertEquals(all.filter((each) => each.value === "got both").length, 4);
  });
});

Deno.test("a greenlet that acquires its own Lock again is refused", async () => {
  const lock = new Lock();
  const error = await assertRejects(
    () =>
      run(function* () {
        using _ = yield* lock.acquire();
        yield* lock.acquire();
      }),
    DeadlockError,
  );
  assertMatch(error.message, /(Greenlet-\d+) waits for lock acquire <Lock .*> → \1;/);
  assertEquals(lock.locked, false);
});

Deno.test("async functions outside of any greenlet may wait for one another's Lock", async () => {
  const lock = new Lock();
  const first = await lock.acquire();
  const second = lock.acquire().then((lease) => lease.release());
  first.release();
  await second;
});

Deno.test("an acquire with a timeout closes no ring", async () => {
  using clock = new ManualClock();
  const [a, b] = [new Lock(), new Lock()];
  const left = spawn(takeBoth, a, () => b.acquire());
  const right = spawn(takeBoth, b, () => a.acquire({ timeout: 5 }));
  await clock.advance(5);
  assertEquals([await left, await right], ["got both", "late"]);
});

Deno.test("an acquire that closes a ring over one with a timeout just waits", async () => {
  using clock = new ManualClock();
  const [a, b] = [new Lock(), new Lock()];
  const left = spawn(takeBoth, a, () => b.acquire({ timeout: 5 }));
  const right = spawn(takeBoth, b, () => a.acquire());
  await clock.advance(5);
  assertEquals([await left, await right], ["late", "got both"]);
});

Deno.test("an acquire in a select closes no ring", async () => {
  using clock = new ManualClock();
  const [a, b] = [new Lock(), new Lock()];
  const left = spawn(takeBoth, a, () => b.acquire());
  const right = spawn(function* () {
    using _ = yield* b.acquire();
    yield;
    return (yield* select({ a: a.acquire(), late: sleep(5) })).key;
  });
  await clock.advance(5);
  assertEquals([await left, await right], ["got both", "late"]);
});

Deno.test("who waits for a Lock in a ring of others is not drawn into it", async () => {
  using clock = new ManualClock();
  const [a, b] = [new Lock(), new Lock()];
  const left = spawn(takeBoth, a, () => b.acquire({ timeout: 5 }));
  const right = spawn(takeBoth, b, () => a.acquire({ timeout: 5 }));
  await settle();
  const third = spawn(function* () {
    using _ = yield* a.acquire();
    return "got it";
  });
  await clock.advance(5);
  assertEquals([await left, await right, await third], ["late", "late", "got it"]);
});

Deno.test("a Semaphore has no owner and closes no ring", async () => {
  const seats = new Semaphore();
  const waiting = spawn(function* () {
    yield* seats.acquire();
    yield* seats.acquire();
  });
  await settle();
  seats.release();
  await waiting;
});

Deno.test("a reader that wants to write is refused", async () => {
  const lock = new RWLock();
  await assertRejects(
    () =>
      run(function* () {
        using _ = yield* lock.read.acquire();
        yield* lock.write.acquire();
      }),
    DeadlockError,
    "that closes a ring",
  );
  assertEquals(lock.locked, false);
});

Deno.test("a ring over a Lock and both sides of an RWLock is refused", async () => {
  const [lock, page] = [new Lock(), new RWLock()];
  await run(function* () {
    const left = spawn(takeBoth, lock, () => page.write.acquire());
    const right = spawn(function* () {
      using _ = yield* page.read.acquire();
      yield;
      try {
        yield* lock.acquire();
      } catch (error) {
        return error;
      }
    });
    yield* joinAll([left, right]);
    assertEquals(left.value, "got both");
    assertInstanceOf(right.value, DeadlockError);
  });
});

Deno.test("the one that was refused has left the line and may try again", async () => {
  const [a, b] = [new Lock(), new Lock()];
  const open = new Event();
  await run(function* () {
    const left = spawn(takeBoth, a, () => b.acquire());
    const right = spawn(function* () {
      const lease = yield* b.acquire();
      yield;
      try {
        yield* a.acquire();
      } catch {
        lease.release();
      }
      yield* open.wait();
      using _ = yield* a.acquire();
      return "second time";
    });
    yield* left;
    open.set();
    assertEquals(yield* right, "second time");
  });
});
