// Copyright 2026 the Tendril authors. MIT license.
/**
 * A condition variable of all workers.
 *
 * @module
 */
import type { Lease } from "../../../channels/lease.ts";
import { describe } from "../../../channels/naming.ts";
import { PredicateWait } from "../../../channels/predicate_wait.ts";
import { checkDelay, show } from "../../clock.ts";
import type { WaitOptions } from "../../greenlet.ts";
import type { Op } from "../../op.ts";
import { refusal, SharedConditionWait } from "./condition_wait.ts";
import { checkSync, Gate, GATE_WORDS, type SyncOptions } from "./gate.ts";
import {
  defineHandle,
  revive,
  SharedHandle,
  type SharedOptions,
  TOKEN,
  type Token,
} from "./handle.ts";
import type { SharedLock } from "./lock.ts";
import { type SharedHold, SharedMutex } from "./mutex.ts";
import { SharedRLock } from "./rlock.ts";
import { Slots, SLOTS_WORDS } from "./slots.ts";

const GATE = 2;
const TABLE = GATE + GATE_WORDS;

/** What {@linkcode SharedCondition.stats} gives. */
export interface SharedConditionStats {
  /** Whether somebody holds the lock. */
  readonly locked: boolean;
  /** The name of the worker that holds the lock, `null` when nobody does. */
  readonly owner: string | null;
  /** How many wait to be notified, in all workers. */
  readonly waiting: number;
}

/**
 * A condition variable for all workers, as `multiprocessing.Condition`: whoever holds its lock may wait until
 * another notifies it, in whatever worker. Meanwhile the lock is free, and it is held again, as many
 * times as before, when the wait is over in whatever way, a kill included. Waiters are notified first come,
 * first served. It can be sent to workers as an argument of a task.
 *
 * The wait cannot be an arm of a `select`, because it could not take the lock back in time.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { SharedArray, SharedCondition } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const changed = new SharedCondition();
 *   const bread = new SharedArray("i32", 1);
 *   const buyer = spawn(function* () {
 *     using _ = yield* changed.acquire();
 *     yield* changed.waitFor(() => bread.get(0) > 0);
 *     return bread.get(0);
 *   });
 *   yield;
 *   {
 *     using _ = yield* changed.acquire();
 *     bread.set(0, 3);
 *     changed.notify();
 *   }
 *   assertEquals(yield* buyer, 3);
 * });
 * ```
 */
export class SharedCondition extends SharedHandle {
  /** The lock that has to be held to wait and to notify. */
  readonly lock: SharedLock | SharedRLock;
  /** @internal */
  readonly gate: Gate;
  readonly #slots: Slots;

  /**
   * Makes a condition.
   *
   * @param lock Several conditions may share one.
   */
  constructor(lock: SharedLock | SharedRLock = new SharedRLock(), options: SharedOptions = {}) {
    if (!(lock instanceof SharedMutex)) {
      throw new TypeError(
        `Cannot make a shared condition: expected a SharedLock or a SharedRLock, got ${show(lock)}`,
      );
    }
    super(TABLE + SLOTS_WORDS, options);
    this.lock = lock;
    this.gate = new Gate(this.cells, GATE);
    this.#slots = new Slots(this.cells, TABLE, this.membership);
  }

  /** @internal */
  get kind(): string {
    return "SharedCondition";
  }

  /** @internal */
  protected override get extra(): Token {
    return this.lock[TOKEN]([]);
  }

  /** @internal */
  get mutex(): SharedMutex {
    return this.lock;
  }

  /** Whether somebody holds the lock. */
  get locked(): boolean {
    return this.lock.locked;
  }

  /** The name of the worker that holds the lock, `null` when nobody does. */
  get owner(): string | null {
    return this.lock.owner;
  }

  /**
   * Waits for the lock.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   * @throws {OwnerDiedError} If the worker that held it has died.
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

  /** Blocks the thread until the lock is free, and takes it; see `acquireSync` of the locks. */
  acquireSync(): Lease;
  /** Blocks the thread until the lock is free, but not longer than `timeout` milliseconds. */
  acquireSync(options: SyncOptions): Lease | undefined;
  acquireSync(options?: SyncOptions): Lease | undefined {
    return options === undefined ? this.lock.acquireSync() : this.lock.acquireSync(options);
  }

  /**
   * Gives the lock back.
   *
   * @throws {LockError} If it is not held, or a SharedRLock is held by another.
   */
  release(): void {
    this.lock.release();
  }

  /**
   * Gives the lock up, waits to be notified, and takes the lock back. It is not woken for nothing, but
   * others may have had the lock in between: see {@linkcode SharedCondition.waitFor}.
   *
   * @returns Whether it was notified; false when `timeout` milliseconds were over first.
   * @throws {LockError} If the caller does not hold the lock.
   * @throws {OwnerDiedError} If the lock cannot be taken back because its owner died; it is free then.
   * @throws {RangeError} If 1000 wait already, in all workers together.
   */
  wait(options: WaitOptions = {}): Op<boolean> {
    return new SharedConditionWait(this, options.timeout);
  }

  /**
   * Waits until `predicate` gives something truthy. It is called at the start and after each
   * notification, always with the lock held.
   *
   * @returns What `predicate` gave last; something falsy when `timeout` milliseconds were over first.
   * @throws {LockError} If the caller does not hold the lock.
   * @throws {OwnerDiedError} If the lock cannot be taken back because its owner died; it is free then.
   */
  waitFor<T>(predicate: () => T, options: WaitOptions = {}): Op<T> {
    this.#checkPredicate(predicate);
    const { timeout } = options;
    if (typeof timeout === "number") checkDelay("wait for a shared condition", timeout);
    return new PredicateWait(
      {
        condition: this,
        reason: "shared condition wait",
        check: () => this.mutex.checkHeld("wait for", this),
        wait: (ms) => new SharedConditionWait(this, ms),
        refusal: () => refusal(this),
      },
      predicate,
      timeout,
    );
  }

  #checkPredicate(predicate: unknown): void {
    if (typeof predicate === "function") return;
    throw new TypeError(
      `Cannot wait for ${Deno.inspect(this)}: expected a function, got ${show(predicate)}`,
    );
  }

  /**
   * Blocks the thread: gives the lock up, waits to be notified, and takes the lock back.
   *
   * @returns Whether it was notified; false when `timeout` milliseconds were over first.
   * @throws {LockError} If the caller does not hold the lock.
   * @throws {OwnerDiedError} If the lock cannot be taken back because its owner died; it is free then.
   * @throws {WorkerShutdownError} If the worker is being shut down; then the lock is not held.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  waitSync(options: SyncOptions = {}): boolean {
    const ms = checkSync(options, "wait", this);
    this.lock.checkHeld("wait for", this);
    const { slot, hold } = this.listen();
    const heard = () => this.heard(slot) || null;
    try {
      this.gate.waitSync(heard, ms, this.membership, () => `wait for ${Deno.inspect(this)}`);
    } catch (error) {
      if (this.free(slot)) this.passOn();
      throw error;
    }
    const notified = this.free(slot);
    this.lock.acquireSync();
    this.lock.restore(hold);
    return notified;
  }

  /** Blocks the thread until `predicate` gives something truthy; see {@linkcode SharedCondition.waitFor}. */
  waitForSync<T>(predicate: () => T, options: SyncOptions = {}): T {
    const ms = checkSync(options, "waitFor", this);
    this.#checkPredicate(predicate);
    this.lock.checkHeld("wait for", this);
    const end = performance.now() + ms;
    for (;;) {
      const value = predicate();
      const left = end - performance.now();
      if (value || left <= 0) return value;
      if (!this.waitSync({ timeout: left })) return predicate();
    }
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
    this.lock.checkHeld("notify", this);
    this.#tell(n);
  }

  #tell(n: number): void {
    // Whom it is for is known only to the isolate it is in, so all of them look.
    if (this.#slots.notify(n) > 0) this.gate.signal(Infinity);
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
  stats(): SharedConditionStats {
    const { locked, owner } = this;
    return Object.freeze({ locked, owner, waiting: this.#slots.count() });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { owner } = this;
    const state = owner === null ? "free" : `held by worker ${JSON.stringify(owner)}`;
    return describe(this.kind, this.name, state, this.#slots.count());
  }

  /** @internal */
  listen(): { slot: number; hold: SharedHold } {
    const slot = this.#slots.take();
    if (slot >= 0) return { slot, hold: this.lock.surrender() };
    throw new RangeError(
      `Cannot wait for ${
        Deno.inspect(this)
      }: too many do already; use several conditions, or a SharedEvent`,
    );
  }

  /** @internal */
  heard(slot: number): boolean {
    return this.#slots.notified(slot);
  }

  /** @internal */
  free(slot: number): boolean {
    return this.#slots.free(slot);
  }

  /** @internal */
  passOn(): void {
    this.#tell(1);
  }
}

defineHandle(
  "SharedCondition",
  (token) => new SharedCondition(revive(token.extra as Token) as SharedLock | SharedRLock, token),
);
