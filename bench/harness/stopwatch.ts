// Copyright 2026 the Tendril authors. MIT license.
/** Times what several coroutines do together: from the last one's start to the first one's stop. */
export class Stopwatch {
  #start = 0;
  #stop = Infinity;

  /** Says that one has come to the part that counts. */
  start(): void {
    this.#start = performance.now();
  }

  /** Says that one has done its part. */
  stop(): void {
    this.#stop = Math.min(this.#stop, performance.now());
  }

  /** Milliseconds between the two. */
  get elapsed(): number {
    return this.#stop - this.#start;
  }
}
