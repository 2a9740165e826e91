// Copyright 2026 the Tendril authors. MIT license.
/**
 * How the things in this folder look in reports, dumps and `console.log`.
 *
 * @module
 */
import type { Greenlet } from "../runtime/greenlet.ts";

/** Options that everything in this folder takes. */
export interface NameOptions {
  /** Shown in dumps, errors and deadlock reports. */
  name?: string;
}

/** `<Lock "cash" held by Greenlet-3, 2 waiting>` */
export function describe(
  kind: string,
  name: string | undefined,
  state: string,
  waiting: number,
): string {
  const called = name === undefined ? "" : ` ${JSON.stringify(name)}`;
  return `<${kind}${called} ${state}${waiting === 0 ? "" : `, ${waiting} waiting`}>`;
}

/** `held by Greenlet-3` */
export function heldBy(owner: Greenlet<unknown>): string {
  return `held by ${owner.name}${owner.dead ? " (dead)" : ""}`;
}
