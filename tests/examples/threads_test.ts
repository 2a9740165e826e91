// Copyright 2026 the Tendril authors. MIT license.
// The chapter on threads: what its programs print.

import { assertEquals } from "@std/assert";
import { linesOf, range, VIRTUAL_CLOCK } from "./program.ts";

/** Without the times of day. */
const timeless = (lines: string[]) =>
  lines.map((line) => line.replace(/\d+:\d\d:\d\d( [AP]M)?/, ""));

Deno.test("start_and_join goes on when the greenlet has ended", async () => {
  assertEquals(await linesOf("threads/start_and_join.ts", VIRTUAL_CLOCK), [
    "This is main",
    "greenlet 1 begins",
    "greenlet 1 ends",
    "main ends",
  ]);
});

Deno.test("shared_money loses nothing", async () => {
  assertEquals(await linesOf("threads/shared_money.ts"), ["money = 800"]);
});

Deno.test("local_data gives each greenlet a number of its own", async () => {
  assertEquals(await linesOf("threads/local_data.ts"), [
    ...range(10).map((i) => `greenlet ${i} 1000`),
    "main program: 0",
  ]);
});

Deno.test("timer begins later, or not at all", async () => {
  assertEquals(await linesOf("threads/timer.ts", VIRTUAL_CLOCK), [
    "hello, world",
    "Extra, extra! Read all about it!",
  ]);
});

Deno.test("five_workers says each number", async () => {
  assertEquals(
    await linesOf("threads/five_workers.ts", VIRTUAL_CLOCK),
    range(5).map((i) => `The num is ${i}`),
  );
});

Deno.test("sing_and_dance counts the greenlets until there is one", async () => {
  assertEquals(timeless(await linesOf("threads/sing_and_dance.ts", VIRTUAL_CLOCK)), [
    "---begin---: ",
    "greenlets now: 3",
    "singing... 0",
    "dancing... 0",
    "greenlets now: 3",
    "singing... 1",
    "dancing... 1",
    "greenlets now: 3",
    "greenlets now: 3",
    "singing... 2",
    "dancing... 2",
    "greenlets now: 3",
    "greenlets now: 3",
    "greenlets now: 1",
  ]);
});

Deno.test("music_and_movie goes on while both play", async () => {
  assertEquals(timeless(await linesOf("threads/music_and_movie.ts", VIRTUAL_CLOCK)), [
    "start.... music ---- ",
    "start.... film ---- ",
    "the main program is done ---- ",
    "end...... music ---- ",
    "end...... film ---- ",
  ]);
});

Deno.test("own_class runs all five at the same time", async () => {
  assertEquals(
    await linesOf("threads/own_class.ts", VIRTUAL_CLOCK),
    range(3).flatMap((step) => range(5).map((i) => `I'm Thread-${i + 1} @ ${step}`)),
  );
});

Deno.test("is_alive shows the states of a greenlet", async () => {
  assertEquals(await linesOf("threads/is_alive.ts", VIRTUAL_CLOCK), [
    "before the start: false false",
    "after it: true false",
    "t begins",
    "t ends",
    "at the end: false true",
  ]);
});
