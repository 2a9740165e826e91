// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { main } from "@tendril/tendril";

const mod = new URL("../../mod.ts", import.meta.url).href;
const config = new URL("../../deno.json", import.meta.url).pathname;

/** A script in a process of its own. */
class Script {
  readonly #child: Deno.ChildProcess;
  readonly #errors: Promise<string>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(readonly folder: string, file: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-check",
        "--config",
        config,
        "--allow-env",
        "--allow-net",
        file,
      ],
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
    }).spawn();
    this.#errors = new Response(this.#child.stderr).text();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Reads what it writes until that contains `text`. */
  async said(text: string): Promise<void> {
    while (!this.#text.includes(text)) {
      const { done, value } = await this.#lines.read();
      if (done) throw new Error(`Cannot find "${text}" in: ${this.#text}${await this.#errors}`);
      this.#text += value;
    }
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for the end; gives the code and all that was written. */
  async end(): Promise<{ code: number; out: string; err: string }> {
    for (;;) {
      const { done, value } = await this.#lines.read();
      if (done) break;
      this.#text += value;
    }
    const { code } = await this.#child.status;
    return { code, out: this.#text, err: await this.#errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#errors;
    await this.#lines.cancel();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Starts a script of this text, which finds the whole runtime under `tendril`. */
async function start(text: string): Promise<Script> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/script.ts`;
  // On a busy machine anybody may seem to hold the isolate, which is not what is tested here.
  const head = `import * as tendril from ${JSON.stringify(mod)};
tendril.getHub().maxBlockingTime = 0;`;
  await Deno.writeTextFile(file, `${head}\n${text}`);
  return new Script(folder, file);
}

/** A script whose greenlets clean up when they are killed. */
const tidy = `
const { main, sleep, spawn } = tendril;
function* work(name: string) {
  try {
    yield* sleep(100_000);
  } finally {
    yield* sleep(1);
    console.log(name + " cleaned up");
  }
}
await main(function* () {
  spawn(work, "child");
  spawn(function* () {
    yield* sleep(1);
    console.log("ready");
  });
  yield* work("root");
});
console.log("came back");
`;

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`main() that gets ${signal} runs all finally blocks and ends with code ${code}`, async () => {
    await using script = await start(tidy);
    await script.said("ready");
    script.kill(signal);
    const ended = await script.end();
    assertEquals(ended.code, code);
    assertStringIncludes(ended.out, "root cleaned up");
    assertStringIncludes(ended.out, "child cleaned up");
    assertEquals(ended.out.includes("came back"), false);
    assertEquals(ended.err, "");
  });
}

Deno.test("main() that gets a second SIGINT leaves at once", async () => {
  await using script = await start(`
const { main, sleep, until } = tendril;
await main(function* () {
  console.log("ready");
  try {
    yield* sleep(100_000);
  } finally {
    console.log("cleaning up");
    yield* until(new Promise((resolve) => setTimeout(resolve, 100_000)));
    console.log("cleaned up");
  }
});
`);
  await script.said("ready");
  script.kill("SIGINT");
  await script.said("cleaning up");
  script.kill("SIGINT");
  const { code, out } = await script.end();
  assertEquals(code, 130);
  assertEquals(out.includes("cleaned up"), false);
});

Deno.test("main() gets SIGINT although a greenlet spins", async () => {
  await using script = await start(`
const { main, spawn } = tendril;
await main(function* () {
  spawn(() => console.log("ready"));
  for (;;) yield;
});
`);
  await script.said("ready");
  script.kill("SIGINT");
  assertEquals((await script.end()).code, 130);
});

Deno.test("main() prints an error once, with the greenlet's name, and ends with code 1", async () => {
  await using script = await start(`
const { main, sleep } = tendril;
await main(function* download() {
  yield* sleep(1);
  throw new RangeError("disk is full");
});
`);
  const { code, err } = await script.end();
  assertEquals(code, 1);
  assertStringIncludes(err, "download");
  assertEquals(err.split("disk is full").length - 1, 1);
});

Deno.test("main() cleans up before it ends because of an error", async () => {
  await using script = await start(`
const { main, sleep, spawn } = tendril;
await main(function* () {
  spawn(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      yield* sleep(1);
      console.log("cleaned up");
    }
  });
  yield* sleep(1);
  throw new RangeError("disk is full");
});
`);
  const { code, out } = await script.end();
  assertEquals(code, 1);
  assertStringIncludes(out, "cleaned up");
});

Deno.test("main() ends with code 1 when a child failed and nobody looked", async () => {
  await using script = await start(`
const { main, sleep, spawnWith } = tendril;
await main(function* () {
  spawnWith({ name: "worker" }, () => {
    throw new RangeError("disk is full");
  });
  yield* sleep(5);
  console.log("went on");
});
`);
  const { code, out, err } = await script.end();
  assertEquals(code, 1);
  assertStringIncludes(out, "went on");
  assertStringIncludes(err, "worker");
  assertEquals(err.split("disk is full").length - 1, 1);
});

Deno.test("main() passes arguments on, comes back and ends with code 0", async () => {
  await using script = await start(`
const { main, sleep } = tendril;
await main(function* (a: number, b: string) {
  yield* sleep(1);
  console.log(a + b);
}, 1, "x");
console.log("came back");
`);
  const { code, out, err } = await script.end();
  assertEquals([code, err], [0, ""]);
  assertEquals(out, "1x\ncame back\n");
});

Deno.test("main() reports a deadlock instead of hanging", async () => {
  await using script = await start(`
const { Greenlet, main } = tendril;
await main(function* () {
  yield* new Greenlet(undefined, { name: "never" }).join();
});
`);
  const { code, err } = await script.end();
  assertEquals(code, 1);
  assertStringIncludes(err, "join never");
});

Deno.test("main() ends with the code a greenlet set", async () => {
  await using script = await start(`
const { main } = tendril;
await main(() => {
  Deno.exitCode = 7;
});
`);
  assertEquals((await script.end()).code, 7);
});

Deno.test("main() refuses what is no function", async () => {
  // @ts-expect-error -- plain JavaScript may pass anything
  await assertRejects(() => main(7), TypeError, "7");
});
