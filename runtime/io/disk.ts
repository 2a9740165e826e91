// Copyright 2026 the Tendril authors. MIT license.
/**
 * The three ways in which greenlets wait for the file system.
 *
 * What only looks is given up at once by a kill or a timeout, and the host finishes alone. What changes
 * the disk cannot be called back: the greenlet goes on when the host has answered, so that nothing
 * happens to the disk any more after a kill has returned.
 *
 * @module
 */
import { show } from "../clock.ts";
import { failure } from "./errors.ts";
import { cooperative, type IoPromise } from "./promise.ts";
import { settling, within } from "./settling.ts";

/** Where a file is. */
export type Path = string | URL;

/**
 * How long the host has to answer, in milliseconds. Disks do within moments; a named pipe that nobody
 * reads may never, and must not hold up a kill.
 */
const PATIENCE = 1000;

const ignore = () => {};

/** The promise of the host with errors that name what was done. */
function named<T>(
  action: string,
  target: Path,
  promise: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return promise.catch((error) => {
    if (signal?.aborted) throw error; // its reason is the caller's own error
    throw failure(`${action} ${target instanceof URL ? target : show(target)}`, error);
  });
}

/** Waits for what only looks. `late` gets a result that nobody wants any more. */
export function looking<T>(
  verb: string,
  path: Path,
  promise: Promise<T>,
  late: (result: T) => unknown = ignore,
): IoPromise<T> {
  return cooperative(verb, path, named(verb, path, promise), () => {
    promise.then(late).catch(ignore);
  });
}

/**
 * Waits for what changes the disk. `late` takes back, as far as that can be done, what was done
 * for nobody; it is waited for too.
 */
export function changing<T>(
  verb: string,
  path: Path,
  promise: Promise<T>,
  late: (result: T) => unknown = ignore,
  signal?: AbortSignal,
): IoPromise<T> {
  const end = () => within(PATIENCE, promise.then(late));
  return settling(verb, path, named(verb, path, promise, signal), end);
}

/** Options with which a call can be aborted. */
interface Abortable {
  signal?: AbortSignal;
}

/** The user's signal and one of our own. */
function signals(options: Abortable | undefined): { signal: AbortSignal; stop: AbortController } {
  const stop = new AbortController();
  const given = options?.signal;
  return { stop, signal: given ? AbortSignal.any([given, stop.signal]) : stop.signal };
}

/** Calls a function that only looks with a signal that ends when the wait does. */
export function lookingWhile<T, O extends Abortable>(
  verb: string,
  path: Path,
  options: O | undefined,
  call: (options: O) => Promise<T>,
): IoPromise<T> {
  const { signal, stop } = signals(options);
  const promise = call({ ...options, signal } as O);
  return cooperative(verb, path, named(verb, path, promise, signal), stop);
}

/** Calls a function that changes the disk with a signal that ends when the wait does. */
export function changingWhile<T, O extends Abortable>(
  verb: string,
  path: Path,
  options: O | undefined,
  call: (options: O & { signal: AbortSignal }) => Promise<T>,
): IoPromise<T> {
  const { signal, stop } = signals(options);
  const promise = call({ ...options, signal } as O & { signal: AbortSignal });
  return settling(verb, path, named(verb, path, promise, signal), () => {
    stop.abort();
    return within(PATIENCE, promise);
  });
}
