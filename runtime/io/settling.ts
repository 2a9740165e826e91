// Copyright 2026 the Tendril authors. MIT license.
/**
 * IO that is not over when its wait is given up: a file the host is about to make, a process that has
 * to be ended. Whoever is killed or timed out in such a wait goes on only when the rest is done too, so
 * that nothing happens any more after a kill has returned.
 *
 * Invariants:
 * - `rest` is set once, by the `cancel` of the first wait, and never rejects.
 * - The error that ended the wait is thrown when `rest` has settled; a second error, such as that of a
 *   forced kill, is thrown at once.
 * - In a `select`, which goes on with its winner, nobody waits for the rest.
 *
 * @module
 */
import type { TimerEntry } from "../clock.ts";
import { timers } from "../hub.ts";
import { current, FINISHED, FRESH, type Op, type OpIterator } from "../op.ts";
import { AS_OP } from "../until.ts";
import { cooperative, expose, HostOp, type IoPromise } from "./promise.ts";

const ignore = () => {};

class SettlingOp<T> extends HostOp<T> {
  declare private readonly end: () => PromiseLike<unknown>;
  /** What is left to be done after the wait was given up. */
  declare private rest: Promise<unknown> | null;
  /** The greenlet's wait for that, and what it gets then. */
  declare private lingering: OpIterator<unknown> | null;
  declare private error: unknown;

  constructor(
    verb: string,
    name: string | URL,
    promise: Promise<T>,
    end: () => PromiseLike<unknown>,
  ) {
    super(verb, name, promise);
    this.end = end;
    this.rest = null;
    this.lingering = null;
    this.error = undefined;
  }

  protected another(): Op<T> {
    return new SettlingOp(this.verb, this.name, this.promise, this.end);
  }

  protected giveUp(): void {
    this.rest = Promise.resolve(this.end()).then(ignore, ignore);
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, T> {
    return this.lingering === null ? super.next(value) : this.linger(value);
  }

  override throw(error: unknown): IteratorResult<undefined, T> {
    if (this.stage === FRESH) this.abandon();
    if (this.rest === null || this.lingering !== null || current === null) {
      return super.throw(error);
    }
    this.error = error;
    this.lingering = cooperative(this.verb, this.name, this.rest, ignore)[AS_OP].op();
    return this.linger(undefined);
  }

  private linger(value: unknown): IteratorResult<undefined, T> {
    const step = this.lingering!.next(value);
    if (!step.done) return step;
    this.stage = FINISHED;
    throw this.error;
  }

  /** In an async function the rejection waits for the rest. */
  override awaited(): Promise<T> {
    return super.awaited().catch(async (error) => {
      await this.rest;
      throw error;
    });
  }
}

/**
 * Makes a promise cooperative, as `cooperative` does, and lets a wait that is given up end only when
 * what `end` gives has settled.
 *
 * @param verb What is done, shown in dumps with `name`.
 * @param name What it is done to.
 * @param promise The operation, which has begun.
 * @param end Sees to it that the operation comes to an end, and tells when it has. It may be called
 * in the middle of anything, so it must not await Ops: those would belong to whoever kills.
 */
export function settling<T>(
  verb: string,
  name: string | URL,
  promise: Promise<T>,
  end: () => PromiseLike<unknown>,
): IoPromise<T> {
  return expose(new SettlingOp(verb, name, promise, end));
}

/**
 * Waits for a promise to settle, but not longer than `ms` milliseconds by the clock of the hub; false
 * when the time was over first. A host promise, no Op: legal in {@linkcode settling}'s `end`.
 */
export function within(ms: number, promise: PromiseLike<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const limit: TimerEntry = { index: -1, fire: () => resolve(false) };
    const settle = () => {
      timers.cancel(limit);
      resolve(true);
    };
    timers.add(limit, ms);
    promise.then(settle, settle);
  });
}
