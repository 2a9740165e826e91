// Copyright 2026 the Tendril authors. MIT license.
/**
 * Which schedules are tried: at random, by random priorities (PCT), or all of them. The first one is always
 * that of the runtime.
 *
 * @module
 */
import { type Candidates, type Chooser, type Course, type Deviation, Replay } from "./course.ts";

/** Gives one schedule after another. */
export interface Strategy {
  /** Whether all schedules were tried once `next` gives `null`. */
  readonly complete: boolean;
  /** The next schedule, `null` when there is none. */
  next(): Chooser | null;
  /** Told of what came of the last one. */
  learn(course: Course): void;
}

/** The way the runtime takes by itself. */
const RUNTIME = new Replay([]);

/** Numbers below 1 that depend on `seed` only (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every choice is made at random, each way being equally likely. */
export class RandomStrategy implements Strategy, Chooser {
  readonly complete = false;
  readonly #random: () => number;
  #begun = false;

  /** Makes one that depends on `seed` only. */
  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  next(): Chooser {
    if (this.#begun) return this;
    this.#begun = true;
    return RUNTIME;
  }

  choose(count: number): number {
    return (this.#random() * count) | 0;
  }

  learn(): void {}
}

/** How often a greenlet loses its priority, at most. */
const MOST_CHANGES = 4;

/**
 * Probabilistic concurrency testing (Burckhardt and others, 2010): each greenlet has a random priority, the
 * highest runs, and at a few random moments the one that runs sinks below all. That finds bugs
 * that need few changes of turn with a probability which does not shrink with the number of greenlets.
 */
export class PctStrategy implements Strategy {
  readonly complete = false;
  readonly #random: () => number;
  /** The longest schedule so far. */
  #length = 0;

  /** Makes one that depends on `seed` only. */
  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  next(): Chooser {
    return this.#length === 0 ? RUNTIME : new PctChooser(this.#random, this.#length);
  }

  learn({ choices }: Course): void {
    this.#length = Math.max(this.#length, choices.length, 1);
  }
}

class PctChooser implements Chooser {
  readonly #random: () => number;
  readonly #priorities = new Map<object, number>();
  /** The choices at which the one that would run sinks. */
  readonly #changes = new Set<number>();
  /** From here on it is the runtime's way: strict priorities can keep a program from ending. */
  readonly #end: number;
  #count = 0;
  #sunk = 0;

  constructor(random: () => number, length: number) {
    this.#random = random;
    this.#end = 2 * length;
    const changes = (random() * (MOST_CHANGES + 1)) | 0;
    for (let i = 0; i < changes; i++) this.#changes.add((random() * length) | 0);
  }

  choose(count: number, candidates: Candidates | null): number {
    if (candidates === null) return (this.#random() * count) | 0;
    if (this.#count === this.#end) return 0;
    const sinks = this.#changes.has(this.#count++);
    const highest = this.#highest(count, candidates);
    if (!sinks) return highest;
    this.#priorities.set(candidates.candidate(highest), --this.#sunk);
    return this.#highest(count, candidates);
  }

  #highest(count: number, candidates: Candidates): number {
    let found = 0;
    let highest = -Infinity;
    for (let at = 0; at < count; at++) {
      const priority = this.#priority(candidates.candidate(at));
      if (priority <= highest) continue;
      highest = priority;
      found = at;
    }
    return found;
  }

  #priority(candidate: object): number {
    let priority = this.#priorities.get(candidate);
    if (priority === undefined) this.#priorities.set(candidate, priority = this.#random());
    return priority;
  }
}

/**
 * All schedules, those with fewer deviations first. Each comes from one other by one more deviation behind
 * its last one, so none is tried twice.
 */
export class ExhaustiveStrategy implements Strategy {
  /** Whether all that were found are, or will be, tried. */
  complete = true;
  /** Schedules that were found; the first of them were tried. */
  readonly #found: Deviation[][] = [[]];
  readonly #most: number;
  #tried = 0;

  /** Makes one that tries at most `most` schedules. */
  constructor(most: number) {
    this.#most = most;
  }

  next(): Chooser | null {
    const deviations = this.#found[this.#tried++];
    return deviations === undefined ? null : new Replay(deviations);
  }

  learn({ counts }: Course): void {
    const deviations = this.#found[this.#tried - 1]!;
    this.#found[this.#tried - 1] = []; // not needed any more
    const last = deviations.at(-1)?.at ?? -1;
    for (let at = last + 1; at < counts.length; at++) {
      for (let choice = 1; choice < counts[at]!; choice++) {
        if (this.#found.length === this.#most) {
          this.complete = false;
          return;
        }
        this.#found.push([...deviations, { at, choice }]);
      }
    }
  }
}
