// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { run } from "@tendril/tendril";
import {
  activeChildren,
  type BackendName,
  cpuCount,
  currentProcess,
  parentProcess,
  Process,
  ProcessError,
} from "@tendril/tendril/parallel";
import { BACKENDS, reaches, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

const REAL: BackendName[] = ["worker", "process"];

/** Calls `body` and gives what was written to the console as an error meanwhile. */
async function errorsOf(body: () => Promise<void>): Promise<string> {
  const { error } = console;
  let said = "";
  console.error = (...args: unknown[]) => said += args.map((arg) => Deno.inspect(arg)).join(" ");
  try {
    await body();
  } finally {
    console.error = error;
  }
  return said;
}

for (const backend of BACKENDS) {
  Deno.test(`${backend}: a Process runs its target and ends with code 0`, async () => {
    const child = new Process({ target: tasks.double, args: [3], backend });
    assertEquals([child.isAlive(), child.exitcode, child.pid], [false, undefined, undefined]);
    child.start();
    assertEquals([child.isAlive(), child.exitcode], [true, undefined]);
    assertEquals(activeChildren(), [child]);
    assert(await child.join());
    assertEquals([child.isAlive(), child.exitcode], [false, 0]);
    assertEquals(activeChildren(), []);
    assert(await child.join({ timeout: 0 }));
  });

  Deno.test(`${backend}: a target that fails is written to the console, and the code is 1`, async () => {
    const said = await errorsOf(async () => {
      const child = new Process({ target: tasks.fail, args: ["oh"], name: "unlucky", backend });
      child.start();
      await run(function* () {
        assertEquals(yield* child.join(), true);
      });
      assertEquals(child.exitcode, 1);
    });
    assertStringIncludes(said, "unlucky failed:");
    assertStringIncludes(said, "RangeError: oh");
  });
}

for (const backend of REAL) {
  Deno.test(`${backend}: a Process that calls Deno.exit has that code`, async () => {
    const child = new Process({ target: tasks.exit, args: [7], backend });
    child.start();
    await child.join();
    assertEquals(child.exitcode, 7);
  });

  Deno.test(`${backend}: terminate() and kill() end a Process, with the codes of signals`, async () => {
    for (const [how, code] of [["terminate", -15], ["kill", -9]] as const) {
      const child = new Process({ target: tasks.doubleInGreenletLong, backend });
      child.start();
      assertEquals(await child.join({ timeout: 1 }), false);
      child[how]();
      assert(await child.join());
      assertEquals(child.exitcode, code);
      child[how](); // it has ended already
    }
  });

  Deno.test(`${backend}: a Process ends when the greenlets that it spawned have ended`, async () => {
    const child = new Process({ target: tasks.leaveGreenlet, args: [7], backend });
    child.start();
    await child.join();
    assertEquals(child.exitcode, 5); // from the greenlet
  });
}

Deno.test("a Process has data of its own, and shares what is shared", async () => {
  const cells = words();
  const plain = [1, 2];
  const child = new Process({ target: tasks.changeBoth, args: [cells, plain] });
  child.start();
  await child.join();
  assertEquals(Atomics.load(cells, 0), 1);
  assertEquals(plain, [1, 2]);
});

Deno.test("a Process knows who it is and who made it", async () => {
  assertEquals(currentProcess(), { name: "main", pid: Deno.pid, daemon: false });
  assertEquals(parentProcess(), null);
  const cells = words(64);
  const child = new Process({ target: tasks.writeNames, args: [cells], name: "scribe" });
  child.start();
  await child.join();
  const bytes = new Uint8Array(cells.buffer).slice(4, 4 + cells[0]!);
  assertEquals(JSON.parse(new TextDecoder().decode(bytes)), [
    { name: "scribe", pid: child.pid, daemon: false },
    { name: "main", pid: Deno.pid, daemon: false },
  ]);
});

Deno.test("a Process refuses what its state does not allow", async () => {
  const child = new Process({ target: tasks.hold, args: [words()] });
  assertThrows(() => child.join(), ProcessError, "call start() first");
  assertThrows(() => child.terminate(), ProcessError, "call start() first");
  const cells = words();
  const running = new Process({ target: tasks.hold, args: [cells], name: "runner" });
  running.start();
  await reaches(cells, 0, 1);
  assertThrows(() => running.start(), ProcessError, "Cannot start runner: it is running");
  assertThrows(() => running.close(), ProcessError, "join() it first");
  Atomics.store(cells, 1, 1);
  await running.join();
  running.close();
  running.close();
  assertThrows(() => running.isAlive(), ProcessError, "it was closed");
  assertThrows(() => running.start(), ProcessError, "it was closed");
  child.close();
});

Deno.test("a Process refuses a target and arguments that cannot be sent", () => {
  const outside = 1;
  assertThrows(() => new Process({ target: () => outside }), ReferenceError, '"outside"');
  assertThrows(() => new Process({ target: Math.max }), TypeError, "native");
  assertThrows(() => new Process({ target: tasks.same, args: [() => 1] }), TypeError, "functions");
  const child = new Process({ target: tasks.same, args: [new Map([[1, () => 1]])] });
  assertThrows(() => child.start(), TypeError, "could not be cloned");
});

Deno.test("cpuCount() is what the host says", () => {
  assertEquals(cpuCount(), navigator.hardwareConcurrency);
});
