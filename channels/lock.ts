// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lock: at most one holds it. Waiters get it in the order in which they came.
 *
 * @module
 */
import type { Greenlet, WaitOptions } from "../runtime/greenlet.ts";
import { consumed, current, FRESH, type Op, PARKED, tired, WAITING } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { AcquireOp, leased, none } from "./contender.ts";
import { Lease } from "./lease.ts";
import { notHeld } from "./lock_error.ts";
import { type Hold, Mutex } from "./mutex.ts";
import { describe, heldBy } from "./naming.ts";

/** What {@linkcode Lock.stats} gives. */
export interface LockStats {
  /** Whether somebody holds it. */
  readonly locked: boolean;
  /** Who holds it, `null` when nobody does. */
  readonly owner: Greenlet<unknown> | null;
  /** How many wait for it. */
  readonly waiting: number;
}

class LockOp extends AcquireOp<Lock> {
  get reason(): string {
    return "lock acquire";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const lock = this.source;
    const taker = current;
    if (lock.holder !== null || taker === null) return this.queue();
    lock.holder = taker as Greenlet<unknown>;
    return leased(this, new Lease(lock, lock.hold = lock.lastHold = (lock.lastHold + 1) | 0));
  }
}

/**
 * A lock that one greenlet holds at a time, as `threading.Lock`: it may be released by another than
 * the one that acquired it. Waiters are served first come, first served, and a release hands the lock to
 * the first of them.
 *
 * A ring of greenlets that wait for locks of one another is refused with a DeadlockError as soon as
 * it closes, and so is a greenlet that acquires its own lock again; unless one of them waits with a
 * timeout, under a {@linkcode Timeout} or in a `select`, and so can get out by itself. Async functions
 * close no ring, since they may do several things at once; those outside of any greenlet count as one
 * owner, `main`. A greenlet that ends without a release keeps the lock.
 *
 * @example Usage
 * ```ts
 * import { joinAll, Lock, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * let tickets = 2;
 *
 * function* buy() {
 *   using _ = yield* lock.acquire();
 *   const left = tickets;
 *   yield;
 *   tickets = left - 1;
 * }
 *
 * await run(function* () {
 *   yield* joinAll([spawn(buy), spawn(buy)]);
 * });
 * assertEquals(tickets, 0);
 * ```
 *
 * @example In an async function, and the Python way
 * ```ts
 * import { Lock } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * await lock.acquire();
 * assertEquals(await lock.acquire({ timeout: 1 }), undefined);
 * lock.release();
 * assertEquals(lock.locked, false);
 * ```
 */
export class Lock extends Mutex {
  /**
   * Waits for the lock.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   * @throws {DeadlockError} If that closes a ring of greenlets that wait for locks of one another.
   */
  acquire(): Op<Lease>;
  /** Waits for the lock, but not longer than `timeout` milliseconds. */
  acquire(options: WaitOptions): Op<Lease | undefined>;
  acquire(options?: WaitOptions): Op<Lease | undefined> {
    const op = new LockOp(this);
    return options === undefined ? op : limited(op, "acquire a lock", options.timeout, none);
  }

  /**
   * Gives the lock back, or on to the first that waits. Anybody may do that.
   *
   * @throws {LockError} If nobody holds it.
   */
  release(): void {
    if (this.holder === null) throw notHeld(this);
    if (this.line.head === null) this.holder = null;
    else this.pass();
  }

  /** Counters at this moment. */
  stats(): LockStats {
    return Object.freeze({
      locked: this.locked,
      owner: this.holder,
      waiting: this.line.length,
    });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.holder === null ? "free" : heldBy(this.holder);
    return describe("Lock", this.name, state, this.line.length);
  }

  /** @internal */
  take(taker: Greenlet<unknown>): Lease | null {
    if (this.holder !== null) return null;
    this.holder = taker;
    return this.grant();
  }

  /** @internal */
  grant(): Lease {
    return new Lease(this, this.hold = this.lastHold = (this.lastHold + 1) | 0);
  }

  /** @internal */
  surrender(): Hold {
    const { hold } = this;
    this.release();
    return { hold, levels: 1 };
  }

  /** @internal */
  restore(taker: Greenlet<unknown>, { hold }: Hold): void {
    this.holder = taker;
    this.hold = hold;
  }
}
