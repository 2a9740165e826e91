// Copyright 2026 the Tendril authors. MIT license.
/**
 * `setTimeout` and `setInterval` by the clock of the hub. What they give can be waited for as well.
 *
 * Invariants:
 * - A timer is settled once: it fired, its callback threw, or it was cleared.
 * - An error of a callback reaches those who wait; it is reported, as the platform does, when nobody
 *   had asked for the outcome by then.
 *
 * @module
 */
import { outsideGreenlets } from "../async_frame.ts";
import { isGeneratorFunction } from "../body.ts";
import { show, type TimerEntry } from "../clock.ts";
import { now, timers } from "../hub.ts";
import { FINISHED, type Op, type OpIterator, type Waiter } from "../op.ts";
import { AS_OP, type OpSource } from "../until.ts";
import { Feed } from "./feed.ts";
import { BegunOp, type IoPromise } from "./promise.ts";

const ignore = () => {};
const hostClearTimeout = globalThis.clearTimeout;

/** Thrown to who waits for a timer that was cleared. */
export class TimerClearedError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "TimerClearedError";
}

/** A delay as the platform understands it: what is no number is the least, which is 1 ms. */
function delayOf(ms: unknown): number {
  const delay = Number(ms);
  return delay >= 1 ? delay : 1;
}

function checkCallback(action: string, callback: unknown): void {
  if (typeof callback !== "function") {
    throw new TypeError(`Cannot ${action} ${show(callback)}: expected a function`);
  }
  if (isGeneratorFunction(callback)) {
    throw new TypeError(
      `Cannot ${action} generator ${
        show(callback)
      }: a callback cannot wait; use spawnLater(ms, fn)`,
    );
  }
}

class TimerOp<T> extends BegunOp<T> {
  declare readonly timer: Timer<T>;

  constructor(timer: Timer<T>) {
    super();
    this.timer = timer;
  }

  get reason(): string {
    return `timer of ${this.timer.ms} ms`;
  }

  override get subject(): unknown {
    return this.timer;
  }

  protected another(): Op<T> {
    return new TimerOp(this.timer);
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    this.timer.observe((value) => this.leave()?.wake(value), (error) => this.leave()?.fail(error));
  }

  protected giveUp(): void {
    this.timer.clear();
  }

  override abandon(): void {
    this.stage = FINISHED;
    this.cancel();
  }
}

/**
 * What {@linkcode setTimeout} gives: a promise of what the callback returns, and the handle for
 * {@linkcode clearTimeout}.
 *
 * @example Usage
 * ```ts
 * import { setTimeout, type Timer } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * const timer: Timer<string> = setTimeout(() => "tea", 5);
 * assertEquals(timer.pending, true);
 * assertEquals(await timer, "tea");
 * assertEquals(timer.pending, false);
 * ```
 *
 * @typeParam T What the callback returns.
 */
export class Timer<T> extends Promise<T> implements IoPromise<T>, TimerEntry, Disposable {
  // A promise made from a timer is a plain one.
  /** @internal */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /**
   * Its place among the timers, -1 when it is not pending.
   *
   * @internal
   */
  index: number = -1;
  /** After how many milliseconds it fires. */
  readonly ms: number;
  readonly #callback: () => T | PromiseLike<T>;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #observed = false;
  #cleared = false;

  /**
   * Starts the time.
   *
   * @internal
   */
  constructor(callback: () => T | PromiseLike<T>, ms: number) {
    let settle: [(value: unknown) => void, (error: unknown) => void];
    super((resolve, reject) => {
      settle = [resolve as (value: unknown) => void, reject];
    });
    [this.#resolve, this.#reject] = settle!;
    this.#callback = callback;
    this.ms = ms;
    timers.add(this, ms);
  }

  /** Whether the time is running. */
  get pending(): boolean {
    return this.index >= 0;
  }

  /**
   * Called by the hub when the time is over.
   *
   * @internal
   */
  fire(): void {
    outsideGreenlets(() => {
      try {
        this.#resolve(this.#callback());
      } catch (error) {
        if (!this.#observed) reportError(error);
        this.#fail(error);
      }
    });
  }

  /** Stops the time. Who waits gets a {@linkcode TimerClearedError}, also later. */
  clear(): void {
    if (!this.pending) return;
    timers.cancel(this);
    this.#cleared = true;
    if (this.#observed) this.#failAsCleared();
  }

  /** Not before somebody asks: most timers that are cleared are no more than that. */
  #failAsCleared(): void {
    this.#cleared = false;
    this.#fail(
      new TimerClearedError(`Cannot wait for a timer of ${this.ms} ms: it was cleared`),
    );
  }

  #fail(error: unknown): void {
    super.then(undefined, ignore); // somebody was told, or nobody wants to know
    this.#reject(error);
  }

  /**
   * Looks at the outcome without an Op.
   *
   * @internal
   */
  observe(onfulfilled: (value: T) => void, onrejected: (error: unknown) => void): void {
    this.#observed = true;
    if (this.#cleared) this.#failAsCleared();
    super.then(onfulfilled, onrejected);
  }

  /** Lets `await` wait for it; a kill there clears it. */
  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.op().then(onfulfilled, onrejected);
  }

  /**
   * Part of {@linkcode OpSource}.
   *
   * @internal
   */
  op(): Op<T> {
    return new TimerOp(this);
  }

  /** Lets `select` and its like wait for it. */
  get [AS_OP](): OpSource<T> {
    return this;
  }

  /** Lets `yield*` wait for it; a kill there clears it. */
  [Symbol.iterator](): OpIterator<T> {
    return new TimerOp(this)[Symbol.iterator]();
  }

  /** Clears it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.clear();
  }
}

/**
 * Calls `callback(...args)` after `ms` milliseconds by the clock of the hub, at least 1, outside any
 * greenlet. What it gives can be waited for: `yield*` or `await` it for what the callback returns. A
 * greenlet that is killed or timed out in that wait clears the timer.
 *
 * An error of the callback is thrown to who waits; if nobody does, it is reported as an uncaught one.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { clearTimeout, setTimeout } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * const never = setTimeout(() => console.log("not printed"), 1000);
 * clearTimeout(never);
 * await run(function* () {
 *   assertEquals(yield* setTimeout((a: number, b: number) => a + b, 5, 1, 2), 3);
 * });
 * ```
 *
 * @throws {TypeError} If `callback` is no function, or a generator function.
 */
export function setTimeout<A extends unknown[], R>(
  callback: (...args: A) => R,
  ms?: number,
  ...args: A
): Timer<Awaited<R>> {
  checkCallback("set a timer for", callback);
  const call = args.length === 0 ? callback as () => R : () => callback(...args);
  return new Timer(call as () => Awaited<R>, delayOf(ms));
}

/** What {@linkcode clearTimeout} and {@linkcode clearInterval} take. */
export type Clearable =
  | Timer<unknown>
  | Interval<unknown>
  | ReturnType<typeof globalThis.setTimeout>
  | number;

/**
 * Stops a timer, also one of the platform. One that has fired, or `undefined`: no effect.
 *
 * @example Usage
 * ```ts
 * import { clearTimeout, setTimeout } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * const timer = setTimeout(() => console.log("not printed"), 1000);
 * clearTimeout(timer);
 * assertEquals(timer.pending, false);
 * ```
 */
export function clearTimeout(timer?: Clearable): void {
  if (timer instanceof Timer) timer.clear();
  else if (timer instanceof Interval) timer.close();
  else hostClearTimeout(timer);
}

/**
 * What {@linkcode setInterval} gives: the ticks to be waited for, and the handle for
 * {@linkcode clearInterval}. A tick that nobody waits for is kept until the next one.
 *
 * @example Usage
 * ```ts
 * import { type Interval, setInterval } from "@tendril/tendril/io";
 * import { assert } from "@std/assert";
 *
 * let count = 0;
 * const ticks: Interval<number> = setInterval(() => ++count, 2);
 * for await (const tick of ticks) {
 *   if (tick >= 3) break; // which clears it
 * }
 * assert(ticks.closed);
 * ```
 *
 * @typeParam T What the callback returns.
 */
export class Interval<T> extends Feed<T> implements TimerEntry {
  /**
   * Its place among the timers, -1 when it is cleared.
   *
   * @internal
   */
  index: number = -1;
  /** How many milliseconds lie between two ticks. */
  readonly ms: number;
  readonly #callback: () => T;
  #due: number;

  /**
   * Starts the time.
   *
   * @internal
   */
  constructor(callback: () => T, ms: number) {
    super(`interval of ${ms} ms`, 1);
    this.#callback = callback;
    this.ms = ms;
    this.#due = now() + ms;
    timers.add(this, ms);
  }

  /**
   * Called by the hub when the time is over.
   *
   * @internal
   */
  fire(): void {
    this.#schedule();
    outsideGreenlets(() => {
      try {
        const value = this.#callback();
        if (!this.put(value)) this.#replace(value);
      } catch (error) {
        reportError(error);
      }
    });
  }

  /** The next tick is due a whole number of intervals after the first, however late this one is. */
  #schedule(): void {
    const { ms } = this;
    const time = now();
    if (this.#due - time > 1) this.#due = time; // another clock was set meanwhile
    this.#due += ms * (1 + Math.floor(Math.max(0, time - this.#due) / ms));
    timers.add(this, this.#due - time);
  }

  /** The last tick takes the place of one that nobody took. */
  #replace(value: T): void {
    if (this.closed) return;
    this.exchange.drop();
    this.put(value);
  }

  /** Stops the time; loops over the ticks end. */
  override close(): void {
    timers.cancel(this);
    super.close();
  }
}

/**
 * Calls `callback(...args)` every `ms` milliseconds by the clock of the hub, at least 1, outside any
 * greenlet, until it is cleared. Ticks do not drift. What it gives can be read: `yield* ticks.next()` in a
 * greenlet or `for await` in an async function give what the callback returned; leaving the loop clears
 * it. An error of the callback is reported as an uncaught one, and the ticks go on.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { setInterval } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * let count = 0;
 * await run(function* () {
 *   using ticks = setInterval(() => ++count, 2);
 *   assertEquals(yield* ticks.next(), { done: false, value: 1 });
 *   assertEquals(yield* ticks.next(), { done: false, value: 2 });
 * });
 * ```
 *
 * @throws {TypeError} If `callback` is no function, or a generator function.
 */
export function setInterval<A extends unknown[], R>(
  callback: (...args: A) => R,
  ms?: number,
  ...args: A
): Interval<R> {
  checkCallback("set an interval for", callback);
  const call = args.length === 0 ? callback as () => R : () => callback(...args);
  return new Interval(call, delayOf(ms));
}

/**
 * Stops an interval, also one of the platform. One that is cleared, or `undefined`: no effect.
 *
 * @example Usage
 * ```ts
 * import { clearInterval, setInterval } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * const ticks = setInterval(() => console.log("not printed"), 1000);
 * clearInterval(ticks);
 * assertEquals(ticks.closed, true);
 * ```
 */
export function clearInterval(timer?: Clearable): void {
  clearTimeout(timer);
}
