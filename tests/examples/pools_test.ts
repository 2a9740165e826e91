// Copyright 2026 the Tendril authors. MIT license.
// The chapter on pools: what its programs print, in order where that is fixed.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { linesOf, outputOf, range, sorted } from "./program.ts";

Deno.test("three_workers runs five tasks in three workers, one at a time in each", async () => {
  const lines = await linesOf("pools/three_workers.ts");
  assertEquals(lines.shift(), "----start----");
  assertEquals(lines.pop(), "-----end-----");
  const primes = [9592, 17984, 25997, 33860, 41538];
  const busy = new Map<string, string>();
  const ended = new Set<string>();
  const workers = new Set<string>();
  for (const line of lines) {
    const begin = /^task (\d) begins in (worker-\d)$/.exec(line);
    if (begin !== null) {
      const [, number, worker] = begin;
      assert(!busy.has(worker!), lines.join("\n"));
      busy.set(worker!, number!);
      workers.add(worker!);
      continue;
    }
    const [, number, found] = /^task (\d) ends: (\d+) primes in \d+\.\d\d s$/.exec(line)!;
    assertEquals(Number(found), primes[Number(number)]);
    const [worker] = [...busy].find(([, each]) => each === number)!;
    busy.delete(worker);
    ended.add(number!);
  }
  assertEquals([...ended].sort(), ["0", "1", "2", "3", "4"]);
  assertEquals([lines.length, busy.size], [10, 0]);
  assertEquals([...workers].sort(), ["worker-1", "worker-2", "worker-3"]);
});

Deno.test("callbacks tells of each call that has ended, and of the error of one", async () => {
  const lines = await linesOf("pools/callbacks.ts");
  assertEquals(lines[0], "All calls are submitted");
  assertEquals(
    sorted(lines.slice(1, 6)),
    sorted([5, 55, 610, 6765, 75025].map((result) => `callback: ${result}`)),
  );
  assertEquals(
    sorted(lines.slice(6)),
    sorted([
      "completed: 832040",
      "completed: 6765",
      "RangeError: There is no Fibonacci number -1",
    ]),
  );
});

Deno.test("cpu_or_io measures four ways of doing three kinds of work", async () => {
  const [head, ...rows] = await linesOf("pools/cpu_or_io.ts");
  assertMatch(head!, /^ +compute-bound +IO-bound +half and half$/);
  const times = new Map(rows.map((row) => {
    const [, way, ...figures] = /^(\D+?) +(\S+) s +(\S+) s +(\S+) s$/.exec(row)!;
    return [way!, figures.map(Number)];
  }));
  assertEquals([...times.keys()], [
    "one after another",
    "greenlets",
    "workers",
    "greenlets in workers",
  ]);
  for (const figures of times.values()) assertEquals(figures.length, 3);
});

Deno.test("apply_async goes on, and is told of each result", async () => {
  const lines = await linesOf("pools/apply_async.ts");
  assertEquals(lines.slice(0, 2), ["one call, and its result: 101", "end"]);
  assertEquals(sorted(lines.slice(2)), range(10).map((i) => String(i + 100)));
});

Deno.test("manager_queue passes letters from task to task", async () => {
  const lines = await linesOf("pools/manager_queue.ts");
  const pid = /^\((\d+)\) start$/.exec(lines[0]!)![1];
  assertMatch(lines[1]!, new RegExp(`^writer begins \\(\\d+\\), its parent is \\(${pid}\\)$`));
  assertMatch(lines[2]!, new RegExp(`^reader begins \\(\\d+\\), its parent is \\(${pid}\\)$`));
  assertEquals(lines.slice(3), [
    ...[..."tendril"].map((letter) => `reader got a message: ${letter}`),
    `(${pid}) end`,
  ]);
});

Deno.test("greenlet_pool runs a hundred tasks", async () => {
  assertEquals(await linesOf("pools/greenlet_pool.ts"), range(100).map(String));
});

Deno.test("own_pool makes five greenlets for thirty calls", async () => {
  assertEquals(await linesOf("pools/own_pool.ts"), [
    ...range(30).map(String),
    "30 went well; made: 5, free: 5",
    "after close: made: 0, free: 0",
  ]);
});

Deno.test("executor runs five tasks at once and tells of each", async () => {
  const lines = await linesOf("pools/executor.ts");
  assertEquals(lines.slice(0, 5), range(5).map(() => "task begins..."));
  assertEquals(lines.pop(), "all tasks are done");
  assertEquals(
    sorted(lines.slice(5)),
    [...range(5).map(() => "Future 123"), ...range(5).map(() => "task ends...")],
  );
});

Deno.test("copy_in_workers copies all files below a folder and shows a bar", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/from/deep/er`, { recursive: true });
  const names = [...Array(20).keys()].map((n) => n % 3 ? `${n}.txt` : `deep/er/${n}.txt`);
  for (const name of names) await Deno.writeTextFile(`${folder}/from/${name}`, `this is ${name}`);
  const { code, out, err } = await outputOf("pools/copy_in_workers.ts", [
    `${folder}/from`,
    `${folder}/to`,
  ]);
  assertEquals(code, 0, err);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines.pop(), "20 files copied");
  const shown = lines.map((line) => /^\[(#+\.*)\] (\S+)% \((.*)\)$/.exec(line)!.slice(1));
  assertEquals(
    shown.map(([bar, percent]) => [bar, percent]),
    names.map((_, i) => ["#".repeat(i + 1).padEnd(20, "."), (5 * (i + 1)).toFixed(2)]),
  );
  assertEquals(sorted(shown.map(([, , name]) => name!)), sorted(names));
  for (const name of names) {
    assertEquals(await Deno.readTextFile(`${folder}/to/${name}`), `this is ${name}`);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("copy_in_workers ends with the error of a file that cannot be copied", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/from`);
  await Deno.symlink(`${folder}/nowhere`, `${folder}/from/broken`);
  const { code, out, err } = await outputOf("pools/copy_in_workers.ts", [
    `${folder}/from`,
    `${folder}/to`,
  ]);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, `NotFound: No such file or directory`);
  assertStringIncludes(err, `copy '${folder}/from/broken'`);
  await Deno.remove(folder, { recursive: true });
});
