// Copyright 2026 the Tendril authors. MIT license.
/**
 * What SharedLock and SharedRLock are made of: a word that says which isolate holds it.
 *
 * Invariants:
 * - `STATE` is 0 while it is free, the owner's id while it is held, and minus the id of an isolate for
 *   which it is kept while nobody holds it.
 * - `HEIR` is the id of an isolate that has waited for longer than PATIENCE, or 0: the next release keeps
 *   the lock for it. So nobody waits for ever, though whoever comes first takes what is free.
 * - An isolate is the heir only while somebody waits in it.
 * - It is kept for an isolate for KEPT_FOR at most since the time in `KEPT_AT`: that isolate may be busy.
 * - An owner or heir that is dead is put out by the next that wants the lock.
 *
 * @module
 */
import type { Lease, Lender } from "../../../channels/lease.ts";
import { LockError, notHeld } from "../../../channels/lock_error.ts";
import { describe } from "../../../channels/naming.ts";
import { DeadlockError } from "../../errors.ts";
import { getCurrent, type Greenlet } from "../../greenlet.ts";
import { DONE, type Waiter } from "../../op.ts";
import { OwnerDiedError, WorkerShutdownError } from "./errors.ts";
import { Gate, GateOp } from "./gate.ts";
import { SharedHandle, type SharedOptions } from "./handle.ts";

/** The word that says who holds it. */
export const STATE = 2;
/** The word that says who gets it next. */
export const HEIR = 3;
/** The word that says how often the owner has to release it; used by SharedRLock only. */
export const LEVELS = 4;
const GATE = 5;
const KEPT_AT = 7;
const SLEEPERS = GATE + 1;
/** A line of the processor's cache. */
export const MUTEX_WORDS = 16;

/**
 * Who has waited for so long makes its isolate the heir, in milliseconds. Each time the lock is kept for
 * one that sleeps, everybody waits until that one is awake; so this must not happen often.
 */
const PATIENCE = 5;
/** For how long the lock is kept for the heir, in milliseconds. */
const KEPT_FOR = 50;

/** What the `stats` of a shared lock give. */
export interface SharedLockStats {
  /** Whether somebody holds it. */
  readonly locked: boolean;
  /** The name of the worker that holds it, `null` when nobody does. */
  readonly owner: string | null;
  /** How many wait for it in this worker. */
  readonly waiting: number;
}

/**
 * A hold that was given up for a while; its leases hold again when it is restored.
 *
 * @internal
 */
export interface SharedHold {
  /** Its number. */
  readonly hold: number;
  /** How many times the lock was acquired. */
  readonly levels: number;
  /** Who of this isolate held it. */
  readonly holder: unknown;
}

/**
 * What {@linkcode SharedLock} and {@linkcode SharedRLock} have in common.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { SharedLock, type SharedMutex, SharedRLock } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new SharedLock();
 * const locks: SharedMutex[] = [lock, new SharedRLock()];
 * await run(function* () {
 *   using _ = yield* lock.acquire();
 *   assertEquals(locks.map(({ owner }) => owner), ["main", null]);
 * });
 * ```
 */
export abstract class SharedMutex extends SharedHandle implements Lender {
  /** @internal */
  declare readonly gate: Gate;
  /** Numbers the holds of this isolate. @internal */
  declare lastHold: number;
  /** The present one. @internal */
  declare hold: number;

  /** Makes a lock that is free, or a handle of one. */
  constructor(options: SharedOptions) {
    super(MUTEX_WORDS, options);
    this.gate = new Gate(this.cells, GATE);
    this.lastHold = this.hold = 0;
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    return Atomics.load(this.cells, STATE) > 0;
  }

  /** The name of the worker that holds it, `null` when nobody does. */
  get owner(): string | null {
    const state = Atomics.load(this.cells, STATE);
    return state > 0 ? this.membership.roll.name(state) : null;
  }

  /** Whether this isolate holds it. @internal */
  get mine(): boolean {
    return this.cells[STATE] === this.self; // a plain read will do: nobody else writes that
  }

  /**
   * Makes this isolate the owner if the lock is free, or kept for it.
   *
   * @throws {OwnerDiedError} If its owner has died; then it is free.
   */
  seize(): boolean {
    const { cells, self } = this;
    for (;;) {
      const state = Atomics.load(cells, STATE);
      if (state === 0 || state === -self) {
        if (Atomics.compareExchange(cells, STATE, state, self) !== state) continue;
        if (state !== 0) Atomics.compareExchange(cells, HEIR, self, 0);
        return true;
      }
      const { roll } = this.membership;
      if (roll.alive(Math.abs(state)) && (state > 0 || this.#isKept())) return false;
      if (Atomics.compareExchange(cells, STATE, state, 0) === state && state > 0) {
        throw this.#ownerDied(roll.name(state));
      }
    }
  }

  #isKept(): boolean {
    return (Date.now() - this.cells[KEPT_AT]! | 0) < KEPT_FOR;
  }

  #ownerDied(worker: string): OwnerDiedError {
    this.gate.signal(1);
    const name = this.name === undefined ? "" : ` ${JSON.stringify(this.name)}`;
    return new OwnerDiedError(
      `Cannot acquire <${this.kind}${name}>: worker "${worker}" died while it held it; ` +
        "what it protects may be half done, and acquiring it again will go well",
      worker,
    );
  }

  /**
   * The same for one that waits since a time of `performance.now()`, 0 if it does not: for too long, and the
   * next release is for this isolate.
   */
  seizeOrInherit(since: number): boolean {
    if (this.seize()) return true;
    if (since === 0 || performance.now() - since < PATIENCE) return false;
    const { cells, self } = this;
    const heir = Atomics.load(cells, HEIR);
    if (heir === 0 || !this.membership.roll.alive(heir)) {
      Atomics.compareExchange(cells, HEIR, heir, self);
    }
    return false;
  }

  /** Called when somebody does not wait any more: nobody left means no claim left. */
  renounce(): void {
    if (this.gate.line.head !== null) return;
    const { cells, self } = this;
    Atomics.compareExchange(cells, HEIR, self, 0);
    if (Atomics.compareExchange(cells, STATE, -self, 0) === -self) this.gate.signal(1);
  }

  /** Gives the lock back, whoever holds it. */
  protected cede(): void {
    const { cells, self } = this;
    // Plain reads, which cost a twentieth of the others: one that misses a sleeper makes it wait a SLICE.
    if (cells[STATE] === self && Atomics.exchange(cells, STATE, 0) === self) {
      if (cells[SLEEPERS] !== 0) this.#wakeNext();
    } else this.#cedeForeign();
  }

  #cedeForeign(): void {
    const { cells } = this;
    const state = Atomics.load(cells, STATE);
    if (state <= 0) throw notHeld(this);
    const { roll, id } = this.membership;
    if (!roll.alive(id)) throw this.#zombie();
    if (Atomics.compareExchange(cells, STATE, state, 0) !== state) throw notHeld(this);
    this.#wakeNext();
  }

  /** Keeps the lock, which is free now, for the heir; or wakes one that sleeps. */
  #wakeNext(): void {
    const { cells, gate } = this;
    const heir = Atomics.load(cells, HEIR);
    if (heir !== 0) cells[KEPT_AT] = Date.now();
    if (
      heir === 0 || !this.membership.roll.alive(heir) ||
      Atomics.compareExchange(cells, STATE, 0, -heir) !== 0
    ) return gate.signal(1);
    // The heir may have renounced since, and seen the lock free: then it is kept for nobody.
    if (Atomics.load(cells, HEIR) !== heir) Atomics.compareExchange(cells, STATE, -heir, 0);
    gate.signal(Infinity);
  }

  /** This worker was taken for dead, and another may have the lock by now. */
  #zombie(): WorkerShutdownError {
    return new WorkerShutdownError(
      `Cannot release ${Deno.inspect(this)}: this worker was marked as dead`,
    );
  }

  /** Blocks the thread for `ms` milliseconds at most, until the lock is this isolate's. */
  protected blockFor(ms: number): boolean {
    if (Atomics.compareExchange(this.cells, STATE, 0, this.self) === 0) return true;
    try {
      return this.gate.waitSync(
        (since) => this.seizeOrInherit(since) || null,
        ms,
        this.membership,
        () => `acquire ${Deno.inspect(this)}`,
      ) !== null;
    } finally {
      this.renounce();
    }
  }

  /** The error for plain code that would wait for a greenlet of its own thread. */
  protected selfBlocked(holder: string): DeadlockError {
    return new DeadlockError(
      `Cannot block the thread for ${Deno.inspect(this)}: ${holder} of the same worker holds it, ` +
        "and could not go on; use `yield* ….acquire()`",
    );
  }

  /** Counters at this moment. */
  stats(): SharedLockStats {
    const { locked, owner } = this;
    return Object.freeze({ locked, owner, waiting: this.gate.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { owner } = this;
    const state = owner === null ? "free" : `held by worker ${JSON.stringify(owner)}`;
    return describe(this.kind, this.name, state, this.gate.line.length);
  }

  /** Makes a number for a new hold. */
  protected begin(): number {
    return this.hold = this.lastHold = (this.lastHold + 1) | 0;
  }

  /** Takes it for `taker` if that is possible at once. @internal */
  abstract take(taker: Greenlet<unknown>, since: number): Lease | null;
  /** Releases it whatever the number of levels. @internal */
  abstract surrender(): SharedHold;
  /** Makes the owner who it was before; the lock is this isolate's already. @internal */
  abstract restore(hold: SharedHold): void;
  /** Refuses unless the caller holds it. @internal */
  abstract checkHeld(action: string, subject: unknown): void;
  /** @internal */
  abstract lent(mark: unknown): boolean;
  /** @internal */
  abstract takeBack(): void;
}

/** Acquires. */
export abstract class SharedAcquireOp<M extends SharedMutex> extends GateOp<Lease> {
  declare readonly source: M;
  declare private taker: Greenlet<unknown> | null;
  declare private since: number;

  /** Makes a fresh Op. */
  constructor(source: M) {
    super(source.gate);
    this.source = source;
    this.taker = null;
    this.since = 0;
  }

  /** What it waits for. */
  override get subject(): unknown {
    return this.source;
  }

  /** Takes it if that is possible at once, unless others of this worker were first. */
  override poll(): IteratorReturnResult<Lease> | null {
    this.taker = getCurrent();
    this.since = 0;
    return super.poll();
  }

  /** Takes it if that is possible now. */
  attempt(): IteratorReturnResult<Lease> | null {
    const lease = this.source.take(this.taker!, this.since);
    if (lease === null) return null;
    DONE.value = lease;
    return DONE;
  }

  /** Stands in line. */
  override park(waiter: Waiter): void {
    this.since = performance.now();
    super.park(waiter);
  }

  /** Leaves the line. */
  override cancel(): void {
    super.cancel();
    this.source.renounce();
  }

  /** Tries again. */
  override serve(): boolean {
    if (!super.serve()) return false;
    this.source.renounce();
    return true;
  }
}

/** The error for something that only the owner may do. */
export function notOwned(action: string, subject: unknown, mutex: SharedMutex): LockError {
  return new LockError(
    `Cannot ${action} ${Deno.inspect(subject)} here: it must hold the lock, ${
      Deno.inspect(mutex)
    }; acquire it first`,
  );
}
