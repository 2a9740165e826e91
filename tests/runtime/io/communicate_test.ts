// Copyright 2026 the Tendril authors. MIT license.
// Popen.communicate; the rest of Popen is in popen_test.ts.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  dump,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from "@tendril/tendril";
import { Popen, TimeoutExpired } from "@tendril/tendril/io";
import { ManualClock, settle } from "../../manual_clock.ts";
import { isAlive, shell } from "./process.ts";

const PIPES = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;

/** A program that never ends. */
const TALKER = "echo ready; exec sleep 1000";

Deno.test("communicate() sends input and gives what is piped", async () => {
  await run(function* () {
    const process = shell("cat; echo oops >&2", PIPES);
    assertEquals(yield* process.communicate("hello"), ["hello", "oops\n"]);
    assertEquals(process.returncode, 0);
    assertEquals(yield* shell("exit 0").communicate(), [null, null]);
    const bytes = new TextEncoder().encode("bytes");
    assertEquals(yield* shell("cat", { ...PIPES, stderr: "null" }).communicate(bytes), [
      "bytes",
      null,
    ]);
  });
});

Deno.test("communicate() can be awaited", async () => {
  assertEquals(await shell("cat", PIPES).communicate("hello"), ["hello", ""]);
});

Deno.test("communicate() does not get stuck however much goes in both directions", async () => {
  const much = "0123456789abcdef".repeat(100_000);
  const process = shell("tee /dev/stderr", PIPES);
  const [out, err] = await process.communicate(much);
  assertEquals([out === much, err === much], [true, true]);
});

Deno.test("communicate() does without a process that reads its input", async () => {
  assertEquals(await shell("echo hello", PIPES).communicate("x".repeat(1_000_000)), [
    "hello\n",
    "",
  ]);
});

Deno.test("communicate() refuses input that nobody will read", async () => {
  await using process = new Popen(["true"]);
  assertThrows(() => process.communicate("hello"), TypeError, 'its stdin is not "piped"');
  const cat = shell("cat", PIPES);
  await cat.communicate("hello");
  assertThrows(() => cat.communicate("more"), TypeError, "it was given its input before");
});

Deno.test("communicate() after its own timeout goes on where it stopped", async () => {
  using clock = new ManualClock();
  const go = await Deno.makeTempFile();
  const script = `echo one; echo oops >&2; while [ -e ${go} ]; do sleep 0.01; done; cat; exit 3`;
  const process = shell(script, PIPES);
  const first = spawn(function* () {
    try {
      yield* process.communicate("two\n", { timeout: 10 });
    } catch (error) {
      return error;
    }
  });
  await settle();
  await clock.advance(10);
  const error = await first;
  assertInstanceOf(error, TimeoutExpired);
  assertEquals(error.command, ["sh", "-c", script]);
  assert("one\n".startsWith(error.output) && "oops\n".startsWith(error.stderr));
  await Deno.remove(go);
  assertEquals(await process.communicate(), ["one\ntwo\n", "oops\n"]);
  assertEquals(process.returncode, 3);
});

Deno.test("communicate() throws the Timeout it was given, and the process goes on", async () => {
  await using process = new Popen(["sleep", "100"], PIPES);
  const limit = new Timeout(5);
  const late = async () => await process.communicate(undefined, { timeout: limit });
  assertStrictEquals(await assertRejects(late), limit);
  assert(isAlive(process.pid));
});

/** Waits until the shell has become what never ends. */
async function untilReady(process: Popen): Promise<void> {
  const cmdline = `/proc/${process.pid}/cmdline`;
  do await settle(); while (!Deno.readTextFileSync(cmdline).startsWith("sleep"));
}

Deno.test("a kill in communicate() ends the process before it returns", async () => {
  const process = shell(TALKER, PIPES);
  const talking = spawn(function* () {
    yield* process.communicate();
  });
  await untilReady(process);
  assertStringIncludes(dump(), 'waits for communicate with sh -c "echo ready;');
  await talking.kill();
  assertInstanceOf(talking.value as unknown, GreenletExit);
  assertEquals([process.returncode, isAlive(process.pid)], [-15, false]);
});

Deno.test("a kill of an async greenlet in communicate() ends the process before it returns", async () => {
  const process = shell(TALKER, PIPES);
  const talking = spawn(async () => {
    await process.communicate();
  });
  await untilReady(process);
  await talking.kill();
  assertInstanceOf(talking.value as unknown, GreenletExit);
  assertEquals([process.returncode, isAlive(process.pid)], [-15, false]);
});

Deno.test("an outer Timeout in communicate() ends the process and passes as it is", async () => {
  using clock = new ManualClock();
  const process = shell(TALKER, PIPES);
  const limit = new Timeout(10);
  const talking = spawn(function* () {
    try {
      yield* withTimeout(limit, process.communicate());
    } catch (error) {
      return error;
    }
  });
  await settle();
  await clock.advance(10);
  assertStrictEquals(await talking, limit);
  assertEquals([process.returncode, isAlive(process.pid)], [-15, false]);
});

Deno.test("communicate() that loses a select ends the process", async () => {
  await run(function* () {
    const process = shell(TALKER, PIPES);
    const { key } = yield* select({ said: process.communicate(), late: sleep(5) });
    assertEquals(key, "late");
    assertEquals(yield* process.wait(), -15);
    yield* process.close();
  });
});

Deno.test("two kills in communicate() ask the process once to end", async () => {
  using clock = new ManualClock();
  const asked = await Deno.makeTempFile();
  const script = `trap "echo TERM >> ${asked}" TERM; while true; do sleep 0.05; done`;
  const process = shell(script, PIPES);
  const talking = [1, 2].map(() =>
    spawn(function* () {
      yield* process.communicate();
    })
  );
  const children = `/proc/${process.pid}/task/${process.pid}/children`;
  do await settle(); while (Deno.readTextFileSync(children) === "");
  talking[0]!.kill();
  while (Deno.readTextFileSync(asked) !== "TERM\n") await settle();
  talking[1]!.kill();
  await new Promise((resolve) => setTimeout(resolve, 150)); // time to be asked again
  await clock.advance(5000);
  for (const each of talking) await each.join();
  assertEquals([process.returncode, Deno.readTextFileSync(asked)], [-9, "TERM\n"]);
  await Deno.remove(asked);
});

Deno.test("a second kill in communicate() waits, and a forced one does not", async () => {
  using clock = new ManualClock();
  const process = shell('trap "" TERM; exec sleep 1000', PIPES);
  const talking = spawn(function* () {
    yield* process.communicate();
  });
  await untilReady(process);
  await settle();
  talking.kill();
  talking.kill();
  await settle();
  assertEquals(talking.ready, false);
  await talking.kill(new GreenletExit(), { force: true });
  await clock.advance(5000);
  assertEquals(await process.wait(), -9);
  await process.close();
});
