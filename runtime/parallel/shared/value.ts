// Copyright 2026 the Tendril authors. MIT license.
/**
 * One number in shared memory.
 *
 * @module
 */
import { describe } from "../../../channels/naming.ts";
import { defineHandle, SharedHandle, type SharedOptions, type Token } from "./handle.ts";
import {
  addTo,
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

/** Words before the number. */
const HEADER = 2;
const WORDS = 4;

/**
 * A number that all workers share, as `multiprocessing.Value` without a lock. It can be sent to workers as
 * an argument of a task.
 *
 * Each `get`, `set` and `add` is one step that nothing comes between; what takes several of them needs a
 * {@linkcode SharedLock}.
 *
 * @example Usage
 * ```ts
 * import { SharedValue } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const counter = new SharedValue("i32", 5);
 * counter.add(2);
 * assertEquals(counter.get(), 7);
 * counter.value = 1;
 * assertEquals(counter.value, 1);
 * ```
 *
 * @typeParam K The kind of number.
 */
export class SharedValue<K extends SharedType = "i32"> extends SharedHandle {
  /** The kind of number. */
  readonly type: K;
  readonly #view: SharedTypes[K];

  /**
   * Makes a number.
   *
   * @param type The kind of number: `"i32"`, `"f64"`, …
   * @param initial What it is at first; default: 0.
   * @throws {TypeError} If there is no such type, or `initial` is no number, or no bigint where one is needed.
   * @throws {RangeError} If `initial` is out of range.
   */
  constructor(type: K, initial?: SharedNumber<K>, options: SharedOptions = {}) {
    checkType("make a shared value", type);
    if (initial !== undefined) checkNumber("make a shared value", type, initial);
    super(WORDS, options);
    this.type = type;
    this.#view = viewOf(type, this.cells.buffer, HEADER * 4, 1);
    if (initial !== undefined) store(this.#view, 0, initial);
  }

  /** @internal */
  get kind(): string {
    return "SharedValue";
  }

  /** @internal */
  protected override get extra(): SharedType {
    return this.type;
  }

  /**
   * The number.
   *
   * @throws {RangeError} If it is set to a value out of range.
   * @throws {TypeError} If it is set to no number, or no bigint where one is needed.
   */
  get value(): SharedNumber<K> {
    return load(this.#view, 0);
  }
  set value(value: SharedNumber<K>) {
    checkNumber("set a shared value", this.type, value);
    store(this.#view, 0, value);
  }

  /** Reads the number. */
  get(): SharedNumber<K> {
    return this.value;
  }

  /**
   * Writes the number.
   *
   * @throws {RangeError} If the value is out of range.
   * @throws {TypeError} If the value is no number, or no bigint where one is needed.
   */
  set(value: SharedNumber<K>): void {
    this.value = value;
  }

  /**
   * Adds to the number, in one step that nothing comes between. Whole numbers go round at the end of their
   * range.
   *
   * @returns What it was before.
   * @throws {RangeError} If the amount is out of range.
   * @throws {TypeError} If the amount is no number, or no bigint where one is needed.
   */
  add(amount: SharedNumber<K>): SharedNumber<K> {
    checkAmount("add to a shared value", this.type, amount);
    return addTo(this.#view, 0, amount);
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return describe(this.kind, this.name, `${this.type} ${this.value}`, 0);
  }
}

defineHandle(
  "SharedValue",
  (token: Token) => new SharedValue(token.extra as SharedType, undefined, token),
);
