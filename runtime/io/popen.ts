// Copyright 2026 the Tendril authors. MIT license.
/**
 * Subprocesses as Python's `subprocess.Popen` has them.
 *
 * @module
 */
import type { WaitOptions } from "../greenlet.ts";
import { addExternal } from "../hub.ts";
import { DONE, Op, type Waiter } from "../op.ts";
import { limited } from "../timeout.ts";
import type { ByteStream } from "./body.ts";
import { Child, type ProcessOptions } from "./child.ts";
import { cooperative, type IoPromise } from "./promise.ts";
import { settling } from "./settling.ts";
import type { ByteSink } from "./sink.ts";

const ignore = () => {};

/** Those who wait for the end of a process. */
type Exits = Set<ExitOp>;

class ExitOp extends Op<number> {
  #waiter: Waiter | null = null;

  constructor(readonly process: Popen, readonly exits: Exits) {
    super();
  }

  get reason(): string {
    return `process ${this.process.commandLine}`;
  }

  override get subject(): unknown {
    return this.process;
  }

  poll(): IteratorReturnResult<number> | null {
    const { returncode } = this.process;
    if (returncode === null) return null;
    DONE.value = returncode;
    return DONE;
  }

  park(waiter: Waiter): void {
    this.#waiter = waiter;
    this.exits.add(this);
    addExternal(1);
  }

  cancel(): void {
    this.exits.delete(this);
    addExternal(-1);
  }

  ended(): void {
    this.cancel();
    this.#waiter!.wake(this.process.returncode);
  }
}

/**
 * A process, started by the constructor. Who only waits for it, or reads its output, and is killed
 * leaves it running, as in Python; `await using` and {@linkcode Popen.close} end it, and so does a kill of
 * who is in {@linkcode Popen.communicate}.
 *
 * A program runs on when its Popen is forgotten, and the script does not end before it.
 *
 * @example In a greenlet
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { Popen } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const sort = new Popen(["sort"], { stdin: "piped", stdout: "piped" });
 *   const [sorted] = yield* sort.communicate("b\na\n");
 *   assertEquals([sorted, sort.returncode], ["a\nb\n", 0]);
 * });
 * ```
 *
 * @example Line by line
 * ```ts
 * import { Popen } from "@tendril/tendril/io";
 *
 * await using process = new Popen(["echo", "hello"], { stdout: "piped" });
 * for await (const line of process.stdout!.lines()) console.log(line);
 * ```
 */
export class Popen implements AsyncDisposable {
  readonly #child: Child;
  readonly #exits: Exits = new Set();

  /**
   * Starts a program.
   *
   * @param argv The program and its arguments. No shell takes part; for one, `["sh", "-c", "…"]`.
   * @param options Folder, environment, and where its standard streams lead: "inherit", the
   * default, "piped" or "null".
   * @throws {Deno.errors.NotFound} If there is no such program, or no such `cwd`.
   * @throws {TypeError} If `argv` is no array of strings.
   */
  constructor(argv: readonly string[], options: ProcessOptions = {}) {
    this.#child = new Child(argv, options);
    this.#child.process.status.then(() => {
      for (const exit of this.#exits) exit.ended();
    });
  }

  /** The program and its arguments. */
  get argv(): readonly string[] {
    return this.#child.argv;
  }

  /** The same as one line of text. */
  get commandLine(): string {
    return this.#child.line;
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.process.pid;
  }

  /** Its standard input, if that is "piped". */
  get stdin(): ByteSink | null {
    return this.#child.stdin;
  }

  /** Its standard output, if that is "piped". */
  get stdout(): ByteStream | null {
    return this.#child.stdout;
  }

  /** Its standard error, if that is "piped". */
  get stderr(): ByteStream | null {
    return this.#child.stderr;
  }

  /**
   * Its exit code; minus the number of the signal that ended it, as in Python; `null` as long as it
   * runs.
   */
  get returncode(): number | null {
    const { status } = this.#child;
    if (status === null) return null;
    return status.signal === null ? status.code : 128 - status.code;
  }

  /** The returncode if it has ended, `null` if it runs. Never waits. */
  poll(): number | null {
    return this.returncode;
  }

  /**
   * Waits for its end and gives the {@linkcode Popen.returncode}. The wait can be given up and made again;
   * the process goes on.
   *
   * A process that fills a "piped" output which nobody reads never ends: use `communicate`.
   *
   * @throws {TimeoutExpired} If `timeout` milliseconds were over first.
   */
  wait(options?: WaitOptions): Op<number> {
    const timeout = options?.timeout;
    return limited(new ExitOp(this, this.#exits), "wait for a process", timeout, (): number => {
      throw this.#child.late(timeout!);
    });
  }

  /**
   * Sends `input`, closes the standard input, reads all output, and waits for the end. However much
   * goes in both directions, nothing gets stuck. What is not "piped" is `null`.
   *
   * After a `timeout` of its own the process goes on, and a second call, without input, goes on where
   * the first one stopped. A kill or an outer Timeout ends the process: SIGTERM, and after 5 seconds
   * SIGKILL; the greenlet goes on when it is gone.
   *
   * @returns What it wrote to its standard output and standard error, as text.
   * @throws {TimeoutExpired} If `timeout` milliseconds were over first.
   * @throws {TypeError} If there is input for a second call, or for a standard input that is not "piped".
   */
  communicate(
    input?: string | Uint8Array,
    options?: WaitOptions,
  ): IoPromise<[stdout: string | null, stderr: string | null]> {
    const child = this.#child;
    if (input !== undefined && (child.stdin === null || child.gathering)) {
      const why = child.stdin === null
        ? 'its stdin is not "piped"'
        : "it was given its input before";
      throw new TypeError(`Cannot send input to ${child.line}: ${why}`);
    }
    return settling(
      "communicate with",
      child.line,
      this.#gathered(input, options),
      () => child.end(),
    );
  }

  async #gathered(
    input: string | Uint8Array | undefined,
    options: WaitOptions | undefined,
  ): Promise<[string | null, string | null]> {
    const child = this.#child;
    const timeout = options?.timeout;
    if (!await child.gatherWithin(input, timeout)) throw child.late(timeout!);
    const { stdout, stderr } = child.output;
    return [stdout?.text() ?? null, stderr?.text() ?? null];
  }

  /** Sends it a signal; one that has ended gets none. */
  sendSignal(signal: Deno.Signal): void {
    this.#child.signal(signal);
  }

  /** Ends it at once, by SIGKILL, or sends it another signal. */
  kill(signal: Deno.Signal = "SIGKILL"): void {
    this.#child.signal(signal);
  }

  /** Asks it to end, by SIGTERM. */
  terminate(): void {
    this.#child.signal("SIGTERM");
  }

  /**
   * Ends it if it runs (SIGTERM, and after 5 seconds SIGKILL), closes its pipes, and waits for all that.
   */
  close(): IoPromise<void> {
    return cooperative("end process", this.commandLine, this.#child.end(), ignore);
  }

  /** Ends it at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.returncode === null ? "running" : `returncode ${this.returncode}`;
    return `<Popen ${this.pid} ${this.commandLine} ${state}>`;
  }
}
