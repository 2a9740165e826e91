// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { SharedLock } from "@tendril/tendril/parallel";
import fc from "fast-check";
import { decode } from "../../../../runtime/parallel/shared/decode.ts";
import { encode, scratchWords } from "../../../../runtime/parallel/shared/encode.ts";

/** There and back. */
function trip(value: unknown): unknown {
  const bytes = encode(value);
  return decode(new Uint8Array(scratchWords.buffer.slice(0, bytes)));
}

const values: Record<string, unknown> = {
  "undefined": undefined,
  "null": null,
  "booleans": [true, false],
  "whole numbers": [0, 1, -1, 127, 128, -128, -129, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53],
  "other numbers": [1.5, -0, NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308],
  "short texts": ["", "a", "é", "ÿ", "Ā", "aÿĀ", "\0", "€", "😀", "\ud800", "a\udc00b"],
  "long texts": [
    "a".repeat(49),
    "é".repeat(300),
    "€".repeat(20_000),
    "\ud800".repeat(99),
    "\ufeffx".repeat(40),
  ],
  "bigints": [0n, 1n, -1n, 255n, -256n, 2n ** 64n, -(2n ** 1000n)],
  "arrays": [[], [[]], [1, "two", [3]]],
  "objects": { a: 1, "": 2, ["long".repeat(20)]: { "€": 3 }, "1": "index" },
  "a Map": new Map<unknown, unknown>([["a", 1], [{ k: 1 }, new Map()]]),
  "a Set": new Set([1, "a", new Set([2])]),
  "Dates": [new Date(0), new Date(-1.5e12), new Date(8.64e15)],
  "an invalid Date": new Date(NaN),
  "RegExps": [/a+/gi, /\//u],
  "an ArrayBuffer": new Uint8Array([1, 2, 3]).buffer,
  "typed arrays": [
    new Uint8Array([1, 255]),
    new Int8Array([-1]),
    new Uint8ClampedArray([7]),
    new Int16Array([-2]),
    new Uint16Array([2]),
    new Int32Array([-3]),
    new Uint32Array([3]),
    new Float16Array([1.5]),
    new Float32Array([1.5]),
    new Float64Array([Math.PI]),
    new BigInt64Array([-4n]),
    new BigUint64Array([4n]),
    new Float64Array(0),
  ],
};

for (const [name, value] of Object.entries(values)) {
  Deno.test(`encode and decode keep ${name}`, () => {
    assertEquals(trip(value), value);
  });
}

Deno.test("encode and decode keep whatever structuredClone keeps of plain data", () => {
  const data = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
    withBoxedValues: true,
    withUnicodeString: true,
  });
  fc.assert(fc.property(data, (value) => assertEquals(trip(value), structuredClone(value))));
});

Deno.test("encode and decode keep holes of an array apart from undefined", () => {
  // deno-lint-ignore no-sparse-arrays
  const items = trip([1, , undefined, ,]) as unknown[];
  assertEquals(items.length, 4);
  assertEquals(Object.keys(items), ["0", "2"]);
});

Deno.test("encode and decode keep an object that contains itself", () => {
  const value: Record<string, unknown> = { list: [] };
  value.self = value;
  (value.list as unknown[]).push(value.list, new Map([["up", value]]));
  const got = trip(value) as typeof value;
  assertStrictEquals(got.self, got);
  const [list, map] = got.list as [unknown, Map<string, unknown>];
  assertStrictEquals(list, got.list);
  assertStrictEquals(map.get("up"), got);
});

Deno.test("encode and decode keep what is the same object, among few objects and among many", () => {
  for (const count of [3, 500]) {
    const some = Array.from({ length: count }, (_, n) => ({ n }));
    const got = trip([some, some.toReversed()]) as (typeof some)[];
    for (const [i, each] of got[0]!.entries()) {
      assertStrictEquals(each, got[1]![count - 1 - i]);
      assertEquals(each.n, i);
    }
  }
});

Deno.test("encode copies no more of a buffer than the view shows", () => {
  const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  const got = trip(view) as Uint8Array;
  assertEquals([...got], [2, 3]);
  assertEquals(got.buffer.byteLength, 2);
});

Deno.test("encode and decode keep errors with class, stack, cause and own fields", () => {
  class TooBad extends RangeError {
    override name = "TooBad";
    code = 42;
  }
  const cause = new TypeError("why");
  const error = new TooBad("what", { cause });
  const got = trip(error) as TooBad;
  assertInstanceOf(got, Error);
  assertEquals([got.name, got.message, got.code, got.stack], ["TooBad", "what", 42, error.stack]);
  assertInstanceOf(got.cause, TypeError);
  assertEquals(got.cause.message, "why");
  const many = trip(new AggregateError([new URIError("one")], "many")) as AggregateError;
  assertInstanceOf(many.errors[0], URIError);
  assertEquals(Object.keys(trip(new SyntaxError("plain")) as object), []);
});

Deno.test("decode makes plain objects of those of a class, and keeps a key __proto__ a key", () => {
  class Point {
    constructor(readonly x: number) {}
  }
  const point = trip(new Point(3)) as object;
  assertStrictEquals(Object.getPrototypeOf(point), Object.prototype);
  assertEquals(point, { x: 3 });
  const odd = trip(JSON.parse('{"__proto__": {"evil": true}}')) as Record<string, unknown>;
  assertEquals(Object.keys(odd), ["__proto__"]);
  assertEquals(odd.evil, undefined);
});

for (
  const [name, value] of Object.entries({
    "a function": () => {},
    "a symbol": Symbol("s"),
    "a promise": Promise.resolve(),
    "a WeakMap": new WeakMap(),
    "a URL": new URL("https://example.org"),
    "an AbortSignal": new AbortController().signal,
    "a view of shared memory": new Uint8Array(new SharedArrayBuffer(1)),
    "shared memory": new SharedArrayBuffer(1),
  })
) {
  Deno.test(`encode refuses ${name}, also deep inside`, () => {
    for (const each of [value, { deep: [value] }]) {
      const error = assertThrows(() => encode(each), DOMException, "Cannot clone");
      assertEquals(error.name, "DataCloneError");
    }
    assertEquals(trip("still works"), "still works");
  });
}

Deno.test("encode says how handles are to be sent", () => {
  assertThrows(
    () => encode([new SharedLock()]),
    DOMException,
    "what is shared by all workers goes to one as an argument of its task",
  );
});

Deno.test("decode takes a large value and a small one after another", () => {
  const large = { bytes: new Uint8Array(3_000_000).fill(7), text: "é€".repeat(500_000) };
  const got = trip(large) as typeof large;
  assert(got.bytes.every((byte) => byte === 7));
  assertEquals(got.text, large.text);
  assertEquals(trip(1), 1);
});
