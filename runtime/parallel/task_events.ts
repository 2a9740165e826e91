// Copyright 2026 the Tendril authors. MIT license.
/**
 * Tells those who listen of the tasks of a flight: of each call, or of the items of a map as one.
 *
 * @module
 */
import { type Failure, onTaskEnd, onTaskStart, type TaskInfo } from "../events.ts";
import { current, type Runner } from "../op.ts";
import { asyncCurrent } from "../raw_greenlet.ts";

let lastId = 0;

/** Tells of a task that was sent to a worker; null when nobody listens. */
export function beginTask(
  { definition, late }: { readonly definition: { readonly name: string }; readonly late: boolean },
  worker: string,
  items: number,
  caller: Runner | null,
): TaskInfo | null {
  if (onTaskStart === null) return null;
  const task = { id: ++lastId, name: definition.name, worker, items, caller, late };
  onTaskStart(task);
  return task;
}

/** Tells of its end, with its error if it failed. */
export function endTask(task: TaskInfo | null, failure: Failure | null): void {
  if (task !== null && onTaskEnd !== null) onTaskEnd(task, failure);
}

/** The greenlet that asks for a task; looked for only when somebody listens. */
export function findCaller(): Runner | null {
  return onTaskStart === null ? null : current ?? asyncCurrent();
}
