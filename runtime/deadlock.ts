// Copyright 2026 the Tendril authors. MIT license.
/**
 * Explains a deadlock: who waits for what, who holds it, and the cycle if there is one.
 *
 * @module
 */
import type { Family } from "./family.ts";
import { Greenlet, living } from "./greenlet.ts";
import { describeGreenlet, describeWait } from "./tree.ts";

/** The greenlet that could end the wait of `greenlet`. */
function blocker(greenlet: Greenlet<unknown>): Greenlet<unknown> | undefined {
  const holder = greenlet.waits[0]?.holder;
  return holder instanceof Greenlet ? holder : undefined;
}

/** The greenlets that wait for one another in a ring from `start` on; empty when there is no ring. */
export function findCycle(start: Greenlet<unknown>): Greenlet<unknown>[] {
  const path: Greenlet<unknown>[] = [];
  for (let at: Greenlet<unknown> | undefined = start; at !== undefined; at = blocker(at)) {
    const seen = path.indexOf(at);
    if (seen >= 0) return path.slice(seen);
    path.push(at);
  }
  return [];
}

/** A ring as text: each with what it waits for, and back to the first. */
export function describeCycle(cycle: Greenlet<unknown>[]): string {
  const links = cycle.map((each) =>
    `${each.name} waits for ${each.waits.map(describeWait).join(", ")}`
  );
  return `${links.join(" → ")} → ${cycle[0]!.name}`;
}

/** The text of a deadlock report. */
export function explain(family: Family): string {
  const members = living(family);
  const cycle = members.map(findCycle).find((ring) => ring.length > 0);
  return [
    "Cannot go on: every greenlet of this run waits, and no timer, promise or worker can wake one",
    ...members.map((each) => `  ${describeGreenlet(each)}`),
    ...(cycle === undefined ? [] : [`  cycle: ${describeCycle(cycle)}`]),
    'If something outside the runtime is to wake them, wait for it with until(), or pass { deadlock: "ignore" } to run',
  ].join("\n");
}
