// Copyright 2026 the Tendril authors. MIT license.
// A plain `yield`: alone, with a promise, and with what it is no use for.

import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import { type Coroutine, GreenletExit, run, sleep, spawn } from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

Deno.test("yield alone puts the greenlet behind the others that are ready", async () => {
  const order: string[] = [];
  await run(function* () {
    for (const name of ["a", "b"]) {
      spawn(function* () {
        order.push(`${name}1`);
        yield;
        order.push(`${name}2`);
      });
    }
  });
  assertEquals(order, ["a1", "b1", "a2", "b2"]);
});

Deno.test("yield of a promise waits for it and gives its value", async () => {
  const value: unknown = await run(function* (): Coroutine<unknown> {
    return yield Promise.resolve("kept");
  });
  assertEquals(value, "kept");
});

Deno.test("yield of a promise throws what it rejects with", async () => {
  const failure = new RangeError("broken");
  const caught = await run(function* () {
    try {
      yield Promise.reject(failure);
    } catch (error) {
      return error;
    }
  });
  assertStrictEquals(caught, failure);
});

Deno.test("yield of a thenable that is no Promise waits for it", async () => {
  const thenable = { then: (resolve: (value: string) => void) => resolve("from a thenable") };
  const value: unknown = await run(function* (): Coroutine<unknown> {
    return yield thenable;
  });
  assertEquals(value, "from a thenable");
});

Deno.test("yield of a promise can be killed, and nobody hears of its rejection", async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const greenlet = spawn(function* () {
    yield promise;
  });
  await settle();
  await greenlet.kill();
  reject(new Error("too late"));
  await settle();
  assertInstanceOf(greenlet.value, GreenletExit);
});

const foreign: [string, () => unknown, string][] = [
  ["a number", () => 3, "Cannot yield 3: write `yield* op` for an Op"],
  ["a string", () => "text", 'Cannot yield "text": write `yield* op`'],
  ["null", () => null, "Cannot yield null: write `yield* op`"],
  ["an object", () => ({}), "Cannot yield an instance of Object: write `yield* op`"],
  ["a function", () => settle, "Cannot yield function settle: write `yield* op`"],
  ["an Op", () => sleep(1), 'Cannot yield the Op "sleep": write `yield*` instead of `yield`'],
  ["a greenlet", () => spawn(() => {}), "write `yield*` instead of `yield`"],
  ["a generator", () => (function* () {})(), "write `yield*` instead of `yield`"],
];

for (const [what, make, message] of foreign) {
  Deno.test(`yield of ${what} throws a TypeError into the greenlet that says what to write`, async () => {
    const caught = await run(function* () {
      try {
        yield make();
      } catch (error) {
        return error;
      }
    });
    assertInstanceOf(caught, TypeError);
    assertStringIncludes(caught.message, message);
  });
}

Deno.test("yield* over an array throws a TypeError into the greenlet", async () => {
  const caught = await run(function* () {
    try {
      yield* [1, 2];
    } catch (error) {
      return error;
    }
  });
  assertInstanceOf(caught, TypeError);
});

Deno.test("A greenlet that caught the error of a foreign yield goes on", async () => {
  const value: unknown = await run(function* (): Coroutine<unknown> {
    try {
      yield 3;
    } catch {
      return yield Promise.resolve("went on");
    }
  });
  assertEquals(value, "went on");
});
