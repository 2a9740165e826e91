// Copyright 2026 the Tendril authors. MIT license.
/**
 * Lists the public functions, classes and constants whose doc comment has no example. With `--strict` it
 * fails when there are any. Interfaces and type aliases need none: they are what the functions and classes
 * take and give, whose examples show them.
 *
 *     deno run --allow-read --allow-run --allow-env tools/check/examples.ts
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

interface Doc {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string }[];
}

interface Declaration {
  readonly kind: string;
  readonly location?: { readonly filename: string };
  readonly jsDoc?: Doc;
  readonly def?: { readonly extends?: unknown };
}

interface Page {
  readonly symbols?: readonly { name: string; declarations: readonly Declaration[] }[];
}

/** What of a kind that is called or made has an example, or a block of code. */
function hasExample({ jsDoc }: Declaration): boolean {
  return jsDoc?.tags?.some(({ kind }) => kind === "example") === true ||
    jsDoc?.doc?.includes("```") === true;
}

const KINDS = new Set(["class", "function", "variable"]);
const root = new URL("../../", import.meta.url).href;
const missing = new Map<string, string>();
let count = 0;

for (const [entry, path] of Object.entries(config.exports)) {
  const { stdout, code } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", new URL(path, root).href],
    stderr: "inherit",
  }).output();
  if (code !== 0) Deno.exit(code);
  const pages: Record<string, Page> = JSON.parse(new TextDecoder().decode(stdout)).nodes;
  for (const { symbols = [] } of Object.values(pages)) {
    for (const { name, declarations } of symbols) {
      // An error says in its message what to do; one that is thrown needs no example of its own.
      if (name.endsWith("Error") || !declarations.some(({ kind }) => KINDS.has(kind))) continue;
      count++;
      if (declarations.some(hasExample)) continue;
      const file = declarations[0]!.location?.filename.replace(root, "") ?? path;
      missing.set(`${file}: ${name}`, entry);
    }
  }
}

for (const [symbol, entry] of [...missing].sort()) console.log(`${symbol} (${entry})`);
console.log(`${count} public symbols, ${missing.size} of them without an example`);
if (Deno.args.includes("--strict") && missing.size > 0) Deno.exit(1);
