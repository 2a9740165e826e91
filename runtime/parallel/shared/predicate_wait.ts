// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for a condition of all workers again and again, until what it is about is true.
 *
 * @module
 */
import type { Coroutine } from "../../body.ts";
import { now } from "../../hub.ts";
import { consumed, current, FINISHED, FRESH, Op, type OpIterator, type Waiter } from "../../op.ts";
import { Timeout, type TimeoutLike } from "../../timeout.ts";
import { refusal, type SharedConditionLike, SharedConditionWait } from "./condition_wait.ts";

/** Waits in the greenlet or the async function that asked. */
export class SharedPredicateWait<T> extends Op<T> {
  /** Makes a fresh Op. */
  constructor(
    readonly condition: SharedConditionLike,
    readonly predicate: () => T,
    readonly timeout: TimeoutLike | undefined,
  ) {
    super();
  }

  /** Shown in dumps. */
  get reason(): string {
    return "shared condition wait";
  }

  /** What it waits for. */
  override get subject(): unknown {
    return this.condition;
  }

  #begin(): void {
    if (this.stage !== FRESH) throw consumed(this);
    this.stage = FINISHED;
    this.condition.mutex.checkHeld("wait for", this.condition);
  }

  /** The next wait; `null` when the time is over. */
  #waits(): () => Op<boolean> | null {
    const ms = this.timeout instanceof Timeout ? this.timeout.ms : this.timeout;
    const end = ms === undefined ? undefined : now() + ms;
    return () => {
      if (end === undefined) return new SharedConditionWait(this.condition, undefined);
      const left = end - now();
      return left > 0 ? new SharedConditionWait(this.condition, left) : null;
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
      const value = this.predicate();
      if (value) return value;
      const wait = next();
      if (wait === null || !(yield* wait)) return wait === null ? value : this.predicate();
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
      const value = this.predicate();
      if (value) return value;
      const wait = next();
      if (wait === null || !(await wait)) return wait === null ? value : this.predicate();
    }
  }

  /** Never done at once. */
  poll(): null {
    this.condition.mutex.checkHeld("wait for", this.condition);
    return null;
  }

  /** Refuses: it is neither in a greenlet nor in an async function, but in a `select`. */
  park(waiter: Waiter): void {
    waiter.fail(refusal(this.condition));
  }

  /** Does nothing: it never parks. */
  cancel(): void {}
}
