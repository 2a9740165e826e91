// Copyright 2026 the Tendril authors. MIT license.
/**
 * Builds the pages of the API, as JSR shows them, into the folder that is given, or `site`.
 *
 *     deno task docs
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

const root = new URL("../", import.meta.url);
const output = Deno.args[0] ?? "site";
const entries = Object.values(config.exports).map((path) => new URL(path, root).href);
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--html", "--name=Tendril", `--output=${output}`, ...entries],
}).spawn().status;
Deno.exit(code);
