// Copyright 2026 the Tendril authors. MIT license.
/**
 * Semaphores: permits that are taken and given back. Waiters get them in the order in which they came.
 *
 * Invariants, beside those of contender.ts:
 * - `permits` is above 0 only when nobody waits.
 *
 * @module
 */
import { show } from "../runtime/clock.ts";
import type { WaitOptions } from "../runtime/greenlet.ts";
import { consumed, FRESH, type Op, PARKED, tired, WAITING } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { AcquireOp, type Contender, leased, none } from "./contender.ts";
import { Lease, type Lender } from "./lease.ts";
import { Line } from "./line.ts";
import { LockError } from "./lock_error.ts";
import { describe, type NameOptions } from "./naming.ts";

/** What {@linkcode Semaphore.stats} gives. */
export interface SemaphoreStats {
  /** How many permits are left. */
  readonly value: number;
  /** How many wait for one. */
  readonly waiting: number;
}

class SemaphoreOp extends AcquireOp<Semaphore> {
  get reason(): string {
    return "semaphore acquire";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const semaphore = this.source;
    if (semaphore.permits === 0) return this.queue();
    semaphore.permits--;
    return leased(this, new Lease(semaphore, null));
  }
}

/**
 * A number of permits, as `threading.Semaphore`: `acquire` takes one, or waits while there is none,
 * and `release` gives one back. Anybody may release, also more than was acquired; see
 * {@linkcode BoundedSemaphore}. Waiters are served first come, first served.
 *
 * @example Usage
 * ```ts
 * import { joinAll, run, Semaphore, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const seats = new Semaphore(2);
 * let seated = 0;
 * let most = 0;
 *
 * function* guest() {
 *   using _ = yield* seats.acquire();
 *   most = Math.max(most, ++seated);
 *   yield* sleep(1);
 *   seated--;
 * }
 *
 * await run(function* () {
 *   yield* joinAll([spawn(guest), spawn(guest), spawn(guest)]);
 * });
 * assertEquals(most, 2);
 * ```
 */
export class Semaphore implements Lender {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** @internal */
  declare readonly line: Line<Contender<unknown>>;
  /** @internal */
  declare permits: number;

  /**
   * Makes a semaphore.
   *
   * @param value How many permits there are at the start.
   * @throws {RangeError} If `value` is no whole number of at least 0.
   */
  constructor(value = 1, options: NameOptions = {}) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(
        `Cannot make a semaphore: its value must be a whole number of at least 0, got ${
          show(value)
        }`,
      );
    }
    this.name = options.name;
    this.line = new Line();
    this.permits = value;
  }

  /** How many permits are left. */
  get value(): number {
    return this.permits;
  }

  /** Whether the next `acquire` would wait. */
  get locked(): boolean {
    return this.permits === 0;
  }

  /**
   * Waits for a permit.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   */
  acquire(): Op<Lease>;
  /** Waits for a permit, but not longer than `timeout` milliseconds. */
  acquire(options: WaitOptions): Op<Lease | undefined>;
  acquire(options?: WaitOptions): Op<Lease | undefined> {
    const op = new SemaphoreOp(this);
    return options === undefined ? op : limited(op, "acquire a semaphore", options.timeout, none);
  }

  /** Takes a permit if there is one; gives `undefined` when there is none. */
  acquireNowait(): Lease | undefined {
    return this.take() ?? undefined;
  }

  /**
   * Gives `n` permits back, first to those that wait.
   *
   * @throws {RangeError} If `n` is no whole number of at least 1.
   */
  release(n = 1): void {
    checkTimes(this, n);
    for (; n > 0 && this.line.head !== null; n--) this.line.shift()!.granted();
    this.permits += n;
  }

  /** Counters at this moment. */
  stats(): SemaphoreStats {
    return Object.freeze({ value: this.permits, waiting: this.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return describe(this.constructor.name, this.name, `${this.permits} free`, this.line.length);
  }

  /** @internal */
  take(): Lease | null {
    if (this.permits === 0) return null;
    this.permits--;
    return this.grant();
  }

  /** @internal */
  grant(): Lease {
    return new Lease(this, null);
  }

  /** @internal */
  lent(): boolean {
    return true;
  }

  /** @internal */
  takeBack(): void {
    this.release();
  }
}

function checkTimes(semaphore: Semaphore, n: number): void {
  if (Number.isSafeInteger(n) && n >= 1) return;
  throw new RangeError(
    `Cannot release ${Deno.inspect(semaphore)}: expected a whole number of at least 1, got ${
      show(n)
    }`,
  );
}

/**
 * A {@linkcode Semaphore} that refuses to be released more often than it was acquired.
 *
 * @example Usage
 * ```ts
 * import { BoundedSemaphore, LockError } from "@tendril/tendril";
 * import { assertThrows } from "@std/assert";
 *
 * const connections = new BoundedSemaphore(5);
 * const lease = await connections.acquire();
 * lease.release();
 * assertThrows(() => connections.release(), LockError, "Cannot release");
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /** How many permits there are, taken and free. */
  readonly bound: number;

  /**
   * Makes a semaphore.
   *
   * @param value How many permits there are.
   * @throws {RangeError} If `value` is no whole number of at least 0.
   */
  constructor(value = 1, options: NameOptions = {}) {
    super(value, options);
    this.bound = value;
  }

  /**
   * Gives `n` permits back, first to those that wait.
   *
   * @throws {LockError} If that is more than were acquired.
   * @throws {RangeError} If `n` is no whole number of at least 1.
   */
  override release(n = 1): void {
    checkTimes(this, n);
    const taken = this.bound - this.permits;
    if (n > taken) {
      throw new LockError(
        `Cannot release ${Deno.inspect(this)} ${n === 1 ? "once" : `${n} times`}: ` +
          `${taken} of its ${this.bound} permits are acquired`,
      );
    }
    super.release(n);
  }
}
