// Copyright 2026 the Tendril authors. MIT license.
/**
 * One side of a socket, such as the reading one: one greenlet at a time may use it.
 *
 * Invariants:
 * - `call` is the call that uses the side now, null when none does. One that is given up leaves at
 *   once; what the host still does for it is the business of the side.
 * - A call is settled at most once, when it has left the side.
 *
 * @module
 */
import { ConcurrentObjectUseError, GreenletExit } from "../errors.ts";
import { getCurrent, type Greenlet } from "../greenlet.ts";
import { consumed, DONE, FINISHED, FRESH, type Op, PARKED, tired } from "../op.ts";
import { until } from "../until.ts";
import { failure } from "./errors.ts";
import { BegunOp, cooperative, type IoPromise } from "./promise.ts";

/** What has sides: a connection, a listener, a datagram socket. */
export interface Target {
  /** Its address as text, for wait reasons and errors. */
  readonly name: string;
  /** Why it is of no use any more, `null` as long as it is of use. */
  readonly gone: string | null;
}

const ignore = () => {};
// One for all: hardly anybody ever sees it.
const abandoned = new GreenletExit("The greenlet that called this no longer waits for it");

// The states of a call.
/** The host is at it. */
const PENDING = 0;
/** It has a value that nobody has taken. */
const SUCCEEDED = 1;
/** It has an error that nobody has taken. */
const FAILED = 2;
/** Its outcome was taken. */
const TAKEN = 3;
/** Nobody waits for it any more. */
const GIVEN_UP = 4;

/** One use of a side. */
export class Call<A, T> extends BegunOp<T> {
  declare readonly side: Side<A, T>;
  /** Who made the call. */
  declare readonly owner: Greenlet<unknown>;
  /** What it was made with. */
  declare readonly argument: A;
  /** Settles `promise`, unless that follows from one of the host. */
  declare settler: PromiseWithResolvers<T> | null;
  declare private state: number;
  declare private outcome: unknown;

  /** Makes a call of the greenlet that runs. */
  constructor(side: Side<A, T>, argument: A) {
    super();
    this.side = side;
    this.owner = getCurrent();
    this.argument = argument;
    this.settler = null;
    this.state = PENDING;
    this.outcome = undefined;
  }

  get reason(): string {
    return this.side.reason;
  }

  override get subject(): unknown {
    return this.side.target;
  }

  protected another(): Op<T> {
    if (this.state === GIVEN_UP) throw consumed(this);
    return until(this.promise) as Op<unknown> as Op<T>;
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, T> {
    if (this.state === PENDING || this.stage !== FRESH) return super.next(value);
    if (this.state === SUCCEEDED && tired()) return PARKED;
    this.stage = FINISHED;
    return this.poll()!;
  }

  override poll(): IteratorReturnResult<T> | null {
    const { state } = this;
    if (state === PENDING) return null;
    this.state = TAKEN;
    if (state === FAILED) {
      this.promise.catch(ignore);
      throw this.outcome;
    }
    DONE.value = this.outcome;
    return DONE;
  }

  /** It is done. */
  settle(value: T): void {
    this.settler?.resolve(value);
    if (this.waiter !== null) {
      this.state = TAKEN;
      this.wake(value);
    } else {
      this.state = SUCCEEDED;
      this.outcome = value;
    }
  }

  /** It failed. */
  fail(error: unknown): void {
    this.settler?.reject(error);
    if (this.waiter !== null) {
      this.state = TAKEN;
      this.promise.catch(ignore); // the waiter is told
      this.raise(error);
    } else {
      this.state = FAILED;
      this.outcome = error;
    }
  }

  protected giveUp(): void {
    const { state } = this;
    if (state === TAKEN) return;
    this.state = GIVEN_UP;
    if (state === PENDING) {
      this.promise.catch(ignore);
      this.settler?.reject(this.side.abandoned);
      this.side.desert(this);
    } else this.side.putBack(this, state === FAILED, this.outcome);
  }

  /** A kill may come before the first wait, where the greenlet has to give way. */
  override throw(error: unknown): IteratorResult<undefined, T> {
    if (this.stage === FRESH) this.abandon();
    return super.throw(error);
  }
}

/** One side of a {@linkcode Target}; `A` is what it is used with, `T` what that gives. */
export abstract class Side<A, T> {
  declare readonly target: Target;
  /** What one does with it. */
  declare readonly verb: string;
  /** Who does it now. */
  declare protected call: Call<A, T> | null;

  /** Makes a side that is free. */
  constructor(target: Target, verb: string) {
    this.target = target;
    this.verb = verb;
    this.call = null;
  }

  /** What a greenlet that uses it waits for. */
  get reason(): string {
    return `${this.verb} ${this.target.name}`;
  }

  /** Who uses it now. */
  get user(): Greenlet<unknown> | null {
    return this.call === null ? null : this.call.owner;
  }

  /** The call that uses the side is given up; the host is still at it. */
  abstract desert(call: Call<A, T>): void;

  /** Nobody will take the outcome of `call`, which is done. */
  abstract putBack(call: Call<A, T>, failed: boolean, outcome: unknown): void;

  /** Throws unless the side is free. */
  checkFree(): void {
    if (this.call !== null) throw this.conflict(this.call);
  }

  /** Makes a promise that fails, because `call` is under way. */
  protected refuse(call: Call<A, T>): IoPromise<T> {
    return cooperative(this.verb, this.target.name, Promise.reject(this.conflict(call)), ignore);
  }

  private conflict(call: Call<A, T>): ConcurrentObjectUseError {
    const what = `${this.verb} ${Deno.inspect(this.target)} in ${getCurrent().name}`;
    const who = `${call.owner.name}${call.owner.dead ? " (dead)" : ""}`;
    return new ConcurrentObjectUseError(
      `Cannot ${what}: ${who} is at it; let one greenlet do it, or take turns by a Lock`,
    );
  }

  /** The host's error, with what failed in its message. */
  protected wrap(cause: unknown): unknown {
    return failure(this.reason, cause, this.target.gone);
  }

  /** What the promise of a call that was given up rejects with. */
  get abandoned(): GreenletExit {
    return abandoned;
  }
}
