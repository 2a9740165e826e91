// Copyright 2026 the Tendril authors. MIT license.
/**
 * The errors of workers. Each stands for a condition a caller may want to catch.
 *
 * @module
 */
import { show } from "../clock.ts";

/** What is known of the end of a worker. */
export interface WorkerDeathOptions extends ErrorOptions {
  /** The name of the worker. */
  worker?: string;
  /** The code it ended with, where there is one. */
  exitCode?: number | undefined;
}

/**
 * The worker that ran a task ended before the task did: it closed itself, called `Deno.exit`, was
 * killed, or did not stop when it was told to. Tasks that went on in it at the same time fail as well;
 * those that had not begun are run by another worker. A process that is killed cannot tell what it had
 * begun: of several items that were sent to it together, all without a result are run again, one at a time.
 *
 * @example Usage
 * ```ts
 * import { WorkerDiedError, WorkerPool } from "@tendril/tendril/parallel";
 * import { assertRejects } from "@std/assert";
 *
 * await using pool = new WorkerPool(1);
 * await assertRejects(async () => await pool.apply(() => Deno.exit(3)), WorkerDiedError);
 * ```
 */
export class WorkerDiedError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "WorkerDiedError";
  /** The name of the worker. */
  readonly worker: string | undefined;
  /** The code it ended with, where there is one. */
  readonly exitCode: number | undefined;

  /** Makes the error. */
  constructor(message: string, options: WorkerDeathOptions = {}) {
    super(message, options);
    this.worker = options.worker;
    this.exitCode = options.exitCode;
  }
}

/** The workers of a pool cannot start: its initializer failed, or a permission is missing. */
export class BrokenPoolError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "BrokenPoolError";
}

/** A pool or an executor was used after it was closed. */
export class PoolClosedError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "PoolClosedError";
}

/** A task was cancelled, or its pool was terminated, before it had a result. */
export class CancelledError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "CancelledError";
}

/** A Process was used in a way its state does not allow. */
export class ProcessError extends Error {
  /** The class name, so that logs and serialised errors show it. */
  override name = "ProcessError";
}

/** A task may throw anything; whoever keeps what it threw wants an Error. */
export function asError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error(`The task threw ${show(error)}`, { cause: error });
}
