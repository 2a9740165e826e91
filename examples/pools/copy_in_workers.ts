#!/usr/bin/env -S deno run --allow-read --allow-write
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Copies a folder in three workers, which report each file that they have copied, and shows a bar.
 *
 *     deno task example:copy_folder FROM TO
 *
 * @module
 */
import { type Coroutine, main } from "@tendril/tendril";
import { input, mkdir, readDir } from "@tendril/tendril/io";
import { reportProgress, task, WorkerPool } from "@tendril/tendril/parallel";

export const copy = task(import.meta, function copy(from: string, to: string, path: string): void {
  Deno.copyFileSync(`${from}/${path}`, `${to}/${path}`);
  reportProgress(path);
});

/** The files below a folder, as paths relative to it; makes the folders anew below `to`. */
function* prepare(from: string, to: string, below = ""): Coroutine<string[]> {
  yield* mkdir(`${to}/${below}`, { recursive: true });
  const files: string[] = [];
  const entries = readDir(`${from}/${below}`);
  for (let step = yield* entries.next(); !step.done; step = yield* entries.next()) {
    const path = `${below}${step.value.name}`;
    if (step.value.isDirectory) files.push(...yield* prepare(from, to, `${path}/`));
    else files.push(path);
  }
  return files;
}

function show(done: number, all: number, path: string): void {
  const bar = "#".repeat(20 * done / all).padEnd(20, ".");
  const line = `[${bar}] ${(done / all * 100).toFixed(2)}% (${path})`;
  if (Deno.stdout.isTerminal()) {
    Deno.stdout.writeSync(new TextEncoder().encode(`\r${line.padEnd(78)}`));
    if (done === all) console.log();
  } else console.log(line);
}

if (import.meta.main) {
  await main(function* () {
    const from = Deno.args[0] ?? (yield* input("Folder to copy: "));
    const to = Deno.args[1] ?? `${from} - copy`;
    const files = yield* prepare(from, to);
    let done = 0;
    using pool = new WorkerPool(3);
    yield* pool.starmap(copy, files.map((path) => [from, to, path] as const), {
      progress: (path) => show(++done, files.length, String(path)),
    });
    console.log(`${done} files copied`);
  });
}
