// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import {
  type Coroutine,
  DeadlockError,
  getHub,
  Greenlet,
  Pool,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";
import { stub } from "@std/testing/mock";
import { ManualClock } from "../manual_clock.ts";

function* nap(ms: number): Coroutine<number> {
  yield* sleep(ms);
  return ms;
}

/** Runs `body` while the clock goes on until it is done. */
async function during<T>(ms: number, body: () => Coroutine<T>): Promise<T> {
  using clock = new ManualClock();
  const running = run(body);
  const ended = running.then(() => {}, () => {});
  await clock.advance(ms);
  await ended;
  return await running;
}

/** Counts how many calls of what it wraps are under way. */
function metered<A extends unknown[], T>(fn: (...args: A) => Coroutine<T>) {
  const meter = { now: 0, most: 0 };
  function* wrapped(...args: A): Coroutine<T> {
    meter.most = Math.max(meter.most, ++meter.now);
    try {
      return yield* fn(...args);
    } finally {
      meter.now--;
    }
  }
  return { meter, wrapped };
}

for (const size of [1, 2, 3]) {
  Deno.test(`Pool of ${size} runs as many at a time, and never more`, async () => {
    const { meter, wrapped } = metered(nap);
    await during(100, function* () {
      const pool = new Pool(size);
      const results = yield* pool.map(wrapped, [10, 10, 10, 10, 10, 10]);
      assertEquals(results.length, 6);
    });
    assertEquals(meter, { now: 0, most: size });
  });
}

Deno.test("Pool without a size runs everything at once", async () => {
  const { meter, wrapped } = metered(nap);
  await during(10, function* () {
    yield* new Pool().map(wrapped, Array(50).fill(10));
  });
  assertEquals(meter.most, 50);
});

Deno.test("Pool of 0 is always full", async () => {
  await during(10, function* () {
    const pool = new Pool(0);
    assertEquals([pool.full, pool.freeCount], [true, 0]);
    assertEquals(yield* pool.waitAvailable({ timeout: 10 }), 0);
  });
});

for (const size of [-1, 1.5, NaN]) {
  Deno.test(`Pool refuses a size of ${size}`, () => {
    assertThrows(() => new Pool(size), RangeError, String(size));
  });
}

Deno.test("Pool.freeCount counts down with each member and up with each end", async () => {
  await during(20, function* () {
    const pool = new Pool(2);
    const seen = [pool.freeCount];
    const first = yield* pool.spawn(nap, 10);
    seen.push(pool.freeCount);
    yield* pool.spawn(nap, 20);
    seen.push(pool.freeCount);
    yield* first;
    seen.push(pool.freeCount);
    yield* pool.join();
    seen.push(pool.freeCount);
    assertEquals(seen, [2, 1, 0, 1, 2]);
  });
});

Deno.test("Pool.spawn() waits while the pool is full", async () => {
  await during(20, function* () {
    const pool = new Pool(1);
    const first = yield* pool.spawn(nap, 10);
    const second = yield* pool.spawn(nap, 10);
    assertEquals([first.dead, second.dead], [true, false]);
    yield* second;
  });
});

Deno.test("Pool.spawn() in a full pool spawns nothing until it is used", async () => {
  await during(10, function* () {
    const pool = new Pool(1);
    yield* pool.spawn(nap, 10);
    let ran = false;
    // deno-lint-ignore tendril/no-lost-op -- on purpose
    pool.spawn(() => {
      ran = true;
    });
    yield* pool.join();
    yield* sleep(0);
    assertEquals(ran, false);
  });
});

Deno.test("Pool gives slots in the order of asking", async () => {
  await during(50, function* () {
    const pool = new Pool(1);
    const order: number[] = [];
    yield* pool.spawn(nap, 10);
    for (let i = 0; i < 4; i++) {
      spawn(function* () {
        yield* pool.spawn(function* () {
          order.push(i);
          yield* sleep(10);
        });
      });
    }
    yield* sleep(45);
    assertEquals(order, [0, 1, 2, 3]);
  });
});

Deno.test("Pool gives a slot that somebody gave up waiting for to the next", async () => {
  await during(20, function* () {
    const pool = new Pool(1);
    yield* pool.spawn(nap, 10);
    const first = spawn(() => pool.spawn(nap, 1));
    const second = spawn(function* () {
      return yield* (yield* pool.spawn(() => "second"));
    });
    yield* sleep(5);
    yield* first.kill();
    assertEquals(yield* second, "second");
  });
});

Deno.test("Pool.discard() frees the slot of a member that goes on", async () => {
  await during(20, function* () {
    const pool = new Pool(1);
    const first = yield* pool.spawn(nap, 20);
    const waiting = spawn(() => pool.waitAvailable());
    yield* sleep(5);
    pool.discard(first);
    assertEquals(yield* waiting, 1);
    yield* first;
  });
});

Deno.test("Pool.add() waits for a slot and then holds it", async () => {
  await during(30, function* () {
    const pool = new Pool(1);
    yield* pool.spawn(nap, 10);
    const extra = spawn(nap, 30);
    yield* pool.add(extra);
    assertEquals([pool.size, pool.has(extra)], [1, true]);
    yield* pool.join();
  });
});

Deno.test("Pool.start() starts the greenlet only when there is a slot", async () => {
  await during(20, function* () {
    const pool = new Pool(1);
    const first = yield* pool.spawn(nap, 10);
    const second = new Greenlet(() => first.dead);
    yield* pool.start(second);
    assertEquals(yield* second, true);
  });
});

Deno.test("Pool.start() whose timeout is over has not started the greenlet", async () => {
  await during(20, function* () {
    const pool = new Pool(1);
    yield* pool.spawn(nap, 20);
    const late = new Greenlet(() => {});
    const starting = spawn(() => pool.start(late, { timeout: 10 }));
    yield* starting.join();
    assertEquals(starting.successful, false);
    yield* pool.join();
    assertEquals([late.started, late.dead], [false, false]);
  });
});

Deno.test("Pool.waitAvailable() gives how many slots there are", async () => {
  await during(10, function* () {
    const pool = new Pool(3);
    assertEquals(yield* pool.waitAvailable(), 3);
    for (const ms of [10, 10, 5]) yield* pool.spawn(nap, ms);
    assertEquals(yield* pool.waitAvailable(), 1);
    yield* pool.join();
  });
});

Deno.test("Pool.apply() in a member of the pool runs in place", async () => {
  await during(10, function* () {
    const pool = new Pool(1);
    const result = yield* pool.apply(function* () {
      return 1 + (yield* pool.apply(function* () {
        return 1 + (yield* pool.apply(nap, [5]));
      }));
    });
    assertEquals(result, 7);
  });
});

Deno.test("Pool.apply() throws the very error of its function", async () => {
  const error = new RangeError("broken");
  const failing = run(function* () {
    return yield* new Pool(1).apply(() => {
      throw error;
    });
  });
  assertStrictEquals(await assertRejects(() => failing), error);
});

Deno.test("Pool.applyAsync() gives a greenlet at once although the pool is full", async () => {
  await during(20, function* () {
    const pool = new Pool(1);
    yield* pool.spawn(nap, 10);
    const job = pool.applyAsync(nap, [5]);
    assertInstanceOf(job, Greenlet);
    assertEquals(yield* job, 5);
  });
});

Deno.test("Pool.map() gives the results in the order of the items", async () => {
  await during(30, function* () {
    assertEquals(yield* new Pool(2).map(nap, [20, 5, 10, 1]), [20, 5, 10, 1]);
  });
});

Deno.test("Pool.map() zips several iterables up to the end of the shortest", async () => {
  await run(function* () {
    const sums = yield* new Pool(2).map((a: number, b: number) => a + b, [1, 2, 3], [10, 20]);
    assertEquals(sums, [11, 22]);
  });
});

Deno.test("Pool.map() of nothing is an empty array", async () => {
  await run(function* () {
    assertEquals(yield* new Pool(0).map(nap, []), []);
  });
});

Deno.test("Pool.map() throws the error of the first item in order that failed", async () => {
  using onError = stub(getHub(), "onError");
  const mapping = during(20, function* () {
    return yield* new Pool(3).map(function* (n: number) {
      yield* sleep(20 - n);
      throw new RangeError(`item ${n}`);
    }, [1, 2, 3]);
  });
  await assertRejects(() => mapping, RangeError, "item 1");
  assertEquals(onError.calls.length, 0);
});

Deno.test("Pool.map() throws the error of its input", async () => {
  const error = new RangeError("broken input");
  const mapping = run(function* () {
    return yield* new Pool(2).map(
      (n: number) => n,
      (function* () {
        yield 1;
        throw error;
      })(),
    );
  });
  assertStrictEquals(await assertRejects(() => mapping), error);
});

Deno.test("Pool.map() takes items from its input only when there is a slot", async () => {
  await during(30, function* () {
    const taken: number[] = [];
    const items = (function* () {
      for (let i = 0; i < 3; i++) {
        taken.push(i);
        yield 10;
      }
    })();
    const job = new Pool(1).mapAsync(nap, items);
    yield* sleep(5);
    assert(taken.length <= 2, `${taken.length} were taken`);
    yield* job;
  });
});

Deno.test("Pool.mapAsync() gives a greenlet of the results at once", async () => {
  await during(20, function* () {
    const job = new Pool(1).mapAsync(nap, [5, 10]);
    assertInstanceOf(job, Greenlet);
    assertEquals(yield* job, [5, 10]);
  });
});

Deno.test("Pool.spawn() in a member of the same full pool is diagnosed at once", async () => {
  const pool = new Pool(1);
  const nested = run(function* () {
    const member = yield* pool.spawn(function* () {
      yield* pool.spawn(() => {});
    });
    member.name = "outer job";
    yield* member;
  });
  const { message } = await assertRejects(() => nested, DeadlockError);
  assertStringIncludes(message, "pool of 1");
  assertStringIncludes(message, "outer job");
  assertStringIncludes(message, "apply()");
  assertEquals(pool.size, 0);
});

Deno.test("Pool.map() in a member of the same full pool is diagnosed", async () => {
  const pool = new Pool(1);
  const nested = run(function* () {
    yield* pool.apply(() => pool.map(nap, [1]));
  });
  await assertRejects(() => nested, DeadlockError, "pool");
});

Deno.test("Pool.imap() in a member of the same full pool is diagnosed", async () => {
  const pool = new Pool(1);
  const nested = run(function* () {
    yield* pool.apply(() => pool.imap(nap, [1]).next());
  });
  await assertRejects(() => nested, DeadlockError);
});

Deno.test("Pool.spawn() awaited in members of the same full pool is diagnosed", async () => {
  const pool = new Pool(1);
  const nested = run(function* () {
    yield* pool.apply(async () => void (await pool.spawn(() => {})));
  });
  await assertRejects(() => nested, DeadlockError);
});

Deno.test("Pool.spawn() in a member waits while another member may still end", async () => {
  await during(10, function* () {
    const pool = new Pool(2);
    yield* pool.spawn(nap, 10);
    const member = yield* pool.spawn(function* () {
      return yield* (yield* pool.spawn(() => "inner"));
    });
    assertEquals(yield* member, "inner");
  });
});

Deno.test("Pool survives errors of its members", async () => {
  using _onError = stub(getHub(), "onError");
  await run(function* () {
    const pool = new Pool(2);
    for (let i = 0; i < 10; i++) {
      yield* pool.spawn(() => {
        throw new RangeError("broken");
      });
    }
    yield* pool.join();
    assertEquals(yield* pool.map((n: number) => n, [1, 2, 3]), [1, 2, 3]);
  });
});

Deno.test("Pool.map() of 10,000 items gives all results", async () => {
  await run(function* () {
    const numbers = Array.from({ length: 10_000 }, (_, i) => i);
    assertEquals(yield* new Pool(7).map((n: number) => n, numbers), numbers);
  });
});
