// Copyright 2026 the Tendril authors. MIT license.
export class BinaryHeap<T> implements Iterable<T> {
  constructor(compare?: (a: T, b: T) => number);
  static from<T>(
    collection: ArrayLike<T> | Iterable<T> | BinaryHeap<T>,
    options?: { compare?: (a: T, b: T) => number },
  ): BinaryHeap<T>;
  get length(): number;
  peek(): T | undefined;
  pop(): T | undefined;
  push(...values: T[]): number;
  clear(): void;
  isEmpty(): boolean;
  toArray(): T[];
  drain(): IterableIterator<T>;
  [Symbol.iterator](): IterableIterator<T>;
}
