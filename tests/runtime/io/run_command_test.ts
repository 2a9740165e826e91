// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  all,
  dump,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from "@tendril/tendril";
import {
  CalledProcessError,
  checkOutput,
  type IoPromise,
  runCommand,
  TimeoutExpired,
} from "@tendril/tendril/io";
import { ManualClock, settle } from "../../manual_clock.ts";
import { isAlive } from "./process.ts";

const sh = (script: string) => ["sh", "-c", script];

Deno.test("runCommand() gives how a program ended and what it said", async () => {
  await run(function* () {
    assertEquals(yield* runCommand(sh("echo out; echo err >&2; exit 3")), {
      code: 3,
      signal: null,
      success: false,
      stdout: "out\n",
      stderr: "err\n",
    });
    const { code, signal, success } = yield* runCommand(sh("kill -KILL $$"));
    assertEquals([code, signal, success], [137, "SIGKILL", false]);
  });
});

Deno.test("runCommand() gives a real promise", async () => {
  const promise = runCommand(["echo", "hello"]);
  assertInstanceOf(promise, Promise);
  assertEquals(await promise.then(({ stdout }) => stdout).finally(() => {}), "hello\n");
});

Deno.test("runCommand() gives bytes if it is told to", async () => {
  const { stdout, stderr } = await runCommand(["printf", "\\377"], { text: false });
  assertEquals([stdout, stderr], [new Uint8Array([255]), new Uint8Array()]);
});

Deno.test("runCommand() passes arguments on as they are", async () => {
  const words = ["a b", "$HOME", "*", 'quo"te', ""];
  const { stdout } = await runCommand(["printf", "%s|", ...words]);
  assertEquals(stdout, words.map((word) => `${word}|`).join(""));
});

Deno.test("runCommand() gives input, and none without", async () => {
  assertEquals((await runCommand(["cat"], { input: "hello" })).stdout, "hello");
  assertEquals((await runCommand(["cat"], { input: "" })).stdout, "");
  assertEquals((await runCommand(["cat"])).stdout, "");
  const error = await assertRejects(
    () => runCommand(["cat"], { input: "hello", stdin: "null" }),
    TypeError,
  );
  assertStringIncludes(error.message, 'Cannot give cat input: its stdin is "null"');
});

Deno.test("runCommand() leaves streams alone that are not piped", async () => {
  const { stdout, stderr } = await runCommand(sh("echo out; echo err >&2"), {
    stdout: "null",
    stderr: "null",
  });
  assertEquals([stdout, stderr], ["", ""]);
});

Deno.test("runCommand() with check throws when the program fails", async () => {
  const command = sh("echo out; echo first >&2; echo last >&2; exit 3");
  const error = await assertRejects(() => runCommand(command, { check: true }), CalledProcessError);
  assertEquals([error.command, error.code, error.signal], [command, 3, null]);
  assertEquals([error.output, error.stderr], ["out\n", "first\nlast\n"]);
  assert(error.message.endsWith("it exited with code 3: last"));
  assertEquals((await runCommand(["true"], { check: true })).success, true);
});

Deno.test("checkOutput() gives the output, or throws", async () => {
  await run(function* () {
    assertEquals(yield* checkOutput(["echo", "hello"]), "hello\n");
    assertEquals(yield* checkOutput(["tr", "a-z", "A-Z"], { input: "hello" }), "HELLO");
  });
  const error = await assertRejects(() => checkOutput(["false"]), CalledProcessError);
  assertEquals(error.message, "Cannot complete false: it exited with code 1");
  const killed = await assertRejects(() => checkOutput(sh("kill -TERM $$")), CalledProcessError);
  assertStringIncludes(killed.message, "SIGTERM ended it");
});

for (
  const [name, call] of Object.entries<(argv: string[]) => IoPromise<unknown>>({
    runCommand,
    checkOutput,
  })
) {
  Deno.test(`${name}() of a program that there is not rejects`, async () => {
    await assertRejects(() => call(["no-such-program"]), Deno.errors.NotFound, "no such program");
    await assertRejects(() => call([]), TypeError);
    await assertRejects(
      () =>
        run(function* () {
          yield* call(["no-such-program"]);
        }),
      Deno.errors.NotFound,
    );
  });

  Deno.test(`a kill in ${name}() ends the program, once, before it returns`, async () => {
    await inFolder(async (folder) => {
      const working = spawn(function* () {
        yield* call(counter(folder));
      });
      await started(folder);
      assertStringIncludes(dump(), "waits for run sh -c");
      await working.kill();
      assertInstanceOf(working.value as unknown, GreenletExit);
      assertEnded(folder);
    });
  });

  Deno.test(`a kill of an async greenlet in ${name}() ends the program before it returns`, async () => {
    await inFolder(async (folder) => {
      const working = spawn(async () => {
        await call(counter(folder));
      });
      await started(folder);
      await working.kill();
      assertInstanceOf(working.value as unknown, GreenletExit);
      assertEnded(folder);
    });
  });
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A program that notes its id, and how often it is asked to end, and never ends by itself. */
function counter(folder: string): string[] {
  return sh(
    `trap "echo TERM >> ${folder}/asked; exit" TERM; echo $$ > ${folder}/new; ` +
      `mv ${folder}/new ${folder}/pid; while true; do sleep 0.05; done`,
  );
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

async function started(folder: string): Promise<void> {
  do await settle(); while (read(`${folder}/pid`) === undefined);
}

function assertEnded(folder: string): void {
  assertEquals(read(`${folder}/asked`), "TERM\n");
  assert(!isAlive(Number(read(`${folder}/pid`))));
}

Deno.test("an outer Timeout in runCommand() ends the program and passes as it is", async () => {
  await inFolder(async (folder) => {
    using clock = new ManualClock();
    const limit = new Timeout(10);
    const working = spawn(function* () {
      try {
        yield* withTimeout(limit, runCommand(counter(folder)));
      } catch (error) {
        return error;
      }
    });
    await started(folder);
    await clock.advance(10);
    assertStrictEquals(await working, limit);
    assertEnded(folder);
  });
});

Deno.test("runCommand() with a timeout ends the program and throws what it said", async () => {
  await inFolder(async (folder) => {
    using clock = new ManualClock();
    const command = counter(folder);
    command[2] = `echo out; echo err >&2; ${command[2]}`;
    const working = runCommand(command, { timeout: 10 });
    working.catch(() => {});
    await started(folder);
    await clock.advance(10);
    const error = await assertRejects(() => working, TimeoutExpired);
    assertEquals([error.output, error.stderr, error.ms], ["out\n", "err\n", 10]);
    assertEnded(folder);
  });
});

Deno.test("what a program says at its end is part of what it said", async () => {
  using clock = new ManualClock();
  const path = await Deno.makeTempFile();
  const script =
    `trap "head -c 60000 /dev/zero; exit" TERM; rm ${path}; while true; do sleep 0.05; done`;
  const working = runCommand(sh(script), { timeout: 10 });
  working.catch(() => {});
  do await settle(); while (read(path) !== undefined);
  await clock.advance(10);
  const error = await assertRejects(() => working, TimeoutExpired);
  assertEquals(error.output.length, 60_000);
});

Deno.test("runCommand() throws the Timeout it was given", async () => {
  const limit = new Timeout(5);
  const late = () => runCommand(["sleep", "100"], { timeout: limit });
  assertStrictEquals(await assertRejects(late), limit);
  await assertRejects(() => runCommand(["true"], { timeout: -1 }), RangeError);
});

Deno.test("a program that ignores SIGTERM is killed after the grace period", async () => {
  await inFolder(async (folder) => {
    using clock = new ManualClock();
    const command = counter(folder);
    command[2] = command[2]!.replace("exit", "true");
    const working = spawn(function* () {
      yield* runCommand(command);
    });
    await started(folder);
    working.kill();
    while (read(`${folder}/asked`) !== "TERM\n") await settle();
    await clock.advance(4999);
    assertEquals(working.ready, false);
    await clock.advance(1);
    await working.join();
    assertEnded(folder);
  });
});

Deno.test("runCommand() that loses a select ends the program", async () => {
  await inFolder(async (folder) => {
    await run(function* () {
      const ending = runCommand(counter(folder));
      yield started(folder);
      assertEquals((yield* select({ ending, late: sleep(0) })).key, "late");
    });
    while (isAlive(Number(read(`${folder}/pid`)))) await settle();
    assertEnded(folder);
    // The end of the pipes comes after that of the process.
    for (let i = 0; i < 10; i++) await settle();
  });
});

Deno.test("programs run at the same time", async () => {
  await run(function* () {
    const results = yield* all([1, 2, 3, 4].map((n) => checkOutput(["echo", `${n}`])));
    assertEquals(results, ["1\n", "2\n", "3\n", "4\n"]);
  });
});
