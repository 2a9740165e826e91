// Copyright 2026 the Tendril authors. MIT license.
// The chapter on applications, over real files.

import { assertEquals, assertMatch } from "@std/assert";
import { linesOf, ROOT, RunningProgram } from "./program.ts";

Deno.test("copy_folder copies all files below the folder that is typed", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/from/deep/er`, { recursive: true });
  const names = [...Array(20).keys()].map((n) => n % 3 ? `${n}.txt` : `deep/er/${n}.txt`);
  for (const name of names) await Deno.writeTextFile(`${folder}/from/${name}`, `this is ${name}`);
  await using copy = new RunningProgram("applications/copy_folder.ts");
  assertEquals(await copy.readUntil(": "), "Folder to copy: ");
  await copy.type(`${folder}/from`);
  const { rest, code } = await copy.end();
  const lines = rest.trimEnd().split("\n");
  assertEquals([lines.length, lines.at(-1), code], [21, "20 files copied", 0]);
  assertMatch(lines[19]!, /^100.00% \(.*\.txt\)$/);
  for (const name of names) {
    assertEquals(await Deno.readTextFile(`${folder}/from - copy/${name}`), `this is ${name}`);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("process_info tells about the greenlet, the process and the machine", async () => {
  const lines = await linesOf("applications/process_info.ts");
  const fact = (name: string) =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  assertMatch(fact("Greenlet id"), /^\d+$/);
  assertEquals(fact("Greenlet name"), "main");
  assertEquals(lines.filter((line) => /^.. somebody else: waits for sleep/.test(line)).length, 1);
  assertMatch(fact("Process id"), new RegExp(`^\\d+, its parent: ${Deno.pid}$`));
  assertEquals(fact("Process name"), "main");
  assertEquals(fact("Program"), Deno.execPath());
  assertEquals(new URL(`file://${fact("Folder")}/`).href, ROOT.href);
  assertMatch(fact("Memory"), /^\d+\.\d MiB$/);
  assertMatch(fact("Machine"), new RegExp(`, ${navigator.hardwareConcurrency} processors$`));
  assertMatch(fact("Busy in the last minutes"), /^(\d+\.\d\d(, )?){3}$/);
});
