// Copyright 2026 the Tendril authors. MIT license.
// The examples of locks and their kind as processes of their own: what they print.

import { assertEquals } from "@std/assert";
import { linesOf, VIRTUAL_CLOCK } from "./lines_of.ts";

const range = (length: number) => Array.from({ length }, (_, i) => i);

Deno.test("condition fills and empties the pot in turn", async () => {
  const round = [
    ...range(5).map((i) => `The cook adds one: ${i + 1} in the pot`),
    ...range(5).map((i) => `The guest eats one: ${4 - i} left`),
    "The guest calls for more",
  ];
  assertEquals(await linesOf("condition.ts"), [...round, ...round]);
});

Deno.test("semaphore never lets more than four sweep", async () => {
  const lines = await linesOf("semaphore.ts");
  assertEquals(lines.pop(), "All have swept; brooms in the corner: 4");
  assertEquals(lines.length, 20);
  let sweeping = 0;
  for (const line of lines) {
    const taken = /^Worker \d+ takes a broom, as number (\d); brooms left: \d$/.exec(line);
    if (taken === null) {
      assertEquals(line.replace(/\d+/, ""), "Worker  gives it back");
      sweeping--;
    } else assertEquals(sweeping = Number(taken[1]), Math.min(sweeping, 4));
  }
  assertEquals(lines.slice(0, 4).map((line) => line.slice(0, 21)), [
    "Worker 1 takes a broo",
    "Worker 2 takes a broo",
    "Worker 3 takes a broo",
    "Worker 4 takes a broo",
  ]);
});

Deno.test("traffic_light lets all cars go at once", async () => {
  assertEquals(await linesOf("traffic_light.ts", VIRTUAL_CLOCK), [
    "The light is red",
    ...[1, 2, 3].map((car) => `Car ${car} waits`),
    "The light is green",
    ...[1, 2, 3].map((car) => `Car ${car} drives on`),
    "Car 4 comes while it is green",
    "The light is red again",
    "Car 5 waits",
    "The impatient one waits",
    "The impatient one turns back",
    "The light is green again",
    "Car 5 drives on",
  ]);
});

Deno.test("ticket_race sells too much without a lock, and just enough with one", async () => {
  const buyers = range(10).map((i) => i + 1);
  assertEquals(await linesOf("ticket_race.ts"), [
    "Without a lock, 10 buyers want 3 tickets:",
    ...buyers.map((buyer) => `Buyer ${buyer} has ticket 3`),
    "2 are left",
    "With a lock, 10 buyers want 3 tickets:",
    ...[3, 2, 1].map((ticket, i) => `Buyer ${i + 1} has ticket ${ticket}`),
    ...buyers.slice(3).map((buyer) => `Buyer ${buyer} is too late`),
    "0 are left",
  ]);
});

Deno.test("deadlock explains the ring, and shows two ways out", async () => {
  assertEquals(await linesOf("deadlock.ts", VIRTUAL_CLOCK), [
    "Each takes what the other needs:",
    "Ann has the pen",
    "Bob has the paper",
    "Ann has the paper, too, and writes",
    'Cannot go on waiting for <Lock "pen" held by Ann, 1 waiting>: that closes a ring, ' +
    'Bob waits for lock acquire <Lock "pen" held by Ann, 1 waiting> → ' +
    'Ann waits for lock acquire <Lock "paper" held by Bob, 1 waiting> → Bob; ' +
    "acquire locks in the same order everywhere, or with { timeout }",
    "Both take the locks in the same order:",
    "Ann has the pen",
    "Ann has the paper, too, and writes",
    "Bob has the pen",
    "Bob has the paper, too, and writes",
    "Each gives up what it has when it cannot get the rest:",
    "Ann puts the pen back for a moment",
    "Bob has both and writes",
    "Ann has both and writes",
  ]);
});

Deno.test("rlock lets a holder in again, which a plain lock refuses", async () => {
  assertEquals(await linesOf("rlock.ts"), [
    "With an RLock:",
    "Ann has -30, Bob has 30",
    "With a Lock:",
    'Cannot go on waiting for <Lock "bank" held by teller, 1 waiting>: that closes a ring, ' +
    'teller waits for lock acquire <Lock "bank" held by teller, 1 waiting> → teller; ' +
    "acquire locks in the same order everywhere, or with { timeout }",
  ]);
});

Deno.test("barrier keeps the hikers together", async () => {
  const hut = (name: string) => [
    ...["Ann", "Bob", "Cleo"].map((hiker) => `${hiker} reaches the ${name} hut`),
    `-- all are at the ${name} hut --`,
    "Cleo was the last",
  ];
  assertEquals(await linesOf("barrier.ts", VIRTUAL_CLOCK), [
    ...hut("first"),
    ...hut("second"),
    "Cleo stays at home:",
    "Bob waits no longer",
    "Ann waits no longer",
  ]);
});
