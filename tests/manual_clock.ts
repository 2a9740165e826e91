// Copyright 2026 the Tendril authors. MIT license.
import { type Clock, getHub } from "@tendril/tendril";

/** A clock that stands still until a test advances it, in place of the hub's clock. */
export class ManualClock implements Clock, Disposable {
  readonly #before: Clock = getHub().clock;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();
  #now = 1000;
  #lastHandle = 0;

  /** Takes the place of the hub's clock until it is disposed of. */
  constructor() {
    getHub().clock = this;
  }

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, ms: number): number {
    this.#timers.set(++this.#lastHandle, { at: this.#now + ms, callback });
    return this.#lastHandle;
  }

  clearTimer(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  /** How many host timers are armed. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Lets `ms` milliseconds pass: fires what is due in order, and lets greenlets run in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let due = this.#earliest(end); due !== undefined; due = this.#earliest(end)) {
      const [handle, { at, callback }] = due;
      this.#timers.delete(handle);
      this.#now = Math.max(this.#now, at);
      callback();
      await settle();
    }
    this.#now = Math.max(this.#now, end);
    await settle();
  }

  /** Lets time pass at once, as while somebody holds the isolate; what is due fires afterwards. */
  skip(ms: number): void {
    this.#now += ms;
  }

  #earliest(end: number): [number, { at: number; callback: () => void }] | undefined {
    return [...this.#timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
  }

  [Symbol.dispose](): void {
    getHub().clock = this.#before;
  }
}

/** Lets everything run that is ready: until nothing was for some turns of the event loop. */
export async function settle(): Promise<void> {
  let quiet = 0;
  for (let turn = 0; quiet < 3 && turn < 50; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    quiet = getHub().stats().ready === 0 ? quiet + 1 : 0;
  }
}
