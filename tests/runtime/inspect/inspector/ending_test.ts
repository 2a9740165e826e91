// Copyright 2026 the Tendril authors. MIT license.
// A program ends as it would without an inspector, and the page learns how.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Client } from "./client.ts";

/** Starts the program, looks on, and lets it end. */
async function watchEnd(how: string) {
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("programs/ending.ts", import.meta.url).pathname, how],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  const errors = new Response(program.stderr).text();
  await using client = await Client.open({ url: value!.trim() });
  await client.look();
  const stdin = program.stdin.getWriter();
  await stdin.write(new TextEncoder().encode("go\n"));
  const last = await client.next(({ type, notices }) =>
    type === "end" || (notices ?? []).length > 0
  );
  await stdin.close().catch(() => {});
  const { code } = await program.status;
  await lines.cancel();
  return { last, code, errors: await errors };
}

Deno.test("a page that looks on keeps no program alive, and is told of its end", async () => {
  const { last, code } = await watchEnd("return");
  assertEquals([last.type, last.code, code], ["end", 0, 0]);
});

Deno.test("a page is told of an exit", async () => {
  const { last, code } = await watchEnd("exit");
  assertEquals([last.type, last.code, code], ["end", 3, 3]);
});

Deno.test("a deadlock is found although a page looks on, and told before the program dies of it", async () => {
  const { last, code, errors } = await watchEnd("deadlock");
  assertEquals(code, 1);
  assertStringIncludes(errors, "DeadlockError");
  assertEquals(last.notices[0]!.kind, "deadlock");
  assertStringIncludes(last.notices[0]!.text, "alice");
});

Deno.test("an inspector that an async greenlet makes under patchAll() belongs to nobody", async () => {
  const { last, code } = await watchEnd("patched");
  assertEquals([last.type, last.code, code], ["end", 0, 0]);
});
