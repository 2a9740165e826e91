// Copyright 2026 the Tendril authors. MIT license.
/**
 * A limit on the speed of everything together.
 *
 * @module
 */
import { type Coroutine, sleep } from "../../mod.ts";

/** Lets so many bytes a second pass. What came is paid for before the next is fetched. */
export class Throttle {
  readonly #rate: number;
  /** When all that has passed is paid for. */
  #free = 0;

  /** Makes one for a rate in bytes per second. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Waits as long as `bytes` more take at this rate. */
  *pass(bytes: number): Coroutine<void> {
    const now = performance.now();
    this.#free = Math.max(now, this.#free) + bytes / this.#rate * 1000;
    yield* sleep(this.#free - now);
  }
}
