// Copyright 2026 the Tendril authors. MIT license.
/**
 * The promises of cooperative IO: real ones that a greenlet can also `yield*`, and that end the
 * operation behind them when the greenlet that waits is killed or timed out.
 *
 * @module
 */
import { currentFrame } from "../async_frame.ts";
import { addExternal } from "../hub.ts";
import {
  anyBegun,
  consumed,
  current,
  FINISHED,
  FRESH,
  noteBegun,
  Op,
  type OpIterator,
  outside,
  park,
  PromiseWaiter,
  type Waiter,
  WAITING,
} from "../op.ts";
import type { Abandonable } from "../select.ts";
import { AS_OP, type OpSource } from "../until.ts";

/** A promise that a greenlet can also `yield*`. */
export interface IoPromise<T> extends Promise<T> {
  /** Lets `yield*` wait for it. */
  [Symbol.iterator](): OpIterator<T>;
  /** Makes an Op that waits for it. */
  [AS_OP]: OpSource<T>;
}

/** Ends the operation behind a promise; called at most once per wait that was given up. */
export type Abort = AbortController | (() => void);

const ignore = () => {};

/** An Op of something that has begun before anybody waits for it, behind a promise. */
export abstract class BegunOp<T> extends Op<T> implements OpSource<T>, Abandonable {
  /** Settles when it is done. */
  declare promise: Promise<T>;
  /** Who waits for it in a greenlet. */
  declare protected waiter: Waiter | null;
  /** What the caller holds, when that is a promise of its own. */
  declare exposed: Promise<T> | null;
  /** Whether somebody was given this very Op. */
  declare lent: boolean;

  /** Makes it; `promise` is set by who made it, or later. */
  constructor() {
    super();
    if (!anyBegun) noteBegun();
    this.waiter = null;
    this.exposed = null;
    this.lent = false;
  }

  /** Nobody waits for it any more: ends it, or keeps what it will give. Called once. */
  protected abstract giveUp(): void;

  /** A further Op that waits for the promise. */
  protected abstract another(): Op<T>;

  /** Part of {@linkcode OpSource}. */
  op(): Op<T> {
    if (this.lent) return this.another();
    this.lent = true;
    return this;
  }

  /** The promise behind `then()`; `await` needs no other. */
  awaited(): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      new PromiseWaiter(this, resolve as (value: unknown) => void, reject).begin();
    });
  }

  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.awaited().then(onfulfilled, onrejected);
  }

  poll(): IteratorReturnResult<T> | null {
    return null;
  }

  /** Parks without giving way first: nobody would see it fail meanwhile, and others get their turn. */
  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, T> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (current === null) throw outside(this);
    const parked = park(this);
    this.park(current);
    return parked;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    addExternal(1);
  }

  /** Hands the value to who waits, if somebody does. */
  protected wake(value: T): void {
    const { waiter } = this;
    if (waiter === null) return;
    this.waiter = null;
    waiter.wake(value);
    addExternal(-1); // not before, or the hub would look in vain whether anything can go on
  }

  /** Raises the error in who waits, if somebody does. */
  protected raise(error: unknown): void {
    const { waiter } = this;
    if (waiter === null) return;
    this.waiter = null;
    waiter.fail(error);
    addExternal(-1);
  }

  /** Takes the waiter, who is not told. */
  protected leave(): Waiter | null {
    const { waiter } = this;
    this.waiter = null;
    if (waiter !== null) addExternal(-1);
    return waiter;
  }

  cancel(): void {
    this.leave();
    // Nobody may be looking at the promise of a call that was given up.
    this.exposed?.catch(ignore);
    this.giveUp();
  }

  /** Part of {@linkcode Abandonable}: lost in a `select`, or killed, before it waited. */
  abandon(): void {
    this.stage = FINISHED;
    this.promise.catch(ignore);
    this.cancel();
  }
}

/** An Op of a promise of the host. Its text is put together only when somebody asks. */
export abstract class HostOp<T> extends BegunOp<T> {
  declare protected readonly verb: string;
  declare protected readonly name: string | URL;

  /** Makes it of an operation that has begun. */
  constructor(verb: string, name: string | URL, promise: Promise<T>) {
    super();
    this.promise = promise;
    this.verb = verb;
    this.name = name;
  }

  get reason(): string {
    return `${this.verb} ${this.name}`;
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    this.promise.then(
      (value) => this.wake(value),
      (error) => this.raise(error),
    );
  }
}

/** The Op of {@linkcode cooperative}. */
class IoOp<T> extends HostOp<T> {
  declare private readonly abort: Abort;

  constructor(verb: string, name: string | URL, promise: Promise<T>, abort: Abort) {
    super(verb, name, promise);
    this.abort = abort;
  }

  protected another(): Op<T> {
    return new IoOp(this.verb, this.name, this.promise, this.abort);
  }

  protected giveUp(): void {
    const { abort } = this;
    if (typeof abort === "function") abort();
    else abort.abort();
  }
}

function iterate<T>(this: IoPromise<T>): OpIterator<T> {
  return this[AS_OP].op();
}

/** Gives the promise of `op` to a user: `yield*` of it waits for `op`. */
export function expose<T>(op: BegunOp<T>): IoPromise<T> {
  let exposed = op.promise as IoPromise<T>;
  if (currentFrame() !== null) {
    // In an async function the wait begins here: a kill of the greenlet has to reach it.
    op.lent = true;
    exposed = op.awaited() as IoPromise<T>;
    op.exposed = exposed;
    if (op.stage === FINISHED) op.abandon(); // killed already
  }
  exposed[AS_OP] = op;
  exposed[Symbol.iterator] = iterate;
  return exposed;
}

/**
 * Makes a promise cooperative.
 *
 * @param verb What is done, shown in dumps with `name`.
 * @param name What it is done to.
 * @param promise The operation, which has begun.
 * @param abort Ends it.
 */
export function cooperative<T>(
  verb: string,
  name: string | URL,
  promise: Promise<T>,
  abort: Abort,
): IoPromise<T> {
  return expose(new IoOp(verb, name, promise, abort));
}
