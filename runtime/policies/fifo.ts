// Copyright 2026 the Tendril authors. MIT license.
import { FifoQueue } from "../ready_queue.ts";
import type { Greenlet } from "../greenlet.ts";
import { checkOptions, type Policy, type PolicyQueue } from "./policy.ts";

/**
 * The policy of every run that names none: first come, first served. A greenlet that gives way is put
 * behind all that are ready, so nobody starves, and one that never does keeps the others waiting.
 *
 * @example Usage
 * ```ts
 * import { fifo, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const order: number[] = [];
 * await run(function* () {
 *   for (const n of [1, 2, 3]) spawn(() => order.push(n));
 * }, { policy: fifo() });
 * assertEquals(order, [1, 2, 3]);
 * ```
 */
export function fifo(options: Record<never, never> = {}): Policy {
  checkOptions("fifo", options, []);
  return FIFO;
}

/** A run with this very policy needs no queue of its own. */
export const FIFO: Policy = {
  name: "fifo",
  queue(): PolicyQueue {
    const line = new FifoQueue<Greenlet<unknown>>();
    const push = (greenlet: Greenlet<unknown>) => line.push(greenlet);
    return { add: push, addBack: push, next: () => line.shift() };
  },
};
