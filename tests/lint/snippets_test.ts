// Copyright 2026 the Tendril authors. MIT license.
// What `deno lint` does not see of our own code: the examples in docs, and the flagship, which
// imports Tendril by path.
import { assert, assertEquals } from "@std/assert";
import { findingsIn } from "./findings.ts";

const ROOT = new URL("../../", import.meta.url);

/** All files below `folder` whose names end with `ending`. */
function* filesIn(folder: URL, ending: string): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesIn(new URL(`${name}/`, folder), ending);
    else if (name.endsWith(ending)) yield new URL(name, folder);
  }
}

/** The code blocks of a Markdown or a source file that are compiled. */
function snippets(text: string): string[] {
  const lines = text.replaceAll(/^ *\* ?/gm, "");
  return Array.from(lines.matchAll(/^```ts\n(.*?)^```$/gms), (match) => match[1]!);
}

Deno.test("no rule speaks of an example in the docs", () => {
  const files = ["runtime/", "channels/"].flatMap((folder) => [
    ...filesIn(new URL(folder, ROOT), ".ts"),
  ]);
  let count = 0;
  for (const file of [new URL("README.md", ROOT), new URL("mod.ts", ROOT), ...files]) {
    for (const snippet of snippets(Deno.readTextFileSync(file))) {
      assertEquals(findingsIn(snippet), [], `${file}:\n${snippet}`);
      count++;
    }
  }
  assert(count > 50);
});

Deno.test("no rule speaks of the flagship", () => {
  for (const file of filesIn(new URL("examples/download/", ROOT), ".ts")) {
    const source = Deno.readTextFileSync(file)
      .replaceAll('"../../mod.ts"', '"@tendril/tendril"')
      .replaceAll('"../../runtime/io/mod.ts"', '"@tendril/tendril/io"');
    assertEquals(findingsIn(source), [], file.pathname);
  }
});
