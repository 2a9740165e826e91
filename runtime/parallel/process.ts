// Copyright 2026 the Tendril authors. MIT license.
/**
 * One worker for one function, with the face of `multiprocessing.Process`.
 *
 * @module
 */
import { Event } from "../../channels/event.ts";
import type { TaskInfo } from "../events.ts";
import type { WaitOptions } from "../greenlet.ts";
import { addExternal } from "../hub.ts";
import type { Op } from "../op.ts";
import { checkArguments } from "./arguments.ts";
import { connectTo } from "./backends.ts";
import { define } from "./definition.ts";
import type { Definition } from "./load.ts";
import { ProcessError } from "./errors.ts";
import type { BackendName, Link } from "./link.ts";
import * as protocol from "./protocol.ts";
import type { Failure, FromWorker } from "./protocol.ts";
import { unpackError } from "./remote_error.ts";
import { pack } from "./shared/transport.ts";
import type { WorkerTask } from "./task.ts";
import { beginTask, endTask, findCaller } from "./task_events.ts";

/** Options of {@linkcode Process}. */
export interface ProcessOptions<A extends unknown[]> {
  /** What it runs. */
  target: WorkerTask<A, unknown>;
  /** The arguments of the target; default: none. */
  args?: A;
  /** Shown in errors; default: "Process-" and a number. */
  name?: string;
  /** Whether the program may end without waiting for it; default: false. */
  daemon?: boolean;
  /** What it runs on; default: "worker". */
  backend?: BackendName;
}

const RUN_TARGET: Definition = {
  name: "runTarget",
  module: new URL("./process_target.ts", import.meta.url).href,
};

let made = 0;
const alive = new Set<Process>();

/**
 * The processes that were started by this isolate and have not ended.
 *
 * @example Usage
 * ```ts
 * import { activeChildren, Process } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const child = new Process({ target: (n: number) => n * n, args: [3] });
 * child.start();
 * assertEquals(activeChildren(), [child]);
 * await child.join();
 * assertEquals(activeChildren(), []);
 * ```
 */
export function activeChildren(): Process[] {
  return [...alive];
}

/**
 * A worker that runs one function: a thread by default, with the backend "process" a process of the system.
 * It has ended when the function and every greenlet that it spawned have ended. An error in it is written
 * to standard error, and its exit code is 1.
 *
 * @example Usage
 * ```ts
 * import { Process } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const child = new Process({ target: (n: number) => n * n, args: [3] });
 * child.start();
 * await child.join();
 * assertEquals(child.exitcode, 0);
 * ```
 */
export class Process<A extends unknown[] = unknown[]> {
  /** Shown in errors. */
  readonly name: string;
  /** Whether the program may end without waiting for it. */
  readonly daemon: boolean;
  readonly #definition: Definition;
  readonly #backend: BackendName;
  readonly #ended = new Event();
  #args: A | null;
  #state: "new" | "running" | "ended" | "closed" = "new";
  #link: Link | null = null;
  #pid: number | undefined;
  #exitcode: number | undefined;
  #task: TaskInfo | null = null;

  /**
   * Makes a process that has not started.
   *
   * @throws {TypeError} If the target or an argument cannot be sent.
   */
  constructor({ target, args, name, daemon = false, backend = "worker" }: ProcessOptions<A>) {
    this.name = name ?? `Process-${++made}`;
    this.daemon = daemon;
    this.#definition = define("start a Process of", target);
    this.#args = args ?? [] as unknown[] as A;
    this.#backend = backend;
    connectTo(backend);
    checkArguments(this.#definition.name, this.#args);
  }

  #check(action: string, ...states: string[]): void {
    if (states.includes(this.#state)) return;
    const advice = {
      new: "call start() first",
      running: "it is running; join() it first",
      ended: "it has ended; make another one",
      closed: "it was closed",
    };
    throw new ProcessError(`Cannot ${action} ${this.name}: ${advice[this.#state]}`);
  }

  /**
   * Starts it.
   *
   * @throws {ProcessError} If it was started before.
   * @throws {TypeError} If an argument cannot be sent.
   */
  start(): void {
    this.#check("start", "new");
    const { name, daemon } = this;
    const start = { name, daemon, initializer: undefined, initArgs: [] };
    const transfer: Transferable[] = [];
    let link: Link | null = null;
    try {
      const items = pack([[this.#definition, this.#args]], transfer);
      if (transfer.length === 0) structuredClone(items); // fails before there is anything to be ended
      link = connectTo(this.#backend)(start, this);
      link.post([protocol.DEFINE, 0, RUN_TARGET], []);
      link.post([protocol.RUN, 0, 0, protocol.ARGUMENT_LISTS, items, undefined], transfer);
    } catch (cause) {
      link?.stop();
      throw new TypeError(`Cannot start ${this.name}: ${(cause as Error).message}`, { cause });
    }
    if (!daemon) link.hold();
    this.#args = null;
    this.#link = link;
    this.#pid = link.pid;
    this.#state = "running";
    alive.add(this as unknown as Process);
    addExternal(1);
    this.#task = beginTask({ definition: this.#definition, late: false }, name, 1, findCaller());
  }

  /**
   * Waits for its end; gives false when `timeout` milliseconds were over first.
   *
   * @throws {ProcessError} If it was not started, or was closed.
   */
  join(options?: WaitOptions): Op<boolean> {
    this.#check("join", "running", "ended");
    return this.#ended.wait(options);
  }

  /** Ends it: a process by SIGTERM, a thread as soon as it gives way. Acts at the call. */
  terminate(): void {
    this.#stop(-15);
  }

  /** Ends it: a process by SIGKILL, a thread as soon as it gives way. Acts at the call. */
  kill(): void {
    this.#stop(-9);
  }

  #stop(exitcode: -9 | -15): void {
    this.#check(exitcode === -9 ? "kill" : "terminate", "running", "ended");
    if (this.#state === "ended") return;
    this.#exitcode ??= exitcode;
    this.#link!.stop(exitcode === -15);
  }

  /** Whether it was started and has not ended. */
  isAlive(): boolean {
    this.#check("ask after", "new", "running", "ended");
    return this.#state === "running";
  }

  /**
   * `undefined` until it has ended; then 0, 1 if the target failed, the code it gave to `Deno.exit`, or -15
   * or -9 if it was terminated or killed.
   */
  get exitcode(): number | undefined {
    return this.#state === "ended" || this.#state === "closed" ? this.#exitcode : undefined;
  }

  /** For a process the number that the system gave it, for a thread one that counts up. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /**
   * Gives up what belongs to it; it cannot be used any more.
   *
   * @throws {ProcessError} If it is running.
   */
  close(): void {
    this.#check("close", "new", "ended", "closed");
    this.#state = "closed";
    this.#link = null;
  }

  /**
   * Part of `Listener`.
   *
   * @internal
   */
  receive(message: FromWorker): void {
    switch (message[0]) {
      case protocol.OUTCOMES:
        this.#finish(message[3]?.[0]?.[1] ?? null);
        break;
      case protocol.LATE:
        this.#finish(message[2][0]!);
        break;
      case protocol.STRAY:
        this.#print(unpackError(message[1], this.name));
        break;
      case protocol.LEAVING:
        this.lost(message[1], message[2]);
        this.#link!.stop();
    }
  }

  #finish(failure: Failure | null): void {
    this.#exitcode ??= failure === null ? 0 : 1;
    if (failure !== null) this.#print(unpackError(failure, this.name));
    this.#link!.post([protocol.LEAVE], []);
  }

  #print(error: unknown): void {
    // deno-lint-ignore no-console -- as the uncaught error of a program
    console.error(`${this.name} failed:`, error);
  }

  /**
   * Part of `Listener`.
   *
   * @internal
   */
  lost(why: string, exitCode?: number): void {
    if (this.#exitcode !== undefined) return;
    this.#exitcode = exitCode ?? 1;
    if (exitCode === undefined) this.#print(new ProcessError(`${this.name} died: ${why}`));
  }

  /**
   * Part of `Listener`.
   *
   * @internal
   */
  gone(): void {
    if (this.#state !== "running") return;
    this.#state = "ended";
    alive.delete(this as unknown as Process);
    addExternal(-1);
    const failed = this.#exitcode !== 0;
    endTask(this.#task, failed ? { error: `exit code ${this.#exitcode}` } : null);
    this.#ended.set();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const code = this.exitcode === undefined ? "" : ` exitcode=${this.exitcode}`;
    return `<Process ${JSON.stringify(this.name)} ${this.#state}${code}>`;
  }
}
