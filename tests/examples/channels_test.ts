// Copyright 2026 the Tendril authors. MIT license.
// The examples of queues and channels as processes of their own: what they print.

import { assertEquals } from "@std/assert";
import { linesOf, VIRTUAL_CLOCK } from "./lines_of.ts";

Deno.test("producer_consumer keeps the producer three items ahead at most", async () => {
  const lines = await linesOf("producer_consumer.ts", VIRTUAL_CLOCK);
  assertEquals(lines, [
    "One producer, one consumer, three places:",
    ...[0, 1, 2, 3].map((n) => `PUT>>>${n}`),
    "GET>>>0",
    ...[1, 2, 3, 4].flatMap((n) => [`GET>>>${n}`, `PUT>>>${n + 3}`]),
    ...[5, 6, 7].map((n) => `GET>>>${n}`),
    "Nobody puts any more:",
    'Cannot get from <Queue "numbers" 0 of 3>: it was empty for 5 ms',
    "Two workers, and a producer that waits until all is done:",
    "Ann has served the first",
    "Bob has served the second",
    "Ann has served the third",
    "Unfinished: 0",
    "Bob goes home",
    "Ann goes home",
  ]);
});

Deno.test("pipeline passes everything through its stages and ends", async () => {
  const lines = await linesOf("pipeline.ts", VIRTUAL_CLOCK);
  const sent = lines.filter((line) => line.startsWith("sent"));
  assertEquals(sent, [1, 2, 3, 4, 5, 6].map((n) => `sent ${n}`));
  assertEquals(lines.filter((line) => !sent.includes(line)), [
    "Numbers, squares, words:",
    ...[1, 4, 9, 16, 25, 36].map((n) => `a square of ${n}`),
    "Three workers that share one channel:",
    "sum: 42",
    "Whichever comes first:",
    "weather: rain",
    "nothing",
  ]);
});
