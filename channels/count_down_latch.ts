// Copyright 2026 the Tendril authors. MIT license.
/**
 * A latch: opens once, when it was counted down to 0.
 *
 * @module
 */
import { show } from "../runtime/clock.ts";
import type { WaitOptions } from "../runtime/greenlet.ts";
import { DONE, type Op } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { Line } from "./line.ts";
import { late, LineOp } from "./line_op.ts";
import { describe, type NameOptions } from "./naming.ts";

/** What {@linkcode CountDownLatch.stats} gives. */
export interface CountDownLatchStats {
  /** How often it has to be counted down yet. */
  readonly count: number;
  /** How many wait for it. */
  readonly waiting: number;
}

class LatchWait extends LineOp<boolean, CountDownLatch> {
  get reason(): string {
    return "latch wait";
  }

  poll(): IteratorReturnResult<boolean> | null {
    if (this.source.count > 0) return null;
    DONE.value = true;
    return DONE;
  }
}

/**
 * Lets everybody wait until something has happened `count` times, as Java's class of this name. It
 * does not close again; for that see {@linkcode Barrier} and {@linkcode Event}.
 *
 * @example Usage
 * ```ts
 * import { CountDownLatch, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const ready = new CountDownLatch(3);
 *   for (let i = 0; i < 3; i++) spawn(() => ready.countDown());
 *   yield* ready.wait();
 *   assertEquals(ready.count, 0);
 * });
 * ```
 */
export class CountDownLatch {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** @internal */
  readonly line: Line<LatchWait> = new Line();
  #count: number;

  /**
   * Makes a latch.
   *
   * @param count How often it has to be counted down; with 0 it is open from the start.
   * @throws {RangeError} If `count` is no whole number of at least 0.
   */
  constructor(count: number, options: NameOptions = {}) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(
        `Cannot make a latch: its count must be a whole number of at least 0, got ${show(count)}`,
      );
    }
    this.#count = count;
    this.name = options.name;
  }

  /** How often it has to be counted down yet. */
  get count(): number {
    return this.#count;
  }

  /**
   * Counts down by `n`, and opens at 0. One that is open stays open. Acts at the call.
   *
   * @throws {RangeError} If `n` is no whole number of at least 1.
   */
  countDown(n = 1): void {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(
        `Cannot count down ${Deno.inspect(this)}: expected a whole number of at least 1, got ${
          show(n)
        }`,
      );
    }
    this.#count = Math.max(0, this.#count - n);
    if (this.#count > 0) return;
    for (let op = this.line.shift(); op !== null; op = this.line.shift()) op.waiter!.wake(true);
  }

  /** Waits until it is open; gives false when `timeout` milliseconds were over first. */
  wait(options: WaitOptions = {}): Op<boolean> {
    return limited(new LatchWait(this), "wait for a latch", options.timeout, late);
  }

  /** Counters at this moment. */
  stats(): CountDownLatchStats {
    return Object.freeze({ count: this.#count, waiting: this.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.#count === 0 ? "open" : `${this.#count} to go`;
    return describe("CountDownLatch", this.name, state, this.line.length);
  }
}
