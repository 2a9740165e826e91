// Copyright 2026 the Tendril authors. MIT license.
import type { Policy } from "./policy.ts";
import { ranked } from "./ranked.ts";

/**
 * A policy by `GreenletOptions.priority`: of the ready greenlets the one with the highest goes on, among
 * equals the one that has been ready for longest. Without a priority a greenlet has 0.
 *
 * The order is strict: a greenlet starves while others with a higher priority are ready all the time, also
 * one that holds a lock for which a higher one waits. A priority that is changed holds from the next time
 * the greenlet becomes ready.
 *
 * @example Usage
 * ```ts
 * import { priority, run, spawnWith } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const order: string[] = [];
 * await run(function* () {
 *   spawnWith({ priority: 1 }, () => order.push("low"));
 *   spawnWith({ priority: 9 }, () => order.push("high"));
 * }, { policy: priority() });
 * assertEquals(order, ["high", "low"]);
 * ```
 *
 * @throws {RangeError} If it is given an option.
 */
export function priority(options: Record<never, never> = {}): Policy {
  return ranked("priority", options, (greenlet) => -greenlet.priority);
}
