// Copyright 2026 the Tendril authors. MIT license.
export class BinarySearchTree<T> implements Iterable<T> {
  constructor(compare?: (a: T, b: T) => number);
  static from<T>(
    collection: ArrayLike<T> | Iterable<T> | BinarySearchTree<T>,
    options?: { compare?: (a: T, b: T) => number },
  ): BinarySearchTree<T>;
  get size(): number;
  insert(value: T): boolean;
  remove(value: T): boolean;
  find(value: T): T | null;
  min(): T | null;
  max(): T | null;
  clear(): void;
  isEmpty(): boolean;
  lnrValues(): IterableIterator<T>;
  rnlValues(): IterableIterator<T>;
  nlrValues(): IterableIterator<T>;
  lrnValues(): IterableIterator<T>;
  lvlValues(): IterableIterator<T>;
  [Symbol.iterator](): IterableIterator<T>;
}
