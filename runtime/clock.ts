// Copyright 2026 the Tendril authors. MIT license.
/**
 * Time: the injectable clock, and the queue of all timers.
 *
 * Invariants of the queue (a 4-ary heap, ordered by deadline, then by age):
 * - `keys[i]` and `ages[i]` belong to `entries[i]`, and `entries[i].index === i`. The numbers lie in
 *   typed arrays, so that a sleeper costs no boxed number and a comparison touches no object.
 * - An entry that is not queued has `index === -1`.
 * - At most one host timer is armed, for a moment not later than the earliest deadline.
 *
 * @module
 */

/** Where the runtime takes the time from. */
export interface Clock {
  /** The time in milliseconds, from any fixed start; never goes back. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds. */
  setTimer(callback: () => void, ms: number): unknown;
  /** Takes back what {@linkcode Clock.setTimer} set. */
  clearTimer(handle: unknown): void;
}

/** The clock of the machine. It reads the global functions at call time, so fake timers work. */
export const hostClock: Clock = {
  now(): number {
    return performance.now();
  },
  setTimer(callback: () => void, ms: number): unknown {
    // Timers count whole milliseconds, and what is cut off would make it early.
    return setTimeout(callback, Math.ceil(ms - 0.01));
  },
  clearTimer(handle: unknown): void {
    clearTimeout(handle as number);
  },
};

/**
 * Something that happens at a time.
 *
 * @internal
 */
export interface TimerEntry {
  /** Its place in the queue, -1 when it is not queued. */
  index: number;
  /** Called when the time has come; the entry is out of the queue by then. */
  fire(): void;
}

/** A host timer for longer fires at once. */
const LONGEST_HOST_DELAY = 2 ** 31 - 1;

/** All timers of a hub over one host timer: O(log n) to add and to cancel. */
export class TimerQueue {
  #keys = new Float64Array(64);
  #ages = new Float64Array(64);
  readonly #entries: TimerEntry[] = [];
  #age = 0;
  #clock: Clock;
  #armed: unknown = undefined;
  /** The moment the host timer is set for; Infinity when there is none. */
  #armedFor = Infinity;
  /** Whether the host timer is set for less than that, because it cannot wait so long. */
  #capped = false;
  readonly #onDue: () => void;

  /** Makes a queue that calls `onDue` with the time when the earliest deadline has come. */
  constructor(clock: Clock, onDue: (now: number) => void) {
    this.#clock = clock;
    this.#onDue = () => {
      // A host timer may fire a little early, and one of a fake-timer library fires while
      // `performance.now` stands still: when it fires, its moment has come.
      const now = this.#clock.now();
      const due = this.#capped ? now : Math.max(now, this.#armedFor);
      this.#armed = undefined;
      this.#armedFor = Infinity;
      onDue(due);
    };
  }

  /** The clock in use; setting another one keeps every timer's remaining time. */
  get clock(): Clock {
    return this.#clock;
  }
  set clock(clock: Clock) {
    this.#disarm();
    const shift = clock.now() - this.#clock.now();
    for (let i = 0; i < this.#entries.length; i++) this.#keys[i]! += shift;
    this.#clock = clock;
    this.#arm();
  }

  /** How many timers are waiting. */
  get size(): number {
    return this.#entries.length;
  }

  /** The earliest deadline, Infinity when there is none. */
  get earliest(): number {
    return this.#entries.length === 0 ? Infinity : this.#keys[0]!;
  }

  /** Those that are waiting, in no particular order. */
  get waiting(): readonly TimerEntry[] {
    return this.#entries;
  }

  /** Fires `entry` after `ms` milliseconds; equal deadlines fire in the order they were added. */
  add(entry: TimerEntry, ms: number): void {
    const now = this.#clock.now();
    const deadline = now + ms;
    const at = this.#entries.length;
    if (at === this.#keys.length) this.#grow();
    this.#entries.push(entry);
    this.#rise(at, entry, deadline, this.#age++);
    if (deadline < this.#armedFor) this.#arm(now);
  }

  /** Takes `entry` out; harmless when it is not queued. */
  cancel(entry: TimerEntry): void {
    const at = entry.index;
    if (at < 0) return;
    entry.index = -1;
    const last = this.#entries.pop()!;
    const end = this.#entries.length;
    if (at < end) {
      const key = this.#keys[end]!;
      const age = this.#ages[end]!;
      if (at > 0 && this.#before(key, age, (at - 1) >> 2)) this.#rise(at, last, key, age);
      else this.#sink(at, last, key, age);
    }
    // A host timer without purpose would keep the process alive; one that is merely early is kept.
    if (end === 0) this.#disarm();
  }

  /** Fires everything that is due at `now` and arms the host timer for the rest. */
  fireDue(now: number): void {
    while (this.#entries.length > 0 && this.#keys[0]! <= now) {
      const entry = this.#entries[0]!;
      this.cancel(entry);
      entry.fire();
    }
    this.#arm();
  }

  /** Everything that is due at `now`, in the order in which it would fire. */
  due(now: number): TimerEntry[] {
    const found: number[] = [];
    for (let at = 0; at < this.#entries.length; at++) {
      if (this.#keys[at]! <= now) found.push(at);
    }
    found.sort((a, b) => this.#keys[a]! - this.#keys[b]! || this.#ages[a]! - this.#ages[b]!);
    return found.map((at) => this.#entries[at]!);
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const ages = new Float64Array(keys.length);
    keys.set(this.#keys);
    ages.set(this.#ages);
    this.#keys = keys;
    this.#ages = ages;
  }

  #before(key: number, age: number, at: number): boolean {
    const other = this.#keys[at]!;
    return key < other || (key === other && age < this.#ages[at]!);
  }

  #put(at: number, entry: TimerEntry, key: number, age: number): void {
    this.#keys[at] = key;
    this.#ages[at] = age;
    this.#entries[at] = entry;
    entry.index = at;
  }

  #rise(at: number, entry: TimerEntry, key: number, age: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (!this.#before(key, age, parent)) break;
      this.#put(at, this.#entries[parent]!, this.#keys[parent]!, this.#ages[parent]!);
      at = parent;
    }
    this.#put(at, entry, key, age);
  }

  #sink(at: number, entry: TimerEntry, key: number, age: number): void {
    const end = this.#entries.length;
    for (;;) {
      const first = at * 4 + 1;
      if (first >= end) break;
      let least = first;
      const stop = Math.min(first + 4, end);
      for (let i = first + 1; i < stop; i++) {
        if (this.#before(this.#keys[i]!, this.#ages[i]!, least)) least = i;
      }
      if (this.#before(key, age, least)) break;
      this.#put(at, this.#entries[least]!, this.#keys[least]!, this.#ages[least]!);
      at = least;
    }
    this.#put(at, entry, key, age);
  }

  #arm(now = this.#clock.now()): void {
    if (this.#entries.length === 0) return this.#disarm();
    const deadline = this.#keys[0]!;
    if (deadline === this.#armedFor) return;
    this.#disarm();
    const delay = Math.max(deadline - now, 0);
    this.#armedFor = deadline;
    this.#capped = delay > LONGEST_HOST_DELAY;
    this.#armed = this.#clock.setTimer(this.#onDue, Math.min(delay, LONGEST_HOST_DELAY));
  }

  #disarm(): void {
    if (this.#armed !== undefined) this.#clock.clearTimer(this.#armed);
    this.#armed = undefined;
    this.#armedFor = Infinity;
  }
}

/** Checks a delay given by a user and returns it. */
export function checkDelay(action: string, ms: number): number {
  if (typeof ms !== "number") {
    throw new TypeError(
      `Cannot ${action}: the delay must be a number of milliseconds, got ${show(ms)}`,
    );
  }
  if (!(ms >= 0)) {
    throw new RangeError(`Cannot ${action}: the delay must be at least 0 milliseconds, got ${ms}`);
  }
  return ms;
}

/** A value as an error message shows it. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value === "symbol" || typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return String(value);
  const kind = (value as object).constructor?.name ?? "object without a prototype";
  return Array.isArray(value) ? `an array of ${value.length}` : `an instance of ${kind}`;
}
