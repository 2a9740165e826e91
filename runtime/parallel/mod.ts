// Copyright 2026 the Tendril authors. MIT license.
/**
 * CPU-bound work on workers: threads or processes that run functions for greenlets and async functions.
 *
 * ```ts
 * import { WorkerPool } from "@tendril/tendril/parallel";
 *
 * await using pool = new WorkerPool(2);
 * const squares = await pool.map((n: number) => n * n, [1, 2, 3]);
 * console.log(squares); // [1, 4, 9]
 * ```
 *
 * @module
 */
export { task, type TaskAddress, type WorkerTask } from "./task.ts";
export {
  type ApplyAsyncOptions,
  type MapAsyncOptions,
  WorkerPool,
  type WorkerPoolStats,
} from "./worker_pool.ts";
export { type PoolCounts } from "./dispatcher.ts";
export { type WorkerPoolOptions } from "./pool_options.ts";
export {
  type ApplyOptions,
  type CallOptions,
  type WorkerImapOptions,
  type WorkerMapOptions,
} from "./call_options.ts";
export { ParallelExecutor, type ShutdownOptions } from "./executor.ts";
export { Future } from "./future.ts";
export {
  asCompleted,
  Completions,
  type WaitedFutures,
  waitFutures,
  type WaitFuturesOptions,
} from "./as_completed.ts";
export { activeChildren, Process, type ProcessOptions } from "./process.ts";
export { cpuCount, currentProcess, parentProcess, type ProcessInfo } from "./identity.ts";
export { type BackendName } from "./link.ts";
export { WorkerResults, type WorkerResultsOptions } from "./imap_results.ts";
export { isCancelled, reportProgress } from "./running.ts";
export {
  BrokenPoolError,
  CancelledError,
  PoolClosedError,
  ProcessError,
  type WorkerDeathOptions,
  WorkerDiedError,
} from "./errors.ts";
export * from "./shared/mod.ts";
