// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** Runs an example in a process of its own, without permissions, and gives the lines it printed. */
export async function linesOf(example: string, ...flags: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...flags, `examples/${example}`],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** For {@linkcode linesOf}: a clock that is always right, however busy the machine is. */
export const VIRTUAL_CLOCK = "--preload=tests/examples/virtual_clock.ts";
