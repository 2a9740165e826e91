// Copyright 2026 the Tendril authors. MIT license.
/**
 * What can be said about a pool.
 *
 * @module
 */
import { show } from "../clock.ts";
import { checkArguments } from "./arguments.ts";
import { connectTo } from "./backends.ts";
import { checkCount } from "./call_options.ts";
import { define } from "./definition.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { BackendName } from "./link.ts";
import type { WorkerTask } from "./task.ts";

/** Options of {@linkcode WorkerPool}. */
export interface WorkerPoolOptions {
  /** What the names of its workers begin with; default: "pool-" and a number. */
  name?: string;
  /** What the workers run on; default: "worker". */
  backend?: BackendName;
  /**
   * Flags of `deno run` for the backend "process"; default: the permissions that this process has without
   * limits.
   */
  flags?: string[];
  /** Run by each worker before anything else. */
  // deno-lint-ignore no-explicit-any -- it is called with `initArgs`, whatever they are
  initializer?: WorkerTask<any[], unknown>;
  /** The arguments of `initializer`. */
  initArgs?: unknown[];
  /** How many tasks a worker runs before another takes its place; default: any number. */
  maxTasksPerWorker?: number;
  /** How many workers stay when there is nothing to do; default: 0. */
  min?: number;
  /** After how many idle milliseconds the others end; default: 60,000. */
  idleTimeout?: number;
  /** How many calls may wait for a worker before `applyAsync` refuses more; default: any number. */
  maxQueue?: number;
  /** How many generator and async functions go on in a worker at a time; default: 16. */
  concurrency?: number;
  /**
   * Told of an error in a worker that belongs to no task, and of the worker's name. The default writes to
   * standard error and makes the exit code 1.
   */
  onError?: (error: unknown, worker: string) => void;
}

let pools = 0;

/**
 * Makes the dispatcher of a pool.
 *
 * @throws {RangeError} If a number is out of range.
 * @throws {TypeError} If workers cannot run the initializer.
 */
export function makeDispatcher(
  action: string,
  workers: number,
  options: WorkerPoolOptions,
): Dispatcher {
  const { initializer, initArgs = [], min = 0, idleTimeout = 60_000 } = options;
  checkCount(action, "its number of workers", workers);
  checkCount(action, "maxTasksPerWorker", options.maxTasksPerWorker);
  checkCount(action, "maxQueue", options.maxQueue);
  checkCount(action, "concurrency", options.concurrency);
  if (!(min >= 0 && min <= workers)) {
    throw new RangeError(
      `Cannot ${action}: min must be from 0 to the number of workers, ${workers}, got ${show(min)}`,
    );
  }
  if (!(idleTimeout >= 0)) {
    throw new RangeError(
      `Cannot ${action}: idleTimeout must be at least 0 milliseconds, got ${show(idleTimeout)}`,
    );
  }
  const prepared = initializer === undefined ? undefined : define(action, initializer);
  if (prepared !== undefined) checkArguments(prepared.name, initArgs);
  return new Dispatcher({
    name: options.name ?? `pool-${++pools}`,
    connect: connectTo(options.backend ?? "worker", options.flags),
    most: workers,
    least: min,
    initializer: prepared,
    initArgs,
    tasksPerWorker: options.maxTasksPerWorker ?? Infinity,
    concurrency: options.concurrency ?? 16,
    idleTimeout,
    onStray: options.onError ?? printStray,
  });
}

function printStray(error: unknown, worker: string): void {
  Deno.exitCode = 1;
  // deno-lint-ignore no-console -- the documented default
  console.error(`Worker "${worker}" failed outside any task:`, error);
}
