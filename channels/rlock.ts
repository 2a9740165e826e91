// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lock that its owner may acquire again.
 *
 * Invariants, beside those of contender.ts:
 * - `holder` is null exactly while `levels` is 0.
 * - `hold` numbers the present ownership; a lease of an earlier one gives nothing back.
 *
 * @module
 */
import { getCurrent, type Greenlet, type WaitOptions } from "../runtime/greenlet.ts";
import { consumed, current, FRESH, type Op, PARKED, tired, WAITING } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { AcquireOp, type Contender, leased, none } from "./contender.ts";
import { Lease, type Lender } from "./lease.ts";
import { Line } from "./line.ts";
import { LockError, notHeld } from "./lock_error.ts";
import type { Hold } from "./lock.ts";
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
 * it closes. The async functions outside of any greenlet count as one owner, `main`.
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
export class RLock implements Lender {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** @internal */
  declare readonly line: Line<Contender<unknown>>;
  /** @internal */
  declare holder: Greenlet<unknown> | null;
  /** How many times its owner has to release it. */
  declare levels: number;
  /** @internal */
  declare lastHold: number;
  /** @internal */
  declare hold: number;

  /** Makes a lock that is free. */
  constructor(options: NameOptions = {}) {
    this.name = options.name;
    this.line = new Line();
    this.holder = null;
    this.levels = 0;
    this.lastHold = this.hold = 0;
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    return this.holder !== null;
  }

  /** The greenlet that holds it, `null` when nobody does. */
  get owner(): Greenlet<unknown> | null {
    return this.holder;
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

  /** Takes the lock if it is free or the caller's; gives `undefined` when it is not. */
  acquireNowait(): Lease | undefined {
    return this.take(getCurrent()) ?? undefined;
  }

  /**
   * Takes back one acquire. The last one gives the lock on to the first that waits.
   *
   * @throws {LockError} If the greenlet that calls this does not hold it.
   */
  release(): void {
    const caller = current !== null ? current as Greenlet<unknown> : getCurrent();
    if (this.holder !== caller) throw this.foreign(caller);
    if (--this.levels > 0) return;
    if (this.line.head === null) this.holder = null;
    else this.pass();
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
  private pass(): void {
    const next = this.line.shift()!;
    this.holder = next.taker;
    next.granted();
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
  lent(mark: unknown): boolean {
    return this.hold === mark && this.holder !== null;
  }

  /** @internal */
  takeBack(): void {
    this.release();
  }

  /** @internal */
  surrender(): Hold {
    const { hold, levels } = this;
    this.levels = 0;
    if (this.line.head === null) this.holder = null;
    else this.pass();
    return { hold, levels };
  }

  /** @internal */
  restore(taker: Greenlet<unknown>, { hold, levels }: Hold): void {
    this.holder = taker;
    this.hold = hold;
    this.levels = levels;
  }
}
