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

/** What is behind a promise. Its text is put together only when somebody asks. */
class Operation<T> implements OpSource<T> {
  declare readonly verb: string;
  declare readonly name: string | URL;
  declare readonly promise: Promise<T>;
  declare readonly abort: Abort;

  constructor(verb: string, name: string | URL, promise: Promise<T>, abort: Abort) {
    this.verb = verb;
    this.name = name;
    this.promise = promise;
    this.abort = abort;
  }

  op(): IoOp<T> {
    return new IoOp(this);
  }
}

class IoOp<T> extends Op<T> implements Abandonable {
  declare readonly operation: Operation<T>;
  declare waiter: Waiter | null;
  /** What the caller holds, when that is a promise of its own. */
  declare exposed: Promise<T> | null;

  constructor(operation: Operation<T>) {
    super();
    this.operation = operation;
    this.waiter = null;
    this.exposed = null;
  }

  get reason(): string {
    return `${this.operation.verb} ${this.operation.name}`;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    addExternal(1);
    this.operation.promise.then(
      (value) => this.leave()?.wake(value),
      (error) => this.leave()?.fail(error),
    );
  }

  private leave(): Waiter | null {
    const { waiter } = this;
    this.waiter = null;
    if (waiter !== null) addExternal(-1);
    return waiter;
  }

  cancel(): void {
    this.leave();
    // Nobody may be looking at the promise of a call that was given up.
    this.exposed?.catch(() => {});
    const { abort } = this.operation;
    if (typeof abort === "function") abort();
    else abort.abort();
  }

  /** Part of `Abandonable`: lost in a `select` before it waited. */
  abandon(): void {
    this.stage = FINISHED;
    this.cancel();
  }
}

function iterate<T>(this: IoPromise<T>): OpIterator<T> {
  return this[AS_OP].op();
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
  const operation = new Operation(verb, name, promise, abort);
  let exposed = promise as IoPromise<T>;
  if (currentFrame() !== null) {
    // In an async function the wait begins here: a kill of the greenlet has to reach it.
    const op = operation.op();
    exposed = op.then() as IoPromise<T>;
    op.exposed = exposed;
  }
  exposed[AS_OP] = operation;
  exposed[Symbol.iterator] = iterate;
  return exposed;
}
