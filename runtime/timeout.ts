// Copyright 2026 the Tendril authors. MIT license.
/**
 * Limits on time: the `Timeout` of gevent, and the wrapper behind every `{ timeout }` option.
 *
 * @module
 */
import { checkDelay, show, type TimerEntry } from "./clock.ts";
import { GreenletError } from "./errors.ts";
import type { Fiber, Interrupt } from "./fiber.ts";
import { timers } from "./hub.ts";
import { consumed, FINISHED, FRESH, Op, type Waiter, WAITING } from "./op.ts";

let findCurrent: () => Fiber | null;
/** Tells how to find the greenlet a Timeout is for; greenlet.ts calls this once. */
export function setCurrentLookup(lookup: () => Fiber | null): void {
  findCurrent = lookup;
}

let lastSerial = 0;
/** How many Timeouts were started so far. */
export function countTimeouts(): number {
  return lastSerial;
}

/** By which Timeout an error of a user's was thrown last. */
const thrownFor = new WeakMap<Error, Timeout>();
/**
 * Whether `error` comes of a Timeout that the running greenlet started when no more than `before` had
 * been started: a limit on more than what was begun since.
 */
export function isOuterLimit(error: unknown, before: number): boolean {
  const limit = error instanceof Timeout ? error : thrownFor.get(error as Error);
  return limit !== undefined && limit.serial <= before && limit.starter === findCurrent();
}

/**
 * An error that is thrown into the greenlet that started it when its time is over, as in gevent. It
 * acts when that greenlet waits. Compare it by identity: an outer Timeout passes through an inner
 * limit as that very object.
 *
 * @example Usage
 * ```ts
 * import { run, sleep, Timeout } from "@tendril/tendril";
 * import { assertStrictEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using limit = Timeout.startNew(5);
 *   try {
 *     yield* sleep(1000);
 *   } catch (error) {
 *     assertStrictEquals(error, limit);
 *   }
 * });
 * ```
 */
export class Timeout extends Error implements TimerEntry {
  /** The class name, so that logs and serialised errors show it. */
  override name: string = "Timeout";
  /** Its place among the timers, -1 when it is not pending. */
  index: number = -1;
  /** After how many milliseconds it fires; `undefined` is never. */
  readonly ms: number | undefined;
  /** What is thrown instead of the Timeout itself; `false` lets `withTimeout` swallow it. */
  readonly error: Error | false | undefined;
  /** Its place in the order in which Timeouts were started; tells an outer one from an inner one. */
  serial: number = 0;
  /** The greenlet that started it last. @internal */
  starter: Fiber | null = null;
  #greenlet: Fiber | null = null;
  #interrupt: Interrupt | null = null;
  #closed = false;

  /**
   * Makes a Timeout that is not running yet.
   *
   * @param ms After how many milliseconds it fires; `undefined` or `null` is never.
   * @param error An error to throw instead, a message, or `false` for a Timeout that `withTimeout`
   * swallows.
   * @throws {RangeError} If `ms` is negative or NaN.
   */
  constructor(ms?: number | null, error?: Error | string | false) {
    if (ms !== undefined && ms !== null) checkDelay("make a Timeout", ms);
    if (
      error !== undefined && error !== false && typeof error !== "string" &&
      !(error instanceof Error)
    ) {
      throw new TypeError(
        `Cannot make a Timeout: the error must be an Error, a message or false, got ${show(error)}`,
      );
    }
    super(typeof error === "string" ? error : `Timed out after ${ms} ms`);
    this.ms = ms ?? undefined;
    this.error = typeof error === "string" ? undefined : error;
  }

  /** Makes a Timeout and starts it; one that is given is started unless it is pending. */
  static startNew(timeout?: number | Timeout | null, error?: Error | string | false): Timeout {
    const made = timeout instanceof Timeout ? timeout : new Timeout(timeout, error);
    if (!made.pending) made.start();
    return made;
  }

  /** Whether the time is running. */
  get pending(): boolean {
    return this.index >= 0;
  }

  /** What it throws: its own error, or itself. */
  get thrown(): Error {
    return this.error || this;
  }

  /**
   * Starts the time, for the greenlet that calls this.
   *
   * @throws {GreenletError} If it runs already, was closed, or no greenlet is running.
   */
  start(): this {
    if (this.pending) {
      throw new GreenletError(`Cannot start a Timeout of ${this.ms} ms: it is running already`);
    }
    if (this.#closed) {
      throw new GreenletError(
        `Cannot start a Timeout of ${this.ms} ms: it was closed; make a new one`,
      );
    }
    const greenlet = findCurrent();
    if (greenlet === null) {
      throw new GreenletError(
        "Cannot start a Timeout outside a greenlet: use `await withTimeout(ms, …)`",
      );
    }
    this.#greenlet = greenlet;
    this.starter = greenlet;
    this.serial = ++lastSerial;
    if (this.ms !== undefined) timers.add(this, this.ms);
    return this;
  }

  /** Stops the time; it can be started again. One that fired but was not delivered yet is dropped. */
  cancel(): void {
    timers.cancel(this);
    if (this.#interrupt !== null) this.#interrupt.dropped = true;
    this.#interrupt = null;
    this.#greenlet = null;
  }

  /** Stops the time for good. */
  close(): void {
    this.cancel();
    this.#closed = true;
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Called by the timers: throws into the greenlet. */
  fire(): void {
    if (this.error) thrownFor.set(this.error, this);
    this.#interrupt = this.#greenlet!.interrupt(this.thrown);
  }
}

/** How long an operation may take: milliseconds, or a Timeout whose error is thrown. */
export type TimeoutLike = number | Timeout;

/** What an operation does when its own time is over: throw, or give this value. */
class TimedOp<T, L> extends Op<T | L> implements Waiter, TimerEntry {
  declare index: number;
  declare readonly inner: Op<T>;
  declare readonly limit: TimeoutLike;
  declare readonly late: ((limit: Timeout) => L) | null;
  declare waiter: Waiter | null;

  constructor(inner: Op<T>, limit: TimeoutLike, late: ((limit: Timeout) => L) | null) {
    super();
    this.index = -1;
    this.inner = inner;
    this.limit = limit;
    this.late = late;
    this.waiter = null;
  }

  get reason(): string {
    return this.inner.reason;
  }

  override get subject(): unknown {
    return this.inner.subject;
  }

  override get holder(): unknown {
    return this.inner.holder;
  }

  poll(): IteratorReturnResult<T> | null {
    const { inner } = this;
    if (inner.stage !== FRESH) throw consumed(inner);
    let result: IteratorReturnResult<T> | null = null;
    try {
      result = inner.poll();
    } catch (error) {
      inner.stage = FINISHED;
      throw error;
    }
    if (result !== null) inner.stage = FINISHED;
    return result;
  }

  /** It lost before it waited: what has begun behind it is ended. */
  abandon(): void {
    const inner = this.inner as Op<T> & { abandon?(): void };
    if (inner.stage !== FRESH) return;
    if (inner.abandon === undefined) inner.stage = FINISHED;
    else inner.abandon();
  }

  /** A kill may come before the first step, where the greenlet has to give way. */
  override throw(error: unknown): IteratorResult<undefined, T | L> {
    if (this.stage === FRESH) this.abandon();
    return super.throw(error);
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    timers.add(this, typeof this.limit === "number" ? this.limit : this.limit.ms!);
    this.inner.stage = WAITING;
    this.inner.park(this);
  }

  cancel(): void {
    timers.cancel(this);
    this.inner.cancel();
  }

  wake(value: unknown): void {
    timers.cancel(this);
    this.waiter!.wake(value);
  }

  fail(error: unknown): void {
    timers.cancel(this);
    this.waiter!.fail(error);
  }

  fire(): void {
    this.inner.cancel();
    const limit = typeof this.limit === "number" ? new Timeout(this.limit) : this.limit;
    let value: L | undefined;
    if (this.late === null) return this.waiter!.fail(limit.thrown);
    try {
      value = this.late(limit);
    } catch (error) {
      return this.waiter!.fail(error);
    }
    this.waiter!.wake(value);
  }
}

/** Limits `op`; without a limit it is `op` itself. Past it the Timeout is thrown. */
export function limited<T>(
  op: Op<T>,
  action: string,
  timeout: TimeoutLike | undefined | null,
): Op<T>;
/** Limits `op`; past the limit `late` gives the value, or throws. */
export function limited<T, L>(
  op: Op<T>,
  action: string,
  timeout: TimeoutLike | undefined | null,
  late: (limit: Timeout) => L,
): Op<T | L>;
export function limited<T, L>(
  op: Op<T>,
  action: string,
  timeout: TimeoutLike | undefined | null,
  late: ((limit: Timeout) => L) | null = null,
): Op<T | L> {
  if (timeout === undefined || timeout === null) return op;
  const ms = timeout instanceof Timeout ? timeout.ms : checkDelay(action, timeout);
  if (ms === undefined || ms === Infinity) return op;
  return new TimedOp(op, timeout, late);
}
