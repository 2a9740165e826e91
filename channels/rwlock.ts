// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lock for many readers or one writer. Both stand in one line, so that neither side starves: a
 * waiting writer stops later readers, and readers that follow one another enter together.
 *
 * Invariants:
 * - `writer` is null or `readers` is empty.
 * - The first in the line cannot enter: after every change `advance` lets in who can.
 *
 * @module
 */
import { getCurrent, type Greenlet, mainGreenlet, type WaitOptions } from "../runtime/greenlet.ts";
import { consumed, current, FRESH, type Op, PARKED, tired, WAITING } from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { AcquireOp, type Contender, leased, none, type Source } from "./contender.ts";
import { Lease } from "./lease.ts";
import { Line } from "./line.ts";
import { LockError, notHeld } from "./lock_error.ts";
import { describe, heldBy, type NameOptions } from "./naming.ts";

/** What {@linkcode RWLock.stats} gives. */
export interface RWLockStats {
  /** Who writes, `null` when nobody does. */
  readonly writer: Greenlet<unknown> | null;
  /** Who reads. */
  readonly readers: readonly Greenlet<unknown>[];
  /** How many wait, readers and writers. */
  readonly waiting: number;
}

/** How many readers a writer looks at to see whether it closes a ring: each wait costs the same then. */
const MOST = 100;

abstract class RWOp<S extends Source & { readonly lock: RWLock }> extends AcquireOp<S> {
  override get subject(): unknown {
    return this.source.lock;
  }

  /**
   * One of those who have to leave, shown in reports; the greenlet itself when it waits for its own reading
   * to end.
   */
  override get holder(): unknown {
    const { writer, readers } = this.source.lock;
    if (writer !== null) return writer;
    return readers.has(this.taker!) ? this.taker : readers.keys().next().value;
  }

  override get blockers(): Iterable<Greenlet<unknown>> {
    const { writer, readers } = this.source.lock;
    if (writer !== null) return [writer];
    return readers.has(this.taker!) ? [this.taker!] : readers.keys().take(MOST);
  }

  protected override mayCloseRing(): boolean {
    return true; // there are several holders
  }

  override cancel(): void {
    super.cancel();
    this.source.lock.advance(); // it may have stopped readers
  }
}

class ReadOp extends RWOp<ReadSide> {
  get reason(): string {
    return "read acquire";
  }

  /** While nobody writes it is the first in the line that keeps later readers out. */
  override get blockers(): Iterable<Greenlet<unknown>> {
    return this.source.lock.writer === null ? [this.source.line.head!.taker!] : super.blockers;
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const taker = current !== null ? current as Greenlet<unknown> : getCurrent();
    const lease = this.source.take(taker);
    return lease === null ? this.queue() : leased(this, lease);
  }
}

class WriteOp extends RWOp<WriteSide> {
  get reason(): string {
    return "write acquire";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Lease> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const taker = current !== null ? current as Greenlet<unknown> : getCurrent();
    const lease = this.source.take(taker);
    return lease === null ? this.queue() : leased(this, lease);
  }
}

/**
 * The side of an {@linkcode RWLock} for readers.
 *
 * @example Usage
 * ```ts
 * import { RWLock } from "@tendril/tendril/channels";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RWLock();
 * using _first = await lock.read.acquire();
 * using _second = await lock.read.acquire(); // beside the first
 * assertEquals(lock.write.acquireNowait(), undefined);
 * ```
 */
export class ReadSide implements Source {
  /** The lock whose side this is. */
  readonly lock: RWLock;
  /** @internal */
  readonly line: Line<Contender<unknown>>;

  /**
   * Called by the lock.
   *
   * @internal
   */
  constructor(lock: RWLock, line: Line<Contender<unknown>>) {
    this.lock = lock;
    this.line = line;
  }

  /** Whether somebody reads. */
  get locked(): boolean {
    return this.lock.readers.size > 0;
  }

  /**
   * Waits until nobody writes and no writer waits that came before. A greenlet that reads already does not
   * wait.
   *
   * @returns The lease that ends the reading; `undefined` when `timeout` milliseconds were over first.
   * @throws {DeadlockError} If that closes a ring of greenlets that wait for locks of one another.
   */
  acquire(): Op<Lease>;
  /** Waits to read, but not longer than `timeout` milliseconds. */
  acquire(options: WaitOptions): Op<Lease | undefined>;
  acquire(options?: WaitOptions): Op<Lease | undefined> {
    return limited(new ReadOp(this), "acquire for reading", options?.timeout, none);
  }

  /** Begins to read if that is possible at once; gives `undefined` when it is not. */
  acquireNowait(): Lease | undefined {
    return this.take(getCurrent()) ?? undefined;
  }

  /**
   * Ends one reading of the caller.
   *
   * @throws {LockError} If the caller does not read.
   */
  release(): void {
    const caller = getCurrent();
    if (this.lent(caller)) return this.takeBack(caller);
    if (this.lock.readers.size === 0 && this.lock.writer === null) throw notHeld(this.lock);
    throw new LockError(
      `Cannot release ${Deno.inspect(this.lock)} in ${caller.name}: it does not read; ` +
        "release in the greenlet that acquired, or by the lease",
    );
  }

  /** @internal */
  take(taker: Greenlet<unknown>): Lease | null {
    const { writer, readers } = this.lock;
    if (writer !== null) return null;
    // `main` stands for any number of async functions: let in by turns, they would starve the writers.
    const again = taker !== mainGreenlet && readers.has(taker);
    return this.line.head === null || again ? this.grant(taker) : null;
  }

  /** @internal */
  grant(taker: Greenlet<unknown>): Lease {
    const { readers } = this.lock;
    readers.set(taker, (readers.get(taker) ?? 0) + 1);
    return new Lease(this, taker);
  }

  /** @internal */
  lent(mark: unknown): boolean {
    return this.lock.readers.has(mark as Greenlet<unknown>);
  }

  /** @internal */
  takeBack(mark: unknown): void {
    const { readers } = this.lock;
    const reader = mark as Greenlet<unknown>;
    const times = readers.get(reader)! - 1;
    if (times > 0) {
      readers.set(reader, times);
      return;
    }
    readers.delete(reader);
    this.lock.advance();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return `<read side of ${Deno.inspect(this.lock)}>`;
  }
}

/**
 * The side of an {@linkcode RWLock} for writers.
 *
 * @example Usage
 * ```ts
 * import { RWLock } from "@tendril/tendril/channels";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RWLock();
 * using _ = await lock.write.acquire();
 * assertEquals(lock.read.acquireNowait(), undefined); // nobody reads meanwhile
 * ```
 */
export class WriteSide implements Source {
  /** The lock whose side this is. */
  readonly lock: RWLock;
  /** @internal */
  readonly line: Line<Contender<unknown>>;
  #hold = 0;

  /**
   * Called by the lock.
   *
   * @internal
   */
  constructor(lock: RWLock, line: Line<Contender<unknown>>) {
    this.lock = lock;
    this.line = line;
  }

  /** Whether somebody writes. */
  get locked(): boolean {
    return this.lock.writer !== null;
  }

  /** The greenlet that writes, `null` when nobody does. */
  get owner(): Greenlet<unknown> | null {
    return this.lock.writer;
  }

  /**
   * Waits until nobody reads or writes and nobody waits that came before.
   *
   * @returns The lease that ends the writing; `undefined` when `timeout` milliseconds were over first.
   * @throws {DeadlockError} If that closes a ring of greenlets that wait for locks of one another, or
   * the caller reads or writes already.
   */
  acquire(): Op<Lease>;
  /** Waits to write, but not longer than `timeout` milliseconds. */
  acquire(options: WaitOptions): Op<Lease | undefined>;
  acquire(options?: WaitOptions): Op<Lease | undefined> {
    return limited(new WriteOp(this), "acquire for writing", options?.timeout, none);
  }

  /** Begins to write if that is possible at once; gives `undefined` when it is not. */
  acquireNowait(): Lease | undefined {
    return this.take(getCurrent()) ?? undefined;
  }

  /**
   * Ends the writing. Anybody may do that.
   *
   * @throws {LockError} If nobody writes.
   */
  release(): void {
    if (this.lock.writer === null) throw notHeld(this.lock);
    this.lock.writer = null;
    this.lock.advance();
  }

  /** @internal */
  take(taker: Greenlet<unknown>): Lease | null {
    const { writer, readers } = this.lock;
    if (writer !== null || readers.size > 0 || this.line.head !== null) return null;
    return this.grant(taker);
  }

  /** @internal */
  grant(taker: Greenlet<unknown>): Lease {
    this.lock.writer = taker;
    return new Lease(this, ++this.#hold);
  }

  /** @internal */
  lent(mark: unknown): boolean {
    return this.lock.writer !== null && mark === this.#hold;
  }

  /** @internal */
  takeBack(): void {
    this.release();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return `<write side of ${Deno.inspect(this.lock)}>`;
  }
}

/**
 * A lock that many may hold to read, or one to write. Readers and writers are served first come, first
 * served: a waiting writer stops later readers, and readers that follow one another enter together.
 *
 * A greenlet that reads may read again without waiting, but has to stop before it writes: everything else
 * could never go on, and is refused with a DeadlockError. Async functions outside of any greenlet cannot be
 * told apart: there each `read.acquire` waits its turn, and who reads must not read again.
 *
 * @example Usage
 * ```ts
 * import { joinAll, run, RWLock, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RWLock();
 * let page = "draft";
 *
 * function* reader() {
 *   using _ = yield* lock.read.acquire();
 *   yield;
 *   return page;
 * }
 *
 * await run(function* () {
 *   const readers = [spawn(reader), spawn(reader)];
 *   yield;
 *   assertEquals(lock.stats().readers.length, 2);
 *   using _ = yield* lock.write.acquire();
 *   page = "final";
 *   assertEquals((yield* joinAll(readers)).map((each) => each.value), ["draft", "draft"]);
 * });
 * ```
 */
export class RWLock {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** For those who only look. */
  readonly read: ReadSide;
  /** For those who change something. */
  readonly write: WriteSide;
  /** @internal */
  writer: Greenlet<unknown> | null = null;
  /** @internal */
  readonly readers: Map<Greenlet<unknown>, number> = new Map();
  readonly #line: Line<Contender<unknown>> = new Line();

  /** Makes a lock that is free. */
  constructor(options: NameOptions = {}) {
    this.name = options.name;
    this.read = new ReadSide(this, this.#line);
    this.write = new WriteSide(this, this.#line);
  }

  /** Whether somebody reads or writes. */
  get locked(): boolean {
    return this.writer !== null || this.readers.size > 0;
  }

  /** @internal */
  advance(): void {
    for (let op = this.#line.head; op !== null; op = this.#line.head) {
      if (this.writer !== null || op instanceof WriteOp && this.readers.size > 0) return;
      this.#line.shift();
      op.granted();
    }
  }

  /** Counters at this moment. */
  stats(): RWLockStats {
    return Object.freeze({
      writer: this.writer,
      readers: Object.freeze([...this.readers.keys()]),
      waiting: this.#line.length,
    });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const readers = [...this.readers.keys()];
    const state = this.writer !== null
      ? `written, ${heldBy(this.writer)}`
      : readers.length === 0
      ? "free"
      : `read, ${heldBy(readers[0]!)}${
        readers.length > 1 ? ` and ${readers.length - 1} more` : ""
      }`;
    return describe("RWLock", this.name, state, this.#line.length);
  }
}
