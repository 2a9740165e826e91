// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SharedArray, type SharedType, SharedValue } from "@tendril/tendril/parallel";
import { Crew } from "./crew.ts";

const JOBS = import.meta.resolve("./numbers_jobs.ts");

const classes = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
};
const types = Object.keys(classes) as SharedType[];

for (const type of types) {
  const one = type.endsWith("64") && type !== "f64" ? 1n : 1;

  Deno.test(`SharedArray of ${type} and SharedValue lose no addition among workers`, async () => {
    using crew = new Crew(2, JOBS);
    const array = new SharedArray(type, 3);
    const value = new SharedValue(type);
    await Promise.all([
      crew.all("addUp", array, value, one, 10),
      crew.all("addUp", array, value, one, 20),
    ]);
    const sum = typeof one === "bigint" ? 60n : 60;
    const nought = typeof one === "bigint" ? 0n : 0;
    assertEquals([...array as Iterable<unknown>, value.get()], [nought, sum, nought, sum]);
    assertStrictEquals(array.array.constructor, classes[type]);
  });
}

Deno.test("SharedArray is what all workers see, and its typed array too", async () => {
  using crew = new Crew(2, JOBS);
  const array = new SharedArray("f64", [1.5, 2.5, 3.5]);
  await crew.hands[0]!.call("double", array);
  assertEquals([...array], [3, 5, 7]);
  array.array[0] = 10;
  assertEquals(await crew.hands[1]!.call("sum", array), 22);
  assertEquals(array.length, 3);
});

Deno.test("SharedArray.add and SharedValue.add give what was before, and go round at the end", () => {
  const array = new SharedArray("u8", [250]);
  assertEquals([array.add(0, 10), array.get(0)], [250, 4]);
  assertEquals([array.add(0, -5), array.get(0)], [4, 255]);
  const value = new SharedValue("i64", 2n ** 63n - 1n);
  assertEquals([value.add(1n), value.value], [2n ** 63n - 1n, -(2n ** 63n)]);
  const half = new SharedValue("f32", 0.5);
  assertEquals([half.add(-1), half.value], [0.5, -0.5]);
});

Deno.test("SharedArray refuses types, lengths, places and numbers that make no sense", () => {
  assertThrows(() => new SharedArray("i31" as "i32", 1), TypeError, "must be one of i8, u8");
  for (const length of [-1, 1.5, NaN, null as unknown as number]) {
    assertThrows(() => new SharedArray("i32", length), RangeError, "Cannot make a shared array");
  }
  assertThrows(() => new SharedArray("i32", [1.5]), RangeError, "whole numbers from -2147483648");
  assertThrows(
    () => new SharedArray("i64", [1] as unknown as bigint[]),
    TypeError,
    "takes a bigint",
  );
  const array = new SharedArray("u8", 2);
  for (const index of [-1, 2, 0.5, NaN]) {
    assertThrows(() => array.get(index), RangeError, "it has 2");
    assertThrows(() => array.set(index, 1), RangeError, "it has 2");
    assertThrows(() => array.add(index, 1), RangeError, "it has 2");
  }
  for (const value of [256, -1, 0.5, NaN]) {
    assertThrows(() => array.set(0, value), RangeError, "u8 takes whole numbers from 0 to 255");
  }
  assertThrows(() => array.set(0, "1" as unknown as number), TypeError, "u8 takes a number");
  assertThrows(() => array.add(0, 256), RangeError, "from -255 to 255");
  assertEquals([...array], [0, 0]);
});

Deno.test("SharedValue refuses what its type cannot hold", () => {
  assertThrows(() => new SharedValue("f16" as "f32"), TypeError, "must be one of");
  assertThrows(() => new SharedValue("i32", 1.5), RangeError);
  const value = new SharedValue("u16", 7);
  assertThrows(() => value.value = 70_000, RangeError, "u16 takes whole numbers from 0 to 65535");
  assertThrows(() => value.set(-1), RangeError);
  assertThrows(() => value.set(1n as unknown as number), TypeError);
  assertEquals(value.value, 7);
  new SharedValue("f64").value = NaN;
});

Deno.test("SharedArray and SharedValue show what they are", () => {
  assertEquals(
    Deno.inspect(new SharedArray("i16", 4, { name: "a" })),
    '<SharedArray "a" of 4 i16>',
  );
  assertEquals(Deno.inspect(new SharedValue("f64", 1.5)), "<SharedValue f64 1.5>");
  assertEquals(new SharedArray("i32", 0).length, 0);
});
