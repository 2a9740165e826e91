// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals } from "@std/assert";

/** Runs a script, and gives what it prints. */
async function output(...args: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

const script = new URL("unmodified.js", import.meta.url).pathname;
const auto = import.meta.resolve("@tendril/tendril/monkey/auto");

Deno.test("--preload of monkey/auto patches before an unmodified script runs", async () => {
  assertEquals(await output("--preload", auto, script), "true\ntrue\ntrue\n");
});

Deno.test("importing monkey/auto patches everything", async () => {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  const mod = import.meta.resolve("@tendril/tendril/monkey");
  await Deno.writeTextFile(
    path,
    `import "${auto}";
    import { isPatched, patchableNames } from "${mod}";
    console.log(patchableNames().every(isPatched));`,
  );
  assertEquals(await output(path), "true\n");
  await Deno.remove(path);
});
