// Copyright 2026 the Tendril authors. MIT license.
/**
 * A condition variable: greenlets that hold a lock wait for one another to change what it protects.
 *
 * @module
 */
import { checkDelay, show } from "../runtime/clock.ts";
import type { Greenlet, WaitOptions } from "../runtime/greenlet.ts";
import type { Op } from "../runtime/op.ts";
import { checkOwner, ConditionWait, refusal } from "./condition_wait.ts";
import type { Lease } from "./lease.ts";
import { Line } from "./line.ts";
import type { Lock } from "./lock.ts";
import { describe, heldBy, type NameOptions } from "./naming.ts";
import { PredicateWait } from "./predicate_wait.ts";
import { RLock } from "./rlock.ts";

/** What {@linkcode Condition.stats} gives. */
export interface ConditionStats {
  /** Whether somebody holds the lock. */
  readonly locked: boolean;
  /** Who holds the lock, `null` when nobody does. */
  readonly owner: Greenlet<unknown> | null;
  /** How many wait to be notified. */
  readonly waiting: number;
}

/**
 * A condition variable, as `threading.Condition`: whoever holds its lock may wait until another
 * greenlet notifies it. Meanwhile the lock is free, and it is held again, as many times as before,
 * when the wait is over in whatever way, a kill included. Waiters are notified first come, first served.
 *
 * The wait cannot be an arm of a `select`, because it could not take the lock back in time.
 *
 * @example Usage
 * ```ts
 * import { Condition, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const changed = new Condition();
 *   const items: string[] = [];
 *   const consumer = spawn(function* () {
 *     using _ = yield* changed.acquire();
 *     yield* changed.waitFor(() => items.length > 0);
 *     return items.shift();
 *   });
 *   yield;
 *   using _ = yield* changed.acquire();
 *   items.push("bread");
 *   changed.notify();
 *   _.release();
 *   assertEquals(yield* consumer, "bread");
 * });
 * ```
 */
export class Condition {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** The lock that has to be held to wait and to notify. */
  readonly lock: Lock | RLock;
  /** @internal */
  readonly line: Line<ConditionWait> = new Line();

  /**
   * Makes a condition.
   *
   * @param lock Several conditions may share one.
   */
  constructor(lock: Lock | RLock = new RLock(), options: NameOptions = {}) {
    if (typeof lock?.surrender !== "function") {
      throw new TypeError(
        `Cannot make a condition: expected a Lock or an RLock, got ${show(lock)}`,
      );
    }
    this.lock = lock;
    this.name = options.name;
  }

  /** @internal */
  get mutex(): Lock | RLock {
    return this.lock;
  }

  /** Whether somebody holds the lock. */
  get locked(): boolean {
    return this.lock.locked;
  }

  /** The greenlet that holds the lock, `null` when nobody does. */
  get owner(): Greenlet<unknown> | null {
    return this.lock.owner;
  }

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
    return options === undefined ? this.lock.acquire() : this.lock.acquire(options);
  }

  /** Takes the lock if that is possible at once; gives `undefined` when it is not. */
  acquireNowait(): Lease | undefined {
    return this.lock.acquireNowait();
  }

  /**
   * Gives the lock back.
   *
   * @throws {LockError} If it is not held, or an RLock is held by another greenlet.
   */
  release(): void {
    this.lock.release();
  }

  /**
   * Gives the lock up, waits to be notified, and takes the lock back. It is not woken for nothing, but
   * others may have had the lock in between: see {@linkcode Condition.waitFor}.
   *
   * @returns Whether it was notified; false when `timeout` milliseconds were over first.
   * @throws {LockError} If the caller does not hold the lock.
   */
  wait(options: WaitOptions = {}): Op<boolean> {
    return new ConditionWait(this, options.timeout);
  }

  /**
   * Waits until `predicate` gives something truthy. It is called at the start and after each
   * notification, always with the lock held.
   *
   * @returns What `predicate` gave last; something falsy when `timeout` milliseconds were over first.
   * @throws {LockError} If the caller does not hold the lock.
   */
  waitFor<T>(predicate: () => T, options: WaitOptions = {}): Op<T> {
    if (typeof predicate !== "function") {
      throw new TypeError(
        `Cannot wait for ${Deno.inspect(this)}: expected a function, got ${show(predicate)}`,
      );
    }
    const { timeout } = options;
    if (typeof timeout === "number") checkDelay("wait for a condition", timeout);
    return new PredicateWait(
      {
        condition: this,
        reason: "condition wait",
        check: () => checkOwner(this, "wait for"),
        wait: (ms) => new ConditionWait(this, ms),
        refusal: () => refusal(this),
      },
      predicate,
      timeout,
    );
  }

  /**
   * Lets the first `n` that wait go on, as soon as the lock is theirs. Acts at the call.
   *
   * @throws {LockError} If the caller does not hold the lock.
   * @throws {RangeError} If `n` is no whole number of at least 0.
   */
  notify(n = 1): void {
    if (n !== Infinity && !(Number.isSafeInteger(n) && n >= 0)) {
      throw new RangeError(
        `Cannot notify ${Deno.inspect(this)}: expected a whole number of at least 0, got ${
          show(n)
        }`,
      );
    }
    checkOwner(this, "notify");
    for (; n > 0; n--) {
      const op = this.line.shift();
      if (op === null) return;
      op.notify();
    }
  }

  /**
   * Lets all go on that wait, one after the other. Acts at the call.
   *
   * @throws {LockError} If the caller does not hold the lock.
   */
  notifyAll(): void {
    this.notify(Infinity);
  }

  /** Counters at this moment. */
  stats(): ConditionStats {
    const { locked, owner } = this;
    return Object.freeze({ locked, owner, waiting: this.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = this.owner === null ? "free" : heldBy(this.owner);
    return describe("Condition", this.name, state, this.line.length);
  }
}
