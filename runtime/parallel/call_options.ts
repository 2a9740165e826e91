// Copyright 2026 the Tendril authors. MIT license.
/**
 * What can be said about one call.
 *
 * @module
 */
import { checkDelay, show } from "../clock.ts";

/** Options of one call. */
export interface CallOptions {
  /** Kills the call when aborted: it fails with the signal's reason. */
  signal?: AbortSignal;
  /**
   * How long the task may take from the moment it starts running, in milliseconds. Past that a
   * Timeout is thrown; a plain function is stopped wherever it is, without its `finally` blocks, and its
   * worker begins nothing more: another takes its place once what else goes on in it has ended.
   */
  timeout?: number;
  /** Calls with a higher priority start first; default: 0. */
  priority?: number;
  /** Called with what the task gives to `reportProgress`. */
  progress?: (value: unknown) => void;
}

/** Options of a call with arguments of its own. */
export interface ApplyOptions extends CallOptions {
  /** Objects of the arguments that are moved to the worker instead of copied, such as ArrayBuffers. */
  transfer?: Transferable[];
}

/** Options of the functions that map. */
export interface WorkerMapOptions extends CallOptions {
  /** How many items go to a worker at a time; default: as many as take it about a millisecond. */
  chunksize?: number;
}

/** Options of `imap` and `imapUnordered`. */
export interface WorkerImapOptions extends WorkerMapOptions {
  /**
   * How many items may be taken from the input before their results are read; default: some batches for
   * each worker.
   */
  prefetch?: number;
}

/** Nothing is said. */
export const NO_OPTIONS: Readonly<Record<string, never>> = Object.freeze({});

/**
 * Checks the options of a call.
 *
 * @throws {TypeError} If one has the wrong type.
 * @throws {RangeError} If a number is out of range.
 */
export function checkOptions(action: string, options: WorkerImapOptions): void {
  const { timeout, priority, progress, signal, chunksize, prefetch } = options;
  if (timeout !== undefined) checkDelay(action, timeout);
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new TypeError(`Cannot ${action}: its priority must be a number, got ${show(priority)}`);
  }
  if (progress !== undefined && typeof progress !== "function") {
    throw new TypeError(`Cannot ${action}: progress must be a function, got ${show(progress)}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot ${action}: signal must be an AbortSignal, got ${show(signal)}`);
  }
  checkCount(action, "chunksize", chunksize);
  checkCount(action, "prefetch", prefetch);
}

/** Checks a number of things that may be left out. */
export function checkCount(action: string, name: string, count: number | undefined): void {
  if (count === undefined || Number.isInteger(count) && count >= 1) return;
  throw new RangeError(
    `Cannot ${action}: ${name} must be a whole number of at least 1, got ${show(count)}`,
  );
}

/**
 * Checks what is to be mapped over.
 *
 * @throws {TypeError} If it is no iterable.
 */
export function checkIterable(action: string, items: unknown): void {
  if (typeof (items as Iterable<unknown> | null)?.[Symbol.iterator] === "function") return;
  throw new TypeError(`Cannot ${action} over ${show(items)}: expected an iterable`);
}
