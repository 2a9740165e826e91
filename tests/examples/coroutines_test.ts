// Copyright 2026 the Tendril authors. MIT license.
// The chapters on coroutines and greenlets: what their programs print.

import { assertEquals, assertMatch } from "@std/assert";
import { linesOf, outputOf, range, VIRTUAL_CLOCK } from "./program.ts";

Deno.test("work_in_turn takes turns by hand and by the runtime", async () => {
  const turns = range(3).flatMap(() => ["----work1---", "----work2---"]);
  assertEquals(await linesOf("coroutines/work_in_turn.ts"), [
    "By hand:",
    ...turns,
    "By the runtime:",
    ...turns,
  ]);
});

Deno.test("cost_of_switching measures two ways to the same sums", async () => {
  const { out } = await outputOf("coroutines/cost_of_switching.ts", ["1000"]);
  assertMatch(
    out,
    /^one after the other: +\d+\.\d{3} s\n2000 switches: +\d+\.\d{3} s\nthe same sums: true\n$/,
  );
});

Deno.test("hello_switch lets A and B take turns", async () => {
  assertEquals(await linesOf("greenlets/hello_switch.ts", VIRTUAL_CLOCK), [
    ...range(3).flatMap(() => ["---A--", "---B--"]),
    "gr1 has ended: true",
  ]);
});

Deno.test("back_and_forth goes on where each stopped", async () => {
  assertEquals(await linesOf("greenlets/back_and_forth.ts"), ["12", "56", "34", "78"]);
});

Deno.test("values passes numbers to and fro", async () => {
  assertEquals(await linesOf("greenlets/values.ts"), [
    ...[1, 2, 4].flatMap((n) => [`doubler got ${n}`, `main got ${2 * n}`]),
    "main got enough",
  ]);
});
