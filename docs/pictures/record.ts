// Copyright 2026 the Tendril authors. MIT license.
/**
 * Records what greenlets do in a run, by what `dump()` says at each switch.
 *
 * @module
 */
import { dump, type Greenlet, mainGreenlet, settrace } from "@tendril/tendril";

/** A time in which a greenlet was in one state. */
export interface Interval {
  /** The name of the greenlet. */
  readonly lane: string;
  /** "runs", or what `dump()` says, such as "waits for sleep". */
  readonly state: string;
  readonly from: number;
  to: number;
}

/** Follows the greenlets with names until it is disposed of. */
export class Recorder implements Disposable {
  readonly intervals: Interval[] = [];
  readonly #open = new Map<string, Interval>();
  readonly #names: readonly string[];
  readonly #now: (() => number) | null;
  #step = 0;

  /**
   * @param names The greenlets to follow.
   * @param now The time; without it the axis counts switches, and only who runs is recorded.
   */
  constructor(names: readonly string[], now: (() => number) | null = null) {
    this.#names = names;
    this.#now = now;
    settrace((_, { target }) => this.#see(target));
  }

  #see(target: Greenlet<unknown>): void {
    if (this.#now === null) {
      if (this.#names.includes(target.name)) this.#set(target.name, "runs", this.#step++);
      else this.#end(this.#step);
      return;
    }
    // The hub has control: what everybody does now lasts until the next switch.
    if (target !== mainGreenlet) return;
    const lines = dump().split("\n").map((line) => line.replace(/^[^\w]+/, ""));
    for (const name of this.#names) {
      const line = lines.find((each) => each.startsWith(`${name}: `));
      const state = line?.slice(name.length + 2).replace(/ \([\d.]+ m?s\)$/, "");
      this.#set(name, state, this.#now());
    }
  }

  #set(lane: string, state: string | undefined, time: number): void {
    if (this.#now === null) this.#end(time);
    const open = this.#open.get(lane);
    if (open?.state === state) return;
    if (open !== undefined) open.to = time;
    this.#open.delete(lane);
    if (state === undefined) return;
    const interval = { lane, state, from: time, to: time };
    this.intervals.push(interval);
    this.#open.set(lane, interval);
  }

  #end(time: number): void {
    for (const interval of this.#open.values()) interval.to = time;
    this.#open.clear();
  }

  [Symbol.dispose](): void {
    settrace(null);
    this.#end(this.#now?.() ?? this.#step);
  }
}
