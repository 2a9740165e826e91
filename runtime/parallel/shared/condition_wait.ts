// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for a condition of all workers: give the lock up, wait to be notified, take the lock back.
 *
 * Invariants:
 * - Whoever was in `wait` holds the lock again, with as many levels as before, when the wait is over in
 *   whatever way: notified, late, killed or timed out from outside. An error waits until then.
 * - The exceptions: when the lock's next owner dies with it, and when the worker is shut down.
 * - While it waits to be notified it has a slot. A notification that it cannot use goes to the next.
 *
 * @module
 */
import type { Place } from "../../../channels/line.ts";
import { checkDelay, type TimerEntry } from "../../clock.ts";
import { timers } from "../../hub.ts";
import { current, Op, park, PromiseWaiter, type Waiter, WAITING } from "../../op.ts";
import { Timeout, type TimeoutLike } from "../../timeout.ts";
import type { Gate, Standing } from "./gate.ts";
import type { SharedHold, SharedMutex } from "./mutex.ts";

/** What is waited for. */
export interface SharedConditionLike {
  /** The lock that is given up meanwhile. */
  readonly mutex: SharedMutex;
  /** Where those wait who want to be notified. */
  readonly gate: Gate;
  /** Takes a slot and gives the lock up. */
  listen(): { slot: number; hold: SharedHold };
  /** Whether the one in `slot` was notified. */
  heard(slot: number): boolean;
  /** Frees a slot; tells whether it was notified. */
  free(slot: number): boolean;
  /** Notifies the next instead of one that could not use it. */
  passOn(): void;
}

// The phases of a wait.
const BEFORE = 0;
/** It stands in the line of the condition. */
const LISTENING = 1;
/** It stands in the line of the lock. */
const RETAKING = 2;
/** It was taken out of its line and has to see how it gets the lock back. */
const TORN = 3;
/** It has the lock, or cannot have it. */
const OVER = 4;

/** See `SharedCondition.wait`. */
export class SharedConditionWait extends Op<boolean> implements Standing, TimerEntry {
  index = -1;
  before: Place | null = null;
  after: Place | null = null;
  phase: number = BEFORE;
  readonly #ms: number | undefined;
  #waiter: Waiter | null = null;
  #slot = -1;
  #hold: SharedHold | null = null;
  #since = 0;
  #notified = false;
  #failing = false;
  #error: unknown = undefined;

  /** Makes a fresh Op. */
  constructor(readonly condition: SharedConditionLike, timeout: TimeoutLike | undefined) {
    super();
    this.#ms = timeout instanceof Timeout ? timeout.ms : timeout;
    if (this.#ms !== undefined) checkDelay("wait for a shared condition", this.#ms);
  }

  /** Shown in dumps. */
  get reason(): string {
    return "shared condition wait";
  }

  /** What it waits for. */
  override get subject(): unknown {
    return this.phase === RETAKING ? this.condition.mutex : this.condition;
  }

  /** Never done at once. */
  poll(): null {
    this.condition.mutex.checkHeld("wait for", this.condition);
    return null;
  }

  /** Stands in line, in a greenlet or for an async function; a `select` could not wait for the lock. */
  park(waiter: Waiter): void {
    if (waiter !== current && !(waiter instanceof ConditionPromise)) {
      return waiter.fail(refusal(this.condition));
    }
    this.#waiter = waiter;
    try {
      ({ slot: this.#slot, hold: this.#hold } = this.condition.listen());
    } catch (error) {
      return waiter.fail(error);
    }
    this.phase = LISTENING;
    if (this.#ms !== undefined) timers.add(this, this.#ms);
    this.condition.gate.enter(this);
  }

  /** Looks whether it can go on to the next phase. */
  serve(): boolean {
    if (this.phase === RETAKING) return this.#tryLock();
    if (!this.condition.heard(this.#slot)) return false;
    timers.cancel(this);
    this.#stopListening();
    this.#retake();
    return true;
  }

  #stopListening(): void {
    this.condition.gate.leave(this);
    this.#notified = this.condition.free(this.#slot);
  }

  /** Its own time is over. */
  fire(): void {
    this.#stopListening();
    this.#retake();
  }

  #retake(): void {
    this.phase = RETAKING;
    this.#since = performance.now();
    this.condition.mutex.gate.enter(this);
  }

  #tryLock(): boolean {
    const { mutex } = this.condition;
    try {
      if (!mutex.seizeOrInherit(this.#since)) return false;
    } catch (error) {
      this.#leaveLock();
      this.#remember(error);
      this.#end();
      return true;
    }
    this.#leaveLock();
    mutex.restore(this.#hold!);
    this.#end();
    return true;
  }

  #leaveLock(): void {
    const { mutex } = this.condition;
    mutex.gate.leave(this);
    mutex.renounce();
  }

  #end(): void {
    this.phase = OVER;
    if (this.#failing) this.#waiter!.fail(this.#error);
    else this.#waiter!.wake(this.#notified);
  }

  /** Leaves the line it stands in; `throw` or `abandon` follows. */
  cancel(): void {
    if (this.phase === LISTENING) {
      timers.cancel(this);
      this.#stopListening();
    } else this.#leaveLock();
    this.#passOn();
    this.phase = TORN;
  }

  /** Nobody will be told of the notification that it has got. */
  #passOn(): void {
    if (this.#notified) this.condition.passOn();
    this.#notified = false;
  }

  /** A kill or a timeout from outside: first the lock, then the error. */
  override throw(error: unknown): IteratorResult<undefined, boolean> {
    if (this.phase !== TORN) return super.throw(error);
    this.#remember(error);
    if (current === null) {
      this.phase = OVER;
      return super.throw(this.#error);
    }
    const parked = park(this);
    this.#retake();
    return parked;
  }

  /** The same for an async function. */
  abandon(error: unknown): void {
    this.#remember(error);
    if (this.phase === RETAKING) return this.#passOn();
    this.cancel();
    this.#retake();
  }

  /** A kill outranks a Timeout, and an outer Timeout an inner one: the others lose their meaning. */
  #remember(error: unknown): void {
    const before = this.#error;
    if (
      !this.#failing ||
      before instanceof Timeout && !(error instanceof Timeout && error.serial > before.serial)
    ) this.#error = error;
    this.#failing = true;
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
    const op = this.op as SharedConditionWait;
    if (op.stage === WAITING && op.phase !== OVER) op.abandon(error);
    else super.interrupt(error);
  }
}

/** The error for a wait in a `select`. */
export function refusal(condition: unknown): TypeError {
  return new TypeError(
    `Cannot wait for ${Deno.inspect(condition)} in a select: it could not take the lock back ` +
      "before the select goes on; use wait({ timeout }), or a SharedEvent",
  );
}
