// Copyright 2026 the Tendril authors. MIT license.
import type { Policy } from "./policy.ts";
import { ranked } from "./ranked.ts";

/**
 * A policy by `GreenletOptions.estimate`, which says how much work a greenlet has: of the ready ones the
 * one with the least goes on, among equals the one that has been ready for longest. Those without an
 * estimate come last.
 *
 * A job that never gives way runs to its end: that is the shortest job first of the textbooks. One that
 * gives way lets a newcomer with a smaller estimate go first; if it lowers its own
 * {@linkcode Greenlet.estimate} as it proceeds, the shortest remaining time goes first. A long job
 * starves while shorter ones keep coming.
 *
 * @example Usage
 * ```ts
 * import { run, shortestJobFirst, spawnWith } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const order: string[] = [];
 * await run(function* () {
 *   spawnWith({ estimate: 500 }, () => order.push("long"));
 *   spawnWith({ estimate: 3 }, () => order.push("short"));
 * }, { policy: shortestJobFirst() });
 * assertEquals(order, ["short", "long"]);
 * ```
 *
 * @throws {RangeError} If it is given an option.
 */
export function shortestJobFirst(options: Record<never, never> = {}): Policy {
  return ranked("shortestJobFirst", options, (greenlet) => greenlet.estimate);
}
