// Copyright 2026 the Tendril authors. MIT license.
/** Programs with workers end by themselves, whatever the workers do. */
import { assertEquals, assertStringIncludes } from "@std/assert";

interface Ended {
  code: number;
  said: string[];
  complained: string;
}

/** Runs a program; that it ends at all is what most of these tests are about. */
async function runProgram(file: string, ...args: string[]): Promise<Ended> {
  const path = new URL(`./programs/${file}`, import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", path, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout).trim().split("\n");
  return { code, said, complained: new TextDecoder().decode(stderr) };
}

const ends = async (what: string, backend: string, ...lines: string[]): Promise<string> => {
  const { code, said, complained } = await runProgram("main.ts", what, backend);
  assertEquals({ said, code }, { said: lines, code: 0 }, complained);
  return complained;
};

for (const backend of ["worker", "process", "inline"]) {
  Deno.test(`${backend}: a program ends with a pool open`, async () => {
    await ends("open", backend, "9", "end of main");
  });

  Deno.test(`${backend}: a program ends after the calls that were queued`, async () => {
    await ends("queued", backend, "end of main", "blocked 20 ms", "blocked 30 ms");
  });

  Deno.test(`${backend}: a program ends after an executor that was shut down without waiting`, async () => {
    await ends("executor", backend, "end of main", "blocked 20 ms");
  });

  Deno.test(`${backend}: a program ends after a loop that ran out of its time, and nothing leaks`, async () => {
    const message = 'Timed out after 50 ms: task "spin"';
    assertEquals(await ends("timeout", backend, message, "16 0", "end of main"), "");
  });

  Deno.test(`${backend}: a program ends after its processes`, async () => {
    await ends("process", backend, "end of main", "from the process");
  });
}

for (const backend of ["worker", "process"]) {
  Deno.test(`${backend}: a program does not wait for a daemon`, async () => {
    await ends("daemon", backend, "end of main");
  });
}

Deno.test("process: one that runs out of memory ends alone, and the others run in the next", async () => {
  await ends("memory", "process", "WorkerDiedError", "1 4 9", "end of main");
});

Deno.test("process: one that cannot even start breaks the pool", async () => {
  const { said, code } = await runProgram("main.ts", "start", "process");
  assertEquals([said[1], code], ["end of main", 0]);
  assertStringIncludes(said[0]!, 'Cannot start worker "pool-1-1": it ended with code');
});

Deno.test("a program ends although a loop goes on, and is told how many do", async () => {
  const complained = await ends("kill", "worker", "25", "leaked 1", "end of main");
  assertStringIncludes(complained, 'Worker "pool-1-1" was terminated but still runs');
  assertStringIncludes(complained, "isCancelled()");
});

Deno.test("a loop that asks whether it was cancelled ends with its pool", async () => {
  assertEquals(await ends("terminate", "worker", "leaked 0", "end of main"), "");
});

Deno.test("a module that starts workers unguarded is told so, instead of starting more and more", async () => {
  const { code, said } = await runProgram("unguarded.ts");
  assertEquals(code, 0);
  assertStringIncludes(
    said.join("\n"),
    "guard the start of the program with `if (import.meta.main)`",
  );
});
