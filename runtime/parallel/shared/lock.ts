// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lock that one of all the greenlets and workers holds at a time.
 *
 * @module
 */
import { leased, none } from "../../../channels/contender.ts";
import { Lease } from "../../../channels/lease.ts";
import type { WaitOptions } from "../../greenlet.ts";
import { consumed, current, FINISHED, FRESH, type Op, PARKED, tired, WAITING } from "../../op.ts";
import { limited } from "../../timeout.ts";
import { checkSync, type SyncOptions } from "./gate.ts";
import { defineHandle, type SharedOptions } from "./handle.ts";
import { notOwned, SharedAcquireOp, type SharedHold, SharedMutex, STATE } from "./mutex.ts";

class SharedLockOp extends SharedAcquireOp<SharedLock> {
  get reason(): string {
    return "shared lock acquire";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const lock = this.source;
    const { cells, self } = lock;
    if (
      this.gate.line.head === null && current !== null &&
      Atomics.compareExchange(cells, STATE, 0, self) === 0
    ) {
      lock.byOp = true;
      return leased(this, new Lease(lock, lock.hold = lock.lastHold = (lock.lastHold + 1) | 0));
    }
    return super.next(value);
  }
}

/**
 * A lock for greenlets and threads of all workers, as `multiprocessing.Lock`: one holds it at a time, and
 * anybody may release it. It can be sent to workers as an argument of a task.
 *
 * In one worker it goes to waiters in the order in which they came. Among workers the quickest gets it; one
 * that has waited for 5 ms gets it next. When a worker dies with the lock, the next that wants
 * it gets an {@linkcode OwnerDiedError}, and then the lock is free.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { SharedLock } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new SharedLock();
 * await run(function* () {
 *   using _ = yield* lock.acquire();
 *   assertEquals(lock.owner, "main");
 * });
 * assertEquals(lock.locked, false);
 * ```
 *
 * @example In plain code of a worker's task
 * ```ts
 * import { type SharedArray, type SharedLock } from "@tendril/tendril/parallel";
 *
 * export function buy(lock: SharedLock, tickets: SharedArray): void {
 *   using _ = lock.acquireSync();
 *   tickets.set(0, tickets.get(0) - 1);
 * }
 * ```
 */
export class SharedLock extends SharedMutex {
  /** Whether this isolate got it last by an Op, and not by plain code. @internal */
  declare byOp: boolean;
  declare private spare: SharedLockOp | null;

  /** Makes a lock that is free. */
  constructor(options: SharedOptions = {}) {
    super(options);
    this.byOp = false;
    this.spare = null;
  }

  /** @internal */
  get kind(): string {
    return "SharedLock";
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
    if (options !== undefined) {
      return limited(new SharedLockOp(this), "acquire a shared lock", options.timeout, none);
    }
    // One that is used up is used again, so that a loop makes none.
    const { spare } = this;
    if (spare === null || spare.stage !== FINISHED) return this.spare = new SharedLockOp(this);
    spare.stage = FRESH;
    return spare;
  }

  /**
   * Takes the lock if it is free; gives `undefined` when it is not.
   *
   * @throws {OwnerDiedError} If the worker that held it has died.
   */
  acquireNowait(): Lease | undefined {
    return this.take(null) ?? undefined;
  }

  /**
   * Blocks the thread until the lock is free, and takes it.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   * @throws {DeadlockError} If there is no timeout and a greenlet of this worker holds it, which could not go
   * on.
   * @throws {OwnerDiedError} If the worker that held it has died.
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  acquireSync(): Lease;
  /** Blocks the thread until the lock is free, but not longer than `timeout` milliseconds. */
  acquireSync(options: SyncOptions): Lease | undefined;
  acquireSync(options: SyncOptions = {}): Lease | undefined {
    const ms = checkSync(options, "acquire", this);
    if (this.byOp && this.mine && ms === Infinity) throw this.selfBlocked("a greenlet");
    if (!this.blockFor(ms)) return undefined;
    this.byOp = false;
    return new Lease(this, this.begin());
  }

  /**
   * Gives the lock back, or on to one that waits. Anybody may do that.
   *
   * @throws {LockError} If nobody holds it.
   */
  release(): void {
    this.cede();
  }

  /** @internal */
  override take(_taker: unknown, since = 0): Lease | null {
    if (!this.seizeOrInherit(since)) return null;
    this.byOp = true;
    return new Lease(this, this.begin());
  }

  /** @internal */
  override lent(mark: unknown): boolean {
    return this.hold === mark && this.mine;
  }

  /** @internal */
  override takeBack(): void {
    this.cede();
  }

  /** @internal */
  override surrender(): SharedHold {
    const { hold } = this;
    this.release();
    return { hold, levels: 1, holder: null };
  }

  /** @internal */
  override restore({ hold }: SharedHold): void {
    this.hold = hold;
  }

  /** @internal */
  override checkHeld(action: string, subject: unknown): void {
    if (!this.mine) throw notOwned(action, subject, this);
  }
}

defineHandle("SharedLock", (token) => new SharedLock(token));
