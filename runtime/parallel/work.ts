// Copyright 2026 the Tendril authors. MIT license.
/**
 * What stands in the queue of a pool, and what goes to a worker.
 *
 * @module
 */
import type { Line, Place } from "../../channels/line.ts";
import type { CallOptions } from "./call_options.ts";
import type { Profile } from "./profile.ts";
import type { ARGUMENT_LISTS, ONE_ARGUMENT } from "./protocol.ts";

/** Where work stands before it is sent. */
export interface Shelf {
  /** Adds work as the last of its priority, or as the first. */
  add(work: Work, first?: boolean): void;
  /** Takes work out; false when it is not in. */
  remove(work: Work): boolean;
}

/** Something to do that stands in the queue. */
export interface Work extends Place {
  /** The line it stands in. */
  line: Line<Work> | null;
  /** The function it is for. */
  readonly profile: Profile;
  /** What was said about it. */
  readonly options: CallOptions;
  /**
   * Takes at most so many items, of itself and of what stands behind it, off the shelf, and leaves the other
   * workers their share; `null` when there is none after all.
   */
  take(most: number, from: Shelf, workers: number): Batch | null;
  /** Ends all of it that has not ended, with this error. */
  abandon(error: unknown): void;
  /** The same because its signal was aborted: what runs of it is asked to stop. */
  abort(reason: unknown): void;
  /** Stops listening to its signal. */
  unlisten: (() => void) | null;
  /** Whether it has no more items to give; a call stands in the queue as long as it has. */
  readonly exhausted?: boolean;
  /** Its pool is closing: what it holds back until somebody has read its results is not held back any more. */
  unbind?(): void;
}

/** The items of a message as they lie in it. */
export interface Cargo {
  readonly shape: typeof ONE_ARGUMENT | typeof ARGUMENT_LISTS;
  /** Packed. */
  readonly items: unknown;
}

/** Where items are that were sent to a worker. */
export interface Slot {
  /** The name of the worker. */
  readonly worker: string;
  /** Nobody waits for the item at this place any more. */
  evict(place: number): void;
  /** Nobody waits for any of the items any more. */
  evictAll(): void;
  /** Takes back what the worker has not begun. */
  recall(): void;
}

/** Items of one function that go to a worker together. */
export interface Batch {
  readonly profile: Profile;
  readonly options: CallOptions;
  readonly size: number;
  /** Whether sending it moved something away, so that it cannot be sent again. */
  readonly moves: boolean;
  /** The arguments, when it is one call about which nothing special was said. */
  readonly plain?: readonly unknown[] | null;
  /** Makes what is sent; what is to be moved is added to `transfer`. */
  load(transfer: Transferable[]): Cargo;
  /** It was sent. */
  sent(slot: Slot): void;
  /** Nothing more will be heard of it. */
  ended?(): void;
  /** Batches of one item each, to find the one that cannot be sent. */
  split(): Batch[];
  /** Whether somebody still waits for the item at this place. */
  wanted(place: number): boolean;
  /** Where the call of that item was made, as lines of a stack. */
  site(place: number): string;
  /** Items from `place` on have these values. */
  succeed(place: number, values: ArrayLike<unknown>): void;
  /** The item at `place` failed. */
  fail(place: number, error: unknown): void;
  /** Whether a worker died that may have begun it, and might die again. */
  readonly suspected: boolean;
  /** The items at these places have not been run; `suspected` when one of them may have ended a worker. */
  giveBack(places: number[], suspected: boolean): void;
}
