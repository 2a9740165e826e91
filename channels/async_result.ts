// Copyright 2026 the Tendril authors. MIT license.
/**
 * A place for a result that is still to come, as gevent's AsyncResult.
 *
 * @module
 */
import { show } from "../runtime/clock.ts";
import { addLink, DEAD, type Fiber, type Link } from "../runtime/fiber.ts";
import { Greenlet, type WaitOptions } from "../runtime/greenlet.ts";
import { DONE, type Op, type OpIterator } from "../runtime/op.ts";
import { limited, Timeout } from "../runtime/timeout.ts";
import { none } from "./contender.ts";
import { Line } from "./line.ts";
import { LineOp } from "./line_op.ts";
import { describe, type NameOptions } from "./naming.ts";

/** What {@linkcode AsyncResult.stats} gives. */
export interface AsyncResultStats {
  /** Whether there is a value or an error. */
  readonly ready: boolean;
  /** Whether there is a value. */
  readonly successful: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

abstract class ResultOp<R, T> extends LineOp<R, AsyncResult<T>> {
  poll(): IteratorReturnResult<R> | null {
    const { outcome } = this.source;
    if (outcome === null) return null;
    DONE.value = this.read(outcome);
    return DONE;
  }

  /** What this Op gives of an outcome. */
  abstract read(outcome: Outcome<T>): R;

  settle(outcome: Outcome<T>): void {
    let value: R;
    try {
      value = this.read(outcome);
    } catch (error) {
      return this.waiter!.fail(error);
    }
    this.waiter!.wake(value);
  }
}

class ResultGet<T> extends ResultOp<T, T> {
  get reason(): string {
    return "result get";
  }

  read(outcome: Outcome<T>): T {
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }
}

class ResultWait<T> extends ResultOp<T | undefined, T> {
  get reason(): string {
    return "result wait";
  }

  read(outcome: Outcome<T>): T | undefined {
    return "error" in outcome ? undefined : outcome.value;
  }
}

/** Fills a result with how a greenlet ends. */
class Follower<T> implements Link {
  before: Link | null = null;
  after: Link | null = null;
  constructor(readonly settle: (outcome: Outcome<T>) => void) {}

  ended(fiber: Fiber): void {
    this.settle(fiber.failing ? { error: fiber.inbox } : { value: fiber.inbox as T });
  }
}

/**
 * A value or an error that one sets and any number wait for, as gevent's class of this name. Setting it
 * again overwrites it.
 *
 * @example Usage
 * ```ts
 * import { AsyncResult, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const answer = new AsyncResult<number>();
 *   spawn(() => answer.set(42));
 *   assertEquals(yield* answer.get(), 42);
 * });
 * ```
 *
 * @example The outcome of a greenlet
 * ```ts
 * import { AsyncResult, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const result = new AsyncResult<number>();
 * result.follow(spawn(() => 7));
 * assertEquals(await result, 7);
 * ```
 *
 * @typeParam T The type of the value.
 */
export class AsyncResult<T = unknown> implements PromiseLike<T> {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** @internal */
  readonly line: Line<ResultOp<unknown, T>> = new Line();
  /** @internal */
  outcome: Outcome<T> | null = null;

  /** Makes an empty one. */
  constructor(options: NameOptions = {}) {
    this.name = options.name;
  }

  /** Whether there is a value or an error. */
  get ready(): boolean {
    return this.outcome !== null;
  }

  /** Whether there is a value. */
  get successful(): boolean {
    return this.outcome !== null && "value" in this.outcome;
  }

  /** The value; `undefined` when there is none. */
  get value(): T | undefined {
    return this.outcome !== null && "value" in this.outcome ? this.outcome.value : undefined;
  }

  /** The error; `undefined` when there is none. */
  get exception(): unknown {
    return this.outcome !== null && "error" in this.outcome ? this.outcome.error : undefined;
  }

  /** Sets the value, for everybody who waits and who will ask. Acts at the call. */
  set(value: T): void {
    this.#settle({ value });
  }

  /**
   * Sets an error, for everybody who waits and who will ask. Acts at the call.
   *
   * @throws {TypeError} If `error` is no Error.
   */
  setException(error: Error): void {
    if (!(error instanceof Error)) {
      throw new TypeError(
        `Cannot set the exception of ${Deno.inspect(this)}: expected an Error, got ${show(error)}`,
      );
    }
    this.#settle({ error });
  }

  /**
   * Takes the outcome of a greenlet when it ends. The error of one that fails counts as seen.
   *
   * @throws {TypeError} If `greenlet` is no Greenlet.
   */
  follow(greenlet: Greenlet<T>): this {
    if (!(greenlet instanceof Greenlet)) {
      throw new TypeError(`Cannot follow ${show(greenlet)}: expected a Greenlet`);
    }
    const follower = new Follower<T>((outcome) => this.#settle(outcome));
    if (greenlet.state !== DEAD) addLink(greenlet, follower);
    else {
      greenlet.observed = true;
      follower.ended(greenlet);
    }
    return this;
  }

  #settle(outcome: Outcome<T>): void {
    this.outcome = outcome;
    for (let op = this.line.shift(); op !== null; op = this.line.shift()) op.settle(outcome);
  }

  /**
   * Waits for the value and gives it, or throws the error, the same object.
   *
   * @throws {Timeout} If `timeout` milliseconds are over first.
   */
  get(options: WaitOptions = {}): Op<T> {
    return limited(new ResultGet(this), "get a result", options.timeout);
  }

  /**
   * Gives the value that is there, or throws the error.
   *
   * @throws {Timeout} If there is neither.
   */
  getNowait(): T {
    if (this.outcome === null) {
      throw new Timeout(0, `Cannot get the result of ${Deno.inspect(this)} now: it is not set`);
    }
    if ("error" in this.outcome) throw this.outcome.error;
    return this.outcome.value;
  }

  /**
   * Waits until there is a value or an error, and never throws it.
   *
   * @returns The value; `undefined` when it is an error, or when `timeout` milliseconds were over.
   */
  wait(options: WaitOptions = {}): Op<T | undefined> {
    return limited(new ResultWait(this), "wait for a result", options.timeout, none);
  }

  /** Lets `await` give the value. */
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.get().then(onfulfilled, onrejected);
  }

  /** Lets `yield*` give the value. */
  [Symbol.iterator](): OpIterator<T> {
    return this.get()[Symbol.iterator]();
  }

  /** Counters at this moment. */
  stats(): AsyncResultStats {
    const { ready, successful } = this;
    return Object.freeze({ ready, successful, waiting: this.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const state = !this.ready ? "not set" : this.successful ? "set" : "failed";
    return describe("AsyncResult", this.name, state, this.line.length);
  }
}
