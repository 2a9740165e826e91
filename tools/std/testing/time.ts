// Copyright 2026 the Tendril authors. MIT license.
/**
 * Stand-in for `@std/testing/time`, which has no copy on npm. This is not the library's code: it
 * has the library's names and signatures over `@sinonjs/fake-timers`. Like the library it fakes
 * `Date`, the timeouts, the intervals and `AbortSignal.timeout`, and leaves `performance.now`,
 * `setImmediate` and microtasks real.
 *
 * @module
 */

import { type Clock, createClock } from "npm:@sinonjs/fake-timers@15.5.0";
import { delay, type DelayOptions } from "jsr:@std/async@^1/delay";

export type { DelayOptions };

/** What was asked for does not fit: time is already faked, or is not. */
export class TimeError extends Error {
  /** Makes the error. */
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Lets fake time move by itself. */
export interface FakeTimeOptions {
  /** How many fake milliseconds pass in a real one: none by default. */
  advanceRate: number;
  /** How often fake time moves, in real milliseconds: 10 by default. */
  advanceFrequency?: number;
}

const NAMES = ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;

const REAL: PropertyDescriptorMap = Object.fromEntries(
  NAMES.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)!]),
);
const realTimeout = AbortSignal.timeout;
const realSetInterval = globalThis.setInterval;
const realClearInterval = globalThis.clearInterval;

let current: FakeTime | undefined;
let fakes: PropertyDescriptorMap;

function fakeGlobals(): void {
  Object.defineProperties(globalThis, fakes);
  AbortSignal.timeout = fakeTimeout;
}

function restoreGlobals(): void {
  Object.defineProperties(globalThis, REAL);
  AbortSignal.timeout = realTimeout;
}

function fakeTimeout(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException("Signal timed out.", "TimeoutError")), ms);
  return controller.signal;
}

/** The clock's own timers are objects; the library's are numbers. */
function fakesOf(clock: Clock): PropertyDescriptorMap {
  const values: Record<typeof NAMES[number], unknown> = {
    Date: clock.Date,
    setTimeout: (...args: Parameters<Clock["setTimeout"]>) => Number(clock.setTimeout(...args)),
    clearTimeout: clock.clearTimeout,
    setInterval: (...args: Parameters<Clock["setInterval"]>) => Number(clock.setInterval(...args)),
    clearInterval: clock.clearInterval,
  };
  return Object.fromEntries(
    NAMES.map((name) => [
      name,
      {
        value: values[name],
        writable: true,
        enumerable: REAL[name]!.enumerable!,
        configurable: true,
      },
    ]),
  );
}

/** Replaces `Date` and the timer functions by fake ones, until it is restored. */
export class FakeTime {
  /** The fake time at the beginning, in milliseconds since the epoch. */
  readonly start: number;
  #clock: Clock;
  #interval: ReturnType<typeof setInterval> | undefined;

  /** Fakes time from `start` on: from now by default. */
  constructor(start?: number | string | Date | null, options?: FakeTimeOptions) {
    if (current) throw new TimeError("Cannot construct FakeTime: time is already faked");
    this.start = Math.floor(new Date(start ?? Date.now()).valueOf());
    if (Number.isNaN(this.start)) {
      throw new TypeError(`Cannot construct FakeTime: invalid start time ${start}`);
    }
    this.#clock = createClock(this.start);
    fakes = fakesOf(this.#clock);
    fakeGlobals();
    current = this;

    const { advanceRate = 0, advanceFrequency = 10 } = options ?? {};
    if (advanceRate > 0) {
      const step = advanceRate * advanceFrequency;
      this.#interval = realSetInterval(() => this.tick(step), advanceFrequency);
    }
  }

  /** Restores real time. */
  static restore(): void {
    if (!current) throw new TimeError("Cannot restore time: time is already restored");
    current.restore();
  }

  /** Runs `callback` in real time, until what it returns is settled. */
  static async restoreFor<T, Args extends unknown[]>(
    callback: (...args: Args) => Promise<T> | T,
    ...args: Args
  ): Promise<T> {
    if (!current) throw new TimeError("Cannot restore time: time is not faked");
    restoreGlobals();
    try {
      return await callback(...args);
    } finally {
      fakeGlobals();
    }
  }

  /** The fake time, in milliseconds since the epoch. Setting it runs the timers due until then. */
  get now(): number {
    return this.#clock.now;
  }
  set now(value: number) {
    if (value < this.now) {
      throw new RangeError(
        `Cannot set current time in the past, time must be >= ${this.now}: received ${value}`,
      );
    }
    this.#clock.tick(value - this.now);
  }

  /** Resolves after `ms` milliseconds of real time. */
  async delay(ms: number, options: DelayOptions = {}): Promise<void> {
    let waiting: Promise<void> | undefined;
    await FakeTime.restoreFor(() => {
      waiting = delay(ms, options);
      waiting.catch(() => {});
    });
    await waiting;
  }

  /** Runs all pending microtasks. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves time on by `ms` milliseconds and runs the timers due until then. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Runs all pending microtasks, then does what `tick` does. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves time on to the next timer and runs it; false when there is none. */
  next(): boolean {
    if (this.#clock.countTimers() === 0) return false;
    this.#clock.next();
    return true;
  }

  /** Runs all pending microtasks, then does what `next` does. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Runs timers, also those that they add, until there are none. */
  runAll(): void {
    while (this.next());
  }

  /** Runs timers, also those that they add, until there are none; microtasks before each. */
  async runAllAsync(): Promise<void> {
    while (this.#clock.countTimers() > 0) await this.nextAsync();
  }

  /** Restores real time. */
  restore(): void {
    if (current !== this) {
      throw new TimeError("Cannot restore time: time is already restored");
    }
    current = undefined;
    restoreGlobals();
    realClearInterval(this.#interval);
  }

  /** Restores real time. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
