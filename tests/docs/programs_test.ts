// Copyright 2026 the Tendril authors. MIT license.
/**
 * Some programs in the documentation have to be files: a worker imports them, or what they print is the
 * point. A comment before such a block, `<!-- program: flags -->`, gives the permissions and the
 * environment it is run with; the block of text after it is what it prints.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const PROGRAM =
  /<!-- program:? ?(.*?) -->\s*```ts ignore\n([^]*?)\n```(?:(?!```|<!-- program)[^])*?\n```text\n([^]*?)```/g;

async function* pages(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) yield* pages(`${folder}${name}/`);
    else if (name.endsWith(".md")) yield folder + name;
  }
}

for (const page of await Array.fromAsync(pages("docs/"))) {
  const text = await Deno.readTextFile(new URL(page, root));
  for (const { index, 1: flags, 2: source, 3: expected } of text.matchAll(PROGRAM)) {
    const line = text.slice(0, index).split("\n").length;
    Deno.test(`the program at ${page}:${line} prints what the page says`, async () => {
      const words = flags!.split(" ").filter((word) => word !== "");
      const variables = words.filter((word) => /^[A-Z_]+=/.test(word));
      const options = words.filter((word) => !variables.includes(word));
      const file = await Deno.makeTempFile({ suffix: ".ts" });
      try {
        await Deno.writeTextFile(file, source + "\n");
        const config = fileURLToPath(new URL("deno.json", root));
        const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--quiet", "--no-prompt", "--config", config, ...options, file],
          env: { NO_COLOR: "1", ...Object.fromEntries(variables.map((each) => each.split("="))) },
        }).output();
        const decoder = new TextDecoder();
        assertEquals(decoder.decode(stdout), expected, decoder.decode(stderr));
      } finally {
        await Deno.remove(file);
      }
    });
  }
}

Deno.test("every block that is no doc test says how it is run", async () => {
  // tools/check/compared.ts runs what stands in docs/compared.md.
  const elsewhere = ["docs/lint.md", "docs/compared.md"];
  const silent: string[] = [];
  for await (const page of pages("docs/")) {
    if (elsewhere.includes(page)) continue;
    const text = await Deno.readTextFile(new URL(page, root));
    const programs = [...text.matchAll(PROGRAM)].length;
    const ignored = [...text.matchAll(/^```ts ignore$/gm)].length;
    if (programs !== ignored) silent.push(page);
  }
  assertEquals(silent, []);
});
