// Copyright 2026 the Tendril authors. MIT license.
/**
 * Groups of greenlets, and the Pool that bounds how many run at a time.
 *
 * Invariants:
 * - A member leaves at its end, in the same turn, before anybody who joined it runs.
 * - Somebody waits for a slot only while all are taken; slots are given in the order of asking.
 *
 * @module
 */
import { show } from "./clock.ts";
import { DeadlockError, GreenletExit } from "./errors.ts";
import { addLink, type Fiber, type Link, removeLink } from "./fiber.ts";
import { type Coroutine, notCallable, type Runnable } from "./body.ts";
import { getCurrent, Greenlet, type WaitOptions } from "./greenlet.ts";
import { type Inputs, type MapOptions, Mapped, readInputs } from "./imap.ts";
import { DONE, Op, type Waiter } from "./op.ts";
import { perform } from "./perform.ts";
import { routine } from "./routine.ts";
import { limited } from "./timeout.ts";

/** Options of {@linkcode Group.join}. */
export interface GroupJoinOptions extends WaitOptions {
  /** Whether the error of a member that failed is thrown; default: false. */
  raiseError?: boolean;
}

/** A member's link to its group. */
class Membership implements Link {
  before: Link | null = null;
  after: Link | null = null;
  constructor(readonly group: Group) {}

  ended(fiber: Fiber): false {
    this.group.discard(fiber as Greenlet<unknown>);
    return false;
  }
}

/**
 * Waits in a set of a group until the group wakes it with a value.
 *
 * @internal
 */
class GroupOp<T> extends Op<T> {
  waiter: Waiter | null = null;

  constructor(
    readonly group: Group,
    readonly reason: string,
    readonly line: Set<GroupOp<unknown>>,
    /** Does it if that is possible now; `undefined` when it is not. */
    readonly attempt: () => { value: T } | undefined,
  ) {
    super();
  }

  override get subject(): unknown {
    return this.group;
  }

  poll(): IteratorReturnResult<T> | null {
    const got = this.line.size === 0 ? this.attempt() : undefined;
    if (got === undefined) return null;
    DONE.value = got.value;
    return DONE;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.line.add(this as GroupOp<unknown>);
    this.group.checkDeadlock(this as GroupOp<unknown>);
  }

  cancel(): void {
    this.line.delete(this as GroupOp<unknown>);
  }
}

/** Serves those who wait in `line`, in order, as long as that is possible. */
function serve(line: Set<GroupOp<unknown>>): void {
  for (const op of line) {
    const got = op.attempt();
    if (got === undefined) return;
    // To kill a member that has not begun ends it at once, which served the line already.
    if (line.delete(op)) op.waiter!.wake(got.value);
  }
}

/**
 * A set of greenlets that are waited for or killed together, as gevent's `pool.Group`. The error of a
 * member is reported like that of any greenlet, unless somebody asks for its outcome.
 *
 * @example Usage
 * ```ts
 * import { Group, run, sleep } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const group = new Group();
 *   for (const ms of [1, 2, 3]) yield* group.spawn(() => sleep(ms));
 *   yield* group.join();
 *   assertEquals(group.size, 0);
 * });
 * ```
 */
export class Group {
  readonly #members: Map<Greenlet<unknown>, Membership> = new Map();
  readonly #slotLine: Set<GroupOp<unknown>> = new Set();
  readonly #availableLine: Set<GroupOp<unknown>> = new Set();
  readonly #emptyLine: Set<GroupOp<unknown>> = new Set();
  /** Apart from those who join: whatever they wait for, a kill looks again at each end. */
  readonly #killLine: Set<GroupOp<unknown>> = new Set();

  /** Makes a group of these greenlets. */
  constructor(greenlets: Iterable<Greenlet<unknown>> = []) {
    for (const greenlet of greenlets) this.#admit(greenlet);
  }

  /** How many members are alive. */
  get size(): number {
    return this.#members.size;
  }

  /** How many may be alive at a time. */
  get capacity(): number {
    return Infinity;
  }

  /** How many more may join. */
  get freeCount(): number {
    return Math.max(0, this.capacity - this.size);
  }

  /** Whether nobody more may join. */
  get full(): boolean {
    return this.freeCount === 0;
  }

  /** Whether `greenlet` is a living member. */
  has(greenlet: Greenlet<unknown>): boolean {
    return this.#members.has(greenlet);
  }

  /** The living members, in the order in which they joined. */
  [Symbol.iterator](): IterableIterator<Greenlet<unknown>> {
    return this.#members.keys();
  }

  #admit(greenlet: Greenlet<unknown>): void {
    if (!(greenlet instanceof Greenlet)) {
      throw new TypeError(`Cannot add ${show(greenlet)} to a group: expected a Greenlet`);
    }
    if (greenlet.dead || this.#members.has(greenlet)) return;
    const membership = new Membership(this);
    this.#members.set(greenlet, membership);
    addLink(greenlet, membership);
  }

  /** An Op that takes a slot and does `act` in it: at the call if one is free, else when it is used. */
  #inSlot<T>(reason: string, act: () => T): Op<T> {
    const attempt = () => this.full ? undefined : { value: act() };
    const done = this.#slotLine.size === 0 ? attempt() : undefined;
    return new GroupOp(
      this,
      reason,
      done === undefined ? this.#slotLine : new Set(),
      done ? () => done : attempt,
    );
  }

  /** Adds a greenlet that exists. Waits while the pool is full. */
  add(greenlet: Greenlet<unknown>, options: WaitOptions = {}): Op<void> {
    return limited(
      this.#inSlot("pool add", () => this.#admit(greenlet)),
      "add to the pool",
      options.timeout,
    );
  }

  /** Adds a greenlet and starts it. Waits while the pool is full. */
  start(greenlet: Greenlet<unknown>, options: WaitOptions = {}): Op<void> {
    const act = () => {
      this.#admit(greenlet);
      greenlet.start();
    };
    return limited(this.#inSlot("pool start", act), "start in the pool", options.timeout);
  }

  /** Spawns `fn(...args)` as a member and gives the greenlet. Waits while the pool is full. */
  spawn<A extends unknown[], T>(fn: Runnable<A, T>, ...args: A): Op<Greenlet<T>> {
    if (typeof fn !== "function") throw notCallable("spawn", fn);
    return this.#inSlot("pool spawn", () => {
      const greenlet = new Greenlet<T>(fn);
      this.#admit(greenlet as Greenlet<unknown>);
      greenlet.startWith(args);
      return greenlet;
    });
  }

  /** Takes a greenlet out without ending it. */
  discard(greenlet: Greenlet<unknown>): void {
    const membership = this.#members.get(greenlet);
    if (membership === undefined) return;
    this.#members.delete(greenlet);
    removeLink(greenlet, membership);
    if (this.#slotLine.size > 0) serve(this.#slotLine);
    if (this.#availableLine.size > 0) serve(this.#availableLine);
    if (this.#killLine.size > 0) serve(this.#killLine);
    if (this.#emptyLine.size > 0) serve(this.#emptyLine);
  }

  /** Raised at once when the last member that could free a slot begins to wait for one itself. */
  checkDeadlock(op: GroupOp<unknown>): void {
    if (op.line !== this.#slotLine) return;
    const waiting = new Set([...this.#slotLine].map((each) => each.waiter));
    for (const member of this.#members.keys()) {
      if (!waiting.has(member)) return;
    }
    if (this.size === 0 || !waiting.has(getCurrent())) return;
    op.cancel();
    const names = [...this.#members.keys()].map((each) => each.name).join(", ");
    op.waiter!.fail(
      new DeadlockError(
        `Cannot spawn in a pool of ${this.capacity}: all its members (${names}) wait for a free slot in it; ` +
          "use apply(), which runs in place in a member, or another pool for the inner work",
      ),
    );
  }

  /** Waits until somebody may join; gives how many may. After the timeout it gives that, too. */
  waitAvailable(options: WaitOptions = {}): Op<number> {
    const attempt = () => this.full ? undefined : { value: this.freeCount };
    const op = new GroupOp(this, "pool slot", this.#availableLine, attempt);
    return limited(op, "wait for a free slot", options.timeout, () => this.freeCount);
  }

  /** Waits until there is no member; gives false when the timeout was over first. */
  join(options: GroupJoinOptions = {}): Op<boolean> {
    const attempt = () => this.size === 0 ? { value: true } : undefined;
    const empty = limited(
      new GroupOp(this, "group join", this.#emptyLine, attempt),
      "join the group",
      options.timeout,
      () => false,
    );
    return options.raiseError ? routine("group join", joinRaising, empty, [...this]) : empty;
  }

  /**
   * Kills all members, also those that join meanwhile, each once. Acts at the call; the Op waits
   * until there is none and gives false when the timeout was over first.
   */
  kill(error: Error = new GreenletExit(), options: WaitOptions = {}): Op<boolean> {
    if (!(error instanceof Error)) {
      throw new TypeError(`Cannot kill a group with ${show(error)}: expected an Error`);
    }
    this.#killMembers(error);
    const attempt = () => {
      this.#killMembers(error);
      return this.size === 0 ? { value: true } : undefined;
    };
    const op = new GroupOp(this, "group kill", this.#killLine, attempt);
    return limited(op, "kill the group", options.timeout, () => false);
  }

  #killMembers(error: Error): void {
    for (const member of [...this]) member.requestKill(error);
  }

  /** Kills one member; something else is left alone. */
  killOne(
    greenlet: Greenlet<unknown>,
    error: Error = new GreenletExit(),
    options: WaitOptions = {},
  ): Op<boolean> {
    return this.has(greenlet)
      ? greenlet.kill(error, options)
      : new GroupOp(this, "kill", new Set(), () => ({ value: true }));
  }

  /** Runs `fn(...args)` in a slot and gives its result; in a member of this group it runs in place. */
  apply<A extends unknown[], T>(fn: Runnable<A, T>, args: A = [] as unknown[] as A): Op<T> {
    if (typeof fn !== "function") throw notCallable("apply", fn);
    return routine("pool apply", applyBody<A, T>, this as Group, fn, args);
  }

  /**
   * Like {@linkcode Group.apply} in a greenlet of its own, which is given at once even while the pool
   * is full. `callback` gets the result unless that failed.
   */
  applyAsync<A extends unknown[], T>(
    fn: Runnable<A, T>,
    args: A = [] as unknown[] as A,
    callback?: (value: T) => unknown,
  ): Greenlet<T> {
    if (typeof fn !== "function") throw notCallable("apply", fn);
    const greenlet = new Greenlet<T>(inSlotBody);
    greenlet.startWith([this, fn, args]);
    if (callback !== undefined) greenlet.linkValue((done) => callback(done.value as T));
    return greenlet;
  }

  /** Runs `fn` on every item, several items at a time, and gives the results in order. */
  map<I, T>(fn: Runnable<[I], T>, items: Iterable<I>): Op<T[]>;
  /** The same for a function of several parameters, with an iterable for each, side by side. */
  map<A extends unknown[], T>(fn: Runnable<A, T>, ...inputs: Inputs<A>): Op<T[]>;
  map<T>(fn: Runnable<unknown[], T>, ...inputs: unknown[]): Op<T[]> {
    const { items } = readInputs("map", fn, inputs);
    return routine("pool map", mapBody<unknown[], T>, this as Group, fn, items);
  }

  /** Like {@linkcode Group.map} in a greenlet of its own, which is given at once. */
  mapAsync<I, T>(fn: Runnable<[I], T>, items: Iterable<I>): Greenlet<T[]>;
  /** The same for a function of several parameters, with an iterable for each, side by side. */
  mapAsync<A extends unknown[], T>(fn: Runnable<A, T>, ...inputs: Inputs<A>): Greenlet<T[]>;
  mapAsync<T>(fn: Runnable<unknown[], T>, ...inputs: unknown[]): Greenlet<T[]> {
    const { items } = readInputs("map", fn, inputs);
    const greenlet = new Greenlet<T[]>(mapBody);
    greenlet.startWith([this, fn, items]);
    return greenlet;
  }

  /** Runs `fn` on every item and gives the results one by one, in the order of the items. */
  imap<I, T>(fn: Runnable<[I], T>, items: Iterable<I>, options?: MapOptions): Mapped<T>;
  /** The same for a function of several parameters, with an iterable for each, side by side. */
  imap<A extends unknown[], T>(fn: Runnable<A, T>, ...inputs: Inputs<A, MapOptions>): Mapped<T>;
  imap<T>(fn: Runnable<unknown[], T>, ...inputs: unknown[]): Mapped<T> {
    const { items, options } = readInputs("imap", fn, inputs);
    return new Mapped(this, fn, items, true, options);
  }

  /** Like {@linkcode Group.imap}, but each result as soon as it is there. */
  imapUnordered<I, T>(fn: Runnable<[I], T>, items: Iterable<I>, options?: MapOptions): Mapped<T>;
  /** The same for a function of several parameters, with an iterable for each, side by side. */
  imapUnordered<A extends unknown[], T>(
    fn: Runnable<A, T>,
    ...inputs: Inputs<A, MapOptions>
  ): Mapped<T>;
  imapUnordered<T>(fn: Runnable<unknown[], T>, ...inputs: unknown[]): Mapped<T> {
    const { items, options } = readInputs("imapUnordered", fn, inputs);
    return new Mapped(this, fn, items, false, options);
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const bound = this.capacity === Infinity ? "" : ` of ${this.capacity}`;
    return `<${this.constructor.name} ${this.size}${bound}>`;
  }
}

function* joinRaising(empty: Op<boolean>, members: Greenlet<unknown>[]): Coroutine<boolean> {
  for (const member of members) member.observed = true;
  const done = yield* empty;
  for (const member of members) {
    if (member.dead && member.failing) yield* member.get();
  }
  return done;
}

function* applyBody<A extends unknown[], T>(
  group: Group,
  fn: Runnable<A, T>,
  args: A,
): Coroutine<T> {
  if (group.has(getCurrent())) return yield* perform(fn, ...args);
  return yield* inSlotBody(group, fn, args);
}

function* inSlotBody<A extends unknown[], T>(
  group: Group,
  fn: Runnable<A, T>,
  args: A,
): Coroutine<T> {
  const member = yield* group.spawn(fn, ...args);
  return yield* member.get();
}

function* mapBody<A extends unknown[], T>(
  group: Group,
  fn: Runnable<A, T>,
  items: Iterable<A>,
): Coroutine<T[]> {
  const members: Greenlet<T>[] = [];
  const results: T[] = [];
  for (const item of items) {
    const member = yield* group.spawn(fn, ...item);
    member.observed = true;
    members.push(member);
    // A failure is raised when it is known, not when all items have been started.
    while (results.length < members.length && members[results.length]!.dead) {
      results.push(yield* members[results.length]!.get());
    }
  }
  while (results.length < members.length) results.push(yield* members[results.length]!.get());
  return results;
}

/**
 * A group of at most `capacity` members at a time, as gevent's `pool.Pool`: joining it waits while it
 * is full.
 *
 * @example Usage
 * ```ts
 * import { Pool, run, sleep } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const pool = new Pool(2);
 *   const squares = yield* pool.map(function* (n: number) {
 *     yield* sleep(1);
 *     return n * n;
 *   }, [1, 2, 3]);
 *   assertEquals(squares, [1, 4, 9]);
 * });
 * ```
 */
export class Pool extends Group {
  readonly #capacity: number;

  /**
   * Makes a pool of at most `capacity` members; without one it is unbounded.
   *
   * @throws {RangeError} If the capacity is negative or no whole number.
   */
  constructor(capacity: number = Infinity) {
    super();
    if (!(capacity >= 0) || (capacity !== Infinity && !Number.isInteger(capacity))) {
      throw new RangeError(
        `Cannot make a Pool: its size must be a whole number of at least 0, got ${show(capacity)}`,
      );
    }
    this.#capacity = capacity;
  }

  /** How many may be alive at a time. */
  override get capacity(): number {
    return this.#capacity;
  }
}
