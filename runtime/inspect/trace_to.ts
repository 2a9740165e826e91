// Copyright 2026 the Tendril authors. MIT license.
/**
 * `traceTo`: a file in which one can look at what a program did.
 *
 * @module
 */
import { listen } from "../events.ts";
import { Recorder } from "./recorder.ts";
import { TaskRecorder } from "./task_recorder.ts";
import { TraceFile } from "./trace_file.ts";

/**
 * A trace that is being written; {@linkcode traceTo} begins it.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { type Trace, traceTo } from "@tendril/tendril/inspect";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const path = Deno.makeTempFileSync({ suffix: ".json" });
 * {
 *   using _trace: Trace = traceTo(path);
 *   await run(function* () {
 *     yield* sleep(1);
 *   });
 * }
 * assertStringIncludes(Deno.readTextFileSync(path), '"name":"sleep"');
 * Deno.removeSync(path);
 * ```
 */
export class Trace implements Disposable {
  readonly #file: TraceFile;
  readonly #recorder: Recorder;
  readonly #tasks: TaskRecorder;
  readonly #unlisten: (() => void)[];

  /** Begins a trace; use {@linkcode traceTo}. */
  constructor(path: string | URL) {
    this.#file = new TraceFile(path, (error) => this.#failed(error));
    this.#recorder = new Recorder(this.#file);
    this.#tasks = new TaskRecorder(this.#file);
    this.#unlisten = [listen(this.#recorder), listen(this.#tasks)];
    globalThis.addEventListener("unload", this);
    globalThis.addEventListener("error", this);
    globalThis.addEventListener("unhandledrejection", this);
  }

  /**
   * The program ends, or is about to because of an error.
   *
   * @internal
   */
  handleEvent({ type }: globalThis.Event): void {
    try {
      if (type === "unload") this.close();
      else this.#file.flush();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#stop();
    // deno-lint-ignore no-console -- nobody else is there to be told
    console.error("Cannot write the trace any more:", error);
  }

  #stop(): void {
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    globalThis.removeEventListener("unload", this);
    globalThis.removeEventListener("error", this);
    globalThis.removeEventListener("unhandledrejection", this);
  }

  /** Ends the trace: what has not ended is drawn up to here. Again: no effect. */
  close(): void {
    if (this.#unlisten.length === 0) return;
    this.#stop();
    try {
      this.#recorder.end();
      this.#tasks.end();
    } finally {
      this.#file.close();
    }
  }

  /** Ends the trace at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Writes what the program does to a file that ui.perfetto.dev and chrome://tracing show: a row for each
 * greenlet with a slice for each run and each wait, named by its reason; arrows from who woke a
 * greenlet to where it then runs; a row for each worker with its tasks.
 *
 * It ends when it is closed, or with the program. The file is whole at any time, so it can be read as
 * well after an uncaught error or Ctrl-C; then it may lack the last tenth of a second. It needs the
 * permission to write the file. A program that does more than some hundred thousand things a second is drawn
 * in samples; what was left out is told in the row of the hub.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { traceTo } from "@tendril/tendril/inspect";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const path = Deno.makeTempFileSync({ suffix: ".json" });
 * const trace = traceTo(path);
 * await run(function* () {
 *   yield* sleep(1);
 * });
 * trace.close();
 * assertStringIncludes(Deno.readTextFileSync(path), '"name":"sleep"');
 * Deno.removeSync(path);
 * ```
 *
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {Deno.errors.NotCapable} Without the permission to write the file.
 */
export function traceTo(path: string | URL): Trace {
  return new Trace(path);
}
