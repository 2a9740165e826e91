// Copyright 2026 the Tendril authors. MIT license.
// Date, performance.now and the timers of plain code in virtual time.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { getCurrent, run, sleep, spawn } from "@tendril/tendril";
import { virtualTime } from "@tendril/tendril/testing";

const HOUR = 3_600_000;
const globals = true;

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The properties that are replaced. */
function descriptors() {
  const names = ["Date", "setTimeout", "setInterval", "clearTimeout", "clearInterval"];
  return [
    ...names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)),
    Object.getOwnPropertyDescriptor(performance, "now"),
  ];
}

Deno.test("virtualTime() leaves the globals alone unless it is told", async () => {
  const before = descriptors();
  await virtualTime(() => assertEquals(descriptors(), before));
});

Deno.test("virtualTime() puts the globals back as they were, after an error too", async () => {
  const before = descriptors();
  await virtualTime(() => assert(globalThis.setTimeout !== before[1]!.get?.()), { globals });
  assertEquals(descriptors(), before);
  await assertRejects(() => virtualTime(() => Promise.reject(new Error("out")), { globals }));
  assertEquals(descriptors(), before);
});

Deno.test("Date and performance.now go by virtual time, from the present on", async () => {
  const [date, time] = [Date.now(), performance.now()];
  await virtualTime(function* () {
    const [start, began] = [Date.now(), performance.now()];
    assert(start >= date && began >= time);
    yield* sleep(HOUR);
    assertEquals(Date.now() - start, HOUR);
    assertEquals(new Date().getTime() - start, HOUR);
    assertEquals(performance.now() - began, HOUR);
    assertEquals(Date().slice(0, 15), new Date().toString().slice(0, 15));
  }, { globals });
  assert(Date.now() - date < HOUR);
});

Deno.test("Date remains a Date in every other way", async () => {
  await virtualTime(() => {
    const day = new Date(2000, 0, 2);
    assert(day instanceof Date);
    assertEquals(Object.getPrototypeOf(day), Date.prototype);
    assertEquals(day.getDate(), 2);
    assertEquals(Date.UTC(1970, 0, 1), 0);
    class Day extends Date {}
    assert(new Day() instanceof Day && Math.abs(new Day().getTime() - Date.now()) < 1);
  }, { globals });
});

Deno.test("timers of plain code go by virtual time, in the order of their ends", async () => {
  const said: unknown[] = [];
  await virtualTime(async (time) => {
    setTimeout((...args) => said.push(...args, time.now), 20, "a", "b");
    setTimeout(() => said.push("first", time.now), 10);
    setTimeout(() => said.push("at once", time.now));
    await delay(HOUR);
    assertEquals(time.now, HOUR);
  }, { globals, patience: Infinity });
  assertEquals(said, ["at once", 0, "first", 10, "a", "b", 20]);
});

Deno.test("an interval of plain code ticks until it is cleared", async () => {
  const ticks: number[] = [];
  await virtualTime(async (time) => {
    const interval = setInterval(() => ticks.push(time.now), 10);
    await delay(35);
    clearInterval(interval);
    await delay(35);
  }, { globals });
  assertEquals(ticks, [10, 20, 30]);
});

Deno.test("a timer of plain code can be cleared by its handle, its number, or close()", async () => {
  await virtualTime(async () => {
    const never = () => assert(false);
    clearTimeout(setTimeout(never, 1));
    clearTimeout(Number(setTimeout(never, 1)));
    setTimeout(never, 1).close();
    using _ = setTimeout(never, 5) as unknown as Disposable;
    clearTimeout(undefined);
    clearTimeout(12345);
    await delay(2);
  }, { globals });
});

Deno.test("refresh() lets the time of a timer begin anew", async () => {
  let fired = -1;
  await virtualTime(async (time) => {
    const timer = setTimeout(() => fired = time.now, 10).unref().ref();
    assert(timer.hasRef());
    await delay(6);
    timer.refresh();
    await delay(20);
  }, { globals });
  assertEquals(fired, 16);
});

Deno.test("a timer from outside can be cleared inside", async () => {
  const outside = setTimeout(() => assert(false), 1);
  await virtualTime(() => clearTimeout(outside), { globals });
});

Deno.test("timers of plain code that are left running end with the virtual time", async () => {
  await virtualTime(async () => {
    setInterval(() => {}, HOUR / 10);
    setTimeout(() => assert(false), 10 * HOUR);
    await delay(HOUR);
  }, { globals });
});

Deno.test("a callback of plain code runs in the greenlet that has set the timer", async () => {
  await virtualTime(async () => {
    const owner = getCurrent();
    await new Promise<void>((resolve, reject) =>
      setTimeout(() => getCurrent() === owner ? resolve() : reject(new Error("another")), 5)
    );
  }, { globals });
});

Deno.test("an error in a callback of plain code is reported as an uncaught one", async () => {
  const errors: unknown[] = [];
  const note = (event: ErrorEvent) => {
    event.preventDefault();
    errors.push(event.error);
  };
  addEventListener("error", note);
  try {
    const error = new Error("in a callback");
    await virtualTime(async () => {
      setTimeout(() => {
        throw error;
      }, 1);
      await delay(2);
    }, { globals });
    assertEquals(errors, [error]);
  } finally {
    removeEventListener("error", note);
  }
});

Deno.test("greenlets wait for timers of plain code, also through a run", async () => {
  await virtualTime(function* (time) {
    yield delay(HOUR);
    assertEquals(time.now, HOUR);
    yield* spawn(() => delay(HOUR));
    assertEquals(time.now, 2 * HOUR);
    yield run(async () => {
      await delay(HOUR);
    });
    assertEquals(time.now, 3 * HOUR);
  }, { globals, patience: Infinity });
});

Deno.test("the globals are shared by virtual times beside one another", async () => {
  const before = descriptors();
  await Promise.all([10, 20].map((ms) =>
    virtualTime(async () => {
      const start = Date.now();
      await delay(ms);
      assertEquals(Date.now() - start, ms);
    }, { globals })
  ));
  assertEquals(descriptors(), before);
});
