// Copyright 2026 the Tendril authors. MIT license.
/**
 * The promises of cooperative IO: real ones that a greenlet can also `yield*`, and that end the
 * operation behind them when the greenlet that waits is killed or timed out.
 *
 * @module
 */
import { currentFrame } from "../async_frame.ts";
import { addExternal } from "../hub.ts";
import { FINISHED, Op, type OpIterator, type Waiter } from "../op.ts";
import type { Abandonable } from "../select.ts";
import { AS_OP } from "../until.ts";

/** A promise that a greenlet can also `yield*`. */
export interface IoPromise<T> extends Promise<T> {
  /** Lets `yield*` wait for it. */
  [Symbol.iterator](): OpIterator<T>;
  /** The Op behind it. */
  [AS_OP](): Op<T>;
}

/** Ends the operation behind a promise; called at most once per wait that was given up. */
export type Abort = () => void;

class IoOp<T> extends Op<T> implements Abandonable {
  readonly reason: string;
  readonly #promise: Promise<T>;
  readonly #abort: Abort;
  #waiter: Waiter | null = null;
  /** What the caller holds, when that is a promise of its own. */
  exposed: Promise<T> | null = null;

  constructor(reason: string, promise: Promise<T>, abort: Abort) {
    super();
    this.reason = reason;
    this.#promise = promise;
    this.#abort = abort;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.#waiter = waiter;
    addExternal(1);
    this.#promise.then(
      (value) => this.#leave()?.wake(value),
      (error) => this.#leave()?.fail(error),
    );
  }

  #leave(): Waiter | null {
    const waiter = this.#waiter;
    this.#waiter = null;
    if (waiter !== null) addExternal(-1);
    return waiter;
  }

  cancel(): void {
    this.#leave();
    // Nobody may be looking at the promise of a call that was given up.
    this.exposed?.catch(() => {});
    this.#abort();
  }

  /** Part of `Abandonable`: lost in a `select` before it waited. */
  abandon(): void {
    this.stage = FINISHED;
    this.cancel();
  }
}

/**
 * Makes a promise cooperative.
 *
 * @param reason What a greenlet waits for in it, shown in dumps.
 * @param promise The operation, which has begun.
 * @param abort Ends it.
 */
export function cooperative<T>(reason: string, promise: Promise<T>, abort: Abort): IoPromise<T> {
  let exposed = promise as IoPromise<T>;
  if (currentFrame() !== null) {
    // In an async function the wait begins here: a kill of the greenlet has to reach it.
    const op = new IoOp(reason, promise, abort);
    exposed = op.then() as IoPromise<T>;
    op.exposed = exposed;
  }
  exposed[AS_OP] = () => new IoOp(reason, promise, abort);
  exposed[Symbol.iterator] = () => new IoOp(reason, promise, abort)[Symbol.iterator]();
  return exposed;
}
