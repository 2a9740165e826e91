// Copyright 2026 the Tendril authors. MIT license.
// The examples of workers and pools as processes of their own, with the permissions that their first
// lines ask for: what they print, in order where that is fixed.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { WorkerPool } from "@tendril/tendril/parallel";
import { sha256, sha256OfFile } from "../../examples/download/checksum.ts";
import { linesOf } from "./lines_of.ts";

const ROOT = new URL("../../", import.meta.url);
const FIRST_LINE = /^#!\/usr\/bin\/env -S deno run( --.*)$/m;

async function permissionsOf(example: string): Promise<string[]> {
  const source = await Deno.readTextFile(new URL(`examples/${example}`, ROOT));
  return FIRST_LINE.exec(source)![1]!.trim().split(" ");
}

async function run(example: string): Promise<string[]> {
  return await linesOf(example, ...await permissionsOf(example));
}

function count(items: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

Deno.test("isolated_data gives each process a list of its own", async () => {
  const lines = await run("workers/isolated_data.ts");
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
  const lines = await run("workers/process_queue.ts");
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
  assertEquals(await run("workers/process_pipe.ts"), [
    ...[2, 3, 4].flatMap((number) => [
      `The process received ${number}`,
      `The main program received ${number * number}`,
    ]),
    "The process received the end",
    "The process has ended",
  ]);
});

Deno.test("shared_array lets no process come between another's steps", async () => {
  const lines = await run("workers/shared_array.ts");
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
  const lines = await run("workers/manager_dict.ts");
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

Deno.test("three_workers runs five tasks in three workers, one at a time in each", async () => {
  const lines = await run("pools/three_workers.ts");
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
  const lines = await run("pools/callbacks.ts");
  assertEquals(lines[0], "All calls are submitted");
  assertEquals(
    count(lines.slice(1, 6)),
    count([5, 55, 610, 6765, 75025].map((result) => `callback: ${result}`)),
  );
  assertEquals(
    count(lines.slice(6)),
    count([
      "completed: 832040",
      "completed: 6765",
      "RangeError: There is no Fibonacci number -1",
    ]),
  );
});

Deno.test("cpu_or_io measures four ways of doing three kinds of work", async () => {
  const [head, ...rows] = await run("pools/cpu_or_io.ts");
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
  // A task waits 50 ms; one after another, that adds up.
  const waits = (count: number) => count * 0.05 - 0.01;
  const rounds = Math.ceil(8 / navigator.hardwareConcurrency);
  assert(times.get("one after another")![1]! >= waits(8));
  assert(times.get("one after another")![2]! >= waits(8));
  assert(times.get("workers")![1]! >= waits(rounds));
  assert(times.get("greenlets")![1]! >= waits(1));
  assert(times.get("greenlets in workers")![2]! >= waits(1));
});

/** Runs the copier to its end. */
async function copyFolder(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const example = "pools/copy_folder.ts";
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...await permissionsOf(example),
      `examples/${example}`,
      ...args,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("copy_folder in workers copies all files below a folder and shows a bar", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/from/deep/er`, { recursive: true });
  const names = [...Array(20).keys()].map((n) => n % 3 ? `${n}.txt` : `deep/er/${n}.txt`);
  for (const name of names) await Deno.writeTextFile(`${folder}/from/${name}`, `this is ${name}`);
  const { code, out, err } = await copyFolder(`${folder}/from`, `${folder}/to`);
  assertEquals(code, 0, err);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines.pop(), "20 files copied");
  const shown = lines.map((line) => /^\[(#+\.*)\] (\S+)% \((.*)\)$/.exec(line)!.slice(1));
  assertEquals(
    shown.map(([bar, percent]) => [bar, percent]),
    names.map((_, i) => ["#".repeat(i + 1).padEnd(20, "."), (5 * (i + 1)).toFixed(2)]),
  );
  assertEquals(count(shown.map(([, , name]) => name!)), count(names));
  for (const name of names) {
    assertEquals(await Deno.readTextFile(`${folder}/to/${name}`), `this is ${name}`);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("copy_folder in workers ends with the error of a file that cannot be copied", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/from`);
  await Deno.symlink(`${folder}/nowhere`, `${folder}/from/broken`);
  const { code, out, err } = await copyFolder(`${folder}/from`, `${folder}/to`);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, `NotFound: No such file or directory`);
  assertStringIncludes(err, `copy '${folder}/from/broken'`);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("copy_folder in workers says what it needs", async () => {
  const { code, err } = await copyFolder();
  assertEquals([code, err], [2, "Give the folder to copy, and where to copy it\n"]);
});

Deno.test("the download's checksum of a file is a task for workers", async () => {
  const path = await Deno.makeTempFile();
  const bytes = new Uint8Array(2_500_000).map((_, i) => i * i >> 3);
  await Deno.writeFile(path, bytes);
  await using pool = new WorkerPool(1);
  assertEquals(await pool.apply(sha256OfFile, [path]), sha256(bytes));
  await Deno.remove(path);
});
