// Copyright 2026 the Tendril authors. MIT license.
/**
 * The ready queue of an exploration, which asks a course who is next.
 *
 * Invariants:
 * - The candidates of a turn are the timers that are due, then the greenlets that are ready, each in the
 *   order in which the runtime would take them.
 * - A greenlet that is asked whether it gives way before an Op is candidate 0 of that choice, before the
 *   others. If another is chosen, that one has the next turn without a further choice. When the first
 *   comes back to the same Op it is not asked again, so the schedules of a program that ends are finite.
 *
 * @module
 */
import type { TimerEntry } from "../clock.ts";
import { DEAD, type Fiber, QUEUED } from "../fiber.ts";
import type { Greenlet } from "../greenlet.ts";
import { now, timers } from "../hub.ts";
import { burnFuel, current, setGiveWay } from "../op.ts";
import type { ReadyQueue } from "../ready_queue.ts";
import { setOrder } from "../select.ts";
import type { Candidates, Course } from "./course.ts";
import type { Trace } from "./trace.ts";

const NO_TIMERS: TimerEntry[] = [];

/** The ready queue of one schedule. */
export class ExploreQueue implements ReadyQueue<Fiber>, Candidates {
  /** The greenlets that were started. */
  readonly started: Greenlet<unknown>[] = [];
  /** How many turns there were. */
  turns = 0;
  readonly #course: Course;
  readonly #trace: Trace | null;
  readonly #mostTurns: number;
  readonly #onEndless: () => void;
  readonly #ready: Fiber[] = [];
  #due = NO_TIMERS;
  /** Who is asked whether it gives way, during the question. */
  #asked: object | null = null;
  /** Who has given way before an Op, and has not come back to it. */
  readonly #gaveWay = new Set<object>();
  /** Who was chosen when it gave way. */
  #chosen: Fiber | TimerEntry | null = null;

  /** Makes one that calls `onEndless` after `mostTurns` turns; from then on it is the runtime's way. */
  constructor(course: Course, trace: Trace | null, mostTurns: number, onEndless: () => void) {
    this.#course = course;
    this.#trace = trace;
    this.#mostTurns = mostTurns;
    this.#onEndless = onEndless;
  }

  /** Makes the choices of Ops by this queue. */
  install(): void {
    setGiveWay(() => this.#givesWay());
    setOrder((count) => this.#course.choose(count, null));
  }

  push(fiber: Fiber): void {
    if (fiber.state === QUEUED) {
      this.started.push(fiber as Greenlet<unknown>);
      this.#trace?.meet(fiber as Greenlet<unknown>);
    }
    this.#ready.push(fiber);
  }

  shift(): Fiber | null {
    this.#trace?.endTurn();
    for (;;) {
      if (this.turns === 2 * this.#mostTurns) return null; // it cannot even be killed
      const next = this.#next();
      if (next === null) return null;
      if (isTimer(next)) {
        this.fire(next);
        continue;
      }
      this.#ready.splice(this.#ready.indexOf(next), 1);
      if (++this.turns === this.#mostTurns) this.#onEndless();
      this.#trace?.beginTurn(next as Greenlet<unknown>);
      burnFuel();
      return next;
    }
  }

  #next(): Fiber | TimerEntry | null {
    const chosen = this.#chosen;
    this.#chosen = null;
    this.#look();
    // It may have been killed instead of giving way, and have done anything since.
    if (chosen !== null && (isTimer(chosen) ? this.#due : this.#ready).includes(chosen as never)) {
      return chosen;
    }
    const count = this.#due.length + this.#ready.length;
    if (count === 0) return null;
    return this.candidate(this.#choose(count)) as Fiber | TimerEntry;
  }

  /** Looks which timers are due, and lets go of those who were killed before they ran. */
  #look(): void {
    const time = now();
    this.#due = timers.earliest > time ? NO_TIMERS : timers.due(time);
    for (let at = this.#ready.length - 1; at >= 0; at--) {
      if (this.#ready[at]!.state === DEAD) this.#ready.splice(at, 1);
    }
  }

  #choose(count: number): number {
    if (count === 1 || this.turns >= this.#mostTurns) return 0;
    const choice = this.#course.choose(count, this);
    if (choice > 0) this.#trace?.deviate(this.candidate(0));
    return choice;
  }

  /** Part of {@linkcode Candidates}. */
  candidate(at: number): object {
    if (this.#asked !== null && at-- === 0) return this.#asked;
    const { length } = this.#due;
    return at < length ? this.#due[at]! : this.#ready[at - length]!;
  }

  /** Whether the greenlet that runs gives way before an Op. */
  #givesWay(): boolean {
    burnFuel();
    const asked = current!;
    if (this.#gaveWay.delete(asked)) return false;
    this.#look();
    const count = 1 + this.#due.length + this.#ready.length;
    this.#asked = asked;
    const choice = this.#choose(count);
    if (choice > 0) this.#chosen = this.candidate(choice) as Fiber | TimerEntry;
    this.#asked = null;
    if (choice === 0) return false;
    this.#gaveWay.add(asked);
    return true;
  }

  /** Fires one of several timers that are due at once. */
  fireOne(due: TimerEntry[]): void {
    this.#due = due;
    this.fire(this.candidate(this.#choose(due.length)) as TimerEntry);
  }

  /** Fires a timer. */
  fire(timer: TimerEntry): void {
    this.#trace?.timer(timer);
    timers.cancel(timer);
    timer.fire();
  }

  remove(fiber: Fiber): void {
    const at = this.#ready.indexOf(fiber);
    if (at >= 0) this.#ready.splice(at, 1);
  }

  waiting(): Fiber[] {
    return [...this.#ready];
  }

  get empty(): boolean {
    return this.#ready.length === 0;
  }

  /** Nobody holds a clock up that stands still. */
  recent(): Fiber[] {
    return [];
  }

  forget(): void {}
}

function isTimer(candidate: Fiber | TimerEntry): candidate is TimerEntry {
  return "fire" in candidate;
}
