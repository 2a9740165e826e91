// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lock that its owner may acquire again.
 *
 * Invariants, beside those of mutex.ts:
 * - `holder` is null exactly while `levels` is 0.
 * - All levels of one ownership have the same `hold`.
 *
 * @module
 */
import { getCurrent, type Greenlet, type WaitOptions } from "../runtime/greenlet.ts";
import { consumed, current, FRESH, type Op, PARKED, tired, WAITING } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { AcquireOp, leased, none } from "./contender.ts";
import { Lease } from "./lease.ts";
import { LockError, notHeld } from "./lock_error.ts";
import { type Hold, Mutex } from "./mutex.ts";
import { describe, heldBy, type NameOptions } from "./naming.ts";

/** What {@linkcode RLock.stats} gives. */
export interface RLockStats {
  /** Whether somebody holds it. */
  readonly locked: boolean;
  /** Who holds it, `null` when nobody does. */
  readonly owner: Greenlet<unknown> | null;
  /** How many times its owner has to release it. */
  readonly levels: number;
  /** How many wait for it. */
  readonly waiting: number;
}

class RLockOp extends AcquireOp<RLock> {
  get reason(): string {
    return "rlock acquire";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const lock = this.source;
    const taker = current !== null ? current as Greenlet<unknown> : getCurrent();
    if (lock.holder === taker) {
      lock.levels++;
      return leased(this, new Lease(lock, lock.hold));
    }
    if (lock.holder !== null) return this.queue();
    lock.holder = taker;
    return leased(this, lock.grant());
  }
}

/**
 * A lock that the greenlet that holds it may acquire again, as `threading.RLock`: it has to release
 * it as often. Nobody else may release it. Waiters are served first come, first served.
 *
 * A ring of greenlets that wait for locks of one another is refused with a DeadlockError as soon as
 * it closes; see {@linkcode Lock}. The async functions outside of any greenlet count as one owner, `main`.
 *
 * @example Usage
 * ```ts
 * import { RLock, run } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RLock();
 *
 * function* deposit(): Generator {
 *   using _ = yield* lock.acquire();
 * }
 *
 * await run(function* () {
 *   using _ = yield* lock.acquire();
 *   yield* deposit();
 *   assertEquals(lock.levels, 1);
 * });
 * assertEquals(lock.locked, false);
 * ```
 */
export class RLock extends Mutex {
  /** How many times its owner has to release it. */
  declare levels: number;

  /** Makes a lock that is free. */
  constructor(options?: NameOptions) {
    super(options);
    this.levels = 0;
  }

  /**
   * Waits for the lock; its owner does not wait.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   * @throws {DeadlockError} If that closes a ring of greenlets that wait for locks of one another.
   */
  acquire(): Op<Lease>;
  /** Waits for the lock, but not longer than `timeout` milliseconds. */
  acquire(options: WaitOptions): Op<Lease | undefined>;
  acquire(options?: WaitOptions): Op<Lease | undefined> {
    const op = new RLockOp(this);
    return options === undefined ? op : limited(op, "acquire an RLock", options.timeout, none);
  }

  /**
   * Takes back one acquire. The last one gives the lock on to the first that waits.
   *
   * @throws {LockError} If the greenlet that calls this does not hold it.
   */
  release(): void {
    const caller = current !== null ? current as Greenlet<unknown> : getCurrent();
    if (this.holder !== caller) throw this.foreign(caller);
    if (--this.levels === 0) this.pass();
  }

  /** Counters at this moment. */
  stats(): RLockStats {
    return Object.freeze({
      locked: this.locked,
      owner: this.holder,
      levels: this.levels,
      waiting: this.line.length,
    });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const times = this.levels > 1 ? ` ${this.levels} times` : "";
    const state = this.holder === null ? "free" : heldBy(this.holder) + times;
    return describe("RLock", this.name, state, this.line.length);
  }

  /** @internal */
  private foreign(caller: Greenlet<unknown>): LockError {
    if (this.holder === null) return notHeld(this);
    return new LockError(
      `Cannot release ${
        Deno.inspect(this)
      } in ${caller.name}: only its owner ${this.holder.name} may`,
    );
  }

  /** @internal */
  take(taker: Greenlet<unknown>): Lease | null {
    if (this.holder === taker) {
      this.levels++;
      return new Lease(this, this.hold);
    }
    if (this.holder !== null) return null;
    this.holder = taker;
    return this.grant();
  }

  /** @internal */
  grant(): Lease {
    this.levels = 1;
    return new Lease(this, this.hold = this.lastHold = (this.lastHold + 1) | 0);
  }

  /** @internal */
  surrender(): Hold {
    const { hold, levels } = this;
    this.levels = 0;
    this.pass();
    return { hold, levels };
  }

  /** @internal */
  restore(taker: Greenlet<unknown>, { hold, levels }: Hold): void {
    this.holder = taker;
    this.hold = hold;
    this.levels = levels;
  }
}
