// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  all,
  type Coroutine,
  getHub,
  Greenlet,
  Op,
  race,
  run,
  select,
  sleep,
  spawn,
  until,
  type Waiter,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** A box of items that Ops take from, to see what has happened and what has not. */
class Box<T> {
  readonly items: T[] = [];
  readonly line: Set<Take<T>> = new Set();

  put(item: T): void {
    const [first] = this.line;
    if (first === undefined) this.items.push(item);
    else first.give(item);
  }

  take(): Op<T> {
    return new Take(this);
  }
}

class Take<T> extends Op<T> {
  readonly reason = "take";
  #waiter: Waiter | null = null;

  constructor(readonly box: Box<T>) {
    super();
  }

  poll(): IteratorReturnResult<T> | null {
    if (this.box.items.length === 0) return null;
    return { done: true, value: this.box.items.shift()! };
  }

  park(waiter: Waiter): void {
    this.#waiter = waiter;
    this.box.line.add(this);
  }

  cancel(): void {
    this.box.line.delete(this);
  }

  give(item: T): void {
    this.box.line.delete(this);
    this.#waiter!.wake(item);
  }
}

function boxOf<T>(...items: T[]): Box<T> {
  const box = new Box<T>();
  items.forEach((item) => box.put(item));
  return box;
}

/** What an Op throws. */
function* thrownBy(op: Op<unknown>): Coroutine<unknown> {
  try {
    yield* op;
  } catch (error) {
    return error;
  }
}

Deno.test("select() gives the key and the value of the one Op that is ready", async () => {
  await run(function* () {
    const [a, b] = [boxOf<string>(), boxOf(7)];
    assertEquals(yield* select({ a: a.take(), b: b.take() }), { key: "b", value: 7 });
  });
});

Deno.test("select() takes exactly one of several that are ready", async () => {
  await run(function* () {
    const [a, b] = [boxOf(1), boxOf(2)];
    const { key } = yield* select({ a: a.take(), b: b.take() });
    assertEquals([a.items, b.items], key === "a" ? [[], [2]] : [[1], []]);
  });
});

Deno.test("select() that waits takes the first that happens and leaves the other lines", async () => {
  const [a, b] = [boxOf<number>(), boxOf<number>()];
  const waiting = spawn(function* () {
    return yield* select({ a: a.take(), b: b.take() });
  });
  await settle();
  b.put(2);
  assertEquals([a.line.size, b.line.size], [0, 0]);
  a.put(1);
  assertEquals(await waiting, { key: "b", value: 2 });
  assertEquals(a.items, [1]);
});

Deno.test("select() that is killed has taken nothing", async () => {
  const [a, b] = [boxOf<number>(), boxOf<number>()];
  const waiting = spawn(function* () {
    yield* select({ a: a.take(), b: b.take() });
  });
  await settle();
  await waiting.kill();
  assertEquals([a.line.size, b.line.size], [0, 0]);
  a.put(1);
  assertEquals(a.items, [1]);
});

Deno.test("select() that has won keeps its item when it is killed afterwards", async () => {
  const box = boxOf<number>();
  let got: unknown;
  const waiting = spawn(function* () {
    got = yield* select({ box: box.take(), other: boxOf<number>().take() });
  });
  await settle();
  box.put(1);
  await waiting.kill();
  assertEquals(got, { key: "box", value: 1 });
});

Deno.test("select() takes losing timers back", async () => {
  const before = getHub().stats().timers;
  await run(function* () {
    const box = boxOf<number>();
    spawn(() => box.put(1));
    yield* select({ a: box.take(), b: sleep(100_000), c: sleep(200_000) });
    assertEquals(getHub().stats().timers, before);
  });
});

Deno.test("select() lets a timer win", async () => {
  using clock = new ManualClock();
  const box = boxOf<number>();
  const waiting = spawn(function* () {
    return yield* select({ box: box.take(), late: sleep(10) });
  });
  await clock.advance(10);
  assertEquals(await waiting, { key: "late", value: undefined });
  assertEquals(box.line.size, 0);
});

Deno.test("select() with a default never waits", async () => {
  await run(function* () {
    const box = boxOf<number>();
    const got = yield* select({ box: box.take(), late: sleep(10_000) }, { default: true });
    assertEquals(got, { key: undefined, value: undefined });
    assertEquals(box.line.size, 0);
  });
});

Deno.test("select() with a default takes what is ready", async () => {
  await run(function* () {
    const got = yield* select({ box: boxOf(1).take() }, { default: true });
    assertEquals(got, { key: "box", value: 1 });
  });
});

Deno.test("select() fails with the very error of the Op that fails, and cancels the others", async () => {
  const error = new RangeError("broken");
  const box = boxOf<number>();
  await run(function* () {
    const failing = spawn(() => {
      throw error;
    });
    const thrown = yield* thrownBy(select({ failing: failing.get(), box: box.take() }));
    assertStrictEquals(thrown, error);
  });
  assertEquals(box.line.size, 0);
});

Deno.test("select() takes promises as arms", async () => {
  await run(function* () {
    const got = yield* select({ promise: Promise.resolve(7), box: boxOf<number>().take() });
    assertEquals(got, { key: "promise", value: 7 });
  });
});

Deno.test("select() drops the rejection of a promise that lost", async () => {
  const { promise, reject } = Promise.withResolvers<number>();
  await run(function* () {
    assertEquals((yield* select({ promise, box: boxOf(1).take() })).key, "box");
    const box = boxOf<number>();
    spawn(() => box.put(1));
    assertEquals((yield* select({ promise, box: box.take() })).key, "box");
  });
  reject(new Error("nobody looks"));
  await settle();
});

Deno.test("select() drops the rejection of a promise that was given to it and never looked at", async () => {
  const lost = Promise.reject(new Error("nobody looks"));
  await run(function* () {
    for (let i = 0; i < 20; i++) yield* select({ box: boxOf(1).take(), lost });
  });
  await settle();
});

Deno.test("select() takes a greenlet as an arm", async () => {
  await run(function* () {
    assertEquals(yield* select({ job: spawn(() => "done") }), { key: "job", value: "done" });
  });
});

for (
  const [shown, value] of [["7", 7], ["null", null], ["undefined", undefined], ["function", () => {
  }]] as const
) {
  Deno.test(`select() refuses ${shown} as an arm at the call`, () => {
    // @ts-expect-error -- plain JavaScript may pass anything
    const error = assertThrows(() => select({ bad: value }), TypeError, shown);
    assert(error.message.includes("bad"));
  });
}

Deno.test("select() refuses a generator as an arm", () => {
  const generator = (function* () {})();
  // @ts-expect-error -- plain JavaScript may pass anything
  assertThrows(() => select({ bad: generator }), TypeError);
});

Deno.test("select() refuses an Op that was used before", async () => {
  await run(function* () {
    const used = sleep(0);
    yield* used;
    assertInstanceOf(yield* thrownBy(select({ used })), TypeError);
  });
});

Deno.test("select() refuses one Op under two keys", async () => {
  const box = boxOf<number>();
  const taken = box.take();
  const waiting = spawn(thrownBy, select({ a: taken, b: taken }));
  await settle();
  box.put(1);
  await settle();
  assertEquals(waiting.ready, true);
  assertInstanceOf(await waiting, TypeError);
  assertEquals(box.line.size, 0);
});

Deno.test("select() chooses among ready Ops without favour", async () => {
  const wins = { a: 0, b: 0, c: 0 };
  await run(function* () {
    for (let i = 0; i < 3000; i++) {
      const arms = { a: boxOf(0).take(), b: boxOf(0).take(), c: boxOf(0).take() };
      wins[(yield* select(arms)).key]++;
    }
  });
  // Each is expected 1000 times; the odds of one below 800 are far below one in a billion.
  assert(Object.values(wins).every((count) => count > 800), JSON.stringify(wins));
});

Deno.test("select() chooses among two ready of three Ops without favour", async () => {
  const wins = { a: 0, b: 0, c: 0 };
  await run(function* () {
    for (let i = 0; i < 2000; i++) {
      const empty = boxOf<number>();
      const arms = { a: boxOf(0).take(), b: boxOf(0).take(), c: empty.take() };
      wins[(yield* select(arms)).key]++;
    }
  });
  assert(wins.a > 800 && wins.b > 800, JSON.stringify(wins));
});

Deno.test("select() works inside select(), all() and race()", async () => {
  await run(function* () {
    const deep = select({ inner: boxOf(1).take(), never: boxOf<number>().take() });
    assertEquals(yield* select({ deep, late: sleep(10_000) }), {
      key: "deep",
      value: { key: "inner", value: 1 },
    });
    const both = all([select({ a: boxOf(1).take() }), race([boxOf(2).take(), sleep(10_000)])]);
    assertEquals(yield* both, [{ key: "a", value: 1 }, 2]);
  });
});

Deno.test("select() cancels what is nested in the arm that lost", async () => {
  const [a, b] = [boxOf<number>(), boxOf<number>()];
  const [c, d] = [boxOf<number>(), boxOf<number>()];
  const waiting = spawn(function* () {
    return (yield* select({
      inner: select({ a: a.take(), all: all([b.take(), race([c.take()])]) }),
      d: d.take(),
    })).key;
  });
  await settle();
  b.put(1);
  d.put(4);
  assertEquals(await waiting, "d");
  assertEquals([a, b, c, d].map((box) => box.line.size), [0, 0, 0, 0]);
});

Deno.test("select() can be awaited", async () => {
  assertEquals(await select({ box: boxOf(1).take() }), { key: "box", value: 1 });
});

Deno.test("select() of nothing waits until it is given up, or gives its default", async () => {
  using clock = new ManualClock();
  const waiting = spawn(function* () {
    yield* select({ nothing: select({}), late: sleep(10) });
  });
  await clock.advance(10);
  await waiting;
  assertEquals(await select({}, { default: true }), { key: undefined, value: undefined });
});

Deno.test("all() gives the values in the order of its arms", async () => {
  using clock = new ManualClock();
  const late = new Greenlet(function* () {
    yield* sleep(10);
    return "late";
  });
  late.start();
  const both = spawn(function* () {
    return yield* all([late, boxOf("early").take(), Promise.resolve(3)]);
  });
  await clock.advance(10);
  assertEquals(await both, ["late", "early", 3]);
});

Deno.test("all() of nothing is an empty array", async () => {
  assertEquals(await all([]), []);
});

Deno.test("all() fails with the first error and cancels the rest", async () => {
  const error = new RangeError("broken");
  const box = boxOf<number>();
  const { timers } = getHub().stats();
  const failing = until(Promise.reject(error));
  const thrown = await assertRejects(async () => await all([box.take(), sleep(9999), failing]));
  assertStrictEquals(thrown, error);
  assertEquals([box.line.size, getHub().stats().timers], [0, timers]);
});

Deno.test("race() gives the first to end and cancels the rest", async () => {
  const [box, other] = [boxOf<number>(), boxOf<number>()];
  const waiting = spawn(function* () {
    return yield* race([box.take(), other.take(), sleep(10_000)]);
  });
  await settle();
  other.put(2);
  assertEquals(await waiting, 2);
  assertEquals(box.line.size, 0);
});

Deno.test("race() throws when the first to end fails", async () => {
  const error = new RangeError("broken");
  const rejected = Promise.reject(error);
  assertStrictEquals(await assertRejects(async () => await race([sleep(9999), rejected])), error);
});

Deno.test("race() prefers the first in order among those that are ready", async () => {
  assertEquals(await race([boxOf(1).take(), boxOf(2).take()]), 1);
});

Deno.test("race() of nothing is refused, since it could never end", () => {
  assertThrows(() => race([]), RangeError);
});
