// Copyright 2026 the Tendril authors. MIT license.
// Whether a process that uses shared things ends, and not too early.

import { assertEquals } from "@std/assert";

/** Runs a script that may use everything shared; gives its output, or fails when it does not end. */
async function runScript(source: string): Promise<string> {
  const root = new URL("../../../../", import.meta.url);
  const script = `
    import { run, sleep, spawn } from "${new URL("mod.ts", root)}";
    import * as shared from "${new URL("runtime/parallel/shared/mod.ts", root)}";
    import { Hand } from "${new URL("crew.ts", import.meta.url)}";
    const jobs = "${new URL("queue_jobs.ts", import.meta.url)}";
    ${source}
  `;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, script);
    const config = new URL("deno.json", root).pathname;
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", "--config", config, file],
      env: { NO_COLOR: "1" },
      stdin: "null",
    });
    const { code, stdout, stderr } = await command.output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("A process ends after it used all shared things with a worker", async () => {
  const said = await runScript(`
    const hand = new Hand("worker", jobs);
    const queue = new shared.SharedQueue();
    const [here, there] = shared.SharedPipe();
    const manager = new shared.Manager();
    const dict = manager.dict();
    await hand.call("putSync", queue, dict === undefined);
    console.log(await queue.get());
    const echoing = hand.call("echo", there);
    await here.send("echo");
    console.log(await here.recv());
    here.close();
    await echoing;
    hand.kill();
  `);
  assertEquals(said, "false\necho\n");
});

Deno.test("A process ends with a manager open to a worker that is gone", async () => {
  const said = await runScript(`
    const hand = new Hand("worker", jobs);
    const manager = new shared.Manager();
    await hand.call("have", manager.dict());
    hand.kill();
    console.log("end");
  `);
  assertEquals(said, "end\n");
});

Deno.test("A process ends after waits that were given up", async () => {
  const said = await runScript(`
    const lock = new shared.SharedLock();
    await lock.acquire();
    await run(function* () {
      const waiting = spawn(function* () {
        yield* lock.acquire();
      });
      yield* sleep(5);
      yield* waiting.kill();
      console.log(yield* lock.acquire({ timeout: 5 }));
    });
  `);
  assertEquals(said, "undefined\n");
});

Deno.test("A process goes on while something waits that only a worker can end", async () => {
  // The worker is not held by a message that is on its way: it puts after its answer was read.
  const said = await runScript(`
    const queue = new shared.SharedQueue();
    const source = \`
      self.onmessage = async ({ data }) => {
        const { unpack } = await import(data.transport);
        await import(data.shared);
        const queue = unpack(data.queue);
        setTimeout(() => queue.putNowait("late"), 200);
        self.postMessage("ready");
      };
    \`;
    const worker = new Worker("data:text/javascript," + encodeURIComponent(source), { type: "module" });
    const ready = new Promise((resolve) => worker.onmessage = resolve);
    const root = "${new URL("../../../../runtime/parallel/shared/", import.meta.url)}";
    const { pack } = await import(root + "transport.ts");
    worker.postMessage({ queue: pack(queue, []), transport: root + "transport.ts", shared: root + "mod.ts" });
    await ready;
    console.log(await queue.get());
    worker.terminate();
  `);
  assertEquals(said, "late\n");
});

Deno.test("A wait keeps the process alive by itself, as one for a lock of threads does", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const shared = new URL("../../../../runtime/parallel/shared/mod.ts", import.meta.url);
  const source = `
    import { SharedEvent } from "${shared}";
    const waiting = new SharedEvent().wait();
    console.log("waits");
    await waiting;
  `;
  await Deno.writeTextFile(file, source);
  const config = new URL("../../../../deno.json", import.meta.url).pathname;
  const args = ["run", "-A", "--quiet", "--no-check", "--config", config, file];
  const process = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" })
    .spawn();
  const reader = process.stdout.getReader();
  try {
    assertEquals(new TextDecoder().decode((await reader.read()).value), "waits\n");
    // It has nothing else to do, so it would end at once.
    const late = new Promise((resolve) => setTimeout(resolve, 300, "still there"));
    assertEquals(await Promise.race([process.status, late]), "still there");
  } finally {
    process.kill("SIGKILL");
    await process.status;
    await reader.cancel();
    await Deno.remove(file);
  }
});
