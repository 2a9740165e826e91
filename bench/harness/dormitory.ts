// Copyright 2026 the Tendril authors. MIT license.
import process from "node:process";
import { gc } from "./measure.ts";

/** The delays are whole milliseconds spread over this span, so that very many are equal. */
const SPREAD_MS = 1_000;

/** Reading the clock for a deadline once per batch may put it this far off. */
const CLOCK_SLACK_MS = 100;

/** Where sleepers lie down and get up, and what is remembered to check their order. */
export class Dormitory {
  readonly size: number;
  asleep = 0;
  awake = 0;
  readonly #delays: Int32Array;
  /** When each one should wake by its own clock; they lie down in the order of these. */
  readonly #deadlines: Float64Array;
  readonly #position: Int32Array;
  readonly #beds: Int32Array;

  constructor(size: number, untilAllSleepMs: number) {
    this.size = size;
    this.#delays = new Int32Array(size);
    this.#deadlines = new Float64Array(size);
    this.#position = new Int32Array(size).fill(-1);
    this.#beds = new Int32Array(size);
    let seed = 1;
    for (let index = 0; index < size; index++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      this.#delays[index] = untilAllSleepMs + Math.floor(seed / 2 ** 32 * SPREAD_MS);
    }
  }

  /** Gives a sleeper its delay. */
  lieDown(index: number): number {
    const delay = this.#delays[index] ?? 0;
    this.#beds[this.asleep++] = index;
    this.#deadlines[index] = performance.now() + delay;
    return delay;
  }

  /** Says that a sleeper has woken. */
  getUp(index: number): void {
    this.#position[index] = this.awake++;
  }

  /** Counts the sleepers that woke never, or after one with a later deadline. */
  disorder(): number {
    return this.#overtakenByLater() + this.#overtakenByFar();
  }

  /**
   * Of two sleepers, the one that lay down first and sleeps no longer must wake first. That holds
   * whatever clock the deadlines were computed with, and covers equal delays.
   */
  #overtakenByLater(): number {
    let count = 0;
    // Prefix maxima in a Fenwick tree: the last position taken so far by a delay of at most …
    const last = new Int32Array(SPREAD_MS + 1).fill(-1);
    const least = this.#delays.reduce((a, b) => Math.min(a, b), Infinity);
    for (const index of this.#beds.subarray(0, this.asleep)) {
      const slot = (this.#delays[index] ?? 0) - least + 1;
      const position = this.#position[index] ?? -1;
      let latest = -1;
      for (let at = slot; at > 0; at -= at & -at) latest = Math.max(latest, last[at] ?? -1);
      if (position <= latest) count++;
      for (let at = slot; at <= SPREAD_MS; at += at & -at) {
        last[at] = Math.max(last[at] ?? -1, position);
      }
    }
    return count + this.size - this.awake;
  }

  /** Nobody may wake after one whose deadline is later by more than the slack. */
  #overtakenByFar(): number {
    const order = new Int32Array(this.size);
    this.#position.forEach((position, index) => {
      if (position >= 0) order[position] = index;
    });
    let count = 0;
    let latest = -Infinity;
    for (const index of order.subarray(0, this.awake)) {
      const deadline = this.#deadlines[index] ?? 0;
      if (deadline < latest - CLOCK_SLACK_MS) count++;
      latest = Math.max(latest, deadline);
    }
    return count;
  }
}

/**
 * Measures the processor time of a sleeper's whole life, without the waiting, and the memory that
 * it holds while asleep: heap and array buffers, with garbage collected before and after.
 */
export async function measureSleepers(
  dormitory: Dormitory,
  sleepAll: () => Promise<unknown>,
): Promise<{ ns: number; bytes: number }> {
  const before = memory();
  const start = processorTime();
  const finished = sleepAll();
  while (dormitory.asleep < dormitory.size) await new Promise((resolve) => setTimeout(resolve, 20));
  const startOfPause = processorTime();
  const bytes = memory() - before;
  const pause = processorTime() - startOfPause;
  if (dormitory.awake > 0) {
    throw new RangeError(`Cannot measure the heap: ${dormitory.awake} sleepers woke too early`);
  }
  await finished;
  const ns = (processorTime() - start - pause) * 1_000;
  return { ns: ns / dormitory.size, bytes: bytes / dormitory.size };
}

function memory(): number {
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Microseconds that this process has computed. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
