// Copyright 2026 the Tendril authors. MIT license.
/**
 * `run`: a root greenlet and everything below it, as one promise.
 *
 * @module
 */
import { explain } from "./deadlock.ts";
import { DeadlockError, GreenletExit } from "./errors.ts";
import { families, Family } from "./family.ts";
import { addLink, ASYNC, type Fiber, type Link } from "./fiber.ts";
import { notCallable, type Runnable } from "./body.ts";
import { Greenlet, living } from "./greenlet.ts";
import { addWatcher, onStuck } from "./hub.ts";
import { FIFO } from "./policies/fifo.ts";
import { checkPolicy, police } from "./policies/policed_queue.ts";
import type { Policy } from "./policies/policy.ts";
import { flushReports } from "./report.ts";

/** Options of {@linkcode run}. */
export interface RunOptions {
  /** "ignore" for programs that are woken from outside the runtime; default: "report". */
  deadlock?: "report" | "ignore";
  /**
   * Decides which of the ready greenlets of this run goes on; default: `fifo()`.
   *
   * A policy decides within its run. Runs, and greenlets outside of any run, take turns with each other
   * first come, first served, one turn for each greenlet that is ready: a policy only says which
   * of the run's greenlets takes the run's next turn. While any run has one, the clock is read
   * between two turns and timers that are due fire there.
   */
  policy?: Policy;
}

/** One `run` that has not ended. */
export class Root<T> implements Link {
  before: Link | null = null;
  after: Link | null = null;
  readonly greenlet: Greenlet<T>;
  readonly promise: Promise<T>;
  /** The greenlet in which it was started, if any. */
  readonly starter: Greenlet<unknown> | null;
  readonly #family = new Family();
  readonly #watched: boolean;
  readonly #dismissPolicy: () => void;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #failure: { error: unknown } | null = null;

  constructor(
    fn: Runnable<unknown[], T>,
    args: unknown[],
    watched: boolean,
    policy: Policy = FIFO,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#watched = watched;
    this.#dismissPolicy = police(this.#family, policy);
    this.greenlet = new Greenlet(fn, { daemon: false }, this.#family);
    this.starter = this.greenlet.spawningGreenlet;
    addLink(this.greenlet, this);
    this.#family.onQuiet = () => this.#quiet();
    families.add(this.#family);
    this.greenlet.start(...args);
    roots.add(this as Root<unknown>);
    if (watched) addWatcher(1);
  }

  /** The root has ended; the rest goes down with one that failed. */
  ended(root: Fiber): void {
    if (root.failing) this.#fail(root.inbox);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#killAll("The run this greenlet belongs to failed");
  }

  #killAll(why: string): void {
    for (const member of living(this.#family)) {
      member.requestKill(new GreenletExit(why));
    }
  }

  /** Only daemons are left: kills them, and ends when they have ended. */
  #quiet(): void {
    const left = living(this.#family);
    // A kill reaches an async body at its next Op; one that awaits something else is let go.
    if (left.every((greenlet) => greenlet.state === ASYNC && greenlet.waits.length === 0)) {
      return this.#finish();
    }
    this.#killAll("The run this daemon belongs to is over");
  }

  #finish(): void {
    this.#family.onQuiet = null;
    families.delete(this.#family);
    this.#dismissPolicy();
    roots.delete(this as Root<unknown>);
    if (this.#watched) addWatcher(-1);
    flushReports();
    if (this.#failure !== null) this.#reject(this.#failure.error);
    else this.#resolve(this.greenlet.inbox as T);
  }

  /** Ends everything in here; the promise rejects with `error`. */
  abort(error: Error): void {
    this.#fail(error);
  }

  /** Nothing can wake anybody in here any more; gives the error that says so, if it is to be told. */
  stuck(): DeadlockError | null {
    if (!this.#watched) return null;
    const error = new DeadlockError(explain(this.#family));
    if (this.greenlet.dead) this.#fail(error);
    else this.greenlet.interrupt(error);
    return error;
  }
}

/** All runs that have not ended. */
export const roots: Set<Root<unknown>> = new Set();
onStuck(() => {
  for (const root of [...roots]) root.stuck();
});

/**
 * Runs `fn(...args)` as a greenlet and everything it spawns. The promise resolves with its result
 * when it and every non-daemon greenlet below it have ended; daemons are killed then. If it fails,
 * the rest are killed and waited for, and the promise rejects with its error.
 *
 * When nothing can wake the waiting greenlets any more it gets a {@linkcode DeadlockError}.
 *
 * @example Usage
 * ```ts
 * import { run, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const total = await run(function* () {
 *   const one = spawn(function* (n: number) {
 *     yield* sleep(1);
 *     return n;
 *   }, 1);
 *   return (yield* one) + 1;
 * });
 * assertEquals(total, 2);
 * ```
 *
 * @throws {TypeError} If `fn` is no function.
 * @throws {RangeError} If `policy` is no policy.
 */
export function run<T>(fn: Runnable<[], T>, options: RunOptions): Promise<T>;
/** Runs `fn(...args)` as a greenlet and everything it spawns. */
export function run<A extends unknown[], T>(fn: Runnable<A, T>, ...args: A): Promise<T>;
export function run<T>(fn: Runnable<unknown[], T>, ...args: unknown[]): Promise<T> {
  if (typeof fn !== "function") throw notCallable("run", fn);
  const [first] = args;
  const options = args.length === 1 && isRunOptions(first) ? first : undefined;
  if (options === undefined) return new Root(fn, args, true).promise;
  const { deadlock, policy } = options;
  if (policy !== undefined) checkPolicy(policy);
  return new Root(fn, [], deadlock !== "ignore", policy).promise;
}

const OPTION_NAMES = new Set(["deadlock", "policy"]);

/** `run(fn, { deadlock })` passes options; any other object is an argument for `fn`. */
function isRunOptions(value: unknown): value is RunOptions {
  if (
    typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype
  ) return false;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => OPTION_NAMES.has(name));
}
