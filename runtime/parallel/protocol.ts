// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a pool and its workers say to each other. Messages are arrays that begin with their kind: the
 * host clones those in less time than objects with keys.
 *
 * Invariants:
 * - Items are numbered in the order in which they are sent to a worker. It begins them in that order,
 *   each by a claim (control.ts), and tells of the outcome of each exactly once.
 * - A RUN is for items with consecutive numbers. They are of one function.
 * - A worker tells of an item in OUTCOMES, or, when it waits for something, of its beginning in BEGUN
 *   (or in the list of OUTCOMES) and of its outcome in LATE.
 *
 * @module
 */
import type { Definition } from "./load.ts";
import type { ErrorRecord } from "./remote_error.ts";

// To the worker.
/** Tells how to come by a function. */
export const DEFINE = 0;
/** Items to run. */
export const RUN = 1;
/** Ends an item that has begun. */
export const CANCEL = 2;
/** The items that were not claimed were taken back. */
export const RESUME = 3;
/** Ends the worker, which has nothing to do. */
export const LEAVE = 4;

// From the worker.
/** It can run items. */
export const READY = 0;
/** Its initializer failed. */
export const UNFIT = 1;
/** How items with consecutive numbers ended. */
export const OUTCOMES = 2;
/** Items with consecutive numbers have begun and wait for something. */
export const BEGUN = 3;
/** How items ended that had begun before. */
export const LATE = 4;
/** An item with a time limit starts now. */
export const STARTED = 5;
/** What an item reports on its way. */
export const PROGRESS = 6;
/** The order to end an item arrived. */
export const HEARD = 7;
/** An error that belongs to no item. */
export const STRAY = 8;
/** The worker ends after this, and begins no further item. */
export const LEAVING = 9;

// How the items of a RUN lie in their list.
/** Each is the only argument of a call. */
export const ONE_ARGUMENT = 1;
/** Each is the list of the arguments of a call. */
export const ARGUMENT_LISTS = 2;

// What is `unknown` here went through \`pack\` of shared/transport.ts: a list, or a Float64Array.

/** What a pool says to a worker. */
export type ToWorker =
  | [kind: typeof DEFINE, fn: number, definition: Definition]
  | RunMessage
  | [kind: typeof CANCEL, item: number]
  | [kind: typeof RESUME, recall: number]
  | [kind: typeof LEAVE];

/** Items to run; with a time limit in milliseconds it is one item. */
export type RunMessage = [
  kind: typeof RUN,
  fn: number,
  first: number,
  shape: typeof ONE_ARGUMENT | typeof ARGUMENT_LISTS,
  items: unknown,
  timeout: number | undefined,
];

/** How an item failed; `timedOut` when its time was over. */
export type Failure = ErrorRecord & { readonly timedOut?: boolean };

/** What a worker says to its pool. */
export type FromWorker =
  | [kind: typeof READY]
  | [kind: typeof UNFIT, error: ErrorRecord]
  | OutcomesMessage
  | [kind: typeof BEGUN, first: number, count: number]
  | [kind: typeof LATE, items: number[], failures: (Failure | null)[], values: unknown]
  | [kind: typeof STARTED, item: number]
  | [kind: typeof PROGRESS, item: number, list: unknown]
  | [kind: typeof HEARD, item: number]
  | [kind: typeof STRAY, error: ErrorRecord]
  | [kind: typeof LEAVING, why: string, exitCode: number | undefined, claimed: number];

/** Values by place; the places of those that failed and of those that come late are listed. */
export type OutcomesMessage = [
  kind: typeof OUTCOMES,
  first: number,
  values: unknown,
  failures: [place: number, failure: Failure][] | null,
  late: number[] | null,
  elapsed: number,
];
