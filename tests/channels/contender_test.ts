// Copyright 2026 the Tendril authors. MIT license.
// Rings of greenlets that wait for locks of one another.

import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
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
  Timeout,
  withTimeout,
  yieldNow,
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
        // deno-lint-ignore tendril/release-lease -- it never gets it
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

Deno.test("an acquire under an outer Timeout closes no ring", async () => {
  using clock = new ManualClock();
  const [a, b] = [new Lock(), new Lock()];
  const outer = new Timeout(5);
  const left = spawn(takeBoth, a, () => b.acquire());
  const right = spawn(function* () {
    outer.start();
    return yield* takeBoth(b, () => a.acquire());
  });
  await clock.advance(5);
  assertEquals(await left, "got both");
  assertStrictEquals(await right, outer);
});

Deno.test("an acquire that closes a ring over one under an outer Timeout just waits", async () => {
  using clock = new ManualClock();
  const [a, b, c] = [new Lock(), new Lock(), new Lock()];
  const left = spawn(function* () {
    return yield* withTimeout(5, () => takeBoth(a, () => b.acquire()), { value: "late" });
  });
  const middle = spawn(takeBoth, b, () => c.acquire());
  const right = spawn(takeBoth, c, () => a.acquire());
  await clock.advance(5);
  const ended = [await left, await middle, await right];
  assertInstanceOf(ended[0], Timeout);
  assertEquals(ended.slice(1), ["got both", "got both"]);
});

Deno.test("a Timeout of somebody else, or one that was closed, keeps no ring open", async () => {
  using clock = new ManualClock();
  const [a, b] = [new Lock(), new Lock()];
  const bystander = spawn(function* () {
    using _ = Timeout.startNew(10);
    yield* sleep(5);
  });
  const left = spawn(takeBoth, a, () => b.acquire());
  const right = spawn(function* () {
    Timeout.startNew(10).close();
    return yield* takeBoth(b, () => a.acquire());
  });
  await settle();
  assertInstanceOf(right.value, DeadlockError);
  assertEquals(left.value, "got both");
  await clock.advance(5);
  await bystander;
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
        // deno-lint-ignore tendril/release-lease -- it never gets it
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

Deno.test("a ring over any of several readers is refused", async () => {
  const [lock, page] = [new Lock({ name: "L" }), new RWLock({ name: "page" })];
  const open = new Event();
  await run(function* () {
    const readers = [0, 1].map(() =>
      spawn(function* () {
        using _ = yield* page.read.acquire();
        yield* open.wait();
      })
    );
    const reader = spawnWith({ name: "reader" }, function* () {
      using _ = yield* page.read.acquire();
      for (let i = 0; i < 3; i++) yield;
      try {
        yield* lock.acquire();
      } catch (error) {
        return (error as Error).message;
      }
    });
    const writer = spawnWith({ name: "writer" }, takeBoth, lock, () => page.write.acquire());
    const message = yield* reader;
    assertMatch(
      message!,
      /reader waits for lock .*"L".* → writer waits for write .*"page".* → reader/,
    );
    open.set();
    assertEquals(yield* writer, "got both");
    yield* joinAll(readers);
  });
});

Deno.test("a reader behind a writer in line closes a ring over that one, if it has no timeout", async () => {
  using clock = new ManualClock();
  for (const timeout of [undefined, 5]) {
    const [lock, page] = [new Lock(), new RWLock()];
    const first = spawnWith({ name: "first" }, function* () {
      using _ = yield* page.read.acquire();
      for (let i = 0; i < 3; i++) yield;
      try {
        using _lease = yield* lock.acquire();
        return "got both";
      } catch (error) {
        return (error as Error).message;
      }
    });
    const writer = spawnWith({ name: "writer" }, function* () {
      yield;
      const lease = yield* timeout === undefined
        ? page.write.acquire()
        : page.write.acquire({ timeout });
      lease?.release();
      return lease === undefined ? "late" : "wrote";
    });
    const second = spawnWith({ name: "second" }, function* () {
      using _lock = yield* lock.acquire();
      yield;
      yield;
      using _lease = yield* page.read.acquire();
    });
    await clock.advance(5);
    if (timeout === undefined) {
      assertMatch(await first, /first waits .* → second waits .* → writer waits .* → first/);
    } else assertEquals(await first, "got both");
    assertEquals(await writer, timeout === undefined ? "wrote" : "late");
    await second;
  }
});

Deno.test("a ring of async greenlets is reported when the run can not go on, naming all links", async () => {
  const [a, b] = [new Lock({ name: "A" }), new Lock({ name: "B" })];
  const take = async (first: Lock, second: Lock) => {
    using _first = await first.acquire();
    await yieldNow();
    using _second = await second.acquire();
  };
  const error = await assertRejects(
    () =>
      run(function* () {
        const left = spawnWith({ name: "left" }, () => take(a, b));
        spawnWith({ name: "right" }, () => take(b, a));
        yield* left;
      }),
    DeadlockError,
  );
  assertMatch(
    error.message,
    /cycle: left waits .*"B" held by right.* → right waits .*"A" held by left/,
  );
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
