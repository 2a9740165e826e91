// Copyright 2026 the Tendril authors. MIT license.
/**
 * First in, first out, in a plain array that is used round and round: putting and taking move an
 * index, and nothing is allocated until it has to grow.
 *
 * Invariants:
 * - `slots.length` is a power of two, and `mask` is one less.
 * - The items are in `slots[head]` and the `size - 1` slots after it; all others hold `undefined`, so
 *   that nothing is kept alive that was taken.
 *
 * @module
 */

/** Many never hold more than one item, or none: those of capacity 0. */
const SMALLEST = 1;
/** A ring that grew beyond this gives its memory back when it is empty. */
const LARGE = 4096;

/** A queue of items without an end. */
export class Ring<T> {
  declare slots: (T | undefined)[];
  declare mask: number;
  declare head: number;
  declare size: number;

  /** Makes an empty ring. */
  constructor() {
    this.slots = new Array(SMALLEST).fill(undefined);
    this.mask = SMALLEST - 1;
    this.head = 0;
    this.size = 0;
  }

  /** Adds an item as the last. */
  put(item: T): void {
    if (this.size > this.mask) this.grow();
    this.slots[(this.head + this.size) & this.mask] = item;
    this.size++;
  }

  /** Takes the first item out, which must exist. */
  take(): T {
    const { slots, head } = this;
    const item = slots[head] as T;
    slots[head] = undefined;
    this.head = (head + 1) & this.mask;
    this.size--;
    return item;
  }

  /** The first item, which must exist. */
  peek(): T {
    return this.slots[this.head] as T;
  }

  /** Doubles the room. */
  grow(): void {
    const items = [...this];
    const { length } = this.slots;
    for (let i = 0; i < length; i++) items.push(undefined as T);
    this.slots = items;
    this.mask = items.length - 1;
    this.head = 0;
  }

  /** Gives the memory of a large ring back; it must be empty. */
  shrink(): void {
    if (this.mask < LARGE) return;
    this.slots = new Array(SMALLEST).fill(undefined);
    this.mask = SMALLEST - 1;
    this.head = 0;
  }

  /** The items, first to last. */
  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.size; i++) yield this.slots[(this.head + i) & this.mask] as T;
  }
}
