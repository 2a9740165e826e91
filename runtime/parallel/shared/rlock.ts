// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lock of all workers that its owner may acquire again.
 *
 * Invariants, beside those of mutex.ts:
 * - `LEVELS` is how often the owner has to release it; only the isolate that holds it looks at it.
 * - `holder` is who of this isolate holds it: a greenlet that acquired it by an Op, or THREAD after
 *   `acquireSync`. It means nothing while another isolate holds it.
 *
 * @module
 */
import { leased, none } from "../../../channels/contender.ts";
import { Lease } from "../../../channels/lease.ts";
import { LockError, notHeld } from "../../../channels/lock_error.ts";
import { getCurrent, type Greenlet, type WaitOptions } from "../../greenlet.ts";
import { consumed, current, FRESH, type Op, PARKED, tired, WAITING } from "../../op.ts";
import { limited } from "../../timeout.ts";
import { checkSync, type SyncOptions } from "./gate.ts";
import { defineHandle, type SharedOptions } from "./handle.ts";
import { LEVELS, notOwned, SharedAcquireOp, type SharedHold, SharedMutex } from "./mutex.ts";

/** Stands for all plain code of a worker. */
const THREAD = "the plain code of this worker";

class SharedRLockOp extends SharedAcquireOp<SharedRLock> {
  get reason(): string {
    return "shared rlock acquire";
  }

  override get holder(): unknown {
    return this.source.greenlet;
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const lock = this.source;
    const taker = current !== null ? current as Greenlet<unknown> : getCurrent();
    if (lock.mine && lock.holder === taker) return leased(this, lock.deepen());
    return super.next(value);
  }

  /** Its owner does not stand in line. */
  override poll(): IteratorReturnResult<Lease> | null {
    const lock = this.source;
    if (lock.mine && lock.holder === getCurrent()) return leased(this, lock.deepen());
    return super.poll();
  }
}

/**
 * A lock for all workers that whoever holds it may acquire again, as `multiprocessing.RLock`: it has to
 * release it as often, and nobody else may. After `acquire` the greenlet holds it, after `acquireSync` the
 * worker, for all plain code that it runs.
 *
 * Who gets it and what happens when a worker dies with it is as with {@linkcode SharedLock}.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { SharedRLock } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new SharedRLock();
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
export class SharedRLock extends SharedMutex {
  /** @internal */
  declare holder: Greenlet<unknown> | typeof THREAD | null;

  /** Makes a lock that is free. */
  constructor(options: SharedOptions = {}) {
    super(options);
    this.holder = null;
  }

  /** @internal */
  get kind(): string {
    return "SharedRLock";
  }

  /** How many times its owner has to release it. */
  get levels(): number {
    return this.locked ? this.cells[LEVELS]! : 0;
  }

  /** The greenlet of this isolate that holds it. @internal */
  get greenlet(): Greenlet<unknown> | undefined {
    const { holder } = this;
    return this.mine && typeof holder === "object" && holder !== null ? holder : undefined;
  }

  /**
   * Waits for the lock; its owner does not wait.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   * @throws {OwnerDiedError} If the worker that held it has died.
   */
  acquire(): Op<Lease>;
  /** Waits for the lock, but not longer than `timeout` milliseconds. */
  acquire(options: WaitOptions): Op<Lease | undefined>;
  acquire(options?: WaitOptions): Op<Lease | undefined> {
    const op = new SharedRLockOp(this);
    return options === undefined
      ? op
      : limited(op, "acquire a shared RLock", options.timeout, none);
  }

  /**
   * Takes the lock if it is free or the caller's; gives `undefined` when it is not.
   *
   * @throws {OwnerDiedError} If the worker that held it has died.
   */
  acquireNowait(): Lease | undefined {
    const caller = getCurrent();
    if (this.mine && this.holder === caller) return this.deepen();
    return this.take(caller) ?? undefined;
  }

  /**
   * Blocks the thread until the lock is free, and takes it for all plain code of this worker.
   *
   * @returns The lease that gives it back; `undefined` when `timeout` milliseconds were over first.
   * @throws {DeadlockError} If another greenlet of this worker holds it, which could not go on.
   * @throws {OwnerDiedError} If the worker that held it has died.
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  acquireSync(): Lease;
  /** Blocks the thread until the lock is free, but not longer than `timeout` milliseconds. */
  acquireSync(options: SyncOptions): Lease | undefined;
  acquireSync(options: SyncOptions = {}): Lease | undefined {
    const ms = checkSync(options, "acquire", this);
    if (this.mine) {
      const { greenlet } = this;
      if (greenlet === undefined || greenlet === getCurrent()) return this.deepen();
      throw this.selfBlocked(greenlet.name);
    }
    if (!this.blockFor(ms)) return undefined;
    return this.own(THREAD);
  }

  /**
   * Takes back one acquire. The last one gives the lock on to one that waits.
   *
   * @throws {LockError} If the caller does not hold it.
   */
  release(): void {
    this.#checkOwner();
    if (--this.cells[LEVELS]! === 0) this.#leave();
  }

  #checkOwner(): void {
    if (this.mine) {
      const { greenlet } = this;
      if (greenlet === undefined || greenlet === getCurrent()) return;
    } else if (!this.locked) throw notHeld(this);
    throw new LockError(
      `Cannot release ${Deno.inspect(this)} in ${getCurrent().name}: only its owner, ${
        this.greenlet?.name ?? `worker "${this.owner}"`
      }, may`,
    );
  }

  #leave(): void {
    this.holder = null;
    this.cede();
  }

  /** Acquires it once more. @internal */
  deepen(): Lease {
    this.cells[LEVELS]!++;
    return new Lease(this, this.hold);
  }

  /** @internal */
  override take(taker: Greenlet<unknown>, since = 0): Lease | null {
    return this.seizeOrInherit(since) ? this.own(taker) : null;
  }

  /** @internal */
  private own(holder: Greenlet<unknown> | typeof THREAD): Lease {
    this.holder = holder;
    this.cells[LEVELS] = 1;
    return new Lease(this, this.begin());
  }

  /** @internal */
  override lent(mark: unknown): boolean {
    return this.hold === mark && this.mine;
  }

  /** @internal */
  override takeBack(): void {
    this.release();
  }

  /** @internal */
  override surrender(): SharedHold {
    const { hold, cells, holder } = this;
    const levels = cells[LEVELS]!;
    cells[LEVELS] = 0;
    this.#leave();
    return { hold, levels, holder };
  }

  /** @internal */
  override restore({ hold, levels, holder }: SharedHold): void {
    this.holder = holder as Greenlet<unknown> | typeof THREAD;
    this.hold = hold;
    this.cells[LEVELS] = levels;
  }

  /** @internal */
  override checkHeld(action: string, subject: unknown): void {
    const { greenlet } = this;
    if (!this.mine || greenlet !== undefined && greenlet !== getCurrent()) {
      throw notOwned(action, subject, this);
    }
  }
}

defineHandle("SharedRLock", (token) => new SharedRLock(token));
