// Copyright 2026 the Tendril authors. MIT license.
/**
 * A gate is where the isolates wait for a change in shared memory: two words, of which the first counts
 * changes and the second those who sleep.
 *
 * Invariants:
 * - Whoever is about to sleep counts itself as a sleeper, reads the count of changes, looks whether it
 *   can go on after all, and sleeps only while that count stays. Whoever makes a change looks for
 *   sleepers afterwards. So no change is missed.
 * - All Ops of an isolate that wait at a gate stand in `line`, and one `Atomics.waitAsync` sleeps for
 *   them all: it cannot be taken back, only outlived, so it lasts a SLICE at most.
 * - A change may wake one sleeper only. One that finds nobody left in its line, or gives up, wakes
 *   the next.
 * - Everybody looks again after each SLICE: for the death of an owner, and because a sleeper that was
 *   woken may be dead or busy.
 *
 * @module
 */
import { Line, type Place } from "../../../channels/line.ts";
import { show } from "../../clock.ts";
import { BlockingSwitchOutError } from "../../errors.ts";
import { addExternal } from "../../hub.ts";
import { Op, type Waiter } from "../../op.ts";
import { WorkerShutdownError } from "./errors.ts";
import { isWorker, type Membership } from "./liveness.ts";

/** How long to sleep at most before another look, in milliseconds. */
export const SLICE = 50;
/** How often to look before a thread is put to sleep: to wake it again takes tens of microseconds. */
const SPINS = 150;

/** Words that a gate takes. */
export const GATE_WORDS = 2;

// Kept, because these may be replaced by ones that belong to the greenlet that calls them.
const { setInterval, clearInterval } = globalThis;
const LONG = 0x7fffffff;

let attending = 0;
let keeper: ReturnType<typeof setInterval> | undefined;

/** Counts Ops that wait: while there are any, the process does not end and nothing is stuck. */
function attend(change: 1 | -1): void {
  attending += change;
  addExternal(change);
  if (attending === 0) clearInterval(keeper);
  else if (attending === 1 && change === 1) keeper = setInterval(() => {}, LONG);
}

/** Somebody who stands in the line of a gate. */
export interface Standing extends Place {
  /** Goes on if that is possible: leaves the gate, and is woken. False when it has to stay. */
  serve(): boolean;
}

/** An isolate's side of a gate. */
export class Gate {
  /** Who waits in this isolate. */
  readonly line: Line<Standing> = new Line();
  readonly #cells: Int32Array;
  readonly #at: number;
  #armed = false;
  #serving = false;

  /** Makes the side of this isolate of the gate whose words begin at `at`. */
  constructor(cells: Int32Array, at: number) {
    this.#cells = cells;
    this.#at = at;
  }

  /** How many sleep, other than for this isolate. */
  get sleepingElsewhere(): number {
    return Atomics.load(this.#cells, this.#at + 1) - (this.#armed ? 1 : 0);
  }

  /** Tells of a change after which `count` of those who wait may be able to go on, this isolate's first. */
  signal(count: number): void {
    if (this.line.head !== null) this.serve();
    if (this.sleepingElsewhere > 0) this.#wake(count);
  }

  #wake(count: number): void {
    Atomics.add(this.#cells, this.#at, 1);
    Atomics.notify(this.#cells, this.#at, count);
  }

  /** Stands in line. */
  enter(one: Standing): void {
    attend(1);
    this.line.push(one);
    if (!this.#armed) this.#arm();
    else if (this.line.head === one) this.serve();
  }

  /** Leaves the line. */
  leave(one: Standing): void {
    attend(-1);
    this.line.remove(one);
  }

  /** Lets those go on who can, first come, first served. */
  serve(): void {
    // What one of them does may signal this gate again; the loop sees to that.
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.line.head?.serve());
    } finally {
      this.#serving = false;
    }
  }

  /** Sleeps for those in line, unless they can go on. */
  #arm(): void {
    const cells = this.#cells;
    const at = this.#at;
    Atomics.add(cells, at + 1, 1);
    for (;;) {
      const seen = Atomics.load(cells, at);
      this.serve();
      if (this.line.head === null) break;
      const sleep = Atomics.waitAsync(cells, at, seen, SLICE);
      if (!sleep.async) continue;
      this.#armed = true;
      sleep.value.then(this.#woken);
      return;
    }
    Atomics.sub(cells, at + 1, 1);
  }

  readonly #woken = (): void => {
    this.#armed = false;
    Atomics.sub(this.#cells, this.#at + 1, 1);
    if (this.line.head !== null) this.#arm();
    if (this.line.head === null && this.sleepingElsewhere > 0) this.#wake(1);
  };

  /**
   * Blocks the thread until `attempt` gives something else than `null`; gives `null` when `ms` milliseconds
   * were over first. `attempt` is told since when, by
   * `performance.now()`; 0 while that is not long.
   */
  waitSync<R>(
    attempt: (since: number) => R | null,
    ms: number,
    { roll, id }: Membership,
    action: () => string,
  ): R | null {
    for (let spin = 0; spin < SPINS; spin++) {
      const result = attempt(0);
      if (result !== null) return result;
      if (ms === 0) return null;
      Atomics.pause();
    }
    const cells = this.#cells;
    const at = this.#at;
    const since = performance.now();
    let went = false;
    Atomics.add(cells, at + 1, 1);
    try {
      for (;;) {
        // First, so that a worker that was marked as dead takes nothing any more.
        if (roll.shuttingDown(id)) {
          throw new WorkerShutdownError(`Cannot ${action()}: the worker is being shut down`);
        }
        const seen = Atomics.load(cells, at);
        const result = attempt(since);
        went = result !== null;
        if (went) return result;
        const left = since + ms - performance.now();
        if (left <= 0) return null;
        Atomics.wait(cells, at, seen, Math.min(left, SLICE));
      }
    } finally {
      Atomics.sub(cells, at + 1, 1);
      if (!went && this.sleepingElsewhere > 0) this.#wake(1);
    }
  }
}

/** Options of the calls that block the thread. */
export interface SyncOptions {
  /** How long to wait, in milliseconds; default: forever. */
  timeout?: number;
}

/** Refuses to block the main isolate; gives the time limit of `options`. */
export function checkSync(
  { timeout = Infinity }: SyncOptions,
  method: string,
  subject: unknown,
): number {
  if (!isWorker) {
    throw new BlockingSwitchOutError(
      `Cannot call ${method}Sync() of ${
        Deno.inspect(subject)
      } on the main isolate, because it blocks ` +
        `the thread: write \`yield* ….${method}()\` in a greenlet or \`await ….${method}()\``,
    );
  }
  if (typeof timeout === "number" && timeout >= 0) return timeout;
  throw new RangeError(
    `Cannot call ${method}Sync() of ${Deno.inspect(subject)}: its timeout must be a number of at ` +
      `least 0, got ${show(timeout)}`,
  );
}

/** An Op that waits at a gate. */
export abstract class GateOp<T> extends Op<T> implements Standing {
  declare readonly gate: Gate;
  declare protected waiter: Waiter | null;
  declare before: Place | null;
  declare after: Place | null;

  /** Makes a fresh Op. */
  constructor(gate: Gate) {
    super();
    this.gate = gate;
    this.waiter = null;
    this.before = null;
    this.after = null;
  }

  /** Does the operation if that is possible now, or changes nothing. */
  abstract attempt(): IteratorReturnResult<T> | null;

  /** Does the operation at once, unless others of this isolate were first. */
  poll(): IteratorReturnResult<T> | null {
    return this.gate.line.head === null ? this.attempt() : null;
  }

  /** Stands in line. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.gate.enter(this);
  }

  /** Leaves the line. */
  cancel(): void {
    this.quit();
  }

  /** Tries again. */
  serve(): boolean {
    let value: T;
    try {
      const result = this.attempt();
      if (result === null) return false;
      value = result.value;
    } catch (error) {
      this.quit().fail(error);
      return true;
    }
    this.quit().wake(value);
    return true;
  }

  /** Leaves the line; gives who waited. */
  protected quit(): Waiter {
    const waiter = this.waiter!;
    this.waiter = null;
    this.gate.leave(this);
    return waiter;
  }
}
