// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Popen, type ProcessOptions, runCommand } from "@tendril/tendril/io";

const config = new URL("../../../deno.json", import.meta.url).pathname;
const IMPORTS = `
  import {
    dump, EOFError, getHub, joinAll, run, select, sleep, spawn, withTimeout,
  } from "@tendril/tendril";
  import { input } from "@tendril/tendril/io";
  getHub().maxBlockingTime = 0; // a loaded machine is nobody's fault
`;

/** The command line of a program whose body runs in a greenlet. */
function program(body: string): string[] {
  const code = `${IMPORTS} await run(function* () { ${body} });`;
  return [Deno.execPath(), "eval", "--quiet", "--config", config, code];
}

/** A command line as the shell reads it. */
function quote(argv: string[]): string {
  return argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** Runs a program with a standard input, and gives what it says. */
async function outputOf(body: string, stdin: string | Uint8Array): Promise<string> {
  const { code, stdout, stderr } = await runCommand(program(body), { input: stdin });
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

/** A program with pipes. */
class Dialogue implements AsyncDisposable {
  readonly process: Popen;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(argv: string[], options: ProcessOptions = {}) {
    this.process = new Popen(argv, { ...options, stdin: "piped", stdout: "piped" });
  }

  write(text: string): Promise<void> {
    return this.process.stdin!.write(text);
  }

  /** Reads until the program has said \`text\`, and gives all since the last call. */
  async until(text: string): Promise<string> {
    while (!this.#text.includes(text)) {
      const piece = await this.process.stdout!.read();
      if (piece === null) throw new RangeError(`Cannot find "${text}" in: ${this.#text}`);
      this.#text += this.#decoder.decode(piece, { stream: true });
    }
    const said = this.#text;
    this.#text = "";
    return said;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}

Deno.test("input() shows its prompt and gives a line without its end", async () => {
  const said = await outputOf(`console.log([yield* input("Name? ")]);`, "Ada\nrest\n");
  assertEquals(said, 'Name? [ "Ada" ]\n');
});

Deno.test("input() keeps what comes after a line for the next call", async () => {
  const body = `for (let i = 0; i < 4; i++) console.log([yield* input()]);`;
  assertEquals(
    await outputOf(body, "one\n\ntwo\nthree"),
    '[ "one" ]\n[ "" ]\n[ "two" ]\n[ "three" ]\n',
  );
});

Deno.test("input() understands CRLF, an unfinished last line and what is no UTF-8", async () => {
  const body = `for (let i = 0; i < 3; i++) console.log(JSON.stringify(yield* input()));`;
  const bytes = new Uint8Array([...new TextEncoder().encode("a\rb\r\n"), 0xff, 0x78, 10, 0x7a, 13]);
  assertEquals(await outputOf(body, bytes), '"a\\rb"\n"\ufffdx"\n"z"\n');
});

Deno.test("input() reads long lines and many", async () => {
  const body = `
    console.log((yield* input()).length);
    let sum = 0;
    for (let i = 0; i < 10_000; i++) sum += Number(yield* input());
    console.log(sum);
  `;
  const lines = Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join("");
  assertEquals(await outputOf(body, `${"x".repeat(1_000_000)}\n${lines}`), "1000000\n49995000\n");
});

Deno.test("input() at the end of the input throws an EOFError, again and again", async () => {
  const body = `
    for (let i = 0; i < 3; i++) {
      try {
        console.log(yield* input());
      } catch (error) {
        console.log(error instanceof EOFError, error.message);
      }
    }
  `;
  const end = "true Cannot read a line of the standard input: it is at its end\n";
  assertEquals(await outputOf(body, "last"), `last\n${end}${end}`);
  assertEquals(await outputOf(body, ""), end + end + end);
});

Deno.test("input() can be awaited", async () => {
  const body = `yield* spawn(async () => console.log([await input("> ")]));`;
  assertEquals(await outputOf(body, "hello\n"), '> [ "hello" ]\n');
});

Deno.test("input() reads a file that was redirected", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "one\ntwo\n");
  const argv = program(`console.log([yield* input(), yield* input()]);`);
  const { stdout, stderr } = await runCommand(["sh", "-c", `${quote(argv)} < ${file}`]);
  assertEquals([stdout, stderr], ['[ "one", "two" ]\n', ""]);
  await Deno.remove(file);
});

Deno.test("other greenlets go on while input() waits", async () => {
  await using talk = new Dialogue(program(`
    const ticker = spawn(function* () {
      for (let i = 0; i < 3; i++) yield* sleep(1);
      console.log("ticked");
      console.log(dump());
    });
    console.log(yield* input("> "));
  `));
  assertStringIncludes(await talk.until("waits for input"), "> ticked");
  await talk.write("hello\n");
  await talk.until("hello");
  assertEquals(await talk.process.wait(), 0);
});

Deno.test("several who call input() take turns, each with its prompt in its turn", async () => {
  await using talk = new Dialogue(program(`
    const ask = function* (name) {
      console.log(name, yield* input(name + "? "));
    };
    yield* joinAll(["A", "B", "C"].map((name) => spawn(ask, name)));
  `));
  assertEquals(await talk.until("? "), "A? ");
  await talk.write("one\n");
  assertStringIncludes(await talk.until("A one"), "B? ");
  await talk.write("two\nthree\n");
  assertEquals(await talk.until("C three"), "C? B two\nC three\n");
  assertEquals(await talk.process.wait(), 0);
});

Deno.test("a killed or late input() keeps what was read for the next", async () => {
  await using talk = new Dialogue(program(`
    const first = spawn(function* () {
      yield* input("first ");
    });
    const second = spawn(function* () {
      console.log(yield* input("second "));
    });
    yield* sleep(0);
    console.log(yield* withTimeout(20, input("never "), { value: "late" }));
    yield* first.kill();
    console.log("killed");
    yield* second;
    console.log((yield* select({ late: sleep(1), line: input("lost ") })).key);
    console.log(yield* input("third "));
  `));
  assertEquals(await talk.until("first "), "first ");
  await talk.write("half");
  assertEquals(await talk.until("killed\n"), "late\nsecond killed\n");
  await talk.write(" of it\nand all");
  assertStringIncludes(await talk.until("third "), "half of it\nlost late\n");
  await talk.write(" of that\n");
  await talk.until("and all of that\n");
  assertEquals(await talk.process.wait(), 0);
});

Deno.test("a program may end while its input is open, when nobody waits for a line", async () => {
  await using talk = new Dialogue(program(`
    console.log(yield* withTimeout(20, input(), { value: "late" }));
    const killed = spawn(function* () {
      yield* input("killed ");
    });
    yield* sleep(20);
    yield* killed.kill();
    console.log(yield* input("read "));
  `));
  await talk.until("late\nkilled read ");
  await talk.write("hello\nrest");
  await talk.until("hello");
  assertEquals(await talk.process.wait(), 0);
});

Deno.test("who waits for input() is not taken for deadlocked", async () => {
  await using talk = new Dialogue(program(`console.log(yield* input("> "));`));
  await talk.until("> ");
  await new Promise((resolve) => setTimeout(resolve, 20));
  await talk.write("hello\n");
  await talk.until("hello");
});

/** The command line of a program in a terminal of its own. */
function inTerminal(body: string): string[] {
  return ["script", "-qec", quote(program(body)), "/dev/null"];
}

const terminal = { ignore: !(await hasScript()) };

Deno.test("input() reads from a terminal, line by line", terminal, async () => {
  await using talk = new Dialogue(
    inTerminal(`
      console.log("tty", Deno.stdin.isTerminal());
      console.log([yield* input("Name? ")]);
      console.log([yield* input("Age? ")]);
      try {
        yield* input();
      } catch (error) {
        console.log(error.name);
      }
    `),
    { env: { NO_COLOR: "1" } },
  );
  assertStringIncludes(await talk.until("Name? "), "tty true");
  await talk.write("Ada\n");
  assertStringIncludes(await talk.until("Age? "), '[ "Ada" ]');
  await talk.write("36\n");
  await talk.until('[ "36" ]');
  await talk.write("\x04"); // Ctrl-D
  await talk.until("EOFError");
  assertEquals(await talk.process.wait(), 0);
});

Deno.test("a program may end in a terminal when nobody waits for a line", terminal, async () => {
  await using talk = new Dialogue(
    inTerminal(`console.log(yield* withTimeout(20, input("> "), { value: "late" }));`),
  );
  await talk.until("late");
  assertEquals(await talk.process.wait(), 0);
});

async function hasScript(): Promise<boolean> {
  try {
    return (await runCommand(["script", "--version"])).success;
  } catch (error) {
    assert(error instanceof Deno.errors.NotFound);
    return false;
  }
}
