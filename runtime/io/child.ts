// Copyright 2026 the Tendril authors. MIT license.
/**
 * A child process and what all ways of running one need: its pipes, its end, and the end of it.
 *
 * Invariants:
 * - Nothing here awaits an Op, so it can be used wherever a wait is given up.
 * - `end` acts once, however many ask for it: first SIGTERM, and SIGKILL when that did not help.
 * - What `gather` reads is kept: a wait for it that is given up loses nothing.
 *
 * @module
 */
import { checkDelay, show } from "../clock.ts";
import { Timeout, type TimeoutLike } from "../timeout.ts";
import { adoptStream, type ByteStream, type Drain } from "./body.ts";
import { failure } from "./errors.ts";
import { within } from "./settling.ts";
import { adoptSink, type ByteSink } from "./sink.ts";

/** The original, whatever the global one becomes. To read it loads it, so that has to wait. */
const command = Object.getOwnPropertyDescriptor(Deno, "Command")!;

/** How long a process may take to end after a SIGTERM, in milliseconds. */
const GRACE = 5000;
/** How long the pipes of a dead process may stay open, which a grandchild can hold, in milliseconds. */
const LAST_WORDS = 1000;

/** Options of a process: those of `Deno.Command`, without the arguments. */
export type ProcessOptions = Omit<Deno.CommandOptions, "args">;

/** A command line as text, for messages and dumps. */
export function commandLine(argv: readonly string[]): string {
  const words = argv.map((word) => /^[\w./:=@%+,-]+$/.test(word) ? word : show(word));
  const line = words.join(" ");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function checkArgv(argv: readonly string[]): void {
  if (!Array.isArray(argv)) {
    throw new TypeError(`Cannot run ${show(argv)}: expected an array such as ["ls", "-l"]`);
  }
  if (argv.length === 0) {
    throw new TypeError('Cannot run []: expected the program and its arguments, ["ls", "-l"]');
  }
  const wrong = argv.find((word) => typeof word !== "string");
  if (wrong !== undefined) {
    throw new TypeError(`Cannot run ${show(argv[0])} with ${show(wrong)}: arguments are strings`);
  }
}

function spawn(argv: readonly string[], options: ProcessOptions): Deno.ChildProcess {
  checkArgv(argv);
  const [program, ...args] = argv as [string, ...string[]];
  try {
    const HostCommand: typeof Deno.Command = command.get?.call(Deno) ?? command.value;
    return new HostCommand(program, { ...options, args }).spawn();
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound && !error.message.includes("cwd");
    if (!missing) throw failure(`run ${show(program)}`, error);
    throw new Deno.errors.NotFound(
      `Cannot run ${show(program)}: there is no such program; give its path, or see to PATH`,
      { cause: error },
    );
  }
}

/** A process that was started. */
export class Child {
  readonly argv: readonly string[];
  /** Its command line, shown in dumps and errors. */
  readonly line: string;
  readonly process: Deno.ChildProcess;
  readonly stdin: ByteSink | null;
  readonly stdout: ByteStream | null;
  readonly stderr: ByteStream | null;
  /** How it ended, `null` as long as it runs. */
  status: Deno.CommandStatus | null = null;
  #gathering: Promise<unknown> | null = null;
  #ending: Promise<void> | null = null;

  /** Starts it. */
  constructor(argv: readonly string[], options: ProcessOptions) {
    const child = spawn(argv, options);
    this.argv = [...argv];
    this.line = commandLine(argv);
    this.process = child;
    this.stdin = options.stdin === "piped" ? adoptSink(child.stdin, "stdin of", this.line) : null;
    const output = (name: "stdout" | "stderr") =>
      options[name] === "piped" ? adoptStream(child[name], `${name} of`, this.line, null) : null;
    this.stdout = output("stdout");
    this.stderr = output("stderr");
    child.status.then((status) => this.status = status);
  }

  /** Sends it a signal; one that has ended gets none. */
  signal(signal: Deno.Signal): void {
    if (this.status !== null) return;
    try {
      this.process.kill(signal);
    } catch (error) {
      // It has ended, and the host is about to tell.
      const ended = error instanceof Deno.errors.NotFound || error instanceof TypeError &&
          error.message.includes("terminated");
      if (!ended) throw failure(`send ${signal} to ${this.line}`, error);
    }
  }

  /** Ends it and closes its pipes. */
  end(): Promise<void> {
    return this.#ending ??= this.#end();
  }

  async #end(): Promise<void> {
    if (this.status === null) {
      this.signal("SIGTERM");
      if (!await within(GRACE, this.process.status)) this.signal("SIGKILL");
      await this.process.status;
    }
    if (this.#gathering !== null) await within(LAST_WORDS, this.#gathering);
    const pipes = [this.stdin, this.stdout, this.stderr];
    await within(LAST_WORDS, Promise.all(pipes.map((pipe) => pipe?.drop())));
  }

  /** Whether it was begun to gather what it says. */
  get gathering(): boolean {
    return this.#gathering !== null;
  }

  /** Gives it `input` and its end, reads all it says, and waits for its end. */
  gather(input: string | Uint8Array | undefined): Promise<unknown> {
    return this.#gathering ??= Promise.all([
      this.#feed(input),
      this.stdout?.drain().done,
      this.stderr?.drain().done,
      this.process.status,
    ]);
  }

  /** {@linkcode Child.gather}, but not longer than `timeout`; false when that was over first. */
  async gatherWithin(
    input: string | Uint8Array | undefined,
    timeout: TimeoutLike | undefined,
  ): Promise<boolean> {
    const ms = timeout instanceof Timeout ? timeout.ms : timeout;
    if (ms !== undefined) checkDelay(`run ${this.line}`, ms);
    const all = this.gather(input);
    if (ms !== undefined && !await within(ms, all)) return false;
    await all;
    return true;
  }

  async #feed(input: string | Uint8Array | undefined): Promise<void> {
    if (this.stdin === null) return;
    try {
      if (input !== undefined) await this.stdin.put(input);
    } catch (error) {
      // It need not read what it is given.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
    await this.stdin.finish();
  }

  /** What has come over the pipes so far. */
  get output(): { readonly stdout: Drain | undefined; readonly stderr: Drain | undefined } {
    return { stdout: this.stdout?.drained, stderr: this.stderr?.drained };
  }

  /** What to throw when `limit` was over. */
  late(limit: TimeoutLike): Error {
    if (limit instanceof Timeout) return limit.thrown;
    const { stdout, stderr } = this.output;
    return new TimeoutExpired(this.argv, limit, stdout?.text() ?? "", stderr?.text() ?? "");
  }
}

/**
 * A process took too long: thrown where Python throws the exception of this name. It is a
 * {@linkcode Timeout} that knows the command and what it said up to then.
 *
 * @example Usage
 * ```ts
 * import { runCommand, TimeoutExpired } from "@tendril/tendril/io";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(
 *   () => runCommand(["sleep", "60"], { timeout: 10 }),
 *   TimeoutExpired,
 * );
 * assertEquals([error.command, error.ms], [["sleep", "60"], 10]);
 * ```
 */
export class TimeoutExpired extends Timeout {
  /** The class name, so that logs and serialised errors show it. */
  override name = "TimeoutExpired";
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** What it had written to a piped standard output that was read. */
  readonly output: string;
  /** What it had written to a piped standard error that was read. */
  readonly stderr: string;

  /** Makes the error. */
  constructor(command: readonly string[], ms: number, output: string, stderr: string) {
    super(ms, `${commandLine(command)} did not end within ${ms} ms`);
    this.command = command;
    this.output = output;
    this.stderr = stderr;
  }
}
