// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  getCurrent,
  type Greenlet,
  joinAll,
  LockError,
  mainGreenlet,
  run,
  RWLock,
  select,
  sleep,
  spawn,
  spawnWith,
  yieldNow,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** Readers and writers that stay for some turns, and a log of who came and went. */
class Library {
  readonly lock = new RWLock();
  readonly log: string[] = [];

  use(name: string, turns = 2): Greenlet<void> {
    const side = name.startsWith("r") ? this.lock.read : this.lock.write;
    const { log } = this;
    return spawnWith({ name }, function* () {
      using _ = yield* side.acquire();
      log.push(`+${name}`);
      for (let i = 0; i < turns; i++) yield;
      log.push(`-${name}`);
    });
  }
}

Deno.test("RWLock lets readers in together", async () => {
  const library = new Library();
  await run(function* () {
    yield* joinAll(["r1", "r2", "r3"].map((name) => library.use(name)));
  });
  assertEquals(library.log, ["+r1", "+r2", "+r3", "-r1", "-r2", "-r3"]);
});

Deno.test("RWLock lets writers in one at a time, and without readers", async () => {
  const library = new Library();
  await run(function* () {
    yield* joinAll(["w1", "w2", "r1", "w3"].map((name) => library.use(name)));
  });
  const expected = ["+w1", "-w1", "+w2", "-w2", "+r1", "-r1", "+w3", "-w3"];
  assertEquals(library.log, expected);
});

Deno.test("RWLock lets a waiting writer stop later readers, which then enter together", async () => {
  const library = new Library();
  await run(function* () {
    yield* joinAll(["r1", "w1", "r2", "r3", "w2", "r4"].map((name) => library.use(name)));
  });
  assertEquals(library.log, [
    ...["+r1", "-r1", "+w1", "-w1"],
    ...["+r2", "+r3", "-r2", "-r3", "+w2", "-w2", "+r4", "-r4"],
  ]);
});

Deno.test("RWLock starves neither side under a stream of the other", async () => {
  const lock = new RWLock();
  const done = { read: 0, write: 0 };
  await run(function* () {
    for (const side of ["read", "write"] as const) {
      for (let i = 0; i < 3; i++) {
        spawn(function* () {
          while (done.read < 100 || done.write < 100) {
            using _ = yield* lock[side].acquire();
            done[side]++;
            yield;
          }
        });
      }
    }
  });
  assert(done.read < 400 && done.write < 400, `${done.read} reads, ${done.write} writes`);
});

Deno.test("RWLock starves no writer under a stream of async functions that read", async () => {
  const lock = new RWLock();
  let reads = 0;
  let written: number | undefined;
  const read = async () => {
    while (reads < 30) {
      using _ = await lock.read.acquire();
      reads++;
      for (let turn = 0; turn < 4; turn++) await yieldNow(); // the other comes before this one leaves
    }
  };
  const reading = [read()];
  await yieldNow();
  await yieldNow();
  reading.push(read());
  const writing = (async () => {
    using _ = await lock.write.acquire();
    written = reads;
  })();
  await Promise.all([...reading, writing]);
  assert(written! < 10, `after ${written} reads`);
});

Deno.test("RWLock lets readers in that stood behind a writer that gave up", async () => {
  using clock = new ManualClock();
  const lock = new RWLock();
  const first = await lock.read.acquire();
  const ways: ((writer: Greenlet<unknown>) => unknown)[] = [
    (writer) => writer.kill(),
    () => clock.advance(5),
  ];
  for (const giveUp of ways) {
    const writer = spawn(function* () {
      return (yield* select({ write: lock.write.acquire(), late: sleep(5) })).key;
    });
    await settle();
    const reader = spawn(function* () {
      using _ = yield* lock.read.acquire();
      return "read";
    });
    await settle();
    assertEquals([reader.ready, lock.stats().waiting], [false, 2]);
    giveUp(writer);
    assertEquals(await reader, "read");
  }
  first.release();
  assertEquals(lock.locked, false);
});

Deno.test("RWLock lets readers in that stood behind a writer whose time was over", async () => {
  using clock = new ManualClock();
  const lock = new RWLock();
  await lock.read.acquire();
  const writer = spawn(function* () {
    return yield* lock.write.acquire({ timeout: 5 });
  });
  await settle();
  const reader = spawn(function* () {
    using lease = yield* lock.read.acquire({ timeout: 10 });
    return lease;
  });
  await clock.advance(5);
  assertEquals(await writer, undefined);
  assert(await reader);
  lock.read.release();
});

Deno.test("RWLock lets a reader read again while a writer waits", async () => {
  const lock = new RWLock();
  const log: string[] = [];
  const reader = spawn(function* () {
    using _one = yield* lock.read.acquire();
    yield;
    using _two = yield* lock.read.acquire();
    log.push("read twice");
  });
  const writer = spawn(function* () {
    using _ = yield* lock.write.acquire();
    log.push("wrote");
  });
  await Promise.all([reader, writer]);
  assertEquals(log, ["read twice", "wrote"]);
});

Deno.test("RWLock.read.release() refuses who does not read", async () => {
  const lock = new RWLock({ name: "page" });
  assertThrows(() => lock.read.release(), LockError, "nobody holds it");
  await spawnWith({ name: "reader" }, function* () {
    yield* lock.read.acquire();
  });
  assertThrows(
    () => lock.read.release(),
    LockError,
    'Cannot release <RWLock "page" read, held by reader (dead)> in main: it does not read',
  );
});

Deno.test("RWLock.write.release() may be called by anybody, when somebody writes", async () => {
  const lock = new RWLock();
  await spawn(function* () {
    yield* lock.write.acquire();
  });
  lock.write.release();
  assertThrows(() => lock.write.release(), LockError, "nobody holds it");
  await lock.read.acquire();
  assertThrows(() => lock.write.release(), LockError);
  lock.read.release();
});

Deno.test("a Lease of an earlier writing gives back nothing", async () => {
  const lock = new RWLock();
  const first = await lock.write.acquire();
  lock.write.release();
  const second = await lock.write.acquire();
  first.release();
  assert(lock.write.locked);
  second.release();
  assertEquals(lock.write.locked, false);
});

Deno.test("RWLock.stats() names writer and readers", async () => {
  const lock = new RWLock({ name: "page" });
  const readers = ["Ann", "Bob"].map((name) =>
    spawnWith({ name }, function* () {
      using _ = yield* lock.read.acquire();
      yield;
      yield;
    })
  );
  await run(function* () {
    yield;
    assertEquals(lock.stats(), { writer: null, readers, waiting: 0 });
    assertEquals(Deno.inspect(lock), '<RWLock "page" read, held by Ann and 1 more>');
    assertEquals([lock.read.locked, lock.write.locked, lock.locked], [true, false, true]);
    using _ = yield* lock.write.acquire();
    assertStrictEquals(lock.write.owner, getCurrent());
    assertEquals(lock.stats().writer, getCurrent());
  });
  await lock.write.acquire();
  assertStrictEquals(lock.write.owner, mainGreenlet);
  assertEquals(Deno.inspect(lock.write), '<write side of <RWLock "page" written, held by main>>');
  assertEquals(Deno.inspect(lock.read), '<read side of <RWLock "page" written, held by main>>');
  lock.write.release();
});
