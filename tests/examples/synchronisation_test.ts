// Copyright 2026 the Tendril authors. MIT license.
// The chapter on synchronisation: what its programs print.

import { assertEquals } from "@std/assert";
import { linesOf, range, RunningProgram, VIRTUAL_CLOCK } from "./program.ts";

Deno.test("condition fills and empties the pot in turn", async () => {
  const round = [
    ...range(5).map((i) => `The cook adds one: ${i + 1} in the pot`),
    ...range(5).map((i) => `The guest eats one: ${4 - i} left`),
    "The guest calls for more",
  ];
  assertEquals(await linesOf("synchronisation/condition.ts", VIRTUAL_CLOCK), [...round, ...round]);
});

Deno.test("semaphore never lets more than four sweep", async () => {
  const lines = await linesOf("synchronisation/semaphore.ts", VIRTUAL_CLOCK);
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
  assertEquals(await linesOf("synchronisation/traffic_light.ts", VIRTUAL_CLOCK), [
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
  assertEquals(await linesOf("synchronisation/ticket_race.ts", VIRTUAL_CLOCK), [
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
  assertEquals(await linesOf("synchronisation/deadlock.ts", VIRTUAL_CLOCK), [
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
  assertEquals(await linesOf("synchronisation/rlock.ts", VIRTUAL_CLOCK), [
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
  assertEquals(await linesOf("synchronisation/barrier.ts", VIRTUAL_CLOCK), [
    ...hut("first"),
    ...hut("second"),
    "Cleo stays at home:",
    "Bob waits no longer",
    "Ann waits no longer",
  ]);
});

Deno.test("counter_race loses additions only where one gives way", async () => {
  const block = (first: number, second: number) => [
    "---before: num is 0---",
    `----in work1, num is ${first}---`,
    `----in work2, num is ${second}---`,
    `what two have added to the same number: ${second}`,
  ];
  assertEquals(await linesOf("synchronisation/counter_race.ts"), [
    ...block(1_000_000, 2_000_000),
    ...block(1_000_000, 1_000_000),
  ]);
});

Deno.test("counter_lock loses nothing", async () => {
  const lines = await linesOf("synchronisation/counter_lock.ts");
  assertEquals(lines[0], "---before: num is 0---");
  assertEquals(lines.slice(2), [
    "----in work2, num is 2000000---",
    "what two have added to the same number: 2000000",
  ]);
});

Deno.test("late_look shows each the same number", async () => {
  assertEquals(await linesOf("synchronisation/late_look.ts", VIRTUAL_CLOCK), [
    "main program stops",
    ...range(5).map((i) => `Thread-${i + 1} is done, num is 5`),
  ]);
});

Deno.test("countdown shows each its own number", async () => {
  assertEquals(
    await linesOf("synchronisation/countdown.ts", VIRTUAL_CLOCK),
    range(10).map((i) => String(9 - i)),
  );
});

Deno.test("hundred_down comes down to nothing with a lock only", async () => {
  assertEquals(await linesOf("synchronisation/hundred_down.ts", VIRTUAL_CLOCK), [
    ...range(100).map(() => "99"),
    "at the end: 99",
    ...range(100).map((i) => String(99 - i)),
    "at the end: 0",
  ]);
});

Deno.test("list_race reads a list that is half changed, and with a lock one that is not", async () => {
  const ones = range(10).map(() => 1);
  assertEquals(await linesOf("synchronisation/list_race.ts", VIRTUAL_CLOCK), [
    "1 0 0 0 0 0 0 0 0 0",
    `without a lock: list = ${ones}`,
    ones.join(" "),
    `with a lock: list = ${ones}`,
  ]);
});

Deno.test("lock_twice lets in the owner of an RLock, and refuses that of a Lock", async () => {
  assertEquals(await linesOf("synchronisation/lock_twice.ts"), [
    "RLock after one release: held",
    "RLock after two releases: free",
    'DeadlockError: Cannot go on waiting for <Lock "lock" held by main, 1 waiting>: that closes a ' +
    'ring, main waits for lock acquire <Lock "lock" held by main, 1 waiting> → main; acquire ' +
    "locks in the same order everywhere, or with { timeout }",
  ]);
});

Deno.test("two_locks ends in a deadlock, and well with one RLock", async () => {
  const lines = await linesOf("synchronisation/two_locks.ts", VIRTUAL_CLOCK);
  const middle = lines.indexOf("One RLock:");
  assertEquals(lines.slice(0, 5), [
    "Two locks:",
    "Thread-1 has lock a",
    "Thread-1 has lock b",
    "Thread-1 has lock b",
    "Thread-2 has lock a",
  ]);
  assertEquals(
    lines[middle - 1]!.replaceAll(/<Lock "(.)" [^>]*>/g, "$1"),
    "DeadlockError: Cannot go on waiting for a: that closes a ring, Thread-1 waits for lock " +
      "acquire a → Thread-2 waits for lock acquire b → Thread-1; acquire locks in the same order " +
      "everywhere, or with { timeout }",
  );
  const ended = lines.slice(middle).filter((line) => line.endsWith(" has given all back"));
  assertEquals(ended, range(10).map((i) => `Thread-${i + 1} has given all back`));
});

Deno.test("bounded_semaphore lets all twenty in, in the order they came", async () => {
  assertEquals(
    await linesOf("synchronisation/bounded_semaphore.ts", VIRTUAL_CLOCK),
    range(20).map((i) => `run the greenlet: ${i}`),
  );
});

Deno.test("market keeps the count between its bounds", async () => {
  const lines = await linesOf("synchronisation/market.ts", VIRTUAL_CLOCK);
  let count = 500;
  for (const line of lines) {
    const [, who, , by, now] = /^(Producer|Consumer)-(\d) (?:produces|consumes) (\d+), count=(\d+)$/
      .exec(line)!;
    const before = count;
    count += who === "Producer" ? Number(by) : -Number(by);
    assertEquals(count, Number(now));
    assertEquals(who === "Producer" ? before <= 1000 : before >= 100, true, line);
  }
  assertEquals(lines.slice(0, 7).map((line) => line.split(" ")[0]), [
    ...[1, 2].map((i) => `Producer-${i}`),
    ...[1, 2, 3, 4, 5].map((i) => `Consumer-${i}`),
  ]);
});

Deno.test("event_input lets all go when it is told to", async () => {
  await using program = new RunningProgram("synchronisation/event_input.ts");
  const question = "Let them go? (true) ";
  assertEquals(await program.readUntil(question), question);
  assertEquals(await program.readUntil("start\n".repeat(10)), "start\n".repeat(10));
  await program.type("no");
  assertEquals(await program.readUntil(question), question);
  await program.type("true");
  assertEquals(await program.end(), { rest: "execute\n".repeat(10), code: 0 });
});

Deno.test("notify_some lets as many go on as it is told", async () => {
  await using program = new RunningProgram("synchronisation/notify_some.ts");
  const question = "How many may go on? ";
  const run = (n: number) => `run the greenlet: ${n}\n`;
  assertEquals(await program.readUntil(question), question);
  await program.type("2");
  assertEquals(await program.readUntil(question), `${run(0)}${run(1)}${question}`);
  await program.type("8");
  const rest = range(8).map((n) => run(n + 2)).join("");
  assertEquals(await program.end(), { rest, code: 0 });
});

Deno.test("wait_for_input asks each, and those who wait once more", async () => {
  await using program = new RunningProgram("synchronisation/wait_for_input.ts");
  const passed = new Set<number>();
  for (let refused = false; passed.size < 10;) {
    const read = await program.readUntil(" pass? (yes) ");
    const i = Number(/May (\d) pass/.exec(read)![1]);
    if (i === 3 && !refused) {
      refused = true;
      await program.type("no");
      continue;
    }
    await program.type("yes");
    await program.readUntil(`${i + 100}\n`);
    passed.add(i);
  }
  assertEquals([...passed].indexOf(3) > 2, true);
  assertEquals(await program.end(), { rest: "", code: 0 });
});
