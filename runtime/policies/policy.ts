// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a policy is: the order in which the ready greenlets of one run go on.
 *
 * @module
 */
import { show } from "../clock.ts";
import type { Greenlet } from "../greenlet.ts";

/** The ready greenlets of one run. The hub tells it what becomes ready and asks it who is next. */
export interface PolicyQueue {
  /** Takes in a greenlet that was started, or that was woken from a wait. */
  add(greenlet: Greenlet<unknown>): void;
  /** Takes back the greenlet that {@linkcode PolicyQueue.next} gave last: it gave way and can go on. */
  addBack(greenlet: Greenlet<unknown>): void;
  /** Takes out the greenlet that is to run, `null` when there is none. */
  next(): Greenlet<unknown> | null;
  /**
   * Told after each turn for how many milliseconds of the hub's clock `greenlet` ran, before it is
   * taken back, if it is.
   */
  ran?(greenlet: Greenlet<unknown>, ms: number): void;
}

/**
 * Decides which ready greenlet of a run goes on: made by {@linkcode fifo}, {@linkcode priority},
 * {@linkcode shortestJobFirst}, {@linkcode roundRobin} or {@linkcode multilevelFeedback} and given to
 * {@linkcode run}. One policy can serve any number of runs.
 *
 * @example One of your own: last in, first out
 * ```ts
 * import { type Greenlet, type Policy, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const lifo: Policy = {
 *   name: "lifo",
 *   queue() {
 *     const stack: Greenlet[] = [];
 *     return {
 *       add: (greenlet) => stack.push(greenlet),
 *       addBack: (greenlet) => stack.unshift(greenlet),
 *       next: () => stack.pop() ?? null,
 *     };
 *   },
 * };
 * const order: number[] = [];
 * await run(function* () {
 *   for (const n of [1, 2, 3]) spawn(() => order.push(n));
 * }, { policy: lifo });
 * assertEquals(order, [3, 2, 1]);
 * ```
 */
export interface Policy {
  /** Shown in errors. */
  readonly name: string;
  /** Makes an empty queue for one run. */
  queue(): PolicyQueue;
}

/** Refuses options that a policy does not know. */
export function checkOptions(policy: string, options: object, known: readonly string[]): void {
  const wrong = Object.keys(options).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const list = known.length === 0 ? "it takes none" : `known are ${known.join(", ")}`;
  throw new RangeError(`Cannot make a ${policy} policy with the option "${wrong}": ${list}`);
}

/** Gives `ms` if it can be a quantum. */
export function checkQuantum(policy: string, ms: number): number {
  if (typeof ms === "number" && ms > 0) return ms;
  throw new RangeError(
    `Cannot make a ${policy} policy: quantum must be more than 0 milliseconds, got ${show(ms)}`,
  );
}
