// Copyright 2026 the Tendril authors. MIT license.
import { show } from "../clock.ts";
import type { Greenlet } from "../greenlet.ts";
import { FifoQueue } from "../ready_queue.ts";
import { checkOptions, checkQuantum, type Policy, type PolicyQueue } from "./policy.ts";

/** Options of {@linkcode multilevelFeedback}. */
export interface MultilevelFeedbackOptions {
  /** How many levels there are, from 1 to 32; default: 3. */
  levels?: number;
  /**
   * How long a greenlet may run on the first level, in milliseconds of the hub's clock; each further
   * level gives twice as long; default: 1.
   */
  quantum?: number;
}

const MOST_LEVELS = 32;

/**
 * A policy with feedback queues: a greenlet begins on the first level, and once it has run for that
 * level's quantum it sinks to the next one, which gives twice as long. Of the ready greenlets the first
 * on the highest level that has any goes on. So those that mostly wait stay ahead of those that mostly
 * compute, without anybody saying which is which.
 *
 * What was used of a quantum is kept through waits. One that gives way before its quantum is over
 * remains the first of its level; on the last level it is put behind the others there when the quantum
 * is over. Nothing rises again: on a low level a greenlet starves while higher ones are ready all the
 * time. Where a greenlet gives way: see {@linkcode roundRobin}.
 *
 * @example Usage
 * ```ts
 * import { multilevelFeedback, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const order: string[] = [];
 * await run(function* () {
 *   spawn(() => order.push("first come"));
 *   spawn(() => order.push("first served"));
 * }, { policy: multilevelFeedback({ levels: 3, quantum: 2 }) });
 * assertEquals(order, ["first come", "first served"]);
 * ```
 *
 * @throws {RangeError} If there are no levels or more than 32, the quantum is not above 0, or an option is
 * unknown.
 */
export function multilevelFeedback(options: MultilevelFeedbackOptions = {}): Policy {
  checkOptions("multilevelFeedback", options, ["levels", "quantum"]);
  const { levels = 3 } = options;
  if (!(Number.isInteger(levels) && levels >= 1 && levels <= MOST_LEVELS)) {
    throw new RangeError(
      `Cannot make a multilevelFeedback policy: levels must be a whole number from 1 to ${MOST_LEVELS}, got ${
        show(levels)
      }`,
    );
  }
  const quantum = checkQuantum("multilevelFeedback", options.quantum ?? 1);
  return { name: "multilevelFeedback", queue: () => new FeedbackQueue(levels, quantum) };
}

/** Where a greenlet stands. */
interface Standing {
  level: number;
  /** How much of the level's quantum is used. */
  used: number;
}

/** The ready greenlets of a level. */
class Level {
  /** Whose quantum is not over; the only one, since nobody else on the level runs before it. */
  first: Greenlet<unknown> | null = null;
  readonly line = new FifoQueue<Greenlet<unknown>>();

  next(): Greenlet<unknown> | null {
    const { first } = this;
    this.first = null;
    return first ?? this.line.shift();
  }
}

class FeedbackQueue implements PolicyQueue {
  readonly #levels: Level[];
  readonly #quantum: number;
  readonly #standings = new WeakMap<Greenlet<unknown>, Standing>();
  /** Whether the clock moved in the last turn; one that stands still must not stop the others. */
  #moved = true;

  constructor(levels: number, quantum: number) {
    this.#levels = Array.from({ length: levels }, () => new Level());
    this.#quantum = quantum;
  }

  #standing(greenlet: Greenlet<unknown>): Standing {
    let standing = this.#standings.get(greenlet);
    if (standing === undefined) {
      standing = { level: 0, used: 0 };
      this.#standings.set(greenlet, standing);
    }
    return standing;
  }

  ran(greenlet: Greenlet<unknown>, ms: number): void {
    this.#moved = ms > 0;
    const standing = this.#standing(greenlet);
    standing.used += ms;
    if (standing.used < this.#quantum * 2 ** standing.level) return;
    standing.used = 0;
    if (standing.level < this.#levels.length - 1) standing.level++;
  }

  add(greenlet: Greenlet<unknown>): void {
    this.#levels[this.#standing(greenlet).level]!.line.push(greenlet);
  }

  addBack(greenlet: Greenlet<unknown>): void {
    const { level, used } = this.#standing(greenlet);
    const isOver = used === 0 || !this.#moved;
    if (isOver) this.#levels[level]!.line.push(greenlet);
    else this.#levels[level]!.first = greenlet;
  }

  next(): Greenlet<unknown> | null {
    for (const level of this.#levels) {
      const greenlet = level.next();
      if (greenlet !== null) return greenlet;
    }
    return null;
  }
}
