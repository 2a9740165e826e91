// Copyright 2026 the Tendril authors. MIT license.
// Runs the programs of the gallery in processes of their own, with the permissions of their first lines.

import { assertEquals } from "@std/assert";

/** The root of the repository, where the programs run. */
export const ROOT = new URL("../../", import.meta.url);

/** For {@linkcode linesOf}: a clock that is always right, however busy the machine is. */
export const VIRTUAL_CLOCK = "--preload=tests/examples/virtual_clock.ts";

const FIRST_LINE = /^#!\/usr\/bin\/env -S deno run(( --\S+)*)\n/;

/** The permissions that a program asks for; undefined for a file that is no program. */
export function permissionsOf(program: string): string[] | undefined {
  const source = Deno.readTextFileSync(new URL(`examples/${program}`, ROOT));
  return FIRST_LINE.exec(source)?.[1]?.split(" ").slice(1);
}

/** How a program is called; `flags` come before its path. */
export function command(
  program: string,
  { flags = [], ...options }: Deno.CommandOptions & { flags?: string[] },
): Deno.Command {
  const permissions = permissionsOf(program);
  if (permissions === undefined) throw new Error(`${program} does not begin with "#!"`);
  const { args = [], ...rest } = options;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, ...flags, `examples/${program}`, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    ...rest,
  });
}

/** Runs a program to its end and gives what it printed. */
export async function outputOf(
  program: string,
  args: string[] = [],
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await command(program, { args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** What the runtime reports of a program when the machine is too busy to let it run. */
const SLOW = /^.* held the isolate for .*\n/gm;

/** Runs a program that succeeds without complaints, and gives the lines it printed. */
export async function linesOf(program: string, ...flags: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await command(program, { flags, stdin: "null" }).output();
  const decoder = new TextDecoder();
  const err = decoder.decode(stderr).replaceAll(SLOW, "");
  assertEquals({ code, err }, { code: 0, err: "" });
  return decoder.decode(stdout).trimEnd().split("\n");
}

/** A program that runs, with its standard input and output. */
export class RunningProgram implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #pieces: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(program: string, args: string[] = []) {
    this.#process = command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
      .spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#pieces = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async type(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Reads up to `text`, and gives all up to its end. */
  async readUntil(text: string): Promise<string> {
    while (!this.#rest.includes(text)) {
      const { value, done } = await this.#pieces.read();
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

  /** Closes its input or sends a signal, reads the rest, and gives it with the exit code. */
  async end(signal?: Deno.Signal): Promise<{ rest: string; code: number }> {
    if (signal !== undefined) this.#process.kill(signal);
    else await this.#writer.close();
    for (;;) {
      const { value, done } = await this.#pieces.read();
      if (done) break;
      this.#rest += value;
    }
    return { rest: this.#rest, code: (await this.#process.status).code };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#pieces.cancel();
    try {
      this.#process.kill("SIGKILL");
    } catch { // it has ended
    }
    await this.#process.status;
  }
}

/** 0, 1, 2 and so on. */
export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Lines that came in any order. */
export const sorted = (lines: Iterable<string>): string[] => [...lines].sort();
