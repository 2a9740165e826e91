// Copyright 2026 the Tendril authors. MIT license.
/**
 * Runs `deno publish --dry-run` and fails unless every entry point is in its list of files and
 * nothing of `bench`, `tests` and `tools` is.
 *
 * It runs in a copy whose `links` point out of it, because Deno counts a linked folder inside the
 * package as a part of the package that is missing from the list.
 *
 * @module
 */

import { cp } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import config from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);
const links = config.links.map((link) => new URL(`${link}/`, root).href);

/** What `deno publish` prints when it is run in `folder`, a copy of the repository. */
async function dryRun(folder: string): Promise<string> {
  for await (const { name } of Deno.readDir(root)) {
    if (name === ".git" || name === "node_modules") continue;
    await cp(fileURLToPath(new URL(name, root)), `${folder}/${name}`, { recursive: true });
  }
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ ...config, links }));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
  if (code !== 0) throw new Error(`Cannot publish:\n${text}`);
  return text;
}

const copy = await Deno.realPath(await Deno.makeTempDir());
const text = await dryRun(copy).finally(() => Deno.remove(copy, { recursive: true }));

const prefix = `${pathToFileURL(copy)}/`;
const files = Array.from(text.matchAll(/^ +(file:\S+) \(/gm), (match) => match[1]!)
  .map((url) => `./${url.slice(prefix.length)}`);
const problems = [
  ...Object.values(config.exports)
    .filter((entry) => !files.includes(entry))
    .map((entry) => `${entry} is exported but would not be published`),
  ...files
    .filter((file) => /^\.\/(bench|tests|tools)\//.test(file))
    .map((file) => `${file} would be published`),
];
problems.forEach((problem) => console.error(problem));
if (problems.length > 0) Deno.exit(1);
console.log(`Ready to publish: ${files.length} files`);
