// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a task can ask and tell while it runs.
 *
 * @module
 */
import { GreenletLocal } from "../local.ts";

/** The item that runs, as the task sees it. */
export interface Job {
  /** Whether it was asked to stop. */
  isCancelled(): boolean;
  /** Sends word to the one who waits for it. */
  report(value: unknown): void;
}

let plain: Job | null = null;
/** Sets the job whose plain function is on the stack. */
export function setPlainJob(job: Job | null): void {
  plain = job;
}

/** The job of a greenlet, and of those it makes. */
export const greenletJob: GreenletLocal<Job> = new GreenletLocal<Job>(undefined, { inherit: true });

function currentJob(): Job | undefined {
  return plain ?? greenletJob.get();
}

/**
 * Whether the task that calls this was cancelled: its signal was aborted, the greenlet that waits for
 * it was killed, or its time is over. A plain function that takes long asks now and then and returns:
 * nothing else can stop it without ending its worker. Outside a task it gives false.
 *
 * @example Usage
 * ```ts
 * import { isCancelled } from "@tendril/tendril/parallel";
 *
 * export function search(from: number, to: number): number | undefined {
 *   for (let n = from; n < to && !isCancelled(); n++) if (isAnswer(n)) return n;
 * }
 *
 * function isAnswer(n: number): boolean {
 *   return n * n === 144;
 * }
 * ```
 */
export function isCancelled(): boolean {
  return currentJob()?.isCancelled() ?? false;
}

/**
 * Sends `value` to the `progress` callback of the call that this task runs for. Outside a task it does
 * nothing.
 *
 * @example Usage
 * ```ts
 * import { reportProgress, task } from "@tendril/tendril/parallel";
 *
 * export const sum = task(import.meta, function sum(numbers: Float64Array): number {
 *   let total = 0;
 *   numbers.forEach((n, at) => {
 *     if (at % 1000 === 0) reportProgress(at / numbers.length);
 *     total += n;
 *   });
 *   return total;
 * });
 * ```
 *
 * @throws {TypeError} If `value` cannot be sent.
 */
export function reportProgress(value: unknown): void {
  currentJob()?.report(value);
}
