// Copyright 2026 the Tendril authors. MIT license.
// The chapter on queues: what its programs print.

import { assert, assertEquals } from "@std/assert";
import { linesOf, range, VIRTUAL_CLOCK } from "./program.ts";

Deno.test("kinds gives items in the order of each kind", async () => {
  assertEquals(await linesOf("queues/kinds.ts"), [
    "First in, first out:",
    "11 22 33",
    "Last in, first out:",
    "456 123",
    "The smallest first:",
    "2 you",
    "2 you, too",
    "3 they",
    "4 I",
    "Open at both ends, for one who never waits: an array",
    "333 456 [ 123 ]",
  ]);
});

Deno.test("full_and_empty says when there is no place and when there is nothing", async () => {
  assertEquals(await linesOf("queues/full_and_empty.ts", VIRTUAL_CLOCK), [
    "full: false",
    "full: true",
    'Cannot put into <Queue "messages" 3 of 3>: it was full for 100 ms; messages in it: 3',
    'Cannot put into <Queue "messages" 3 of 3>: it was full; messages in it: 3',
    "message 1",
    "message 2",
    "message 3",
    "empty: true",
    'Cannot get from <Queue "messages" 0 of 3>: it was empty',
  ]);
});

Deno.test("task_done ends when all that was made is consumed", async () => {
  const lines = await linesOf("queues/task_done.ts", VIRTUAL_CLOCK);
  for (const what of ["produced", "consumed"]) {
    const own = lines.filter((line) => line.startsWith(what));
    assertEquals(own, range(10).map((i) => `${what}: ${i}`));
  }
  assert(lines.indexOf("the producer goes home") < lines.indexOf("consumed: 9"));
  assertEquals([lines.at(-1), lines.length], ["END", 22]);
});

Deno.test("cooks_and_guests serves the guests in the order they came", async () => {
  const lines = await linesOf("queues/cooks_and_guests.ts", VIRTUAL_CLOCK);
  assertEquals(lines, [
    ...range(15).map((i) => `Guest ${i % 10} eats the bun that cook ${i % 3} made`),
    "The kitchen closes",
  ]);
});

Deno.test("producer_consumer keeps the producer three items ahead at most", async () => {
  assertEquals(await linesOf("queues/producer_consumer.ts", VIRTUAL_CLOCK), [
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
  const lines = await linesOf("queues/pipeline.ts");
  const sent = lines.filter((line) => line.startsWith("sent"));
  assertEquals(sent, [1, 2, 3, 4, 5, 6].map((n) => `sent ${n}`));
  assertEquals(lines.filter((line) => !sent.includes(line)), [
    "Numbers, squares, words:",
    ...[1, 4, 9, 16, 25, 36].map((n) => `a square of ${n}`),
    "Three workers that share one channel:",
    "sum: 42",
  ]);
});

Deno.test("whichever_first takes what comes, and gives up in time", async () => {
  assertEquals(await linesOf("queues/whichever_first.ts", VIRTUAL_CLOCK), [
    "weather: rain",
    "nothing",
  ]);
});
