// Copyright 2026 the Tendril authors. MIT license.
/**
 * The inside of every queue: a store between those who put and those who get, and the Ops that stand
 * on either side of it.
 *
 * Invariants:
 * - While somebody waits to get, the store is empty. While somebody waits to put, it is full.
 * - Nobody waits to put once it is shut down, and nobody to get once it is also empty.
 * - Every item goes through the store, whose methods may throw: then the Op that wanted it fails, and
 *   nothing else has changed.
 * - `unfinished` is how many items were put and not marked as done; somebody waits to join only
 *   while it is above 0.
 *
 * @module
 */
import * as ops from "../runtime/op.ts";
import { consumed, current, Op, outside, park, tired, type Waiter } from "../runtime/op.ts";
import { Line, type Place } from "./line.ts";

// Constants of this module are part of its compiled code; imported ones are loaded each time.
const { DONE, FINISHED, FRESH, PARKED, WAITING } = ops;

/**
 * Where a queue keeps its items, and in which order it gives them out. An error thrown by a method goes
 * to the caller of the queue's method; the store must then be as it was before.
 */
export interface QueueStore<T> {
  /** How many items there are. */
  readonly size: number;
  /** Adds an item. */
  put(item: T): void;
  /** Takes the next item out; called only when there is one. */
  take(): T;
  /** Gives the next item and leaves it in; called only when there is one. */
  peek(): T;
}

/** How a queue words its errors. */
export interface Faces {
  /** What a putter gets once it is shut down. */
  cannotPut(owner: object): Error;
  /** What a getter gets once it is shut down and empty. */
  cannotGet(owner: object): Error;
}

/** A store with two sides. */
export class Depot<T> {
  declare readonly owner: object;
  declare readonly faces: Faces;
  declare readonly store: QueueStore<T>;
  /** `Infinity` when it is unbounded. */
  declare limit: number;
  declare shut: boolean;
  declare unfinished: number;
  declare readonly putters: Line<PutOp<T>>;
  declare readonly getters: Line<Getter<T>>;
  declare readonly joiners: Line<JoinOp<T>>;

  /** Makes one that is open. */
  constructor(owner: object, faces: Faces, store: QueueStore<T>, limit: number) {
    this.owner = owner;
    this.faces = faces;
    this.store = store;
    this.limit = limit;
    this.shut = false;
    this.unfinished = 0;
    this.putters = new Line();
    this.getters = new Line();
    this.joiners = new Line();
  }

  /** Stores `item` and serves who waits for it; false when there is no room. */
  offer(item: T): boolean {
    if (this.shut) throw this.faces.cannotPut(this.owner);
    if (this.store.size >= this.limit) return false;
    this.store.put(item);
    this.unfinished++;
    if (this.getters.head !== null) this.serve();
    return true;
  }

  /** Whether there is an item; throws when there will never be one again. */
  ready(): boolean {
    if (this.store.size > 0) return true;
    if (this.shut) throw this.faces.cannotGet(this.owner);
    return false;
  }

  /** Takes an item, which must be there, and lets a putter's item take its place. */
  accept(): T {
    const item = this.store.take();
    if (this.putters.head !== null) this.serve();
    return item;
  }

  /** Gives items to those who wait for them and room to those who wait for that. */
  serve(): void {
    const { store, putters, getters } = this;
    for (;;) {
      if (getters.head !== null && store.size > 0) getters.shift()!.serve();
      else if (putters.head !== null && store.size < this.limit) putters.shift()!.serve();
      else return;
    }
  }

  /** Marks `count` items as done. */
  finishTasks(count: number): void {
    this.unfinished -= count;
    if (this.unfinished > 0) return;
    for (let op = this.joiners.shift(); op !== null; op = this.joiners.shift()) op.ended();
  }

  /** Nothing can be put from now on. */
  shutDown(): void {
    this.shut = true;
    const { putters, getters } = this;
    if (putters.head !== null) {
      const error = this.faces.cannotPut(this.owner);
      for (let op = putters.shift(); op !== null; op = putters.shift()) op.waiter!.fail(error);
    }
    if (getters.head !== null) {
      const error = this.faces.cannotGet(this.owner);
      for (let op = getters.shift(); op !== null; op = getters.shift()) op.refuse(error);
    }
  }

  /** Drops everything that is stored and marks it as done. */
  drain(): void {
    let count = 0;
    try {
      for (; this.store.size > 0; count++) this.store.take();
    } finally {
      this.finishTasks(Math.min(count, this.unfinished));
    }
  }
}

/** An Op that stands in a line of a depot. */
abstract class Side<T, R> extends Op<R> implements Place {
  declare readonly depot: Depot<T>;
  declare waiter: Waiter | null;
  declare before: Place | null;
  declare after: Place | null;

  constructor(depot: Depot<T>) {
    super();
    this.depot = depot;
    this.waiter = null;
    this.before = null;
    this.after = null;
  }

  override get subject(): unknown {
    return this.depot.owner;
  }

  protected override resumed(value: R): IteratorResult<undefined, R> {
    // The waiter is another when a second greenlet has got hold of an Op that waits.
    if (this.stage !== WAITING || this.waiter !== current) throw consumed(this);
    return super.resumed(value);
  }
}

/** Puts an item: done when it is stored. */
export class PutOp<T> extends Side<T, void> {
  declare readonly item: T;

  /** Makes a fresh Op. */
  constructor(depot: Depot<T>, item: T) {
    super(depot);
    this.item = item;
  }

  /** Shown in dumps. */
  get reason(): string {
    return "queue put";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, void> {
    if (this.stage !== FRESH) return this.resumed(value);
    if (tired()) return PARKED;
    this.stage = FINISHED;
    if (this.depot.offer(this.item)) {
      DONE.value = undefined;
      return DONE;
    }
    if (current === null) throw outside(this);
    const parked = park(this);
    this.waiter = current;
    this.depot.putters.push(this);
    return parked;
  }

  /** Puts if there is room. */
  poll(): IteratorReturnResult<void> | null {
    if (!this.depot.offer(this.item)) return null;
    DONE.value = undefined;
    return DONE;
  }

  /** Stands in line. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.depot.putters.push(this);
  }

  /** Leaves the line. */
  cancel(): void {
    this.depot.putters.remove(this);
  }

  /** There is room; it is out of the line. */
  serve(): void {
    try {
      this.depot.store.put(this.item);
    } catch (error) {
      return this.waiter!.fail(error);
    }
    this.depot.unfinished++;
    this.waiter!.wake(undefined);
  }
}

/** Somebody who waits for an item. */
abstract class Getter<T, R = unknown> extends Side<T, R> {
  /** Stands in line. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.depot.getters.push(this as Getter<T>);
  }

  /** Leaves the line. */
  cancel(): void {
    this.depot.getters.remove(this as Getter<T>);
  }

  /** There is an item; it is out of the line. */
  serve(): void {
    let value: R;
    try {
      value = this.take();
    } catch (error) {
      return this.waiter!.fail(error);
    }
    this.waiter!.wake(value);
  }

  /** Takes what it wants from the store, which is not empty. */
  protected abstract take(): R;

  /** There will be no item; it is out of the line. */
  refuse(error: Error): void {
    this.waiter!.fail(error);
  }
}

/** Gets an item. */
export class GetOp<T> extends Getter<T, T> {
  /** Shown in dumps. */
  get reason(): string {
    return "queue get";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, T> {
    if (this.stage !== FRESH) return this.resumed(value);
    if (tired()) return PARKED;
    this.stage = FINISHED;
    if (this.depot.ready()) {
      DONE.value = this.depot.accept();
      return DONE;
    }
    if (current === null) throw outside(this);
    const parked = park(this);
    this.waiter = current;
    this.depot.getters.push(this as Getter<T>);
    return parked;
  }

  /** Gets if there is an item. */
  poll(): IteratorReturnResult<T> | null {
    if (!this.depot.ready()) return null;
    DONE.value = this.depot.accept();
    return DONE;
  }

  protected take(): T {
    return this.depot.store.take();
  }
}

/** Gets an item as an iterator does. */
export class NextOp<T> extends Getter<T, IteratorResult<T, undefined>> {
  /** Shown in dumps. */
  get reason(): string {
    return "queue get";
  }

  /** Gets if there is an item. */
  poll(): IteratorReturnResult<IteratorResult<T, undefined>> | null {
    const { depot } = this;
    if (depot.store.size > 0) DONE.value = { done: false, value: depot.accept() };
    else if (depot.shut) DONE.value = { done: true, value: undefined };
    else return null;
    return DONE;
  }

  protected take(): IteratorResult<T, undefined> {
    return { done: false, value: this.depot.store.take() };
  }

  /** Ends. */
  override refuse(): void {
    this.waiter!.wake({ done: true, value: undefined });
  }
}

/** Waits for an item and leaves it in. */
export class PeekOp<T> extends Getter<T, T> {
  /** Shown in dumps. */
  get reason(): string {
    return "queue peek";
  }

  /** Looks if there is an item. */
  poll(): IteratorReturnResult<T> | null {
    if (!this.depot.ready()) return null;
    DONE.value = this.depot.store.peek();
    return DONE;
  }

  protected take(): T {
    return this.depot.store.peek();
  }
}

/** Waits until every item was marked as done. */
export class JoinOp<T> extends Side<T, boolean> {
  /** Shown in dumps. */
  get reason(): string {
    return "queue join";
  }

  /** Done when nothing is unfinished. */
  poll(): IteratorReturnResult<boolean> | null {
    if (this.depot.unfinished > 0) return null;
    DONE.value = true;
    return DONE;
  }

  /** Stands in line. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.depot.joiners.push(this);
  }

  /** Leaves the line. */
  cancel(): void {
    this.depot.joiners.remove(this);
  }

  /** Nothing is unfinished; it is out of the line. */
  ended(): void {
    this.waiter!.wake(true);
  }
}
