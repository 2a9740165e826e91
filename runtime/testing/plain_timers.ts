// Copyright 2026 the Tendril authors. MIT license.
/**
 * `Date`, `performance.now` and the timers of plain code by the clock of the hub.
 *
 * Invariant: every property that was replaced is put back as it was, descriptor and all.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { show, type TimerEntry } from "../clock.ts";
import { getCurrent, type Greenlet, mainGreenlet } from "../greenlet.ts";
import { now, timers } from "../hub.ts";

/** Host timers have smaller numbers. */
const FIRST_ID = 2 ** 40;
/** An interval of no length would never let time pass. */
const SHORTEST_INTERVAL = 1;

type Callback = (...args: unknown[]) => unknown;

/** A timer that plain code has set, with the methods of the handle that the platform gives. */
class PlainTimer implements TimerEntry, Disposable {
  index = -1;
  readonly owner = getCurrent();
  readonly #inContext = AsyncLocalStorage.snapshot();

  constructor(
    readonly id: number,
    readonly call: () => unknown,
    readonly ms: number,
    readonly repeats: boolean,
    readonly pending: Map<number, PlainTimer>,
  ) {
    this.refresh();
  }

  fire(): void {
    if (this.repeats) this.refresh();
    else this.pending.delete(this.id);
    try {
      this.#inContext(this.call);
    } catch (error) {
      reportError(error);
    }
  }

  refresh(): this {
    timers.cancel(this);
    timers.add(this, this.ms);
    this.pending.set(this.id, this);
    return this;
  }

  close(): this {
    timers.cancel(this);
    this.pending.delete(this.id);
    return this;
  }

  /** Nothing is kept alive by virtual time. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The globals of plain code by the clock of the hub, until it is disposed of. */
export class PlainTimers implements Disposable {
  readonly #restore: (() => void)[] = [];
  readonly #pending = new Map<number, PlainTimer>();
  readonly #hostClear = globalThis.clearTimeout;
  #lastId = FIRST_ID;

  /** Replaces the globals, whose present is `date` and `time`; the hub's clock is to be virtual. */
  constructor(date: number, time: number) {
    const start = now();
    const elapsed = () => now() - start;
    this.#replace(globalThis, "Date", dateBy(() => date + elapsed()));
    this.#replace(performance, "now", () => time + elapsed());
    const set = (callback: Callback, ms?: unknown, ...args: unknown[]) =>
      this.#set(callback, args, delayOf(ms), false);
    const repeat = (callback: Callback, ms?: unknown, ...args: unknown[]) =>
      this.#set(callback, args, Math.max(SHORTEST_INTERVAL, delayOf(ms)), true);
    const clear = (handle?: unknown) => this.#clear(handle);
    this.#replace(globalThis, "setTimeout", set);
    this.#replace(globalThis, "setInterval", repeat);
    this.#replace(globalThis, "clearTimeout", clear);
    this.#replace(globalThis, "clearInterval", clear);
  }

  /** The greenlets that have set timers which are still pending. */
  get owners(): Greenlet<unknown>[] {
    const all = Array.from(this.#pending.values(), ({ owner }) => owner);
    return all.filter((owner) => owner !== mainGreenlet);
  }

  /** Clears every timer that is pending. */
  clearAll(): void {
    for (const timer of this.#pending.values()) timer.close();
  }

  /** Puts the globals back, and clears what was left running. */
  [Symbol.dispose](): void {
    this.clearAll();
    for (const restore of this.#restore) restore();
  }

  #replace(holder: object, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    this.#restore.push(() => {
      if (before === undefined) Reflect.deleteProperty(holder, name);
      else Object.defineProperty(holder, name, before);
    });
    const enumerable = before?.enumerable ?? true;
    Object.defineProperty(holder, name, { value, enumerable, writable: true, configurable: true });
  }

  #set(callback: Callback, args: unknown[], ms: number, repeats: boolean): PlainTimer {
    if (typeof callback !== "function") {
      throw new TypeError(`Cannot set a timer for ${show(callback)}: expected a function`);
    }
    return new PlainTimer(++this.#lastId, () => callback(...args), ms, repeats, this.#pending);
  }

  #clear(handle: unknown): void {
    const timer = this.#pending.get(Number(handle));
    if (timer === undefined) this.#hostClear.call(globalThis, handle as number);
    else timer.close();
  }
}

/** A delay as the platform understands it: what is no positive number is none. */
function delayOf(ms: unknown): number {
  const delay = Number(ms);
  return delay > 0 ? delay : 0;
}

/** A `Date` whose present is `time`. */
function dateBy(time: () => number): DateConstructor {
  const present = () => Math.floor(time());
  return new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [present()] : args, newTarget),
    apply: (target) => new target(present()).toString(),
    get: (target, key, receiver) => key === "now" ? present : Reflect.get(target, key, receiver),
  });
}
