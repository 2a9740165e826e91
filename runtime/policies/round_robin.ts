// Copyright 2026 the Tendril authors. MIT license.
import { FifoQueue } from "../ready_queue.ts";
import type { Greenlet } from "../greenlet.ts";
import { checkOptions, checkQuantum, type Policy, type PolicyQueue } from "./policy.ts";

/** Options of {@linkcode roundRobin}. */
export interface RoundRobinOptions {
  /** How long a greenlet goes on although it gives way, in milliseconds of the hub's clock; default: 1. */
  quantum?: number;
}

/**
 * A policy with time slices: a greenlet that gives way goes on at once until it has run for `quantum`
 * milliseconds, then it is put behind those that are ready. Waking from a wait it stands behind them, too,
 * with a whole quantum. A turn in which the clock does not move counts as a whole quantum. Nobody
 * starves.
 *
 * Nothing can be taken away from a greenlet that does not give way. It does so by a bare `yield`, by
 * `yieldNow()`, and after each 64 operations in a row that were done at once; a quantum that is over
 * in between takes effect there.
 *
 * @example Usage
 * ```ts
 * import { roundRobin, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const steps: string[] = [];
 * function* job(name: string) {
 *   for (let step = 1; step <= 2; step++) {
 *     steps.push(name + step);
 *     yield;
 *   }
 * }
 * await run(function* () {
 *   spawn(job, "a");
 *   spawn(job, "b");
 * }, { policy: roundRobin({ quantum: 1000 }) });
 * assertEquals(steps, ["a1", "a2", "b1", "b2"]);
 * ```
 *
 * @throws {RangeError} If the quantum is not above 0, or an option is unknown.
 */
export function roundRobin(options: RoundRobinOptions = {}): Policy {
  checkOptions("roundRobin", options, ["quantum"]);
  const quantum = checkQuantum("roundRobin", options.quantum ?? 1);
  return { name: "roundRobin", queue: () => new RoundRobinQueue(quantum) };
}

class RoundRobinQueue implements PolicyQueue {
  readonly #quantum: number;
  readonly #line = new FifoQueue<Greenlet<unknown>>();
  /** Whose quantum is not over. */
  #inTurn: Greenlet<unknown> | null = null;
  /** How much of the quantum is used. */
  #used = 0;

  constructor(quantum: number) {
    this.#quantum = quantum;
  }

  add(greenlet: Greenlet<unknown>): void {
    this.#line.push(greenlet);
  }

  ran(_greenlet: Greenlet<unknown>, ms: number): void {
    this.#used += ms > 0 ? ms : this.#quantum; // a clock that stands still must not stop the others
  }

  addBack(greenlet: Greenlet<unknown>): void {
    if (this.#used < this.#quantum) this.#inTurn = greenlet;
    else this.#line.push(greenlet);
  }

  next(): Greenlet<unknown> | null {
    const greenlet = this.#inTurn;
    if (greenlet !== null) {
      this.#inTurn = null;
      return greenlet;
    }
    this.#used = 0;
    return this.#line.shift();
  }
}
