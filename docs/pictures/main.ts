// Copyright 2026 the Tendril authors. MIT license.
/**
 * Draws the pictures of the documentation into docs/images, from runs of the programs they show.
 *
 *     deno run -A docs/pictures/main.ts
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { architecture } from "./architecture.ts";
import { channel } from "./channel.ts";
import { lock } from "./lock.ts";
import { pool } from "./pool.ts";
import { scope } from "./scope.ts";
import { switching } from "./switching.ts";

/** Every picture, by the name of its file. */
export const pictures: Record<string, () => string | Promise<string>> = {
  "architecture.svg": architecture,
  "channel.svg": channel,
  "lock.svg": lock,
  "pool.svg": pool,
  "scope.svg": scope,
  "switching.svg": switching,
};

if (import.meta.main) {
  const folder = new URL("../images/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, draw] of Object.entries(pictures)) {
    await Deno.writeTextFile(new URL(name, folder), await draw());
  }
  // `deno fmt --check` looks at pictures, too.
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", fileURLToPath(folder)] })
    .output();
}
