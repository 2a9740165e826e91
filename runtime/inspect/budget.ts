// Copyright 2026 the Tendril authors. MIT license.
/**
 * How fast a trace may grow. What is more is drawn in samples, so that neither the program nor the
 * file pays for tens of millions of events a second.
 *
 * @module
 */

/** By how many characters a millisecond it may grow in the long run. */
const RATE = 5_000;
/** How many may be written at once: short programs are drawn in full. */
const BURST = 8_000_000;
/** How many are written in one go at least, so that a sample shows something. */
const LEAST = 10_000;
/** How many requests are refused between two looks at the clock. */
const STRIDE = 256;

/** Allows a limited rate. */
export class Budget {
  readonly #clock: () => number;
  /** How many characters may be written now. */
  #left = BURST;
  /** When it was last filled. */
  #filled: number;
  #stride = 0;

  /** Makes one that is full; `clock` gives milliseconds and is read seldom. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#filled = clock();
  }

  /** Whether anything may be written. */
  take(): boolean {
    if (this.#left > 0) return true;
    if (--this.#stride <= 0) {
      const now = this.#clock();
      const left = Math.min(BURST, this.#left + (now - this.#filled) * RATE);
      if (left >= LEAST) {
        this.#left = left;
        this.#filled = now;
        return true;
      }
      this.#stride = STRIDE;
    }
    return false;
  }

  /** Notes what was written. */
  spend(text: string): void {
    this.#left -= text.length;
  }
}
