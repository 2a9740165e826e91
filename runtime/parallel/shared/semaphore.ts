// Copyright 2026 the Tendril authors. MIT license.
/**
 * A semaphore of all workers.
 *
 * Invariant: one word counts the permits that are left; an acquire takes one off it, a release adds to it.
 *
 * @module
 */
import { leased, none } from "../../../channels/contender.ts";
import { Lease, type Lender } from "../../../channels/lease.ts";
import { LockError } from "../../../channels/lock_error.ts";
import { describe } from "../../../channels/naming.ts";
import { show } from "../../clock.ts";
import type { WaitOptions } from "../../greenlet.ts";
import { consumed, current, FRESH, type Op, PARKED, tired, WAITING } from "../../op.ts";
import { limited } from "../../timeout.ts";
import { checkSync, Gate, GateOp, type SyncOptions } from "./gate.ts";
import { defineHandle, SharedHandle, type SharedOptions } from "./handle.ts";

const VALUE = 2;
const GATE = 3;
const WORDS = 16;
const MOST = 0x7fffffff;

/** What {@linkcode SharedSemaphore.stats} gives. */
export interface SharedSemaphoreStats {
  /** How many permits are left. */
  readonly value: number;
  /** How many wait for one in this worker. */
  readonly waiting: number;
}

class SharedSemaphoreOp extends GateOp<Lease> {
  declare readonly source: SharedSemaphore;

  constructor(source: SharedSemaphore) {
    super(source.gate);
    this.source = source;
  }

  get reason(): string {
    return "shared semaphore acquire";
  }

  override get subject(): unknown {
    return this.source;
  }

  attempt(): IteratorReturnResult<Lease> | null {
    const lease = this.source.take();
    return lease === null ? null : { done: true, value: lease };
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    if (this.gate.line.head === null && current !== null) {
      const lease = this.source.take();
      if (lease !== null) return leased(this, lease);
    }
    return super.next(value);
  }
}

/**
 * A number of permits for all workers, as `multiprocessing.Semaphore`: `acquire` takes one, or waits while
 * there is none, and `release` gives one back. Anybody may release, also more than was acquired. It can
 * be sent to workers as an argument of a task.
 *
 * In one worker waiters get permits in the order in which they came; among workers the quickest does.
 * The permits of a worker that dies are lost, because nobody knows which those are.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { SharedSemaphore } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const seats = new SharedSemaphore(2);
 * await run(function* () {
 *   using _ = yield* seats.acquire();
 *   assertEquals(seats.value, 1);
 * });
 * assertEquals(seats.value, 2);
 * ```
 */
export class SharedSemaphore extends SharedHandle implements Lender {
  /** @internal */
  readonly gate: Gate;

  /**
   * Makes a semaphore.
   *
   * @param value How many permits there are at the start.
   * @throws {RangeError} If `value` is no whole number from 0 to 2^31 - 1.
   */
  constructor(value = 1, options: SharedOptions = {}) {
    if (!Number.isSafeInteger(value) || value < 0 || value > MOST) {
      throw new RangeError(
        `Cannot make a shared semaphore: its value must be a whole number from 0 to ${MOST}, got ${
          show(value)
        }`,
      );
    }
    super(WORDS, options);
    this.gate = new Gate(this.cells, GATE);
    if (this.fresh) this.cells[VALUE] = value;
  }

  /** @internal */
  get kind(): string {
    return "SharedSemaphore";
  }

  /** How many permits are left. */
  get value(): number {
    return Atomics.load(this.cells, VALUE);
  }

  /** Whether the next `acquire` would wait. */
  get locked(): boolean {
    return this.value === 0;
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
    const op = new SharedSemaphoreOp(this);
    return options === undefined
      ? op
      : limited(op, "acquire a shared semaphore", options.timeout, none);
  }

  /** Takes a permit if there is one; gives `undefined` when there is none. */
  acquireNowait(): Lease | undefined {
    return this.take() ?? undefined;
  }

  /**
   * Blocks the thread until there is a permit, and takes it.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  acquireSync(): Lease;
  /** Blocks the thread until there is a permit, but not longer than `timeout` milliseconds. */
  acquireSync(options: SyncOptions): Lease | undefined;
  acquireSync(options: SyncOptions = {}): Lease | undefined {
    const ms = checkSync(options, "acquire", this);
    const take = () => this.take();
    const action = () => `acquire ${Deno.inspect(this)}`;
    return take() ?? this.gate.waitSync(take, ms, this.membership, action) ?? undefined;
  }

  /**
   * Gives `n` permits back, to those that wait.
   *
   * @throws {RangeError} If `n` is no whole number of at least 1.
   * @throws {LockError} If there were more than 2^31 - 1 permits then.
   */
  release(n = 1): void {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(
        `Cannot release ${Deno.inspect(this)}: expected a whole number of at least 1, got ${
          show(n)
        }`,
      );
    }
    for (;;) {
      const before = this.value;
      if (before + n > MOST) {
        throw new LockError(
          `Cannot release ${Deno.inspect(this)} ${n} times: it can have ${MOST} permits at most`,
        );
      }
      if (Atomics.compareExchange(this.cells, VALUE, before, before + n) === before) break;
    }
    this.gate.signal(n);
  }

  /** Counters at this moment. */
  stats(): SharedSemaphoreStats {
    return Object.freeze({ value: this.value, waiting: this.gate.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return describe(this.kind, this.name, `${this.value} free`, this.gate.line.length);
  }

  /** @internal */
  take(): Lease | null {
    const { cells } = this;
    for (;;) {
      const before = Atomics.load(cells, VALUE);
      if (before === 0) return null;
      if (Atomics.compareExchange(cells, VALUE, before, before - 1) === before) {
        return new Lease(this, null);
      }
    }
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

defineHandle("SharedSemaphore", (token) => new SharedSemaphore(0, token));
