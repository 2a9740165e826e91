#!/usr/bin/env -S deno run --allow-read --allow-write
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Copies a folder, eight files at a time, and shows how far it is.
 *
 *     deno task example:copy_folder FROM TO
 *
 * @module
 */
import { type Coroutine, main, Pool } from "@tendril/tendril";
import { copyFile, input, mkdir, readDir } from "@tendril/tendril/io";

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

function show(done: number, all: number, name: string): void {
  const line = `${(done / all * 100).toFixed(2)}% (${name})`;
  if (Deno.stdout.isTerminal()) {
    Deno.stdout.writeSync(new TextEncoder().encode(`\r${line.padEnd(60)}`));
    if (done === all) console.log();
  } else console.log(line);
}

await main(function* () {
  const from = Deno.args[0] ?? (yield* input("Folder to copy: "));
  const to = Deno.args[1] ?? `${from} - copy`;
  const files = yield* prepare(from, to);
  let done = 0;
  yield* new Pool(8).map(function* (path) {
    yield* copyFile(`${from}/${path}`, `${to}/${path}`);
    show(++done, files.length, path);
  }, files);
  console.log(`${done} files copied`);
});
