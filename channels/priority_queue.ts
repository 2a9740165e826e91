// Copyright 2026 the Tendril authors. MIT license.
/**
 * A queue that gives out the least item first.
 *
 * @module
 */
import { BinaryHeap } from "@std/data-structures/binary-heap";
import { Queue, type QueueOptions, type QueueStore } from "./queue.ts";

/** Options of {@linkcode PriorityQueue}. */
export interface PriorityQueueOptions<T> extends QueueOptions<T> {
  /**
   * Negative when `a` comes before `b`, positive when after; 0 leaves them in the order in which they were
   * put.
   *
   * @default {as `<` says; arrays element by element, as Python compares tuples}
   */
  compare?: (a: T, b: T) => number;
}

interface Entry<T> {
  readonly item: T;
  /** Its place in the order in which the items came. */
  readonly arrival: number;
}

class Heap<T> implements QueueStore<T> {
  #heap: BinaryHeap<Entry<T>>;
  /** The entries in no order, from a failure of `compare` on until it works again. */
  #loose: Entry<T>[] | null = null;
  #arrivals = 0;
  /** What `compare` has thrown, in a list of at most one. */
  readonly #failures: unknown[] = [];
  readonly #compare: (a: Entry<T>, b: Entry<T>) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = (a, b) => {
      try {
        return compare(a.item, b.item) || a.arrival - b.arrival;
      } catch (error) {
        this.#failures[0] = error;
        return 0;
      }
    };
    this.#heap = new BinaryHeap(this.#compare);
  }

  get size(): number {
    return this.#loose === null ? this.#heap.length : this.#loose.length;
  }

  put(item: T): void {
    const heap = this.#sorted();
    const entry = { item, arrival: this.#arrivals++ };
    heap.push(entry);
    if (this.#failures.length > 0) this.#loosen(heap.toArray().filter((each) => each !== entry));
  }

  take(): T {
    const heap = this.#sorted();
    const entry = heap.pop()!;
    if (this.#failures.length > 0) this.#loosen([...heap.toArray(), entry]);
    return entry.item;
  }

  peek(): T {
    return this.#sorted().peek()!.item;
  }

  #sorted(): BinaryHeap<Entry<T>> {
    const loose = this.#loose;
    if (loose === null) return this.#heap;
    const heap = BinaryHeap.from(loose, { compare: this.#compare });
    if (this.#failures.length > 0) this.#loosen(loose);
    this.#loose = null;
    return this.#heap = heap;
  }

  /** Keeps what there was before `compare` threw, and throws that. */
  #loosen(entries: Entry<T>[]): never {
    this.#loose = entries;
    throw this.#failures.pop();
  }
}

/** As `<` says; arrays element by element. */
function ascending(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
      const order = ascending(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

/**
 * A {@linkcode Queue} that gives out the least item first, as Python's `queue.PriorityQueue`; equal ones in the
 * order in which they were put. Putting and getting take time that grows with the logarithm of the size.
 *
 * When `compare` throws, the `put` or `get` that asked fails with that, and nothing is lost.
 *
 * @example Usage
 * ```ts
 * import { PriorityQueue } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = new PriorityQueue<[number, string]>();
 * await jobs.put([2, "tidy up"]);
 * await jobs.put([1, "put the fire out"]);
 * assertEquals(await jobs.get(), [1, "put the fire out"]);
 * ```
 *
 * @example With an order of one's own
 * ```ts
 * import { PriorityQueue } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const longest = new PriorityQueue<string>(0, {
 *   compare: (a, b) => b.length - a.length,
 *   items: ["a", "ccc", "bb"],
 * });
 * assertEquals(await longest.get(), "ccc");
 * ```
 *
 * @typeParam T What is put into it.
 */
export class PriorityQueue<T> extends Queue<T> {
  /**
   * Makes a queue.
   *
   * @param maxsize How many items it holds before putters wait; 0 or less is any number.
   * @throws {RangeError} If `maxsize` is no whole number.
   */
  constructor(maxsize: number = 0, options: PriorityQueueOptions<T> = {}) {
    super(maxsize, options, new Heap<T>(options.compare ?? ascending));
  }
}
