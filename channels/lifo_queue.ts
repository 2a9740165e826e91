// Copyright 2026 the Tendril authors. MIT license.
/**
 * A queue that gives out the newest item first.
 *
 * @module
 */
import { Queue, type QueueOptions, type QueueStore } from "./queue.ts";

class Stack<T> implements QueueStore<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  put(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    return this.#items.pop() as T;
  }

  peek(): T {
    return this.#items.at(-1) as T;
  }
}

/**
 * A {@linkcode Queue} that gives out the newest item first, as Python's `queue.LifoQueue`.
 *
 * @example Usage
 * ```ts
 * import { LifoQueue } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const queue = new LifoQueue<number>(0, { items: [1, 2, 3] });
 * assertEquals(await queue.get(), 3);
 * ```
 *
 * @typeParam T What is put into it.
 */
export class LifoQueue<T> extends Queue<T> {
  /**
   * Makes a queue.
   *
   * @param maxsize How many items it holds before putters wait; 0 or less is any number.
   * @throws {RangeError} If `maxsize` is no whole number.
   */
  constructor(maxsize: number = 0, options: QueueOptions<T> = {}) {
    super(maxsize, options, new Stack<T>());
  }
}
