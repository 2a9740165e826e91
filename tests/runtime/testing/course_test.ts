// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { Course, decode, encode, Replay } from "../../../runtime/testing/course.ts";

Deno.test("a Course notes what was chosen out of how many, and where it deviates", () => {
  const answers = [0, 2, 0, 1];
  const course = new Course({ choose: () => answers.shift()! });
  for (const count of [2, 3, 4, 2]) course.choose(count, null);
  assertEquals(course.choices, [0, 2, 0, 1]);
  assertEquals(course.counts, [2, 3, 4, 2]);
  assertEquals(course.deviations, [{ at: 1, choice: 2 }, { at: 3, choice: 1 }]);
});

Deno.test("a Replay deviates where it is told, as far as it can", () => {
  const replay = new Replay([{ at: 1, choice: 2 }, { at: 2, choice: 5 }, { at: 4, choice: 1 }]);
  assertEquals([2, 3, 3, 2, 2, 2].map((count) => replay.choose(count)), [0, 2, 0, 0, 1, 0]);
});

Deno.test("encode() and decode() are inverse to each other", () => {
  const all = [[], [{ at: 0, choice: 1 }], [{ at: 7, choice: 12 }, { at: 30, choice: 1 }]];
  for (const deviations of all) assertEquals(decode(encode(deviations)), deviations);
  assertEquals(all.map(encode), ["fifo", "0:1", "7:12,30:1"]);
});

Deno.test("decode() refuses what encode() has not made", () => {
  for (const seed of ["", "1", "1:", "1:2,", "a:b", "-1:2", "1:2;3:4"]) {
    assertThrows(() => decode(seed), RangeError, `Cannot replay the schedule "${seed}"`);
  }
});
