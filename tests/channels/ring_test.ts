// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals } from "@std/assert";
import { Ring } from "../../channels/ring.ts";

Deno.test("Ring gives out what was put first, across its growth and its seam", () => {
  const ring = new Ring<number>();
  let put = 0;
  let taken = 0;
  for (let round = 1; round < 60; round++) {
    for (let i = 0; i < round; i++) ring.put(put++);
    for (let i = 0; i < round - 1; i++) assertEquals(ring.take(), taken++);
  }
  assertEquals(ring.size, put - taken);
  assertEquals(ring.peek(), taken);
  assertEquals([...ring], Array.from({ length: put - taken }, (_, i) => taken + i));
});

Deno.test("Ring keeps nothing alive that was taken", () => {
  const ring = new Ring<object>();
  for (let i = 0; i < 100; i++) ring.put({});
  for (let i = 0; i < 100; i++) ring.take();
  assertEquals(ring.slots.every((slot) => slot === undefined), true);
});

Deno.test("Ring.shrink() gives the memory of a large ring back, and leaves a small one alone", () => {
  const ring = new Ring<number>();
  for (let i = 0; i < 100; i++) ring.put(i);
  while (ring.size > 0) ring.take();
  ring.shrink();
  assertEquals(ring.slots.length, 128);
  for (let i = 0; i < 10_000; i++) ring.put(i);
  while (ring.size > 0) ring.take();
  ring.shrink();
  assertEquals(ring.slots.length, 1);
  ring.put(7);
  assertEquals(ring.take(), 7);
});
