// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for a condition: give the lock up, wait to be notified, take the lock back.
 *
 * Invariants:
 * - Whoever was in `wait` holds the lock again, with as many levels as before, when the wait is over in
 *   whatever way: notified, late, killed or timed out from outside. An error waits until then.
 * - The exception: when nobody can be expected to release the lock, because its owner is dead or the error
 *   is a DeadlockError, the error is raised without it.
 * - A notification is not lost with who got it: when that one is killed or timed out from outside before it
 *   has the lock, the next in line is notified instead, as in Java and in asyncio.
 *
 * @module
 */
import { checkDelay, type TimerEntry } from "../runtime/clock.ts";
import { DeadlockError } from "../runtime/errors.ts";
import { getCurrent } from "../runtime/greenlet.ts";
import { timers } from "../runtime/hub.ts";
import {
  consumed,
  current,
  FRESH,
  outside,
  park,
  PARKED,
  PromiseWaiter,
  tired,
  type Waiter,
  WAITING,
} from "../runtime/op.ts";
import { Timeout, type TimeoutLike } from "../runtime/timeout.ts";
import { Contender } from "./contender.ts";
import type { Line } from "./line.ts";
import { LockError } from "./lock_error.ts";
import type { Hold, Mutex } from "./mutex.ts";

/** What is waited for. */
export interface ConditionLike {
  /** The lock that is given up meanwhile. */
  readonly mutex: Mutex;
  /** Those who wait to be notified. */
  readonly line: Line<ConditionWait>;
}

// The phases of a wait.
const BEFORE = 0;
/** It stands in the line of the condition. */
const LISTENING = 1;
/** It stands in the line of the lock. */
const RETAKING = 2;
/** It was taken out of its line and has to see how it gets the lock back. */
const TORN = 3;
/** It has the lock. */
const OVER = 4;

/** See `Condition.wait`. */
export class ConditionWait extends Contender<boolean> implements TimerEntry {
  declare index: number;
  declare readonly condition: ConditionLike;
  declare readonly ms: number | undefined;
  declare phase: number;
  declare private hold: Hold | null;
  declare private notified: boolean;
  declare private failing: boolean;
  declare private error: unknown;

  /** Makes a fresh Op. */
  constructor(condition: ConditionLike, timeout: TimeoutLike | undefined) {
    super();
    this.index = -1;
    this.condition = condition;
    const ms = timeout instanceof Timeout ? timeout.ms : timeout;
    this.ms = ms === undefined || checkDelay("wait for a condition", ms) === Infinity
      ? undefined
      : ms;
    this.phase = BEFORE;
    this.hold = null;
    this.notified = this.failing = false;
    this.error = undefined;
  }

  /** Shown in dumps. */
  get reason(): string {
    return "condition wait";
  }

  /** What it waits for. */
  override get subject(): unknown {
    return this.phase === RETAKING ? this.condition.mutex : this.condition;
  }

  /** Whoever has the lock, once that is all it waits for. */
  override get holder(): unknown {
    return this.phase === RETAKING ? this.condition.mutex.owner : undefined;
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, boolean> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    checkOwner(this.condition, "wait for");
    if (current === null) throw outside(this);
    const parked = park(this);
    this.listen(current);
    return parked;
  }

  /** Never done at once. */
  poll(): null {
    checkOwner(this.condition, "wait for");
    return null;
  }

  /** Stands in line, for an async function; anybody else could not wait for the lock at the end. */
  park(waiter: Waiter): void {
    if (waiter instanceof ConditionPromise) this.listen(waiter);
    else waiter.fail(refusal(this.condition));
  }

  private listen(waiter: Waiter): void {
    this.waiter = waiter;
    this.taker = getCurrent();
    this.phase = LISTENING;
    this.condition.line.push(this);
    if (this.ms !== undefined) timers.add(this, this.ms);
    this.hold = this.condition.mutex.surrender();
  }

  /** Called by `notify`, which has taken it out of the line. */
  notify(): void {
    timers.cancel(this);
    this.notified = true;
    this.retake();
  }

  /** Its own time is over. */
  fire(): void {
    this.condition.line.remove(this);
    this.retake();
  }

  private retake(): void {
    const { mutex } = this.condition;
    if (mutex.owner === null) return this.granted();
    this.phase = RETAKING;
    mutex.line.push(this as Contender<unknown>);
  }

  /** It has the lock again. */
  granted(): void {
    this.regain();
    if (this.failing) this.waiter!.fail(this.error);
    else this.waiter!.wake(this.notified);
  }

  private regain(): void {
    this.phase = OVER;
    this.condition.mutex.restore(this.taker!, this.hold!);
  }

  /** Leaves the line it stands in; `throw` or `abandon` follows. */
  cancel(): void {
    if (this.phase === LISTENING) {
      timers.cancel(this);
      this.condition.line.remove(this);
    } else this.condition.mutex.line.remove(this as Contender<unknown>);
    this.phase = TORN;
  }

  /** A kill or a timeout from outside: first the lock, then the error. */
  override throw(error: unknown): IteratorResult<undefined, boolean> {
    if (this.phase !== TORN) return super.throw(error);
    this.remember(error);
    const { mutex } = this.condition;
    if (mutex.owner === null) this.regain();
    else if (current === null || this.hopeless) this.phase = OVER;
    else {
      const parked = park(this);
      this.retake();
      return parked;
    }
    return super.throw(this.error);
  }

  /** The same for an async function. */
  abandon(error: unknown): void {
    this.remember(error);
    const { hopeless } = this;
    if (this.phase === RETAKING && !hopeless) return;
    this.cancel();
    if (!hopeless) return this.retake();
    this.phase = OVER;
    this.waiter!.fail(this.error);
  }

  /** Whether nobody can be expected to release the lock. */
  private get hopeless(): boolean {
    const { owner } = this.condition.mutex;
    return owner !== null && (owner.dead || this.error instanceof DeadlockError);
  }

  /**
   * A DeadlockError outranks a kill, that a Timeout, and an outer Timeout an inner one: the others lose
   * their meaning.
   */
  private remember(error: unknown): void {
    const before = this.error;
    if (
      !this.failing || error instanceof DeadlockError ||
      before instanceof Timeout && !(error instanceof Timeout && error.serial > before.serial)
    ) this.error = error;
    this.failing = true;
    if (!this.notified) return;
    this.notified = false;
    this.condition.line.shift()?.notify();
  }

  /** Begins the wait on behalf of an async function. */
  override then<A = boolean, B = never>(
    onfulfilled?: ((value: boolean) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<boolean>((resolve, reject) => {
      new ConditionPromise(this, resolve as (value: unknown) => void, reject).begin();
    }).then(onfulfilled, onrejected);
  }
}

/** The waiter behind `await condition.wait()`: gives up only when the lock is there. */
class ConditionPromise extends PromiseWaiter {
  override interrupt(error: unknown): void {
    const op = this.op as ConditionWait;
    if (op.stage === WAITING && op.phase !== OVER) op.abandon(error);
    else super.interrupt(error);
  }
}

/** Raises an error unless the caller holds the lock of `condition`. */
export function checkOwner(condition: ConditionLike, action: string): void {
  const caller = getCurrent();
  const { owner } = condition.mutex;
  if (owner === caller) return;
  throw new LockError(
    `Cannot ${action} ${Deno.inspect(condition)} in ${caller.name}: it must hold the lock, which ${
      owner === null ? "nobody does" : `${owner.name} does`
    }; acquire it first`,
  );
}

/** The error for a wait in a `select`. */
export function refusal(condition: unknown): TypeError {
  return new TypeError(
    `Cannot wait for ${
      Deno.inspect(condition)
    } in a select: it could not take the lock back before ` +
      "the select goes on; use wait({ timeout }), or an Event",
  );
}
