// Copyright 2026 the Tendril authors. MIT license.
/**
 * Who waits for a condition, in shared memory: a slot for each, so that a notification is for one of
 * those who waited when it was given, and for the one that came first.
 *
 * Invariants:
 * - A slot is FREE, or stands for somebody who is WAITING or was NOTIFIED. Whoever took it frees it.
 * - Slots are taken and notified by whoever holds the condition's lock; but one is freed, or a
 *   notification passed on, without it.
 * - All slots from `HIGH` on are FREE and have always been.
 *
 * @module
 */
import type { Membership } from "./liveness.ts";

/** How many can wait at a time, in all workers. */
const SLOTS = 1000;
/** How many slots were used at a time. */
const HIGH = 0;
/** Numbers the waiters. */
const ORDER = 1;
const FIRST = 2;
/** Words of a slot: its state, the waiter's number, the worker it is in. */
const WORDS = 3;

const FREE = 0;
const WAITING = 1;
const NOTIFIED = 2;

/** Words that the table takes. */
export const SLOTS_WORDS: number = FIRST + SLOTS * WORDS;

/** A table of waiters. */
export class Slots {
  readonly #cells: Int32Array;
  readonly #membership: Membership;

  /** Makes a view of the table that begins at word `from` of `cells`. */
  constructor(cells: Int32Array, from: number, membership: Membership) {
    this.#cells = cells.subarray(from, from + SLOTS_WORDS);
    this.#membership = membership;
  }

  /** Takes a slot; gives -1 when there is none. */
  take(): number {
    const cells = this.#cells;
    const high = Atomics.load(cells, HIGH);
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = FIRST + slot * WORDS;
      const state = Atomics.load(cells, at);
      if (state !== FREE && this.#membership.roll.alive(cells[at + 2]!)) continue;
      cells[at + 1] = ++cells[ORDER]!;
      cells[at + 2] = this.#membership.id;
      Atomics.store(cells, at, WAITING);
      if (slot >= high) Atomics.store(cells, HIGH, slot + 1);
      return slot;
    }
    return -1;
  }

  /** Whether the one in `slot` was notified. */
  notified(slot: number): boolean {
    return Atomics.load(this.#cells, FIRST + slot * WORDS) === NOTIFIED;
  }

  /** Frees `slot`; tells whether the one in it was notified. */
  free(slot: number): boolean {
    return Atomics.exchange(this.#cells, FIRST + slot * WORDS, FREE) === NOTIFIED;
  }

  /** Notifies the first `n`; tells how many that were. */
  notify(n: number): number {
    for (let done = 0; done < n; done++) {
      if (!this.#notifyFirst()) return done;
    }
    return n;
  }

  #notifyFirst(): boolean {
    for (;;) {
      const at = this.#first();
      if (at < 0) return false;
      if (Atomics.compareExchange(this.#cells, at, WAITING, NOTIFIED) === WAITING) return true;
    }
  }

  #first(): number {
    const cells = this.#cells;
    const high = Atomics.load(cells, HIGH);
    let first = -1;
    for (let at = FIRST; at < FIRST + high * WORDS; at += WORDS) {
      if (Atomics.load(cells, at) !== WAITING) continue;
      if (!this.#membership.roll.alive(cells[at + 2]!)) continue;
      // The difference is right also after the numbers went round.
      if (first < 0 || (cells[at + 1]! - cells[first + 1]! | 0) < 0) first = at;
    }
    return first;
  }

  /** How many wait to be notified, in all workers. */
  count(): number {
    const cells = this.#cells;
    let count = 0;
    for (let slot = Atomics.load(cells, HIGH) - 1; slot >= 0; slot--) {
      const at = FIRST + slot * WORDS;
      if (Atomics.load(cells, at) !== WAITING) continue;
      if (this.#membership.roll.alive(cells[at + 2]!)) count++;
    }
    return count;
  }
}
