// Copyright 2026 the Tendril authors. MIT license.
/**
 * The order of what is ready: the interface behind which policies stand, and first in, first out.
 *
 * @module
 */

/** Decides which ready fiber runs next. */
export interface ReadyQueue<T> {
  /** Adds a fiber. */
  push(fiber: T): void;
  /** Takes the one to run, null when there is none. */
  shift(): T | null;
  /** Takes out one that was started by a direct switch. Rare, so it may be slow. */
  remove(fiber: T): void;
  /** Those that are ready, in no particular order; for reports, so it may be slow. */
  waiting(): T[];
  /** Whether nothing is ready. */
  readonly empty: boolean;
  /** Those taken since the last {@linkcode ReadyQueue.forget}, or the last few of them. */
  recent(): T[];
  /** Drops what `recent` would give. */
  forget(): void;
}

/**
 * First in, first out, in a ring of slots: `slots[head..tail)` are ready, `slots[past..head)` were
 * taken. The latter are cleared only now and then: they are the suspects when the isolate was held
 * too long, and a store of a young object into an old one is what a pass through the queue costs.
 */
export class FifoQueue<T> implements ReadyQueue<T> {
  declare private slots: (T | null)[];
  declare private past: number;
  declare private head: number;
  declare private tail: number;

  constructor() {
    this.slots = new Array(1024).fill(null);
    this.past = 0;
    this.head = 0;
    this.tail = 0;
  }

  push(fiber: T): void {
    const next = (this.tail + 1) & (this.slots.length - 1);
    if (next === this.past) {
      this.grow();
      return this.push(fiber);
    }
    this.slots[this.tail] = fiber;
    this.tail = next;
  }

  shift(): T | null {
    const { slots } = this;
    while (this.head !== this.tail) {
      const fiber = slots[this.head]!;
      this.head = (this.head + 1) & (slots.length - 1);
      if (fiber !== null) return fiber;
    }
    return null;
  }

  remove(fiber: T): void {
    for (let at = this.head; at !== this.tail; at = (at + 1) & (this.slots.length - 1)) {
      if (this.slots[at] === fiber) this.slots[at] = null;
    }
  }

  get empty(): boolean {
    return this.head === this.tail;
  }

  waiting(): T[] {
    return this.between(this.head, this.tail);
  }

  recent(): T[] {
    return this.between(this.past, this.head);
  }

  forget(): void {
    const { slots, head } = this;
    for (let at = this.past; at !== head; at = (at + 1) & (slots.length - 1)) slots[at] = null;
    this.past = head;
  }

  private between(from: number, to: number): T[] {
    const found: T[] = [];
    for (let at = from; at !== to; at = (at + 1) & (this.slots.length - 1)) {
      const fiber = this.slots[at]!;
      if (fiber !== null) found.push(fiber);
    }
    return found;
  }

  private grow(): void {
    const ready = this.waiting();
    const slots: (T | null)[] = new Array(this.slots.length * 2).fill(null);
    for (let i = 0; i < ready.length; i++) slots[i] = ready[i]!;
    this.slots = slots;
    this.past = this.head = 0;
    this.tail = ready.length;
  }
}
