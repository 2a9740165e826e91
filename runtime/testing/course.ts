// Copyright 2026 the Tendril authors. MIT license.
/**
 * The choices of one schedule. Wherever a program could go on in several ways a choice is made: which
 * of several greenlets runs next, whether one gives way before an operation, in which order a `select`
 * looks at its Ops, which of the timers that are due fires first.
 *
 * Invariant: choice 0 is what the runtime does by itself. So a schedule is described by its deviations,
 * and the same deviations give the same schedule, as long as the program does nothing else at random.
 *
 * @module
 */
import { show } from "../clock.ts";

/** What there is to choose from: greenlets that could run and timers that could fire. */
export interface Candidates {
  /** One of them. */
  candidate(at: number): object;
}

/** Makes the choices. */
export interface Chooser {
  /** Chooses one of `count` ways, at least two; `candidates` are given where it is about who is next. */
  choose(count: number, candidates: Candidates | null): number;
}

/** One choice other than 0. */
export interface Deviation {
  /** How many choices came before it. */
  readonly at: number;
  /** What was chosen. */
  readonly choice: number;
}

/** Asks a chooser and notes what it said. */
export class Course {
  /** What was chosen. */
  readonly choices: number[] = [];
  /** Out of how many. */
  readonly counts: number[] = [];
  readonly #chooser: Chooser;

  /** Makes one without choices. */
  constructor(chooser: Chooser) {
    this.#chooser = chooser;
  }

  /** Chooses. */
  choose(count: number, candidates: Candidates | null): number {
    const choice = this.#chooser.choose(count, candidates);
    this.choices.push(choice);
    this.counts.push(count);
    return choice;
  }

  /** Where it went another way than the runtime by itself. */
  get deviations(): Deviation[] {
    const found: Deviation[] = [];
    this.choices.forEach((choice, at) => {
      if (choice !== 0) found.push({ at, choice });
    });
    return found;
  }
}

/** Takes the given deviations, and otherwise the way the runtime takes. */
export class Replay implements Chooser {
  readonly #deviations: readonly Deviation[];
  #at = 0;
  #next = 0;

  /** Makes one; the deviations are in order. */
  constructor(deviations: readonly Deviation[]) {
    this.#deviations = deviations;
  }

  /** Chooses; a choice that there is not any more counts as 0. */
  choose(count: number): number {
    const next = this.#deviations[this.#next];
    if (next === undefined || next.at !== this.#at++) return 0;
    this.#next++;
    return next.choice < count ? next.choice : 0;
  }
}

/** The name of the schedule without deviations. */
const NONE = "fifo";

/** A schedule as a string that can be given as a seed. */
export function encode(deviations: readonly Deviation[]): string {
  if (deviations.length === 0) return NONE;
  return deviations.map(({ at, choice }) => `${at}:${choice}`).join(",");
}

/**
 * The deviations in a seed.
 *
 * @throws {RangeError} If it is none that {@linkcode encode} has made.
 */
export function decode(seed: string): Deviation[] {
  if (seed === NONE) return [];
  if (!/^\d+:\d+(,\d+:\d+)*$/.test(seed)) {
    throw new RangeError(
      `Cannot replay the schedule ${show(seed)}: expected a seed from the report of a failure`,
    );
  }
  return seed.split(",").map((pair) => {
    const [at, choice] = pair.split(":").map(Number);
    return { at: at!, choice: choice! };
  });
}
