// Copyright 2026 the Tendril authors. MIT license.
// The chapter on workers: what its programs print, in order where that is fixed.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { linesOf, range, ROOT, sorted } from "./program.ts";

Deno.test("isolated_data gives each process a list of its own", async () => {
  const lines = await linesOf("workers/isolated_data.ts");
  assertEquals(lines.map((line) => line.replace(/ \d+:/, ":")), [
    "Process-1, pid: 11 22",
    "Process-1, pid: 11 22 0",
    "Process-1, pid: 11 22 0 1",
    "Process-1, pid: 11 22 0 1 2",
    "Process-2, pid: 11 22",
    "main, pid: 11 22",
  ]);
  assertEquals(new Set(lines.map((line) => /pid (\d+)/.exec(line)![1])).size, 3);
});

Deno.test("process_queue passes on what is written, in order", async () => {
  const lines = await linesOf("workers/process_queue.ts");
  assertEquals(lines.pop(), "All was written and read");
  for (const what of ["Putting", "Got"]) {
    const values = lines.filter((line) => line.startsWith(what)).map((line) => line.split(" ")[1]);
    assertEquals(values, ["A", "B", "C"]);
  }
  assertEquals(lines.length, 6);
  for (const value of ["A", "B", "C"]) {
    const put = lines.indexOf(`Putting ${value} into the queue`);
    const got = lines.indexOf(`Got ${value} from the queue`);
    assert(put >= 0 && put < got, lines.join("\n"));
  }
});

Deno.test("process_pipe passes numbers there, squares back, and the end", async () => {
  assertEquals(await linesOf("workers/process_pipe.ts"), [
    ...[2, 3, 4].flatMap((number) => [
      `The process received ${number}`,
      `The main program received ${number * number}`,
    ]),
    "The process received the end",
    "The process has ended",
  ]);
});

Deno.test("shared_array lets no process come between another's steps", async () => {
  const lines = await linesOf("workers/shared_array.ts");
  const block = (who: string, first: number) =>
    [first, 22, 33, 44].map((item) => `${who} -----> ${item}`);
  const [first, second] = lines[0]!.startsWith("process 0") ? [0, 1] : [1, 0];
  assertEquals(lines, [
    ...block(`process ${first}`, 111),
    ...block(`process ${second}`, 211),
    ...block("main program", 211),
    "both together have counted to 2000",
  ]);
});

Deno.test("manager_dict shows each process what those before it added", async () => {
  const all = Array.from({ length: 10 }, (_, number) => 100 + number);
  const lines = await linesOf("workers/manager_dict.ts");
  assertEquals(lines.slice(0, 10), [
    ...all.map((_, number) => `process ${number} sees ${all.slice(0, number + 1).join(" ")}`),
  ]);
  assertEquals(lines[10], "the main program has 10 of them: Map(10) {");
  assertEquals(
    lines.slice(11, 21).map((line) => line.replace(",", "").trim()),
    all.map((value, number) => `${number} => ${value}`),
  );
  assertEquals(lines.slice(21), ["}"]);
});

Deno.test("start_process goes on while its child runs", async () => {
  const lines = await linesOf("workers/start_process.ts");
  assertEquals(lines.slice(0, 2), [
    "parent begins",
    `number of cpus: ${navigator.hardwareConcurrency}`,
  ]);
  assertMatch(lines[2]!, /^child's name: Process-1\tits pid: \d+$/);
  assertEquals(lines.slice(3), ["parent ends", "child begins", "child ends"]);
});

Deno.test("join_process goes on when its child has ended", async () => {
  assertEquals(await linesOf("workers/join_process.ts"), [
    "neo start...",
    "neo over...",
    "main program",
  ]);
});

Deno.test("two_ways makes a process of a task and of a class", async () => {
  assertEquals(
    await linesOf("workers/two_ways.ts"),
    ["cwz", "MyProcess"].flatMap((name) => [
      "main program",
      `${name}'s task begins`,
      `${name}'s task has ended`,
    ]),
  );
});

Deno.test("five_processes says each number", async () => {
  assertEquals(
    sorted(await linesOf("workers/five_processes.ts")),
    range(5).map((i) => `p.${i} says: The num is ${i}`),
  );
});

Deno.test("pids tells who started whom", async () => {
  const [first, second] = await linesOf("workers/pids.ts");
  const pid = /^main program, pid (\d+), child of (\d+)$/.exec(first!)!;
  assertEquals(Number(pid[2]), Deno.pid);
  assertMatch(second!, new RegExp(`^a thread, pid \\d+, child of ${pid[1]}$`));
});

Deno.test("still_alive shows a process before, in and after its life", async () => {
  const lines = await linesOf("workers/still_alive.ts");
  assertEquals(lines.filter((line) => line !== "neo start..."), [
    "before the start: false",
    "after it: true",
    "after its end: false exit code -15",
  ]);
});

Deno.test("terminate ends a process before it has ended by itself", async () => {
  const lines = await linesOf("workers/terminate.ts");
  assert(lines.length < 20, lines.join("\n"));
  lines.forEach((line, i) => {
    if (i % 2 === 1) assertEquals(line, "{ m: 20 }");
    else assertMatch(line, /^(child runs: name=test, age=18, pid=\d+\.\.\.)?$/);
  });
});

Deno.test("daemon does not keep the program alive", async () => {
  const lines = await linesOf("workers/daemon.ts");
  assertEquals(lines.filter((line) => line !== "cwz start..."), ["main program"]);
});

Deno.test("buns are eaten in the order in which they were made", async () => {
  const lines = await linesOf("workers/buns.ts");
  assertEquals(lines.pop(), "main");
  for (const what of ["the producer made", "the consumer took"]) {
    const own = lines.filter((line) => line.startsWith(what));
    assertEquals(own, range(5).map((i) => `${what} bun ${i}`));
  }
  assertEquals(lines.length, 10);
});

Deno.test("hello_queue passes a greeting from process to process", async () => {
  const lines = await linesOf("workers/hello_queue.ts");
  assertEquals(sorted(lines), [
    "hello, 你好",
    "main program",
    "process 1 has put something into the queue",
    "process 2 has got it out of the queue",
  ]);
  assert(
    lines.indexOf("hello, 你好") < lines.indexOf("process 2 has got it out of the queue"),
  );
});

Deno.test("food is all eaten before the program ends", async () => {
  const lines = await linesOf("workers/food.ts");
  assertEquals(lines.pop(), "main");
  for (const [name, food] of [["neo", "pancake"], ["wick", "bun"]]) {
    assertEquals(
      lines.filter((line) => line.startsWith(`${name} makes`)),
      range(10).map((i) => `${name} makes ${food} ${i}`),
    );
    assertEquals(
      sorted(
        lines.filter((line) => line.includes(`eats ${food}`)).map((line) =>
          line.replace(/^(cwz|woods) eats/, "somebody eats")
        ),
      ),
      range(10).map((i) => `somebody eats ${food} ${i}`),
    );
  }
  assertEquals(lines.length, 40);
});

Deno.test("queue_size counts what ten processes have put", async () => {
  const lines = await linesOf("workers/queue_size.ts");
  assertEquals(lines.pop(), "at the end: 10");
  const found = lines.map((line) =>
    /^The process is (\d) and the queue's size is (\d+)$/.exec(line)!
  );
  assertEquals(sorted(found.map(([, i]) => i!)), range(10).map(String));
  for (const [, , size] of found) assert(Number(size) >= 1 && Number(size) <= 10);
});

Deno.test("process_lock lets each process look before the next one takes", async () => {
  assertEquals(
    await linesOf("workers/process_lock.ts"),
    range(10).map((i) => `say hi ${9 - i}`),
  );
});

/** Files that the programs that sell tickets have left behind. */
const leftovers = () =>
  [...Deno.readDirSync(ROOT)].map(({ name }) => name).filter((name) => name.startsWith("tickets-"));

Deno.test("ticket_file sells one after the other", async () => {
  assertEquals(
    await linesOf("workers/ticket_file.ts"),
    range(5).map((i) => `tickets left: ${99 - i}`),
  );
  assertEquals(leftovers(), []);
});

Deno.test("last_tickets sells two tickets with a lock, and more without", async () => {
  const lines = await linesOf("workers/last_tickets.ts");
  const middle = lines.indexOf("With a lock:");
  const users = range(5).map((i) => `user ${i}`);
  for (const part of [lines.slice(1, middle), lines.slice(middle + 1)]) {
    assertEquals(
      sorted(part.filter((line) => line.endsWith("looks: 2 left"))),
      users.map((user) => `${user} looks: 2 left`),
    );
    const buyers = part.filter((line) => / gets (a ticket|none)$/.test(line));
    assertEquals(sorted(buyers.map((line) => line.slice(0, 6))), users);
    assertEquals(part.length, 10);
  }
  const sold = (part: string[]) => part.filter((line) => line.endsWith("gets a ticket")).length;
  assert(sold(lines.slice(0, middle)) >= 2);
  assertEquals([lines[0], sold(lines.slice(middle))], ["Without a lock:", 2]);
  assertEquals(leftovers(), []);
});
