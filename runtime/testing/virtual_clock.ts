// Copyright 2026 the Tendril authors. MIT license.
/**
 * A clock that stands still while anybody has something to do, and jumps to the next deadline when
 * everybody waits.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { lookIfResting, nextTurn, onRest, setClock, timers } from "../hub.ts";
import type { Patience } from "./patience.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** Virtual time, in milliseconds from 0. */
export class VirtualClock implements Clock {
  readonly #patience: Patience;
  readonly #alarms = new Map<number, Alarm>();
  #now = 0;
  #lastHandle = 0;
  #overdue = false;

  /** Makes a clock that waits for what is outside as long as it has `patience`. */
  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** The time. */
  now(): number {
    return this.#now;
  }

  /** Calls `callback` once when the clock has come to that time. */
  setTimer(callback: () => void, ms: number): number {
    this.#alarms.set(++this.#lastHandle, { at: this.#now + ms, callback });
    lookIfResting();
    return this.#lastHandle;
  }

  /** Takes back what {@linkcode VirtualClock.setTimer} set. */
  clearTimer(handle: unknown): void {
    this.#alarms.delete(handle as number);
  }

  /** Becomes the clock of the hub. */
  install(): void {
    setClock(this);
    onRest(() => this.rest());
  }

  /** Jumps no more, and leaves no timer of the host behind. */
  stop(): void {
    onRest(null);
    this.#patience.end();
  }

  /** Lets time pass at once, as while somebody computes. What is due by then fires at the next turn. */
  spend(ms: number): void {
    this.#now += ms;
    if (this.#overdue || timers.earliest > this.#now) return;
    this.#overdue = true;
    nextTurn(() => {
      this.#overdue = false;
      if (timers.earliest <= this.#now) this.jump();
    });
  }

  /** Nothing is ready. */
  protected rest(): void {
    if (this.#alarms.size > 0 && this.isPatienceOver()) this.jump();
  }

  /** Whether nothing outside is awaited, or it was for too long. */
  protected isPatienceOver(): boolean {
    return this.#patience.isOver();
  }

  /** Lets it be `time`, if it is not later already. */
  protected advanceTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  /** Goes on to the next deadline. */
  protected jump(): void {
    let next: [number, Alarm] | undefined;
    for (const entry of this.#alarms) {
      if (next === undefined || entry[1].at < next[1].at) next = entry;
    }
    if (next === undefined) return;
    const [handle, { at, callback }] = next;
    this.#alarms.delete(handle);
    this.advanceTo(at);
    callback();
  }
}
