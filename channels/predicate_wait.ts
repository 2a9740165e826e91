// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for a condition again and again, until what it is about is true.
 *
 * @module
 */
import type { Coroutine } from "../runtime/body.ts";
import { now } from "../runtime/hub.ts";
import {
  consumed,
  current,
  FINISHED,
  FRESH,
  Op,
  type OpIterator,
  type Waiter,
} from "../runtime/op.ts";
import { Timeout, type TimeoutLike } from "../runtime/timeout.ts";

/** What of a condition is to be known to wait for it. */
export interface Awaited {
  /** The condition. */
  readonly condition: unknown;
  /** Shown in dumps. */
  readonly reason: string;
  /** Throws unless the caller holds the lock. */
  check(): void;
  /** Makes one wait, `ms` milliseconds at most; it gives false when they are over. */
  wait(ms: number | undefined): Op<boolean>;
  /** The error for a wait in a `select`. */
  refusal(): Error;
}

/** Waits in the greenlet or the async function that asked. */
export class PredicateWait<T> extends Op<T> {
  readonly #awaited: Awaited;
  readonly #predicate: () => T;
  readonly #timeout: TimeoutLike | undefined;

  /** Makes a fresh Op. */
  constructor(awaited: Awaited, predicate: () => T, timeout: TimeoutLike | undefined) {
    super();
    this.#awaited = awaited;
    this.#predicate = predicate;
    this.#timeout = timeout;
  }

  /** Shown in dumps. */
  get reason(): string {
    return this.#awaited.reason;
  }

  /** What it waits for. */
  override get subject(): unknown {
    return this.#awaited.condition;
  }

  #begin(): void {
    if (this.stage !== FRESH) throw consumed(this);
    this.stage = FINISHED;
    this.#awaited.check();
  }

  /** The next wait; `null` when the time is over. */
  #waits(): () => Op<boolean> | null {
    const ms = this.#timeout instanceof Timeout ? this.#timeout.ms : this.#timeout;
    let end: number | undefined; // counted from the first wait, as in Python
    return () => {
      if (ms === undefined) return this.#awaited.wait(undefined);
      if (end === undefined) {
        end = now() + ms;
        return this.#awaited.wait(ms);
      }
      const left = end - now();
      return left > 0 ? this.#awaited.wait(left) : null;
    };
  }

  // Outside a greenlet this is a step by hand, and Op.next says so.
  override [Symbol.iterator](): OpIterator<T> {
    return current === null ? this : this.#body() as OpIterator<T>;
  }

  *#body(): Coroutine<T> {
    this.#begin();
    const next = this.#waits();
    for (;;) {
      const value = this.#predicate();
      if (value) return value;
      const wait = next();
      if (wait === null || !(yield* wait)) return wait === null ? value : this.#predicate();
    }
  }

  /** Begins the wait on behalf of an async function. */
  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#loop().then(onfulfilled, onrejected);
  }

  async #loop(): Promise<T> {
    this.#begin();
    const next = this.#waits();
    for (;;) {
      const value = this.#predicate();
      if (value) return value;
      const wait = next();
      if (wait === null || !(await wait)) return wait === null ? value : this.#predicate();
    }
  }

  /** Never done at once. */
  poll(): null {
    this.#awaited.check();
    return null;
  }

  /** Refuses: it is neither in a greenlet nor in an async function, but in a `select`. */
  park(waiter: Waiter): void {
    waiter.fail(this.#awaited.refusal());
  }

  /** Does nothing: it never parks. */
  cancel(): void {}
}
