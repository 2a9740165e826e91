// Copyright 2026 the Tendril authors. MIT license.
// The downloader as a process, with the permissions that `deno task example` gives it.

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { digest } from "./fault_server/content.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const CERTIFICATE = `${ROOT}tests/runtime/io/tls/localhost.crt`;
/** The arguments of the task, with the path of the program. */
const TASK = config.tasks.example.command.split(" ").slice(1)
  .map((word) => word === "examples/download/main.ts" ? `${ROOT}${word}` : word);
/** Nothing takes this long, in milliseconds, however busy the machine is: who needs longer hangs. */
export const GUARD = 40_000;

/** A line that `--json` printed. */
export interface JsonLine {
  readonly url: string;
  readonly path: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly attempts: number;
  readonly resumed: boolean;
  readonly status: string;
  readonly error: string | null;
}

/** What came out of a run. */
export interface Ran {
  readonly code: number;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
  /** The lines that `--json` printed. */
  readonly lines: JsonLine[];
}

/** How to run it. */
export interface RunOptions {
  /** What is to be on standard input. */
  readonly input?: string;
  /** What a shell does before it becomes the tool. */
  readonly shell?: string;
}

/** Starts the tool. */
export function start(args: string[], { input, shell }: RunOptions = {}): Deno.ChildProcess {
  const words = [...TASK, ...args];
  const [program, all] = shell === undefined
    ? [Deno.execPath(), words]
    : ["/bin/sh", ["-c", `${shell}\nexec "$0" "$@"`, Deno.execPath(), ...words]];
  const child = new Deno.Command(program, {
    args: all,
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      NO_PROXY: "127.0.0.1,localhost",
      DENO_NO_UPDATE_CHECK: "1",
      DENO_CERT: CERTIFICATE,
    },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) write(child.stdin, input);
  return child;
}

async function write(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  // The tool may not want it.
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  await writer.close().catch(() => {});
}

/** Waits for the end of the tool; one that hangs is killed, and fails the test. */
export async function finish(child: Deno.ChildProcess): Promise<Ran> {
  let hung = false;
  const guard = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, GUARD);
  const [{ code, signal }, out, err] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  clearTimeout(guard);
  assert(!hung, `It hung.\n${out}\n${err}`);
  return { code, signal, out, err, lines: parseLines(out) };
}

/** Runs the tool to its end. */
export function runTool(args: string[], options?: RunOptions): Promise<Ran> {
  return finish(start(args, options));
}

function parseLines(out: string): JsonLine[] {
  return out.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

/** A folder with one for downloads in it, both removed at the end. */
export class Folder implements AsyncDisposable {
  /** What lies beside the downloads, and is no business of theirs. */
  readonly outer: string = Deno.makeTempDirSync({ prefix: "tendril-test-" });
  /** Where downloads go. */
  readonly path = `${this.outer}/downloads`;

  constructor() {
    Deno.mkdirSync(this.path);
  }

  /** What is there. */
  names(): string[] {
    return Array.from(Deno.readDirSync(this.path), ({ name }) => name).sort();
  }

  /** What is there but the parts of unfinished downloads. */
  finalNames(): string[] {
    return this.names().filter((name) => !/\.part(\.json~?)?$/.test(name));
  }

  /** The content of a file. */
  read(name: string): Uint8Array<ArrayBuffer> {
    return Deno.readFileSync(`${this.path}/${name}`);
  }

  /** Makes a file. */
  write(name: string, content: Uint8Array | string): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(`${this.path}/${name}`, bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.outer, { recursive: true });
  }
}

/** Checks that a run gave one file, whole, and nothing beside it. */
export function assertFile(ran: Ran, folder: Folder, name: string, bytes: Uint8Array): void {
  const said = `${ran.out}\n${ran.err}`;
  assertEquals(ran.code, 0, said);
  assertEquals(folder.names(), [name], said);
  assertSame(folder.read(name), bytes);
  assertEquals(ran.lines.length, 1, said);
  const [line] = ran.lines;
  assertEquals(line!.error ?? null, null, said);
  assertEquals(line!.bytes, bytes.length, said);
  assertEquals(line!.sha256, digest(bytes), said);
}

/** Checks that a run gave up, said why, and left nothing under a final name. */
export function assertFailed(ran: Ran, folder: Folder, reason: RegExp): void {
  const said = `${ran.out}\n${ran.err}`;
  assertEquals(ran.code, 1, said);
  assertEquals(folder.finalNames(), [], said);
  assertEquals(ran.lines.length, 1, said);
  assertMatch(ran.lines[0]!.error ?? "", reason);
}

/** Checks that bytes are the same, and shows where they part instead of all of them. */
export function assertSame(actual: Uint8Array, expected: Uint8Array): void {
  if (digest(actual) === digest(expected)) return;
  const at = actual.findIndex((byte, i) => byte !== expected[i]);
  throw new Error(
    `The file is wrong: ${actual.length} bytes of ${expected.length}, the first difference at ${at}`,
  );
}
