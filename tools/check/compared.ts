// Copyright 2026 the Tendril authors. MIT license.
/**
 * Runs what docs/compared.md shows of other libraries, each block as a program that is type-checked too.
 * It downloads these libraries, so it is no part of the ordinary checks.
 *
 *     deno run -A tools/check/compared.ts
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);

/** Imports of each library; the blocks leave them out, as they are always the same. */
const IMPORTS: Record<string, string> = {
  Promises: 'import { pooledMap, retry } from "@std/async";',
  Effection: "import { all, createQueue, type Operation, race, run, sleep, spawn, suspend } from " +
    '"npm:effection@4";',
  Effect: 'import { Effect, Fiber, Queue, Schedule, Semaphore } from "npm:effect@4";',
  "p-queue": 'import PQueue from "p-queue";',
};

const page = await Deno.readTextFile(new URL("docs/compared.md", root));
const folder = await Deno.makeTempDir();
let count = 0;
let failed = 0;
try {
  const blocks = /^\*\*([\w-]+)\*\*(?:(?!^\*\*|^```)[^])*?^```ts ignore\n([^]*?)^```/gm;
  for (const { 1: library, 2: source, index } of page.matchAll(blocks)) {
    const line = page.slice(0, index).split("\n").length;
    const file = `${folder}/${line}.ts`;
    const program = [
      'import { assertEquals, assertRejects } from "@std/assert";',
      IMPORTS[library!],
      source,
      "export {};",
    ];
    await Deno.writeTextFile(file, program.join("\n"));
    count++;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--check", "-A", "--config", fileURLToPath(new URL("deno.json", root)), file],
      env: { NO_COLOR: "1" },
    }).output();
    if (code === 0) continue;
    failed++;
    const decoder = new TextDecoder();
    console.error(`docs/compared.md:${line}: ${library}: exit code ${code}`);
    console.error(decoder.decode(stdout) + decoder.decode(stderr));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
const ignored = page.matchAll(/^```ts ignore$/gm).toArray().length;
if (count !== ignored) console.error(`${ignored - count} blocks stand under no name of a library`);
if (failed > 0 || count !== ignored) Deno.exit(1);
console.log(`docs/compared.md: ${count} programs of other libraries ran`);
