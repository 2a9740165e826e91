// Copyright 2026 the Tendril authors. MIT license.
/**
 * An Op is one operation that may block, in two colours: `yield* op` in a greenlet, `await op` in
 * an async function.
 *
 * Invariants:
 * - An Op begins when it is iterated or awaited, once: `stage` only moves forward.
 * - `poll()` either takes effect and gives the result, or changes nothing. `park()` comes only
 *   after a `poll()` that gave `null`, in the same turn. `cancel()` undoes `park()`.
 * - Whoever wakes a waiter has taken its node out of the queue first, so a node in a queue always
 *   stands for somebody who still waits.
 * - `next` gives the shared result `DONE` or the shared sentinel `PARKED`; the trampoline in
 *   hub.ts tells them apart by identity. Nothing is allocated per step.
 *
 * Hot Op classes override `next` with their fast path written out, and set their fields in the
 * constructor under `declare`: class field initialisers make construction 2.5 times slower here.
 *
 * @module
 */
import { BlockingSwitchOutError } from "./errors.ts";

/** Somebody who waits for an Op: a greenlet, a promise, or one arm of a `select`. */
export interface Waiter {
  /** Resumes with a value. The Op has left its queues before. */
  wake(value: unknown): void;
  /** Resumes with an error. The Op has left its queues before. */
  fail(error: unknown): void;
}

/** A waiter that runs code and waits for one Op at a time: a greenlet. */
export interface Runner extends Waiter {
  /** The Op it waits for, `null` when it was woken or runs. */
  wait: Op<unknown> | null;
}

/** What `yield*` needs of an Op; `T` is what the expression gives. */
export interface OpIterator<T> {
  /** Begins the operation, or hands over what the greenlet was woken with. */
  // The value sent in by the trampoline has the type the waker gave it, which nobody can state.
  // deno-lint-ignore no-explicit-any
  next(value?: any): IteratorResult<undefined, T>;
  /** Raises the error at the waiting `yield*`. */
  throw(error: unknown): IteratorResult<undefined, T>;
}

/** The async function, if any, on whose behalf an Op is awaited; set by greenlet.ts. */
export interface AsyncOwner {
  /** Called when a wait begins; may end it at once by calling `interrupt`. */
  adopt(waiter: AsyncWaiter): void;
  /** Called when that wait is over. */
  disown(waiter: AsyncWaiter): void;
}

/** Values of {@linkcode Op.stage}. */
export const FRESH = 0;
/** The Op stands somewhere in line. */
export const WAITING = 1;
/** The Op is used up. */
export const FINISHED = 2;

/** Every Op has it: tells one from anything else in less time than `instanceof` takes. */
export const IS_OP: unique symbol = Symbol("tendril.isOp");

/** What an Op gives back when the greenlet has to wait. */
export const PARKED: IteratorYieldResult<undefined> = { done: false, value: undefined };
/** What an Op gives back when control goes to the greenlet in {@linkcode transfer}. */
export const TRANSFER: IteratorYieldResult<undefined> = { done: false, value: undefined };
/** What an Op gives back when the generator in {@linkcode frame} is to run on top. */
export const FRAME: IteratorYieldResult<undefined> = { done: false, value: undefined };
/** The one result of every Op that is done. */
// Holds the value of any Op, one after another.
// deno-lint-ignore no-explicit-any
export const DONE: IteratorReturnResult<any> = { done: true, value: undefined };

/** The greenlet that runs at this moment, `null` outside. */
export let current: Runner | null = null;
/** Sets {@linkcode current}; for the trampoline only. */
export function setCurrent(runner: Runner | null): void {
  current = runner;
}

/**
 * How many Ops in a row may finish at once before the greenlet is put behind the others that are ready.
 * That costs one pass through the queue, so a small number costs little.
 */
const FUEL = 64;
let fuel = FUEL;
const always = () => true;
let decide = always;
/** Lets `callback` decide whether the greenlet that has no fuel left gives way; runtime/testing does. */
export function setGiveWay(callback: (() => boolean) | null): void {
  decide = callback ?? always;
  fuel = FUEL;
}
/** The greenlet that runs is asked before its next Op. */
export function burnFuel(): void {
  fuel = 0;
}

/**
 * Whether the greenlet has to give way before it begins another Op: then `next` returns PARKED with the
 * Op still fresh, and begins it at the next step. Asked before an Op takes effect, never after, so
 * that a kill or a timeout can be delivered there and nothing is lost.
 */
export function tired(): boolean {
  if (--fuel >= 0 || current === null) return false;
  fuel = FUEL;
  return decide();
}

/** Whether there ever was an Op of something that begins before anybody waits for it. */
export let anyBegun = false;
/** Notes that there is one. */
export function noteBegun(): void {
  anyBegun = true;
}

/** Gives `value` as the result of an Op that could finish at once. */
export function finish<T>(op: Op<T>, value: T): IteratorResult<undefined, T> {
  op.stage = FINISHED;
  DONE.value = value;
  return DONE;
}

/** Makes the current greenlet wait for `op`, which has parked itself with `current` as waiter. */
export function park(op: Op<unknown>): IteratorYieldResult<undefined> {
  const runner = current!;
  if (runner.wait !== null) throw steppedByHand(runner.wait);
  fuel = FUEL; // the others get their turn now
  runner.wait = op;
  op.stage = WAITING;
  return PARKED;
}

/** Raised when an Op that still waits is stepped again: it was iterated without `yield*`. */
export function steppedByHand(op: Op<unknown>): BlockingSwitchOutError {
  const runner = current;
  if (runner !== null && runner.wait === op) {
    runner.wait = null;
    op.cancel();
  }
  return new BlockingSwitchOutError(
    `Cannot step "${op.reason}" by hand: write \`yield* …\` in a generator function that a greenlet runs`,
  );
}

/** Raised when an Op is used a second time. */
export function consumed(op: Op<unknown>): TypeError {
  return new TypeError(
    `Cannot use "${op.reason}" twice: an Op is one operation, call the function again for another`,
  );
}

/** Raised when an Op would have to wait but no greenlet runs. */
export function outside(op: Op<unknown>): BlockingSwitchOutError {
  return new BlockingSwitchOutError(
    `Cannot wait for "${op.reason}" here: no greenlet is running; use \`await\`, or do it in a greenlet made by spawn()`,
  );
}

/**
 * One operation that may block. `yield*` it in a greenlet, `await` it elsewhere; an Op is lazy and
 * one-shot. Users make their own by subclassing: `poll`, `park`, `cancel` and `reason` are all.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 *
 * await sleep(1);
 * await run(function* () {
 *   yield* sleep(1);
 * });
 * ```
 *
 * @typeParam T What the operation gives.
 */
export abstract class Op<T> implements PromiseLike<T> {
  /** How far the Op is: fresh, waiting, finished. */
  declare stage: number;

  /** Makes a fresh Op. */
  constructor() {
    this.stage = FRESH;
  }

  /** @internal */
  declare readonly [IS_OP]: true;

  /** What a greenlet in this Op waits for, in a few words; shown in dumps and deadlock reports. */
  abstract get reason(): string;

  /** The object waited on, where there is one. */
  get subject(): unknown {
    return undefined;
  }

  /** The greenlet that could end the wait, where one is known: the owner of a lock, say. */
  get holder(): unknown {
    return undefined;
  }

  /** Does the operation if that is possible at once and gives its result, else gives `null`. */
  abstract poll(): IteratorReturnResult<T> | null;

  /** Stands in line: `waiter` is woken when the operation is done. */
  abstract park(waiter: Waiter): void;

  /** Leaves the line; afterwards the operation has not happened. */
  abstract cancel(): void;

  /** Lets `yield*` run the Op. */
  [Symbol.iterator](): OpIterator<T> {
    if (this.stage !== FRESH) throw this.usedAgain();
    return this;
  }

  /** Why it cannot be begun again. */
  private usedAgain(): Error {
    const parked = current !== null && current.wait === this;
    return parked ? steppedByHand(this) : consumed(this);
  }

  /** One step of `yield*`: begins the operation, or hands over its result. */
  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  next(value?: any): IteratorResult<undefined, T> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage === FINISHED) throw consumed(this);
    if (tired()) return PARKED;
    this.stage = FINISHED;
    const result = this.poll();
    if (result !== null) return finish(this, result.value);
    if (current === null) throw outside(this);
    this.stage = WAITING;
    park(this);
    this.park(current);
    return PARKED;
  }

  /** The second half of {@linkcode Op.next}: the greenlet was woken with `value`. */
  protected resumed(value: T): IteratorResult<undefined, T> {
    if (current !== null && current.wait === this) throw steppedByHand(this);
    this.stage = FINISHED;
    DONE.value = value;
    return DONE;
  }

  /** Raises `error` at the `yield*` that waits. */
  throw(error: unknown): IteratorResult<undefined, T> {
    this.stage = FINISHED;
    throw error;
  }

  /** Begins the operation on behalf of `waiter`; what `select`, `await` and timeouts use. */
  start(waiter: Waiter): void {
    if (this.stage !== FRESH) throw consumed(this);
    this.stage = FINISHED;
    let value: T;
    try {
      const result = this.poll();
      if (result === null) {
        this.stage = WAITING;
        return this.park(waiter);
      }
      value = result.value;
    } catch (error) {
      return waiter.fail(error);
    }
    waiter.wake(value);
  }

  /** Begins the operation; `await` calls this. */
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) => {
      const waiter = new PromiseWaiter(
        this as Op<unknown>,
        resolve as (value: unknown) => void,
        reject,
      );
      waiter.begin();
    }).then(onfulfilled, onrejected);
  }
}

(Op.prototype as { [IS_OP]: true })[IS_OP] = true;

let findOwner: (() => AsyncOwner | null) | null = null;
/** Tells how to find the greenlet whose async body is running; greenlet.ts calls this once. */
export function setOwnerLookup(lookup: () => AsyncOwner | null): void {
  findOwner = lookup;
}

/** Something that an async function waits for; its owner keeps those that are open in a list through them. */
export abstract class AsyncWaiter {
  declare protected readonly owner: AsyncOwner | null;
  declare protected open: boolean;
  /** The neighbours in its owner's list. */
  declare previous: AsyncWaiter | null;
  /** The neighbours in its owner's list. */
  declare next: AsyncWaiter | null;
  /** Whether it stands there. */
  declare listed: boolean;

  /** Makes a waiter that is in no list. */
  constructor(owner: AsyncOwner | null) {
    this.owner = owner;
    this.open = true;
    this.previous = this.next = null;
    this.listed = false;
  }

  /** What it waits for. */
  abstract readonly op: Op<unknown>;

  /** Gives the wait up because of an error. */
  abstract interrupt(error: unknown): void;

  /** It is over. */
  protected close(): void {
    this.open = false;
    this.owner?.disown(this);
  }
}

/** The waiter behind `await op`. */
export class PromiseWaiter extends AsyncWaiter implements Waiter {
  declare readonly op: Op<unknown>;
  declare private readonly resolve: (value: unknown) => void;
  declare private readonly reject: (error: unknown) => void;

  /** Makes a waiter that settles a promise. */
  constructor(
    op: Op<unknown>,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(findOwner === null ? null : findOwner());
    this.op = op;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Begins the Op, unless its owner has something to raise first. */
  begin(): void {
    this.owner?.adopt(this);
    if (this.open) this.op.start(this);
  }

  /** Fulfils the promise. */
  wake(value: unknown): void {
    this.close();
    this.resolve(value);
  }

  /** Rejects the promise. */
  fail(error: unknown): void {
    this.close();
    this.reject(error);
  }

  /** Gives the wait up: the Op has not happened and the promise rejects with `error`. */
  interrupt(error: unknown): void {
    if (!this.open) return;
    if (this.op.stage === WAITING) {
      this.op.stage = FINISHED;
      this.op.cancel();
    } else this.op.stage = FINISHED;
    this.fail(error);
  }
}
