// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { BoundedSemaphore, LockError, Semaphore, sleep, spawn } from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

Deno.test("Semaphore has one permit unless told otherwise", () => {
  assertEquals(new Semaphore().value, 1);
  assertEquals(new BoundedSemaphore().value, 1);
  assertEquals(new Semaphore(0).locked, true);
});

for (const Kind of [Semaphore, BoundedSemaphore]) {
  Deno.test(`${Kind.name} refuses a value that is no number of permits`, () => {
    for (const value of [-1, 1.5, NaN, Infinity, "2" as unknown as number]) {
      assertThrows(() => new Kind(value), RangeError, "a whole number of at least 0, got ");
    }
  });

  Deno.test(`${Kind.name} lets as many in as it has permits`, async () => {
    using clock = new ManualClock();
    const seats = new Kind(7);
    let inside = 0;
    let most = 0;
    const all = Array.from({ length: 10 }, () =>
      spawn(function* () {
        using _ = yield* seats.acquire();
        most = Math.max(most, ++inside);
        yield* sleep(1);
        inside--;
      }));
    await clock.advance(2);
    await Promise.all(all);
    assertEquals([most, inside, seats.value], [7, 0, 7]);
  });

  Deno.test(`${Kind.name}.release(n) serves n that wait, first come, first served`, async () => {
    const seats = new Kind(3);
    for (let i = 0; i < 3; i++) await seats.acquire();
    const order: number[] = [];
    for (let i = 0; i < 5; i++) seats.acquire().then(() => order.push(i));
    seats.release(3);
    await settle();
    assertEquals(order, [0, 1, 2]);
    assertEquals(seats.stats(), { value: 0, waiting: 2 });
    seats.release(3);
    await settle();
    assertEquals(seats.stats(), { value: 1, waiting: 0 });
  });

  Deno.test(`${Kind.name}.release refuses a number that is no count`, () => {
    const seats = new Kind(3);
    for (const n of [0, -1, 0.5, NaN]) assertThrows(() => seats.release(n), RangeError);
    assertEquals(seats.value, 3);
  });

  Deno.test(`${Kind.name} shows its permits`, () => {
    assertEquals(Deno.inspect(new Kind(2)), `<${Kind.name} 2 free>`);
  });
}

Deno.test("Semaphore can be released more often than it was acquired", () => {
  const seats = new Semaphore(1);
  seats.release(2);
  assertEquals(seats.value, 3);
});

Deno.test("BoundedSemaphore refuses that at each of its limits, and keeps its permits", async () => {
  for (let limit = 1; limit < 10; limit++) {
    const seats = new BoundedSemaphore(limit);
    for (let i = 0; i < limit; i++) await seats.acquire();
    for (let i = 0; i < limit; i++) seats.release();
    assertThrows(() => seats.release(), LockError);
    assertEquals(seats.value, limit);
  }
});

Deno.test("BoundedSemaphore says how many permits are acquired", async () => {
  const seats = new BoundedSemaphore(3, { name: "seats" });
  await seats.acquire();
  assertThrows(
    () => seats.release(2),
    LockError,
    'Cannot release <BoundedSemaphore "seats" 2 free> 2 times: 1 of its 3 permits are acquired',
  );
  assertEquals(seats.value, 2);
});

Deno.test("BoundedSemaphore may be released while others wait", async () => {
  const seats = new BoundedSemaphore(1);
  await seats.acquire();
  const next = spawn(function* () {
    yield* seats.acquire();
  });
  await settle();
  seats.release();
  await next;
  assertThrows(() => seats.release(2), LockError);
  seats.release();
});

Deno.test("a Semaphore of 0 can be used as a signal", async () => {
  const done = new Semaphore(0);
  const waiting = spawn(function* () {
    yield* done.acquire();
    return "signalled";
  });
  await settle();
  done.release();
  assertEquals(await waiting, "signalled");
  assert(done.locked);
});
