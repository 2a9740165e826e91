// Copyright 2026 the Tendril authors. MIT license.
/**
 * A barrier: greenlets wait until a number of them have come, again and again.
 *
 * Invariants:
 * - Whoever is in the line has come for the present round, as number 0, 1, 2, … in it.
 * - While the action of a round runs its line stays, and newcomers wait for `acting`.
 * - With an action nobody releases the line but who has run it: a `BarrierWait` that had to give way before
 *   it began, and finds itself the last or the action under way, gives AGAIN.
 * - A round ends by a release of its line or by a break of it; `round` is another object then.
 *
 * @module
 */
import { checkDelay, show } from "../runtime/clock.ts";
import type { Coroutine, Runnable } from "../runtime/body.ts";
import type { WaitOptions } from "../runtime/greenlet.ts";
import { DONE, type Op } from "../runtime/op.ts";
import { perform } from "../runtime/perform.ts";
import { routine } from "../runtime/routine.ts";
import { limited, Timeout, type TimeoutLike } from "../runtime/timeout.ts";
import { Event } from "./event.ts";
import { Line } from "./line.ts";
import { LineOp } from "./line_op.ts";
import { describe, type NameOptions } from "./naming.ts";

/**
 * A barrier was or became broken: one that waited at it was killed or ran out of time, its action
 * failed, or somebody called `abort` or `reset`.
 *
 * @example Usage
 * ```ts
 * import { Barrier, BrokenBarrierError } from "@tendril/tendril";
 * import { assertRejects } from "@std/assert";
 *
 * const barrier = new Barrier(2);
 * barrier.abort();
 * await assertRejects(async () => await barrier.wait(), BrokenBarrierError);
 * ```
 */
export class BrokenBarrierError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "BrokenBarrierError";
}

/** Options of a {@linkcode Barrier}. */
export interface BarrierOptions extends NameOptions {
  /** Called in the last that comes, before all go on. */
  action?: Runnable<[], unknown>;
  /** How long `wait` waits unless it is told otherwise, in milliseconds; default: forever. */
  timeout?: TimeoutLike;
}

/** What {@linkcode Barrier.stats} gives. */
export interface BarrierStats {
  /** How many have to come. */
  readonly parties: number;
  /** How many have come. */
  readonly waiting: number;
  /** Whether it is broken. */
  readonly broken: boolean;
}

/** What a wait gives instead of a place when the greenlet has to look again how far the round is. */
const AGAIN = -1;

class BarrierWait extends LineOp<number, Barrier> {
  get reason(): string {
    return "barrier wait";
  }

  poll(): IteratorReturnResult<number> | null {
    const index = this.source.arrive();
    if (index === null) return null;
    DONE.value = index;
    return DONE;
  }

  /** Who leaves breaks the round for all. */
  override cancel(): void {
    super.cancel();
    this.source.breakRound("one that waited at it was killed, ran out of time or lost in a select");
  }
}

/**
 * Lets `parties` greenlets wait for one another, as `threading.Barrier`. When the last has come, all
 * go on, and the next round begins.
 *
 * It breaks for all when one that waits is killed, runs out of time or loses in a `select`, when the
 * action fails, and by `abort`; then everybody gets a {@linkcode BrokenBarrierError} until `reset`.
 *
 * @example Usage
 * ```ts
 * import { Barrier, joinAll, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const said: string[] = [];
 * const barrier = new Barrier(2, { action: () => said.push("go") });
 *
 * function* runner(name: string) {
 *   said.push(`${name} is ready`);
 *   const index = yield* barrier.wait();
 *   said.push(`${name} was number ${index}`);
 * }
 *
 * await run(function* () {
 *   yield* joinAll([spawn(runner, "Ann"), spawn(runner, "Bob")]);
 * });
 * assertEquals(said, [
 *   "Ann is ready",
 *   "Bob is ready",
 *   "go",
 *   "Bob was number 1",
 *   "Ann was number 0",
 * ]);
 * ```
 */
export class Barrier {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** How many have to come. */
  readonly parties: number;
  /** @internal */
  readonly line: Line<BarrierWait> = new Line();
  readonly #action: Runnable<[], unknown> | undefined;
  readonly #timeout: TimeoutLike | undefined;
  #round = {};
  #acting: Event | null = null;
  #broken: string | null = null;

  /**
   * Makes a barrier.
   *
   * @throws {RangeError} If `parties` is no whole number of at least 1, or the timeout is negative.
   */
  constructor(parties: number, options: BarrierOptions = {}) {
    const { action, timeout, name } = options;
    if (!Number.isSafeInteger(parties) || parties < 1) {
      throw new RangeError(
        `Cannot make a barrier: parties must be a whole number of at least 1, got ${show(parties)}`,
      );
    }
    if (action !== undefined && typeof action !== "function") {
      throw new TypeError(
        `Cannot make a barrier: the action must be a function, got ${show(action)}`,
      );
    }
    if (typeof timeout === "number") checkDelay("make a barrier", timeout);
    this.parties = parties;
    this.name = name;
    this.#action = action;
    this.#timeout = timeout;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.#broken !== null;
  }

  /** How many have come and wait for the others. */
  get nWaiting(): number {
    return this.line.length;
  }

  /**
   * Waits until all have come.
   *
   * @returns The place among those that came, from 0 on.
   * @throws {BrokenBarrierError} If it is broken, breaks meanwhile, or `timeout` milliseconds are over,
   * which breaks it for all.
   * @throws The error of the action, in the one that runs it.
   */
  wait(options: WaitOptions = {}): Op<number> {
    const timeout = options.timeout ?? this.#timeout;
    if (this.#action === undefined) return this.#stand(timeout);
    if (timeout !== undefined && !(timeout instanceof Timeout)) {
      checkDelay("wait at a barrier", timeout);
    }
    return routine("barrier wait", Barrier.#body, this as Barrier, timeout);
  }

  #stand(timeout: TimeoutLike | undefined): Op<number> {
    return limited<number, never>(new BarrierWait(this), "wait at a barrier", timeout, () => {
      throw this.#error("one that waited at it ran out of time");
    });
  }

  static *#body(barrier: Barrier, timeout: TimeoutLike | undefined): Coroutine<number> {
    for (;;) {
      while (barrier.#acting !== null) yield* barrier.#acting.wait();
      if (barrier.#broken !== null) throw barrier.#error(barrier.#broken);
      if (barrier.line.length + 1 >= barrier.parties) return yield* barrier.#act();
      const place = yield* barrier.#stand(timeout);
      if (place !== AGAIN) return place;
    }
  }

  /** The last one has come and runs the action. */
  *#act(): Coroutine<number> {
    const round = this.#round;
    const over = this.#acting = new Event({ name: "barrier action" });
    try {
      yield* perform(this.#action!);
    } catch (error) {
      if (this.#round === round) this.breakRound("its action failed");
      throw error;
    } finally {
      this.#acting = null;
      over.set();
    }
    if (this.#round !== round) throw this.#error(this.#broken ?? "it was reset");
    return this.#release();
  }

  /** @internal */
  arrive(): number | null {
    if (this.#broken !== null) throw this.#error(this.#broken);
    const last = this.line.length + 1 >= this.parties;
    if (this.#action !== undefined && (last || this.#acting !== null)) return AGAIN;
    return last ? this.#release() : null;
  }

  /** Lets all go on; gives the place of the last. */
  #release(): number {
    this.#round = {};
    let index = 0;
    for (let op = this.line.shift(); op !== null; op = this.line.shift()) op.waiter!.wake(index++);
    return index;
  }

  /** Breaks it: those that wait get a {@linkcode BrokenBarrierError}, and so does who comes. */
  abort(): void {
    this.breakRound("it was aborted");
  }

  /** Makes it as new; those that wait get a {@linkcode BrokenBarrierError}. */
  reset(): void {
    if (this.line.length > 0 || this.#acting !== null) this.breakRound("it was reset");
    this.#broken = null;
  }

  /** @internal */
  breakRound(why: string): void {
    this.#round = {};
    this.#broken = why;
    for (let op = this.line.shift(); op !== null; op = this.line.shift()) {
      op.waiter!.fail(this.#error(why));
    }
  }

  #error(why: string): BrokenBarrierError {
    return new BrokenBarrierError(
      `Cannot wait at ${Deno.inspect(this)}: ${why}; reset() makes it as new`,
    );
  }

  /** Counters at this moment. */
  stats(): BarrierStats {
    const { parties, broken } = this;
    return Object.freeze({ parties, waiting: this.line.length, broken });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const came = this.broken ? "broken" : `${this.line.length} of ${this.parties}`;
    return describe("Barrier", this.name, came, 0);
  }
}
