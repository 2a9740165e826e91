// Copyright 2026 the Tendril authors. MIT license.
/**
 * Numbers in a row in shared memory.
 *
 * @module
 */
import { describe } from "../../../channels/naming.ts";
import { show } from "../../clock.ts";
import { defineHandle, SharedHandle, type SharedOptions, type Token } from "./handle.ts";
import {
  addTo,
  bytesOf,
  checkAmount,
  checkNumber,
  checkType,
  load,
  type SharedNumber,
  type SharedType,
  type SharedTypes,
  store,
  viewOf,
} from "./numbers.ts";

/** Words before the numbers. */
const HEADER = 16;

/** What a token has besides. */
interface Shape {
  readonly type: SharedType;
  readonly length: number;
}

/**
 * Numbers in memory that all workers share, as `multiprocessing.Array` without a lock: what one writes the
 * others read. It can be sent to workers as an argument of a task; nothing is copied then.
 *
 * Each `get`, `set` and `add` is one step that nothing comes between. What takes several of them needs a
 * {@linkcode SharedLock}, and so does fast code that uses the typed array itself.
 *
 * @example Usage
 * ```ts
 * import { SharedArray } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const squares = new SharedArray("i32", [1, 4, 9]);
 * squares.set(0, 100);
 * squares.add(0, 1);
 * assertEquals(squares.get(0), 101);
 * assertEquals(squares.length, 3);
 * assertEquals([...squares.array], [101, 4, 9]);
 * ```
 *
 * @typeParam K The kind of number.
 */
export class SharedArray<K extends SharedType = "i32"> extends SharedHandle {
  /** The kind of number. */
  readonly type: K;
  /** The numbers themselves, as a typed array of shared memory. */
  readonly array: SharedTypes[K];

  /**
   * Makes an array.
   *
   * @param type The kind of number: `"i32"`, `"f64"`, …
   * @param numbers How many, all 0 at first; or the numbers that are in it at first.
   * @throws {TypeError} If there is no such type, or one of the numbers is none.
   * @throws {RangeError} If the length is no whole number of at least 0, or a number is out of range.
   */
  constructor(
    type: K,
    numbers: number | ArrayLike<SharedNumber<K>>,
    options: SharedOptions = {},
  ) {
    checkType("make a shared array", type);
    const length = typeof numbers === "number" ? numbers : numbers?.length;
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(
        `Cannot make a shared array: expected a length of at least 0 or the numbers, got ${
          show(numbers)
        }`,
      );
    }
    if (typeof numbers !== "number") {
      for (let i = 0; i < length; i++) checkNumber("make a shared array", type, numbers[i]);
    }
    super(HEADER + Math.ceil(length * bytesOf(type) / 4), options);
    this.type = type;
    this.array = viewOf(type, this.cells.buffer, HEADER * 4, length);
    if (typeof numbers !== "number") this.array.set(numbers as ArrayLike<never>);
  }

  /** @internal */
  get kind(): string {
    return "SharedArray";
  }

  /** @internal */
  protected override get extra(): Shape {
    return { type: this.type, length: this.length };
  }

  /** How many numbers there are. */
  get length(): number {
    return this.array.length;
  }

  /**
   * Reads a number.
   *
   * @throws {RangeError} If there is none at `index`.
   */
  get(index: number): SharedNumber<K> {
    this.#check("read", index);
    return load(this.array, index);
  }

  /**
   * Writes a number.
   *
   * @throws {RangeError} If there is none at `index`, or the value is out of range.
   * @throws {TypeError} If the value is no number, or no bigint where one is needed.
   */
  set(index: number, value: SharedNumber<K>): void {
    this.#check("write", index);
    checkNumber("write to a shared array", this.type, value);
    store(this.array, index, value);
  }

  /**
   * Adds to a number, in one step that nothing comes between. Whole numbers go round at the end of their
   * range.
   *
   * @returns What it was before.
   * @throws {RangeError} If there is none at `index`, or the amount is out of range.
   * @throws {TypeError} If the amount is no number, or no bigint where one is needed.
   */
  add(index: number, amount: SharedNumber<K>): SharedNumber<K> {
    this.#check("add to", index);
    checkAmount("add to a shared array", this.type, amount);
    return addTo(this.array, index, amount);
  }

  #check(action: string, index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return;
    throw new RangeError(
      `Cannot ${action} number ${show(index)} of ${Deno.inspect(this)}: it has ${this.length}`,
    );
  }

  /** The numbers at this moment, first to last. */
  [Symbol.iterator](): IterableIterator<SharedNumber<K>> {
    return this.array.values() as IterableIterator<SharedNumber<K>>;
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return describe(this.kind, this.name, `of ${this.length} ${this.type}`, 0);
  }
}

defineHandle("SharedArray", (token: Token) => {
  const { type, length } = token.extra as Shape;
  return new SharedArray(type, length, token);
});
