// Copyright 2026 the Tendril authors. MIT license.
// The examples of sockets, files and input as processes of their own, over real parts.

import { assertEquals, assertMatch } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const encoder = new TextEncoder();

/** An example that runs, with its standard input and output. */
class Example implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(example: string, flags: string[], args: string[] = []) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...flags, `examples/${example}`, ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async type(line: string): Promise<void> {
    await this.#writer.write(encoder.encode(`${line}\n`));
  }

  /** Reads up to `text`, and gives all up to its end. */
  async readUntil(text: string): Promise<string> {
    while (!this.#rest.includes(text)) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`It ended before "${text}" came: ${this.#rest}`);
      this.#rest += value;
    }
    const end = this.#rest.indexOf(text) + text.length;
    const read = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    return read;
  }

  async readLine(): Promise<string> {
    return (await this.readUntil("\n")).trimEnd();
  }

  /** Reads the rest, and gives it with the exit code. */
  async end(signal?: Deno.Signal): Promise<{ rest: string; code: number }> {
    if (signal !== undefined) this.#process.kill(signal);
    else await this.#writer.close();
    for (;;) {
      const { value, done } = await this.#lines.read();
      if (done) break;
      this.#rest += value;
    }
    return { rest: this.#rest, code: (await this.#process.status).code };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#lines.cancel();
    try {
      this.#process.kill("SIGKILL");
    } catch { // it has ended
    }
    await this.#process.status;
  }
}

Deno.test("echo_server answers 400 echo_clients, and ends by Ctrl-C", async () => {
  await using server = new Example("sockets/echo_server.ts", ["--allow-net"], ["0"]);
  const port = (await server.readLine()).replace("Listening on port ", "");
  await using clients = new Example("sockets/echo_clients.ts", ["--allow-net"], [port]);
  assertEquals(await clients.end(), { rest: "400 clients got 4000 right answers\n", code: 0 });
  const { rest, code } = await server.end("SIGINT");
  assertEquals(rest.match(/ came\n/g)?.length, 400);
  assertEquals(code, 130);
});

Deno.test("udp_chat shows one what the other types", async () => {
  const [ann, bob] = [await freePort(), await freePort()];
  await using one = new Example("sockets/udp_chat.ts", ["--allow-net"], [ann, bob]);
  await using two = new Example("sockets/udp_chat.ts", ["--allow-net"], [bob, ann]);
  assertEquals(await one.readLine(), `Here is ${ann}; type, and ${bob} reads it`);
  await two.readLine();
  await one.type("hello Bob");
  assertEquals(await two.readLine(), `>>>${ann}: hello Bob`);
  await two.type("hello Ann");
  assertEquals(await one.readLine(), `>>>${bob}: hello Ann`);
  await one.type("");
  assertEquals(await one.end(), { rest: "", code: 0 });
  assertEquals(await two.end(), { rest: "", code: 0 });
});

async function freePort(): Promise<string> {
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return String(port);
}

Deno.test("copy_folder copies all files below a folder and counts them", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/from/deep/er`, { recursive: true });
  const names = [...Array(20).keys()].map((n) => n % 3 ? `${n}.txt` : `deep/er/${n}.txt`);
  for (const name of names) await Deno.writeTextFile(`${folder}/from/${name}`, `this is ${name}`);
  await using copy = new Example("applications/copy_folder.ts", ["--allow-read", "--allow-write"], [
    `${folder}/from`,
    `${folder}/to`,
  ]);
  const { rest, code } = await copy.end();
  const lines = rest.trimEnd().split("\n");
  assertEquals([lines.length, lines.at(-1), code], [21, "20 files copied", 0]);
  assertMatch(lines[19]!, /^100.00% \(.*\.txt\)$/);
  for (const name of names) {
    assertEquals(await Deno.readTextFile(`${folder}/to/${name}`), `this is ${name}`);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("copy_folder says what it needs", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "examples/applications/copy_folder.ts"],
    cwd: ROOT,
  }).output();
  assertEquals(code, 2);
  assertEquals(new TextDecoder().decode(stderr), "Give the folder to copy, and where to copy it\n");
});

Deno.test("event_input lets greenlets go by what is typed", async () => {
  await using example = new Example("synchronisation/event_input.ts", []);
  const question = "Let them go? (true) ";
  assertEquals(await example.readUntil(question), `${question}`);
  assertEquals(await example.readUntil("start\n".repeat(10)), "start\n".repeat(10));
  await example.type("no");
  assertEquals(await example.readUntil(question), question);
  await example.type("true");
  const gate = "How many may pass? ";
  assertEquals(await example.readUntil(gate), "execute\n".repeat(10) + gate);
  await example.type("2");
  assertEquals(
    await example.readUntil(gate),
    `greenlet 0 may pass\ngreenlet 1 may pass\n${gate}`,
  );
  await example.type("8");
  const { rest, code } = await example.end();
  const last = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `greenlet ${n} may pass\n`).join("");
  assertEquals({ rest, code }, { rest: last, code: 0 });
});
