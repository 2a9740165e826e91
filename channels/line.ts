// Copyright 2026 the Tendril authors. MIT license.
/**
 * Who waits for one thing, first come first served: a linked list in which the Op itself is the node,
 * so that standing in line allocates nothing and leaving it from the middle is O(1).
 *
 * Invariants:
 * - Everybody in the line still waits: whoever wakes an Op takes it out first, and a kill, a timeout
 *   or a lost `select` takes it out at once.
 * - `before` and `after` are null outside the line; `head` is null exactly when `length` is 0.
 *
 * @module
 */

/** A node of a {@linkcode Line}. */
export interface Place {
  /** Who came before. */
  before: Place | null;
  /** Who came after. */
  after: Place | null;
}

/** A waiting line. */
export class Line<P extends Place> {
  declare head: P | null;
  declare tail: P | null;
  declare length: number;

  /** Makes an empty line. */
  constructor() {
    this.head = null;
    this.tail = null;
    this.length = 0;
  }

  /** Adds `place` as the last. */
  push(place: P): void {
    const { tail } = this;
    place.before = tail;
    if (tail === null) this.head = place;
    else tail.after = place;
    this.tail = place;
    this.length++;
  }

  /** Takes the first out; null when nobody waits. */
  shift(): P | null {
    const { head } = this;
    if (head === null) return null;
    const after = head.after as P | null;
    this.head = after;
    if (after === null) this.tail = null;
    else after.before = null;
    head.after = null;
    this.length--;
    return head;
  }

  /** Takes `place` out, which must be in this line. */
  remove(place: P): void {
    const before = place.before as P | null;
    const after = place.after as P | null;
    if (before === null) this.head = after;
    else before.after = after;
    if (after === null) this.tail = before;
    else after.before = before;
    place.before = null;
    place.after = null;
    this.length--;
  }

  /** Those who wait, first to last; for reports. */
  *[Symbol.iterator](): Generator<P> {
    for (let at = this.head; at !== null; at = at.after as P | null) yield at;
  }
}
