// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type Coroutine,
  getHub,
  Group,
  type Mapped,
  type Op,
  Pool,
  run,
  type Settled,
  sleep,
  spawn,
} from "@tendril/tendril";
import { stub } from "@std/testing/mock";
import { ManualClock, settle } from "../manual_clock.ts";

function* nap(ms: number): Coroutine<number> {
  yield* sleep(ms);
  return ms;
}

/** Refuses odd numbers. */
function* evenOnly(n: number): Coroutine<number> {
  yield* sleep(n);
  if (n % 2 === 1) throw new RangeError(`odd: ${n}`);
  return n;
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

/** Reads all there is; an error stands as its message. */
function* readAll<T>(mapped: Mapped<T>): Coroutine<(T | string)[]> {
  const all: (T | string)[] = [];
  for (;;) {
    try {
      const step = yield* mapped.next();
      if (step.done) return all;
      all.push(step.value);
    } catch (error) {
      all.push((error as Error).message);
    }
  }
}

for (const size of [1, 2, 3, 10, Infinity]) {
  Deno.test(`Pool.imap() in a pool of ${size} gives the results in the order of the items`, async () => {
    await during(100, function* () {
      const results = yield* readAll(new Pool(size).imap(nap, [7, 3, 5, 1]));
      assertEquals(results, [7, 3, 5, 1]);
    });
  });

  Deno.test(`Pool.imapUnordered() in a pool of ${size} gives all results`, async () => {
    await during(100, function* () {
      const results = yield* readAll(new Pool(size).imapUnordered(nap, [7, 3, 5, 1]));
      assertEquals(results.toSorted(), [1, 3, 5, 7]);
    });
  });
}

Deno.test("Pool.imapUnordered() gives the results as they come", async () => {
  await during(100, function* () {
    const results = yield* readAll(new Pool(4).imapUnordered(nap, [7, 3, 5, 1]));
    assertEquals(results, [1, 3, 5, 7]);
  });
});

Deno.test("Group.imap() works without a bound", async () => {
  await during(100, function* () {
    assertEquals(yield* readAll(new Group().imap(nap, [7, 3, 5, 1])), [7, 3, 5, 1]);
  });
});

Deno.test("Pool.imap() zips several iterables up to the end of the shortest", async () => {
  await run(function* () {
    const mapped = new Pool(2).imap((a: number, b: string) => a + b, [1, 2, 3], ["x", "y"]);
    assertEquals(yield* readAll(mapped), ["1x", "2y"]);
  });
});

Deno.test("Pool.imap() of nothing is done at once, and stays done", async () => {
  await run(function* () {
    const mapped = new Pool(1).imap(nap, []);
    for (let i = 0; i < 3; i++) {
      assertEquals(yield* mapped.next(), { done: true, value: undefined });
    }
  });
});

Deno.test("Pool.imap() throws for a failing item and goes on with the next", async () => {
  await during(100, function* () {
    const results = yield* readAll(new Pool(2).imap(evenOnly, [2, 3, 4, 5, 6]));
    assertEquals(results, [2, "odd: 3", 4, "odd: 5", 6]);
  });
});

Deno.test("Pool.imapUnordered() throws for a failing item and goes on", async () => {
  await during(100, function* () {
    const results = yield* readAll(new Pool(5).imapUnordered(evenOnly, [6, 5, 4, 3, 2]));
    assertEquals(results, [2, "odd: 3", 4, "odd: 5", 6]);
  });
});

Deno.test("Pool.imap() throws the very error of the item", async () => {
  const error = new RangeError("broken");
  await run(function* () {
    const mapped = new Pool(1).imap((_item: number) => {
      throw error;
    }, [1]);
    try {
      yield* mapped.next();
    } catch (thrown) {
      assertStrictEquals(thrown, error);
    }
    assertEquals((yield* mapped.next()).done, true);
  });
});

Deno.test("Pool.imap() has nobody told of the errors of its items", async () => {
  using onError = stub(getHub(), "onError");
  await during(100, function* () {
    yield* readAll(new Pool(2).imap(evenOnly, [1, 3]));
  });
  await settle();
  assertEquals(onError.calls.length, 0);
});

Deno.test("Pool.imap() throws an error of its input after the results before it, then ends", async () => {
  await during(100, function* () {
    const input = (function* () {
      yield 3;
      yield 1;
      throw new RangeError("broken input");
    })();
    assertEquals(yield* readAll(new Pool(2).imap(nap, input)), [3, 1, "broken input"]);
  });
});

Deno.test("Pool.imapUnordered() throws an error of its input and ends", async () => {
  await during(100, function* () {
    const input = (function* () {
      yield 3;
      throw new RangeError("broken input");
    })();
    const results = yield* readAll(new Pool(2).imapUnordered(nap, input));
    assert(results.includes("broken input"));
  });
});

Deno.test("Pool.imapUnordered() loses no result when its input fails", async () => {
  await during(100, function* () {
    const input = (function* () {
      yield 3;
      throw new RangeError("broken input");
    })();
    const results = yield* readAll(new Pool(2).imapUnordered(nap, input));
    assertEquals(new Set(results), new Set([3, "broken input"]));
  });
});

for (const method of ["imap", "imapUnordered"] as const) {
  Deno.test(`Pool.${method}() runs no more than maxsize items ahead of the reader`, async () => {
    await during(100, function* () {
      let begun = 0;
      const mapped = new Pool(10)[method](
        function* (n: number) {
          begun++;
          yield* sleep(1);
          return n;
        },
        Array.from({ length: 20 }, (_, i) => i),
        { maxsize: 2 },
      );
      for (let read = 0; read < 20; read++) {
        yield* sleep(3);
        assert(begun <= read + 2, `${begun} begun, ${read} read`);
        assertEquals((yield* mapped.next()).done, false);
      }
      assertEquals((yield* mapped.next()).done, true);
    });
  });
}

Deno.test("Pool.imap() starts before anybody reads", async () => {
  await run(function* () {
    let begun = 0;
    const mapped = new Pool(2).imap((_item: number) => ++begun, [1, 2]);
    yield* sleep(1);
    assertEquals(begun, 2);
    yield* readAll(mapped);
  });
});

Deno.test("Pool.imap() takes an endless input when its size is bounded", async () => {
  await run(function* () {
    const endless = (function* () {
      for (let i = 0;; i++) yield i;
    })();
    using mapped = new Pool(2).imap((n: number) => n, endless, { maxsize: 3 });
    assertEquals((yield* mapped.next()).value, 0);
    assertEquals((yield* mapped.next()).value, 1);
  });
});

Deno.test("Pool.imap() closes its input when it is disposed of", async () => {
  let closed = false;
  const input = (function* () {
    try {
      for (;;) yield 1;
    } finally {
      closed = true;
    }
  })();
  await run(function* () {
    const mapped = new Pool(1).imap(nap, input, { maxsize: 1 });
    yield* mapped.next();
    mapped[Symbol.dispose]();
    assertEquals((yield* mapped.next()).done, true);
    yield* sleep(0);
  });
  assertEquals(closed, true);
});

Deno.test("Pool.imap() serves several readers, each item to one", async () => {
  await during(100, function* () {
    const mapped = new Pool(1).imap(nap, [1, 2, 3, 4]);
    const readers = [1, 2, 3].map(() => spawn(() => readAll(mapped)));
    const all: (number | string)[] = [];
    for (const reader of readers) all.push(...(yield* reader));
    assertEquals(all.toSorted(), [1, 2, 3, 4]);
  });
});

Deno.test("Pool.imap() can be read by for await", async () => {
  const results: number[] = [];
  await run(async () => {
    for await (const n of new Pool(2).imap((n: number) => n * 2, [1, 2, 3])) results.push(n);
  });
  assertEquals(results, [2, 4, 6]);
});

Deno.test("Pool.imap() starts no further item when a for await loop is left", async () => {
  let begun = 0;
  await run(async () => {
    const mapped = new Pool(1).imap((_item: number) => ++begun, Array(100).fill(0), { maxsize: 1 });
    for await (const _ of mapped) break;
  });
  assert(begun <= 2, `${begun} were begun`);
});

Deno.test("Pool.imap() raises the error of an item in a for await loop", async () => {
  const reading = run(async () => {
    for await (const _ of new Pool(1).imap(evenOnly, [0, 1])) { /* on to the next */ }
  });
  await assertRejects(() => reading, RangeError, "odd: 1");
});

/** Reads all records. */
function* readRecords<T>(
  records: { next(): Op<IteratorResult<Settled<T>, undefined>> },
): Coroutine<Settled<T>[]> {
  const all: Settled<T>[] = [];
  for (;;) {
    const step = yield* records.next();
    if (step.done) return all;
    all.push(step.value);
  }
}

Deno.test("Mapped.settled() gives a record for each item, whether it failed or not", async () => {
  await during(100, function* () {
    const [good, bad] = yield* readRecords(new Pool(2).imap(evenOnly, [2, 3]).settled());
    assertEquals(good, { status: "fulfilled", value: 2 });
    assert(bad?.status === "rejected" && bad.reason instanceof RangeError);
    assertEquals(bad.reason.message, "odd: 3");
  });
});

Deno.test("Mapped.settled() can be read by for await", async () => {
  const kinds: string[] = [];
  await run(async () => {
    for await (const record of new Pool(2).imap(evenOnly, [0, 1, 2]).settled()) {
      kinds.push(record.status);
    }
  });
  assertEquals(kinds, ["fulfilled", "rejected", "fulfilled"]);
});

for (const maxsize of [0, -1, 1.5]) {
  Deno.test(`Pool.imap() refuses a maxsize of ${maxsize}`, () => {
    assertThrows(() => new Pool(1).imap(nap, [1], { maxsize }), RangeError, String(maxsize));
  });
}

Deno.test("Pool.imap() refuses what is no function and what is not iterable", () => {
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => new Pool(1).imap(7, [1]), TypeError, "7");
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => new Pool(1).imap(nap, 7), TypeError, "7");
});
