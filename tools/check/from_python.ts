// Copyright 2026 the Tendril authors. MIT license.
/**
 * Fails unless docs/from-python.md speaks of every name in python_names.json, each in a section of its
 * module, and everything under "Ours" is exported from the entry point that stands beside it.
 *
 * Under "Python", `X.*` stands for all members of `X`, and a version after a name says that it is newer
 * than the list. A row without a counterpart has a note that says why.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import python from "./python_names.json" with { type: "json" };

const root = new URL("../../", import.meta.url);
const entries = Object.keys(config.exports);

/** One row of the page. */
export interface Row {
  /** The modules in the heading above it. */
  readonly modules: readonly string[];
  /** Its line, from 1 on. */
  readonly line: number;
  /** The names under "Python"; those that are newer than the list are left out. */
  readonly python: readonly string[];
  /** The names under "Ours". */
  readonly ours: readonly string[];
  /** The entry point, as in `exports`. */
  readonly entry: string;
  /** The text under "Notes". */
  readonly notes: string;
}

const spans = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), (match) => match[1]!);

/** The rows of the tables that have the four columns. */
export function rowsOf(page: string): Row[] {
  const rows: Row[] = [];
  let modules: string[] = [];
  page.split("\n").forEach((text, index) => {
    if (text.startsWith("## ")) modules = spans(text);
    const cells = text.split("|").map((cell) => cell.trim());
    if (cells.length !== 6 || modules.length === 0) return;
    const [, names, ours, from, notes] = cells as [string, string, string, string, string];
    if (!names.startsWith("`")) return;
    const entry = from === "" ? "." : `./${spans(from)[0]}`;
    rows.push({
      modules,
      line: index + 1,
      python: spans(names.replaceAll(/`[^`]+` \([\d.]+\)/g, "")),
      ours: spans(ours),
      entry,
      notes,
    });
  });
  return rows;
}

/** One sentence for each name that is missing, unknown, or without a counterpart and a reason. */
export function problemsOf(rows: readonly Row[], names: Record<string, string[]>): string[] {
  const problems: string[] = [];
  const spokenOf = new Set<string>();
  for (const { modules, line, python, ours, entry, notes } of rows) {
    if (!entries.includes(entry)) problems.push(`line ${line}: there is no entry point ${entry}`);
    if (ours.length === 0 && notes === "") problems.push(`line ${line}: no counterpart, no reason`);
    for (const name of python) {
      const found = modules.flatMap((module) =>
        (names[module] ?? [])
          .filter((each) =>
            name.endsWith(".*") ? each.startsWith(name.slice(0, -1)) : each === name
          )
          .map((each) => `${module}: ${each}`)
      );
      if (found.length === 0) problems.push(`line ${line}: Python has no ${name} there`);
      found.forEach((each) => spokenOf.add(each));
    }
  }
  for (const [module, all] of Object.entries(names)) {
    for (const name of all) {
      if (!spokenOf.has(`${module}: ${name}`)) problems.push(`nothing about ${module}: ${name}`);
    }
  }
  return problems;
}

/** A module that type-checks only if every name under "Ours" is exported; a line for each name. */
export function checkSource(rows: readonly Row[]): string {
  const lines = entries.map((entry, index) => {
    const specifier = config.name + entry.slice(1);
    return `import type * as E${index} from ${JSON.stringify(specifier)};`;
  });
  lines.push(
    "type Has<C, K extends string> = K extends keyof C ? true",
    "  : C extends { prototype: infer P } ? K extends keyof P ? true : false : false;",
    "type Yes<T extends true> = T;",
  );
  for (const { ours, entry, line } of rows) {
    if (!entries.includes(entry)) continue;
    const space = `E${entries.indexOf(entry)}`;
    for (const name of ours) {
      const [symbol, member] = name.split(".");
      const use = member === undefined
        ? `import type { ${symbol} as _${lines.length} } from ${
          JSON.stringify(config.name + entry.slice(1))
        };`
        : `export type _${lines.length} = Yes<Has<typeof ${space}.${symbol}, "${member}">>;`;
      lines.push(`${use} // line ${line}: ${name} from ${entry}`);
    }
  }
  return lines.join("\n") + "\n";
}

/** What under "Ours" is not exported, told by the type checker. */
export async function notExported(rows: readonly Row[]): Promise<string[]> {
  const source = checkSource(rows);
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, source);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      // By this the package is found under its name.
      args: ["check", "--config", fileURLToPath(new URL("deno.json", root)), file],
      env: { NO_COLOR: "1" },
      stderr: "piped",
    }).output();
    if (code === 0) return [];
    const text = new TextDecoder().decode(stderr);
    const lines = source.split("\n");
    const found = Array.from(text.matchAll(/\.ts:(\d+):\d+/g), (match) => lines[+match[1]! - 1]!)
      .map((line) => line.split("// ")[1] ?? line);
    return found.length > 0 ? [...new Set(found)].map((each) => `not exported: ${each}`) : [text];
  } finally {
    await Deno.remove(file);
  }
}

if (import.meta.main) {
  const rows = rowsOf(await Deno.readTextFile(new URL("docs/from-python.md", root)));
  const problems = [...problemsOf(rows, python.names), ...await notExported(rows)];
  problems.forEach((problem) => console.error(`docs/from-python.md: ${problem}`));
  if (problems.length > 0) Deno.exit(1);
  const names = Object.values(python.names).flat().length;
  console.log(`docs/from-python.md: ${names} names of Python in ${rows.length} rows`);
}
