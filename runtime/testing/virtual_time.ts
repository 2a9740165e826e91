// Copyright 2026 the Tendril authors. MIT license.
/**
 * `virtualTime`: a run in which waiting takes no time.
 *
 * @module
 */
import { notCallable, type Runnable } from "../body.ts";
import { checkDelay, type Clock } from "../clock.ts";
import { GreenletError } from "../errors.ts";
import { setClock, timers } from "../hub.ts";
import { checkPolicy } from "../policies/policed_queue.ts";
import { Root, type RunOptions } from "../run.ts";
import { Patience } from "./patience.ts";
import { PlainTimers } from "./plain_timers.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** Options of {@linkcode virtualTime}, beside those of `run`. */
export interface VirtualTimeOptions extends RunOptions {
  /**
   * Whether `Date`, `performance.now`, `setTimeout`, `setInterval` and their counterparts go by virtual
   * time, too; default: false. `AbortSignal.timeout`, `Temporal` and `node:timers` never do.
   */
  globals?: boolean;
  /**
   * How long everything may wait while something outside is awaited, before time goes on all the same, in
   * milliseconds of real time; Infinity is for ever; default: 1000.
   */
  patience?: number;
}

/**
 * The time in a {@linkcode virtualTime}.
 *
 * @example Usage
 * ```ts
 * import { sleep } from "@tendril/tendril";
 * import { type VirtualTime, virtualTime } from "@tendril/tendril/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await virtualTime(function* (time: VirtualTime) {
 *   time.spend(500); // as a computation would
 *   yield* sleep(1000);
 *   assertEquals(time.now, 1500);
 * });
 * ```
 */
export class VirtualTime {
  readonly #clock: VirtualClock;
  readonly #start: number;

  /** @internal */
  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#start = clock.now();
  }

  /** How many milliseconds have passed since the beginning. */
  get now(): number {
    return this.#clock.now() - this.#start;
  }

  /**
   * Lets time pass without waiting, as if the caller had computed for `ms` milliseconds: nobody else runs
   * meanwhile, and timers that are due by then fire when the caller waits or gives way for long enough.
   *
   * @throws {RangeError} If `ms` is negative or NaN.
   */
  spend(ms: number): void {
    this.#clock.spend(checkDelay("spend time", ms));
  }
}

/** The virtual time of this isolate, shared by all who use it at once. */
let shared: { clock: VirtualClock; patience: Patience; users: number; before: Clock } | null = null;
/** The globals of plain code, shared by all who use them at once. */
let plain: { timers: PlainTimers; users: number } | null = null;
/** What has taken the clock for itself. */
let taken: string | null = null;

/**
 * Refuses to begin something that sets the clock while something else does.
 *
 * @internal
 */
export function checkClock(who: "explore" | "virtualTime"): void {
  const other = taken ?? (who === "explore" && shared !== null ? "virtualTime" : null);
  if (other === null) return;
  throw new GreenletError(
    `Cannot begin ${who} while ${other} is under way: both set the clock; await that first`,
  );
}

/**
 * Takes the clock of the isolate for oneself; gives what ends that.
 *
 * @internal
 */
export function takeClock(who: "explore"): () => void {
  taken = who;
  return () => taken = null;
}

function enter(ms: number): VirtualClock {
  checkClock("virtualTime");
  if (shared === null) {
    const patience = new Patience(ms);
    shared = { clock: new VirtualClock(patience), patience, users: 0, before: timers.clock };
    shared.clock.install();
  }
  shared.users++;
  return shared.clock;
}

function leave(): void {
  if (--shared!.users > 0) return;
  shared!.clock.stop();
  setClock(shared!.before);
  shared = null;
}

function enterGlobals(): void {
  if (plain === null) {
    const timers = new PlainTimers(Date.now(), performance.now());
    plain = { timers, users: 0 };
    shared!.patience.owners = () => timers.owners;
  }
  plain.users++;
}

function leaveGlobals(): void {
  if (--plain!.users > 0) return;
  plain!.timers[Symbol.dispose]();
  shared!.patience.owners = () => [];
  plain = null;
}

/**
 * Runs `fn` as {@linkcode run} does, in virtual time: the clock of the hub stands still while anybody has
 * something to do, and jumps to the next deadline when everybody waits. Sleeps of hours take no time, and
 * what is measured is exact. `fn` is given the time.
 *
 * Time does not jump while something outside is awaited: IO, a worker, a promise that some other code has
 * to settle. When nothing has come of that for `patience` milliseconds of real time it does, so that a
 * limit on a request which is never answered still takes effect. A run that was started inside, a timer of
 * plain code with `globals`, and an Op awaited in an async function are known and hold nothing up.
 * A greenlet that gives way again and again until some time has come waits for ever: it has to sleep.
 *
 * Virtual time is that of the whole isolate: greenlets outside of `fn`, too, sleep by it meanwhile. Calls
 * inside and beside one another share it, each counting from its own beginning; `patience` is that of
 * the first. At the end of the last the clock is put back, and timers that still run keep what time was
 * left; those of plain code are cleared.
 *
 * @example Usage
 * ```ts
 * import { sleep } from "@tendril/tendril";
 * import { virtualTime } from "@tendril/tendril/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await virtualTime(function* (time) {
 *   yield* sleep(3_600_000);
 *   assertEquals(time.now, 3_600_000);
 * });
 * ```
 *
 * @example With plain async code
 * ```ts
 * import { virtualTime } from "@tendril/tendril/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
 *
 * await virtualTime(async () => {
 *   const start = Date.now();
 *   await delay(60_000);
 *   assertEquals(Date.now() - start, 60_000);
 * }, { globals: true });
 * ```
 *
 * @param fn What to run, as in `run`.
 * @returns What `fn` gives; rejects as the promise of `run` does.
 * @throws {TypeError} If `fn` is no function.
 * @throws {RangeError} If `patience` is negative or NaN, or `policy` is no policy.
 * @throws {GreenletError} If an exploration is under way.
 */
export function virtualTime<T>(
  fn: Runnable<[time: VirtualTime], T>,
  options: VirtualTimeOptions = {},
): Promise<T> {
  if (typeof fn !== "function") throw notCallable("run in virtual time", fn);
  const { globals = false, patience = 1000, deadlock, policy } = options;
  checkDelay("be patient", patience);
  if (policy !== undefined) checkPolicy(policy);
  const clock = enter(patience);
  if (globals) enterGlobals();
  const watched = deadlock !== "ignore";
  const root = new Root(fn as Runnable<unknown[], T>, [new VirtualTime(clock)], watched, policy);
  return root.promise.finally(() => {
    if (globals) leaveGlobals();
    leave();
  });
}
