// Copyright 2026 the Tendril authors. MIT license.
type Predicate<T> = (value: T, index: number) => boolean;

export class Deque<T> implements Iterable<T> {
  constructor(source?: Iterable<T>);
  static from<T>(collection: ArrayLike<T> | Iterable<T> | Deque<T>): Deque<T>;
  get length(): number;
  isEmpty(): boolean;
  pushBack(value: T, ...rest: T[]): number;
  pushFront(value: T, ...rest: T[]): number;
  popBack(): T | undefined;
  popFront(): T | undefined;
  removeFirst(predicate: Predicate<T>): T | undefined;
  removeAt(index: number): T | undefined;
  find(predicate: Predicate<T>): T | undefined;
  findIndex(predicate: Predicate<T>): number;
  peekFront(): T | undefined;
  peekBack(): T | undefined;
  at(index: number): T | undefined;
  includes(value: T): boolean;
  clear(): void;
  retain(predicate: Predicate<T>): void;
  toArray(): T[];
  reversed(): IterableIterator<T>;
  [Symbol.iterator](): IterableIterator<T>;
}
