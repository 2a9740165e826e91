// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  Channel,
  Event,
  getHub,
  Lock,
  run,
  sleep,
  spawn,
  spawnWith,
  yieldNow,
} from "@tendril/tendril";
import { traceTo } from "@tendril/tendril/inspect";
import { patchTimers } from "@tendril/tendril/monkey";
import { WorkerPool } from "@tendril/tendril/parallel";
import { ReadTrace } from "./trace_reader.ts";

/** Traces what `program` does, and gives what is in the file. */
async function trace(program: () => unknown): Promise<ReadTrace> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    {
      using _ = traceTo(path);
      await program();
    }
    return new ReadTrace(path).check();
  } finally {
    await Deno.remove(path);
  }
}

/** A reader and a writer that meet at a channel. */
function* meet() {
  const channel = new Channel<number>();
  const reader = spawnWith({ name: "reader" }, function* () {
    for (let i = 0; i < 2; i++) yield* channel.receive();
  });
  const writer = spawnWith({ name: "writer" }, function* () {
    for (let i = 0; i < 2; i++) {
      yield* channel.send(i);
      yield* sleep(2);
    }
  });
  yield* reader;
  yield* writer;
}

Deno.test("traceTo() draws a row for each greenlet, with its runs and its waits by reason", async () => {
  const read = await trace(() => run(meet));
  assertEquals(read.slices("reader"), [
    "run",
    "wait channel receive",
    "run",
    "wait channel receive",
    "run",
  ]);
  assertEquals(read.slices("writer"), ["run", "wait sleep", "run", "wait sleep", "run"]);
  const [first] = read.in("writer", "X").filter(({ name }) => name === "sleep");
  assert(first!.dur >= 1900, `sleep(2) took ${first!.dur} µs`);
});

Deno.test("traceTo() draws an arrow from who woke or spawned a greenlet to its next run", async () => {
  const { arrows } = await trace(() => run(meet));
  assertEquals(arrows.filter((each) => each === "writer -> reader").length, 2);
  const spawned = arrows.filter((each) => /^Greenlet-\d+ -> (reader|writer)$/.test(each));
  assertEquals(spawned.length, 2);
});

Deno.test("traceTo() tells what a wait is for and who holds it", async () => {
  const read = await trace(() =>
    run(function* () {
      const lock = new Lock();
      const holder = spawnWith({ name: "holder" }, function* () {
        yield* lock.acquire();
        yield* sleep(1);
        lock.release();
      });
      const taker = spawnWith({ name: "taker" }, function* () {
        yield* lock.acquire();
      });
      yield* holder;
      yield* taker;
    })
  );
  const [wait] = read.in("taker", "X").filter(({ cat }) => cat === "wait");
  assertEquals(wait!.args.heldBy, "holder");
  assertStringIncludes(String(wait!.args.on), "Lock");
});

Deno.test("traceTo() draws the waits of an async body, which may overlap, as async slices", async () => {
  const read = await trace(() =>
    run(function* () {
      yield* spawnWith({ name: "async" }, async () => {
        await Promise.all([sleep(2), sleep(3)]);
      });
    })
  );
  assertEquals(read.in("async", "b").map(({ name }) => name), ["sleep", "sleep"]);
  assertEquals(read.in("async", "e").length, 2);
});

Deno.test("traceTo() draws what patched code of an async body waits for", async () => {
  using _ = patchTimers();
  const read = await trace(() =>
    run(function* () {
      yield* spawnWith({ name: "async" }, async () => {
        for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 2));
      });
    })
  );
  const waits = read.in("async", "b").map(({ name }) => name);
  assertEquals(waits, ["timer of 2 ms", "timer of 2 ms"]);
});

Deno.test("traceTo() draws waits that have not ended when it is closed", async () => {
  const never = new Event();
  let waiting;
  const read = await trace(async () => {
    waiting = spawnWith({ name: "waiting" }, () => never.wait());
    await run(() => sleep(1));
  });
  assertEquals(read.slices("waiting"), ["run", "wait event wait"]);
  never.set();
  await waiting;
});

Deno.test("traceTo() draws waits that had begun before it", async () => {
  const go = new Event();
  const early = spawnWith({ name: "early" }, () => go.wait());
  await sleep(5);
  const read = await trace(async () => {
    go.set();
    await early;
  });
  assertEquals(read.slices("early"), ["wait event wait", "run"]);
});

Deno.test("traceTo() marks failures, kills and ends", async () => {
  const read = await trace(() =>
    run(function* () {
      const bad = spawnWith({ name: "bad" }, () => {
        throw new Error("no luck");
      });
      yield* bad.join();
      const victim = spawnWith({ name: "victim" }, () => sleep(1000));
      yield* yieldNow();
      yield* victim.kill();
    })
  );
  assertEquals(read.in("bad", "i").map(({ name, args }) => [name, args.error]), [
    ["failed", "Error: no luck"],
  ]);
  assertEquals(read.in("victim", "i").map(({ name }) => name), ["kill", "finished"]);
});

Deno.test("traceTo() draws a row for each worker with its tasks", async () => {
  const read = await trace(() =>
    run(function* () {
      const pool = new WorkerPool(1, { name: "crew" });
      yield* pool.apply(function double(n: number) {
        return 2 * n;
      }, [1]);
      yield* pool.map(function half(n: number) {
        return n / 2;
      }, [1, 2, 3]);
      pool.close();
      yield* pool.join();
    })
  );
  const tasks = read.in("crew-1", "X");
  assertEquals(tasks[0]!.name, "double");
  assert(/^Greenlet-\d+$/.test(String(tasks[0]!.args.caller)));
  const items = tasks.filter(({ name }) => name === "half").map(({ args }) => args.items ?? 1);
  assertEquals(items.reduce((sum: number, n) => sum + Number(n), 0), 3);
});

Deno.test("traceTo() writes names as they are, whatever is in them", async () => {
  const name = 'quote " backslash \\ line\n </script> \u{1F331} \0';
  const read = await trace(() => run(() => spawnWith({ name }, () => sleep(1))));
  assert(read.rows.includes(name));
});

Deno.test("traceTo() tells how much of a busy program it left out, and draws long waits in it", async () => {
  const before = getHub().maxBlockingTime;
  getHub().maxBlockingTime = 0; // a loaded machine is nobody's fault
  const switches = getHub().stats().switches;
  const read = await trace(() =>
    run(function* () {
      const waiting = spawnWith({ name: "waiting" }, () => sleep(5));
      let left = 200_000;
      const spin = function* () {
        while (left-- > 0) yield;
      };
      const spinners = [spawn(spin), spawn(spin)];
      for (const each of spinners) yield* each;
      yield* waiting;
    })
  );
  getHub().maxBlockingTime = before;
  const runs = read.events.filter(({ cat }) => cat === "run").length;
  const leftOut = read.in("hub", "X").map(({ name }) => Number.parseInt(name));
  const told = runs + leftOut.reduce((sum, n) => sum + n, 0);
  assertEquals(told, getHub().stats().switches - switches);
  assert(read.slices("waiting").includes("wait sleep"));
});

Deno.test("traceTo() keeps the file whole while it is written", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const trace = traceTo(path);
  assertEquals(new ReadTrace(path).events, []);
  await run(function* () {
    for (let seen = 0; seen === 0; seen = new ReadTrace(path).events.length) yield* sleep(5);
  });
  trace.close();
  trace.close();
  const { length } = new ReadTrace(path).check().events;
  await run(() => sleep(1));
  assertEquals(new ReadTrace(path).events.length, length);
  await Deno.remove(path);
});

Deno.test("traceTo() with two traces writes both", async () => {
  let inner: ReadTrace | undefined;
  const outer = await trace(async () => {
    inner = await trace(() => run(meet));
  });
  assertEquals(outer.slices("reader"), inner!.slices("reader"));
});

Deno.test("traceTo() a folder that is not there throws at the call", () => {
  assertThrows(() => traceTo("/nowhere/run.json"), Deno.errors.NotFound);
});

const inspect = new URL("../../../runtime/inspect/mod.ts", import.meta.url).href;
const mod = new URL("../../../mod.ts", import.meta.url).href;
const config = new URL("../../../deno.json", import.meta.url).pathname;

/** What a program left in its trace that ends in its own way after it printed a line. */
async function traceOf(text: string, signal?: Deno.Signal): Promise<ReadTrace> {
  const folder = await Deno.makeTempDir();
  const script = `${folder}/script.ts`;
  const path = `${folder}/run.json`;
  await Deno.writeTextFile(
    script,
    `import * as tendril from ${JSON.stringify(mod)};
import { traceTo } from ${JSON.stringify(inspect)};
const { main, run, sleep, spawnWith, until } = tendril;
traceTo(${JSON.stringify(path)});
function* work() {
  yield* spawnWith({ name: "worker" }, () => sleep(20));
}
${text}`,
  );
  try {
    const args = ["run", "-A", "--config", config, "--quiet", script];
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "null" })
      .spawn();
    if (signal !== undefined) {
      const reader = child.stdout.getReader();
      await reader.read();
      child.kill(signal);
      reader.releaseLock();
    }
    const { success } = await child.output();
    assertEquals(success, false);
    return new ReadTrace(path).check();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const endings: Record<string, string> = {
  "an uncaught error": `await run(work); throw new Error("end");`,
  "an uncaught error in a callback": `await run(work);
    setTimeout(() => { throw new Error("end"); });`,
  "an unhandled rejection": `await run(work); Promise.reject(new Error("end"));`,
  "Deno.exit": `await run(work); Deno.exit(3);`,
  "the failure of main": `await main(function* () { yield* work(); throw new Error("end"); });`,
};

for (const [name, text] of Object.entries(endings)) {
  Deno.test(`traceTo() leaves a whole file when the program ends by ${name}`, async () => {
    const read = await traceOf(text);
    assertEquals(read.slices("worker").slice(0, 2), ["run", "wait sleep"]);
  });
}

Deno.test("traceTo() leaves a whole file when main() is ended by Ctrl-C", async () => {
  const read = await traceOf(
    `await main(function* () { yield* work(); console.log("ready"); yield* sleep(100_000); });`,
    "SIGINT",
  );
  assertEquals(read.slices("worker").slice(0, 2), ["run", "wait sleep"]);
});

Deno.test("traceTo() leaves a whole file when Ctrl-C ends a program that does not listen", async () => {
  const read = await traceOf(
    `await run(function* () { yield* work(); yield* sleep(300); console.log("ready");
       yield* sleep(100_000); });`,
    "SIGINT",
  );
  assertEquals(read.slices("worker").slice(0, 2), ["run", "wait sleep"]);
});
