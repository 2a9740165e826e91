// Copyright 2026 the Tendril authors. MIT license.
// The examples of patched code as processes of their own: what they print.

import { assertEquals, assertMatch } from "@std/assert";
import { linesOf } from "./lines_of.ts";

Deno.test("eat_and_listen takes turns at patched timers, and ends what sleeps in one", async () => {
  const lines = await linesOf("gevent/eat_and_listen.ts");
  const turns = [0, 1, 2, 3, 4].flatMap((n) => [`eats pie ${n}`, `listens to song ${n}`]);
  assertEquals(lines.slice(0, 11), [...turns, "---- over ----"]);
  assertMatch(lines[11]!, /sleeper: waits for timer of 60000000 ms/);
  assertEquals(lines.slice(12), ["gets up"]);
});

Deno.test("patched_fetch asks for all pages before it has read one", async () => {
  const lines = await linesOf("gevent/patched_fetch.ts", "--allow-net");
  const text = lines.map((line) => line.replace(/:\d+\//, "/"));
  const url = "http://127.0.0.1/?size=";
  assertEquals(text.slice(0, 3), [1000, 200, 30].map((size) => `GET: ${url}${size}`));
  assertEquals(
    text.slice(3).sort(),
    [1000, 200, 30].map((size) => `${size} bytes received from ${url}${size}`),
  );
});
