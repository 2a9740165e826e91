// Copyright 2026 the Tendril authors. MIT license.
/**
 * Fails unless every entry point in `exports` passes `deno doc --lint` and has an `@module` doc,
 * which the linter does not ask for.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };

const entries = Object.values(config.exports);

async function denoDoc(...args: string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: ["doc", ...args], stderr: "inherit" });
  const { code, stdout } = await command.output();
  if (code !== 0) Deno.exit(code);
  return new TextDecoder().decode(stdout);
}

await denoDoc("--lint", ...entries);

let failed = false;
for (const entry of entries) {
  const { nodes } = JSON.parse(await denoDoc("--json", entry));
  const docs: { module_doc?: { tags?: { kind: string }[] } }[] = Object.values(nodes);
  if (docs.some((doc) => doc.module_doc?.tags?.some((tag) => tag.kind === "module"))) continue;
  console.error(`${entry}: has no @module doc`);
  failed = true;
}
if (failed) Deno.exit(1);
console.log(`Documented: ${entries.join(", ")}`);
