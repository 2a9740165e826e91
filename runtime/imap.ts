// Copyright 2026 the Tendril authors. MIT license.
/**
 * The results of `imap`: read one by one while the items are worked on.
 *
 * Invariants:
 * - `#results` holds outcomes that were not read, by position; `#next` is the position to read.
 * - Without order the positions are given in the order of the ends.
 *
 * @module
 */
import { asyncIterator } from "./async_iterator.ts";
import { show } from "./clock.ts";
import { addLink, type Fiber, type Link } from "./fiber.ts";
import { type Coroutine, notCallable, type Runnable } from "./body.ts";
import { Greenlet } from "./greenlet.ts";
import { DONE, Op, type Waiter } from "./op.ts";

/** Options of `imap` and `imapUnordered`. */
export interface MapOptions {
  /** How many results may be started or finished and not yet read; default: any number. */
  maxsize?: number;
}

/** What the map functions take: an iterable for each parameter of the function, then the options. */
export type Inputs<A extends unknown[], O = never> =
  | [...iterables: { [K in keyof A]: Iterable<A[K]> }]
  | [...iterables: { [K in keyof A]: Iterable<A[K]> }, options: O];

/** How one item ended; see {@linkcode Mapped.settled}. */
export type Settled<T> = { status: "fulfilled"; value: T } | {
  status: "rejected";
  reason: unknown;
};

/** Takes the arguments of a map function apart; several iterables are zipped. */
export function readInputs(
  action: string,
  fn: unknown,
  inputs: unknown[],
): { items: Iterable<unknown[]>; options: MapOptions } {
  if (typeof fn !== "function") throw notCallable(action, fn);
  const last = inputs.at(-1);
  const hasOptions = inputs.length > 1 && !isIterable(last) && typeof last === "object" &&
    last !== null;
  const iterables = hasOptions ? inputs.slice(0, -1) : inputs;
  for (const each of iterables) {
    if (!isIterable(each)) {
      throw new TypeError(`Cannot ${action} over ${show(each)}: expected an iterable`);
    }
  }
  if (iterables.length === 0) throw new TypeError(`Cannot ${action}: no iterable was given`);
  const options = hasOptions ? last as MapOptions : {};
  if (
    options.maxsize !== undefined && !(Number.isInteger(options.maxsize) && options.maxsize > 0)
  ) {
    throw new RangeError(
      `Cannot ${action}: maxsize must be a whole number above 0, got ${show(options.maxsize)}`,
    );
  }
  return { items: zip(iterables as Iterable<unknown>[]), options };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === "function";
}

/** Goes through several iterables side by side, up to the end of the shortest. */
function* zip(iterables: Iterable<unknown>[]): Generator<unknown[]> {
  const iterators = iterables.map((each) => each[Symbol.iterator]());
  try {
    for (;;) {
      const steps = iterators.map((each) => each.next());
      if (steps.some((step) => step.done)) return;
      yield steps.map((step) => step.value);
    }
  } finally {
    for (const each of iterators) each.return?.();
  }
}

/** What a group offers to run the items in. */
export interface Slots {
  /** Runs `fn(...args)` when there is a slot. */
  spawn(fn: Runnable<unknown[], unknown>, ...args: unknown[]): Op<Greenlet<unknown>>;
}

/** An item that is worked on. */
class Item<T> implements Link {
  before: Link | null = null;
  after: Link | null = null;
  constructor(readonly mapped: Mapped<T>, readonly position: number) {}

  ended(fiber: Fiber): void {
    this.mapped.put(this.position, fiber.failing, fiber.inbox);
  }
}

/**
 * How an item ended.
 *
 * @internal
 */
interface Result {
  failed: boolean;
  outcome: unknown;
}

/**
 * Results that come one by one: `yield* it.next()`, or `for await`. When an item failed, `next` throws
 * its error, and the `next` after that goes on with the item after it.
 *
 * @example Usage
 * ```ts
 * import { Pool, run } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const doubled: number[] = [];
 * await run(async () => {
 *   for await (const n of new Pool(2).imap((n: number) => n * 2, [1, 2])) doubled.push(n);
 * });
 * assertEquals(doubled, [2, 4]);
 * ```
 */
export class Mapped<T> implements Disposable {
  readonly #results = new Map<number, Result>();
  readonly #feeder: Greenlet<void>;
  readonly #ordered: boolean;
  readonly #maxsize: number;
  #ended = 0;
  #next = 0;
  /** How many items there are, when that is known. */
  #total = Infinity;
  readonly #readers = new Set<ReadOp<T, unknown>>();
  #feederWaiter: Waiter | null = null;

  /** Starts working on `items`. */
  constructor(
    slots: Slots,
    fn: Runnable<unknown[], T>,
    items: Iterable<unknown[]>,
    ordered: boolean,
    options: MapOptions,
  ) {
    this.#ordered = ordered;
    this.#maxsize = options.maxsize ?? Infinity;
    this.#feeder = new Greenlet(Mapped.feed<T>, { daemon: true, name: "imap" }) as Greenlet<void>;
    this.#feeder.observed = true;
    this.#feeder.startWith([this, slots, fn, items]);
  }

  /** The feeder: starts an item whenever there is a slot and room for its result. */
  private static *feed<T>(
    self: Mapped<T>,
    slots: Slots,
    fn: Runnable<unknown[], T>,
    items: Iterable<unknown[]>,
  ): Coroutine<void> {
    let count = 0;
    try {
      for (const args of items) {
        while (count - self.#next >= self.#maxsize) yield* new RoomOp(self as Mapped<unknown>);
        const position = count++;
        const greenlet = yield* slots.spawn(fn, ...args);
        const item = new Item(self, position);
        if (greenlet.dead) {
          greenlet.observed = true; // its error goes to the reader
          item.ended(greenlet);
        } else addLink(greenlet, item);
      }
    } catch (error) {
      // An error of the input comes after the results of the items before it.
      self.put(count++, true, error);
    }
    self.#total = count;
    self.wakeReader();
  }

  /** Notes how an item ended. */
  put(position: number, failed: boolean, outcome: unknown): void {
    this.#results.set(this.#ordered ? position : this.#ended++, { failed, outcome });
    this.wakeReader();
  }

  /** @internal */
  private wakeReader(): void {
    for (const reader of this.#readers) {
      const result = this.take();
      if (result === null) return;
      this.#readers.delete(reader);
      reader.receive(result);
    }
  }

  /** The next result if it is there, `undefined` after the last, `null` if it is not there yet. */
  take(): Result | undefined | null {
    if (this.#next >= this.#total) return undefined;
    const result = this.#results.get(this.#next);
    if (result === undefined) return null;
    this.#results.delete(this.#next++);
    const feeder = this.#feederWaiter;
    this.#feederWaiter = null;
    feeder?.wake(undefined);
    return result;
  }

  /** Those who wait for a result, in the order of their coming. Part of the Ops below. */
  get readers(): Set<ReadOp<T, unknown>> {
    return this.#readers;
  }

  /** Part of the Ops below. */
  expectRoom(waiter: Waiter | null): void {
    this.#feederWaiter = waiter;
  }

  /** The next result; done when all were read. Throws the error of an item that failed. */
  next(): Op<IteratorResult<T, undefined>> {
    return new NextOp(this);
  }

  /** The results as records, so that a failed item ends nothing. */
  settled(): { next(): Op<IteratorResult<Settled<T>, undefined>> } & AsyncIterable<Settled<T>> {
    const next = () => new SettledOp<T>(this);
    return {
      next,
      [Symbol.asyncIterator]: () => asyncIterator(next, () => this[Symbol.dispose]()),
    };
  }

  /** Starts no further item. Those that run are left alone. */
  [Symbol.dispose](): void {
    this.#total = this.#next;
    this.#feeder.requestKill();
    this.wakeReader();
  }

  /** Lets `for await` read the results; leaving the loop disposes of the rest. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return asyncIterator(() => this.next(), () => this[Symbol.dispose]());
  }
}

/**
 * Reads a result.
 *
 * @internal
 */
abstract class ReadOp<T, S> extends Op<IteratorResult<S, undefined>> {
  #waiter: Waiter | null = null;

  constructor(readonly mapped: Mapped<T>) {
    super();
  }

  get reason(): string {
    return "imap";
  }

  /** What the reader gets of a result; may throw. */
  abstract show(result: Result): S;

  #step(result: Result | undefined): IteratorResult<S, undefined> {
    if (result === undefined) return { done: true, value: undefined };
    return { done: false, value: this.show(result) };
  }

  poll(): IteratorReturnResult<IteratorResult<S, undefined>> | null {
    const result = this.mapped.take();
    if (result === null) return null;
    DONE.value = this.#step(result);
    return DONE;
  }

  park(waiter: Waiter): void {
    this.#waiter = waiter;
    this.mapped.readers.add(this as ReadOp<T, unknown>);
  }

  cancel(): void {
    this.mapped.readers.delete(this as ReadOp<T, unknown>);
  }

  /** Called with a result when it is there. */
  receive(result: Result | undefined): void {
    let step: IteratorResult<S, undefined>;
    try {
      step = this.#step(result);
    } catch (error) {
      return this.#waiter!.fail(error);
    }
    this.#waiter!.wake(step);
  }
}

class NextOp<T> extends ReadOp<T, T> {
  show(result: Result): T {
    if (result.failed) throw result.outcome;
    return result.outcome as T;
  }
}

class SettledOp<T> extends ReadOp<T, Settled<T>> {
  show(result: Result): Settled<T> {
    return result.failed
      ? { status: "rejected", reason: result.outcome }
      : { status: "fulfilled", value: result.outcome as T };
  }
}

/** The feeder waits until a result was read. */
class RoomOp extends Op<void> {
  constructor(readonly mapped: Mapped<unknown>) {
    super();
  }

  get reason(): string {
    return "imap room";
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.mapped.expectRoom(waiter);
  }

  cancel(): void {
    this.mapped.expectRoom(null);
  }
}
