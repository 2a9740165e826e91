// Copyright 2026 the Tendril authors. MIT license.
/**
 * Running a program to its end, as Python's `subprocess.run` and `check_output` do.
 *
 * @module
 */
import type { TimeoutLike } from "../timeout.ts";
import type { Bytes } from "./body.ts";
import { Child, commandLine, type ProcessOptions } from "./child.ts";
import { cooperative, type IoPromise } from "./promise.ts";
import { settling } from "./settling.ts";

const ignore = () => {};

/** Options of {@linkcode checkOutput}. */
export interface CheckOutputOptions extends ProcessOptions {
  /** What the program gets as its standard input; without it that is empty. */
  input?: string | Uint8Array;
  /** After how many milliseconds the program is ended; default: never. */
  timeout?: TimeoutLike;
}

/** Options of {@linkcode runCommand}. */
export interface RunCommandOptions extends CheckOutputOptions {
  /**
   * Whether to throw when the program fails.
   *
   * @default {false}
   */
  check?: boolean;
  /**
   * Whether output is given as text or as bytes.
   *
   * @default {true}
   */
  text?: boolean;
}

/** How a program ended, and what it said. */
export interface CommandResult<T> {
  /** Its exit code; 128 and the number of the signal when one ended it. */
  readonly code: number;
  /** The signal that ended it, if any. */
  readonly signal: Deno.Signal | null;
  /** Whether the code is 0. */
  readonly success: boolean;
  /** What it wrote to its standard output; empty when that is not "piped". */
  readonly stdout: T;
  /** What it wrote to its standard error; empty when that is not "piped". */
  readonly stderr: T;
}

/** A program failed: thrown by {@linkcode checkOutput}, and by {@linkcode runCommand} with `check`. */
export class CalledProcessError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "CalledProcessError";
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Its exit code; 128 and the number of the signal when one ended it. */
  readonly code: number;
  /** The signal that ended it, if any. */
  readonly signal: Deno.Signal | null;
  /** What it had written to its standard output. */
  readonly output: string;
  /** What it had written to its standard error. */
  readonly stderr: string;

  /** Makes the error. */
  constructor(command: readonly string[], result: CommandResult<string>) {
    const { code, signal, stdout, stderr } = result;
    const end = signal === null ? `it exited with code ${code}` : `${signal} ended it`;
    const last = stderr.trimEnd().split("\n").at(-1)!.slice(0, 200);
    super(`Cannot complete ${commandLine(command)}: ${end}${last === "" ? "" : `: ${last}`}`);
    this.command = command;
    this.code = code;
    this.signal = signal;
    this.output = stdout;
    this.stderr = stderr;
  }
}

/** Runs a program and gives what `show` makes of it. */
function launch<T>(
  argv: readonly string[],
  options: RunCommandOptions,
  show: (child: Child) => T,
): IoPromise<T> {
  const { input, timeout: _timeout, check: _check, text: _text, ...rest } = options;
  let child: Child;
  try {
    if (input !== undefined && (rest.stdin ?? "piped") !== "piped") {
      throw new TypeError(`Cannot give ${commandLine(argv)} input: its stdin is "${rest.stdin}"`);
    }
    const stdin = input === undefined ? "null" : "piped";
    child = new Child(argv, { stdin, stdout: "piped", stderr: "piped", ...rest });
  } catch (error) {
    return cooperative("run", "a program", Promise.reject(error), ignore);
  }
  return settling("run", child.line, complete(child, options, show), () => child.end());
}

async function complete<T>(
  child: Child,
  { input, timeout, check = false }: RunCommandOptions,
  show: (child: Child) => T,
): Promise<T> {
  let inTime: boolean;
  try {
    inTime = await child.gatherWithin(input, timeout);
  } finally {
    await child.end();
  }
  if (!inTime) throw child.late(timeout!);
  if (check && !child.status!.success) throw new CalledProcessError(child.argv, asText(child));
  return show(child);
}

function asText({ status, output: { stdout, stderr } }: Child): CommandResult<string> {
  return { ...status!, stdout: stdout?.text() ?? "", stderr: stderr?.text() ?? "" };
}

function asBytes({ status, output: { stdout, stderr } }: Child): CommandResult<Bytes> {
  const none = new Uint8Array();
  return { ...status!, stdout: stdout?.bytes() ?? none, stderr: stderr?.bytes() ?? none };
}

/**
 * Runs a program to its end and gives how it ended and what it said. Output is "piped", that is read,
 * unless the options say otherwise; the standard input is empty without `input`.
 *
 * When the greenlet that waits is killed or timed out, or `timeout` is over, the program is ended:
 * SIGTERM, and after 5 seconds SIGKILL; the greenlet goes on when it is gone.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { runCommand } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const { code, stdout } = yield* runCommand(["sort"], { input: "b\na\n" });
 *   assertEquals([code, stdout], [0, "a\nb\n"]);
 * });
 * ```
 *
 * @param argv The program and its arguments. No shell takes part; for one, `["sh", "-c", "…"]`.
 * @throws {Deno.errors.NotFound} If there is no such program, or no such `cwd`.
 * @throws {CalledProcessError} If it fails and `check` is set.
 * @throws {TimeoutExpired} If `timeout` milliseconds were over first.
 */
export function runCommand(
  argv: readonly string[],
  options: RunCommandOptions & { text: false },
): IoPromise<CommandResult<Uint8Array<ArrayBuffer>>>;
/** Runs a program to its end and gives how it ended and what it said, as text. */
export function runCommand(
  argv: readonly string[],
  options?: RunCommandOptions,
): IoPromise<CommandResult<string>>;
export function runCommand(
  argv: readonly string[],
  options: RunCommandOptions = {},
): IoPromise<CommandResult<string>> | IoPromise<CommandResult<Bytes>> {
  return options.text === false ? launch(argv, options, asBytes) : launch(argv, options, asText);
}

/**
 * Runs a program to its end and gives what it wrote to its standard output, as text.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { checkOutput } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   assertEquals(yield* checkOutput(["echo", "hello"]), "hello\n");
 * });
 * ```
 *
 * @param argv The program and its arguments. No shell takes part; for one, `["sh", "-c", "…"]`.
 * @throws {CalledProcessError} If it fails.
 * @throws {Deno.errors.NotFound} If there is no such program, or no such `cwd`.
 * @throws {TimeoutExpired} If `timeout` milliseconds were over first.
 */
export function checkOutput(
  argv: readonly string[],
  options: CheckOutputOptions = {},
): IoPromise<string> {
  return launch(argv, { ...options, check: true }, (child) => asText(child).stdout);
}
