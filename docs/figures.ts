// Copyright 2026 the Tendril authors. MIT license.
/**
 * Writes the table of docs/guide/14-performance.md, with figures from bench/README.md. To be run when that
 * page was written anew:
 *
 *     deno run -A docs/figures.ts
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** What an operation is called, its scenario, and the subjects that stand beside Tendril. */
const OPERATIONS: readonly (readonly [string, string, ...string[]])[] = [
  ["one switch by name", "switch", "async/await", "go", "greenlet"],
  ["giving way for one turn", "yield_now", "async/await", "go", "gevent"],
  ["spawn and join, one at a time", "spawn_join", "async/await", "go", "gevent"],
  ["spawn and join, a million at once", "spawn_many", "async/await", "go", "gevent"],
  ["a free lock: acquire and release", "lock: free", "async/await", "go", "gevent"],
  ["a lock that is handed over", "lock: handed over", "async/await", "go", "gevent"],
  ["one item of a map, 16 at a time", "pool_map", "async/await", "go", "gevent"],
  ["one small file fetched, 16 at a time", "fetch", "bare fetch", "go", "gevent"],
  ["a resume under 10 `yield*`", "call_depth: depth 10, yield*", "async/await", "go", "greenlet"],
  [
    "a resume under 1,000 `yield*`",
    "call_depth: depth 1,000, yield*",
    "async/await",
    "go",
    "greenlet",
  ],
  [
    "a resume under 1,000 `call` frames",
    "call_depth: depth 1,000",
    "async/await",
    "go",
    "greenlet",
  ],
  ["memory of a sleeper", "sleepers: heap", "async/await", "go", "gevent"],
];

/** The table as Markdown. */
export function figures(bench: string): string {
  const rows = Array.from(
    bench.matchAll(/^\| ([^|]+?) +\| ([^|]+?) +\| +([\d,.]+(?: bytes)?) \|/gm),
    (match) => ({ scenario: match[1]!, subject: match[2]!, value: match[3]! }),
  );
  const value = (scenario: string, subject: string) => {
    const [name, suffix] = scenario.split(", yield*");
    const wanted = suffix !== undefined && subject === "tendril" ? "tendril, yield*" : subject;
    const row = rows.find((each) =>
      each.scenario === name &&
      (each.subject === wanted || subject !== "tendril" && each.subject.startsWith(`${wanted} `))
    );
    if (row === undefined) throw new Error(`bench/README.md has no ${subject} in ${scenario}`);
    return row.value.endsWith("bytes") ? row.value : `${row.value} ns`;
  };
  return [
    "| Operation | Tendril | Promises | Go | greenlet, gevent |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...OPERATIONS.map(([what, scenario, ...others]) => {
      const cells = ["tendril", ...others].map((subject) => value(scenario, subject));
      return `| ${what} | ${cells.join(" | ")} |`;
    }),
  ].join("\n");
}

if (import.meta.main) {
  const page = new URL("guide/14-performance.md", import.meta.url);
  const bench = await Deno.readTextFile(new URL("../bench/README.md", import.meta.url));
  const text = await Deno.readTextFile(page);
  const marked = /(<!-- figures: .*? -->)[^]*?(<!-- end of figures -->)/;
  await Deno.writeTextFile(page, text.replace(marked, `$1\n\n${figures(bench)}\n\n$2`));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", fileURLToPath(page)] })
    .output();
}
