// Copyright 2026 the Tendril authors. MIT license.
// The chapter on gevent: what its programs print.

import { assertEquals, assertMatch } from "@std/assert";
import { linesOf, range, sorted, VIRTUAL_CLOCK } from "./program.ts";

const steps = (name: string, count: number) => range(count).map((i) => `${name} ${i}`);

Deno.test("one_by_one runs each greenlet to its end", async () => {
  const all = ["g1", "g2", "g3"].flatMap((name) => steps(name, 5));
  assertEquals(await linesOf("gevent/one_by_one.ts"), all);
});

Deno.test("take_turns lets the others go on at each wait", async () => {
  const all = range(5).flatMap((i) => ["g1", "g2", "g3"].map((name) => `${name} ${i}`));
  assertEquals(await linesOf("gevent/take_turns.ts", VIRTUAL_CLOCK), all);
});

Deno.test("foo_and_bar gives way once each", async () => {
  assertEquals(await linesOf("gevent/foo_and_bar.ts"), [
    "Running in foo",
    "Explicit context to bar",
    "Explicit context switch to foo again",
    "Implicit context switch back to bar",
  ]);
});

Deno.test("blocking_work lets nobody else run", async () => {
  const all = [...steps("work1", 10), ...steps("work2", 10)];
  assertEquals(await linesOf("gevent/blocking_work.ts"), all);
});

Deno.test("patched_work lets both go on", async () => {
  const lines = await linesOf("gevent/patched_work.ts");
  assertEquals(lines.slice(0, 2), ["work1 0", "work2 0"]);
  for (const name of ["work1", "work2"]) {
    assertEquals(lines.filter((line) => line.startsWith(name)), steps(name, 10));
  }
  assertEquals(lines.length, 20);
});

Deno.test("one_two_three begins all three before it waits", async () => {
  const lines = await linesOf("gevent/one_two_three.ts");
  assertEquals(lines.slice(0, 3), ["1", "2", "3"]);
  assertMatch(lines.slice(3).join("\n"), /^\d+\.\d\d s$/);
});

Deno.test("eat_and_listen takes turns at patched timers, and ends what sleeps in one", async () => {
  const lines = await linesOf("gevent/eat_and_listen.ts");
  const turns = range(5).flatMap((n) => [`eats pie ${n}`, `listens to song ${n}`]);
  assertEquals(lines.slice(0, 11), [...turns, "---- over ----"]);
  assertMatch(lines[11]!, /sleeper: waits for timer of 60000000 ms/);
  assertEquals(lines.slice(12), ["gets up"]);
});

Deno.test("patched_fetch asks for all pages before it has read one", async () => {
  const lines = await linesOf("gevent/patched_fetch.ts");
  const text = lines.map((line) => line.replace(/:\d+\//, "/"));
  const url = "http://127.0.0.1/?size=";
  const sizes = [1000, 200, 30];
  assertEquals(text.slice(0, 3), sizes.map((size) => `GET: ${url}${size}`));
  assertEquals(
    sorted(text.slice(3)),
    sorted(sizes.map((size) => `${size} bytes received from ${url}${size}`)),
  );
});
