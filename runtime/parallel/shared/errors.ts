// Copyright 2026 the Tendril authors. MIT license.
/**
 * The errors of what is shared by workers.
 *
 * @module
 */

/**
 * The worker that held a lock has died. It is thrown to the first that wants the lock afterwards; then
 * the lock is free again. What it protects may be half done.
 *
 * @example Usage
 * ```ts
 * import { OwnerDiedError, SharedLock } from "@tendril/tendril/parallel";
 * import { assert } from "@std/assert";
 *
 * const lock = new SharedLock({ name: "ledger" });
 * for (;;) {
 *   try {
 *     using _ = await lock.acquire();
 *     break;
 *   } catch (error) {
 *     assert(error instanceof OwnerDiedError); // mend what the lock protects, and go on
 *   }
 * }
 * ```
 */
export class OwnerDiedError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "OwnerDiedError";
  /** The name of the worker that died. */
  readonly worker: string;

  /** Makes the error. */
  constructor(message: string, worker: string) {
    super(message);
    this.worker = worker;
  }
}

/**
 * A wait that blocked a worker's thread was given up, because the worker is being shut down.
 *
 * @example Usage
 * ```ts
 * import { type SharedQueue, WorkerShutdownError } from "@tendril/tendril/parallel";
 *
 * export function consume(queue: SharedQueue<string>): void {
 *   try {
 *     for (;;) queue.getSync();
 *   } catch (error) {
 *     if (!(error instanceof WorkerShutdownError)) throw error;
 *   }
 * }
 * ```
 */
export class WorkerShutdownError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "WorkerShutdownError";
}
