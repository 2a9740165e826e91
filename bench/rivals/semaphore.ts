// Copyright 2026 the Tendril authors. MIT license.
/** The semaphore that a careful author of async functions writes. */
export class Semaphore {
  #free: number;
  #waiting: (() => void)[] = [];
  #next = 0;

  constructor(value: number) {
    this.#free = value;
  }

  /** Waits for a permit. */
  acquire(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a permit to the one that has waited longest. */
  release(): void {
    const resume = this.#waiting[this.#next];
    if (resume === undefined) {
      this.#free++;
    } else {
      // Moving an index costs less than shifting the array.
      this.#next++;
      resume();
    }
  }
}
