// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for many greenlets, in the order in which they end.
 *
 * @module
 */
import { checkDelay, show } from "./clock.ts";
import { GreenletExit } from "./errors.ts";
import { addLink, DEAD, type Link, removeLink } from "./fiber.ts";
import type { Coroutine } from "./body.ts";
import { getCurrent, Greenlet, type WaitOptions } from "./greenlet.ts";
import { now } from "./hub.ts";
import { DONE, Op, type Waiter } from "./op.ts";
import { routine } from "./routine.ts";
import { limited, Timeout } from "./timeout.ts";
import { active } from "./tree.ts";

/** One greenlet that an {@linkcode Endings} watches; duplicates are watched twice. */
class Watch<T> implements Link {
  before: Link | null = null;
  after: Link | null = null;
  constructor(readonly greenlet: Greenlet<T>, readonly endings: Endings<T>) {}

  ended(): false {
    this.endings.add(this);
    return false;
  }
}

/** The greenlets of a set as they end. Links are made when first asked, and dropped by `close`. */
class Endings<T> {
  readonly #greenlets: Greenlet<T>[];
  readonly #ended: Greenlet<T>[] = [];
  #watches: Set<Watch<T>> | null = null;
  #waiter: Waiter | null = null;
  #given = 0;
  #read = 0;

  constructor(action: string, greenlets: Iterable<Greenlet<T>>) {
    this.#greenlets = [...greenlets];
    for (const each of this.#greenlets) {
      if (!(each instanceof Greenlet)) {
        throw new TypeError(
          `Cannot ${action}: expected an iterable of Greenlets, got ${show(each)} in it`,
        );
      }
    }
  }

  get total(): number {
    return this.#greenlets.length;
  }

  /** The next that ended; `undefined` when all were given. */
  next(): Op<Greenlet<T> | undefined> {
    return new NextEnding(this);
  }

  take(): Greenlet<T> | undefined | null {
    if (this.#given === this.#greenlets.length) return undefined;
    this.#open();
    if (this.#read === this.#ended.length) return null;
    this.#given++;
    return this.#ended[this.#read++];
  }

  #open(): void {
    if (this.#watches !== null) return;
    this.#watches = new Set();
    for (const greenlet of this.#greenlets) {
      greenlet.joined = true;
      if (greenlet.state === DEAD) {
        this.#ended.push(greenlet);
        continue;
      }
      const watch = new Watch(greenlet, this);
      this.#watches.add(watch);
      addLink(greenlet, watch);
    }
  }

  add(watch: Watch<T>): void {
    this.#watches!.delete(watch);
    this.#ended.push(watch.greenlet);
    const waiter = this.#waiter;
    if (waiter === null) return;
    this.#waiter = null;
    waiter.wake(this.take());
  }

  expect(waiter: Waiter | null): void {
    this.#waiter = waiter;
  }

  waitingFor(): Greenlet<T> | undefined {
    return this.#watches?.values().next().value?.greenlet;
  }

  /** Leaves no link behind. */
  close(): void {
    for (const watch of this.#watches ?? []) removeLink(watch.greenlet, watch);
    this.#watches?.clear();
  }
}

class NextEnding<T> extends Op<Greenlet<T> | undefined> {
  constructor(readonly endings: Endings<T>) {
    super();
  }

  get reason(): string {
    return "join";
  }

  override get subject(): unknown {
    return this.endings.waitingFor();
  }

  override get holder(): unknown {
    return this.endings.waitingFor();
  }

  poll(): IteratorReturnResult<Greenlet<T> | undefined> | null {
    const taken = this.endings.take();
    if (taken === null) return null;
    DONE.value = taken;
    return DONE;
  }

  park(waiter: Waiter): void {
    this.endings.expect(waiter);
  }

  cancel(): void {
    this.endings.expect(null);
  }
}

/** Options of the calls that wait for many. */
export interface WaitManyOptions extends WaitOptions {
  /** How many to wait for; default: all. */
  count?: number;
}

/** Options of {@linkcode joinAll}. */
export interface JoinAllOptions extends WaitManyOptions {
  /** Whether the error of the first that fails is thrown; default: false. */
  raiseError?: boolean;
}

/** The time that is left of a limit which is shared by several waits. */
function deadline(action: string, timeout: number | Timeout | undefined): () => number | undefined {
  const ms = timeout instanceof Timeout ? timeout.ms : timeout;
  if (ms === undefined) return () => undefined;
  const end = now() + checkDelay(action, ms);
  return () => Math.max(0, end - now());
}

function checkCount(action: string, count: number | undefined): number {
  if (count === undefined) return Infinity;
  if (Number.isInteger(count) && count >= 0) return count;
  throw new RangeError(
    `Cannot ${action}: count must be a whole number of at least 0, got ${show(count)}`,
  );
}

function* joinAllBody<T>(endings: Endings<T>, options: JoinAllOptions): Coroutine<Greenlet<T>[]> {
  const done: Greenlet<T>[] = [];
  const left = deadline("join all", options.timeout);
  const count = Math.min(options.count ?? Infinity, endings.total);
  try {
    while (done.length < count) {
      const next = yield* limited(endings.next(), "join all", left(), () => undefined);
      if (next === undefined) break;
      done.push(next);
      if (options.raiseError && next.failing) {
        next.observed = true;
        throw next.inbox;
      }
    }
  } finally {
    endings.close();
  }
  return done;
}

/**
 * Waits for greenlets and gives those that ended, in the order in which they did, as gevent's
 * `joinall` does. When the timeout is over it gives those that had ended by then.
 *
 * @example Usage
 * ```ts
 * import { joinAll, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const jobs = [3, 1, 2].map((turns) =>
 *     spawn(function* () {
 *       for (let turn = 0; turn < turns; turn++) yield;
 *       return turns;
 *     })
 *   );
 *   const ended = yield* joinAll(jobs);
 *   assertEquals(ended.map((job) => job.value), [1, 2, 3]);
 * });
 * ```
 *
 * @throws {TypeError} If one of them is no Greenlet.
 * @throws The error of the first that fails, if `raiseError` is set.
 */
export function joinAll<T>(
  greenlets: Iterable<Greenlet<T>>,
  options: JoinAllOptions = {},
): Op<Greenlet<T>[]> {
  checkCount("join all", options.count);
  return routine("join", joinAllBody<T>, new Endings("join all", greenlets), options);
}

function* killAllBody(greenlets: Greenlet<unknown>[], options: WaitOptions): Coroutine<void> {
  const done = yield* joinAll(greenlets, options);
  if (done.length === greenlets.length) return;
  if (options.timeout instanceof Timeout) throw options.timeout.thrown;
  throw new Timeout(options.timeout);
}

/**
 * Kills greenlets at the call; the Op waits until all have ended. Those that never ran do not run.
 *
 * @example Usage
 * ```ts
 * import { killAll, run, sleep, spawn } from "@tendril/tendril";
 * import { assert } from "@std/assert";
 *
 * await run(function* () {
 *   const jobs = [1, 2].map(() =>
 *     spawn(function* () {
 *       yield* sleep(1000);
 *     })
 *   );
 *   yield* killAll(jobs);
 *   assert(jobs.every((job) => job.dead));
 * });
 * ```
 *
 * @throws {Timeout} If some are still alive when `timeout` is over.
 */
export function killAll(
  greenlets: Iterable<Greenlet<unknown>>,
  error: Error = new GreenletExit(),
  options: WaitOptions = {},
): Op<void> {
  const all = [...greenlets];
  const endings = new Endings("kill all", all);
  deadline("kill all", options.timeout);
  if (!(error instanceof Error)) {
    throw new TypeError(`Cannot kill all: expected an Error, got ${show(error)}`);
  }
  for (const greenlet of all) greenlet.requestKill(error);
  endings.close();
  return routine("kill", killAllBody, all, options);
}

/** What {@linkcode iwait} gives: the greenlets as they end. */
export interface Ended<T> extends Disposable {
  /** The next one that ended; done when all, or `count`, were given, or the time is over. */
  next(): Op<IteratorResult<Greenlet<T>, undefined>>;
}

class EndedIterator<T> implements Ended<T> {
  #left: number;
  #remaining: (() => number | undefined) | null = null;

  constructor(readonly endings: Endings<T>, readonly options: WaitManyOptions) {
    this.#left = checkCount("iterate over endings", options.count);
  }

  next(): Op<IteratorResult<Greenlet<T>, undefined>> {
    return routine("join", EndedIterator.step<T>, this);
  }

  static *step<T>(self: EndedIterator<T>): Coroutine<IteratorResult<Greenlet<T>, undefined>> {
    if (self.#left <= 0) return self.end();
    self.#remaining ??= deadline("iterate over endings", self.options.timeout);
    const greenlet = yield* limited(
      self.endings.next(),
      "iwait",
      self.#remaining(),
      () => undefined,
    );
    if (greenlet === undefined) return self.end();
    if (--self.#left === 0) self.endings.close();
    return { done: false, value: greenlet };
  }

  end(): IteratorReturnResult<undefined> {
    this.#left = 0;
    this.endings.close();
    return { done: true, value: undefined };
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

/**
 * Gives greenlets as they end: `while (!(step = yield* it.next()).done)`. It links to them at the
 * first `next`, and takes the links back when it is disposed of or has given all.
 *
 * @example Usage
 * ```ts
 * import { iwait, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using it = iwait([spawn(() => 1), spawn(() => 2)]);
 *   const values = [];
 *   for (let step = yield* it.next(); !step.done; step = yield* it.next()) {
 *     values.push(step.value.value);
 *   }
 *   assertEquals(values, [1, 2]);
 * });
 * ```
 */
export function iwait<T>(
  greenlets: Iterable<Greenlet<T>>,
  options: WaitManyOptions = {},
): Ended<T> {
  return new EndedIterator(new Endings("iterate over endings", greenlets), options);
}

/**
 * Waits for greenlets and gives those that ended in time, in the order in which they did. Without
 * greenlets it waits until every other greenlet that lives now has ended, and gives false when the
 * time was over first.
 *
 * @example Usage
 * ```ts
 * import { run, spawn, wait } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const ended = yield* wait([spawn(() => 1), spawn(() => 2)], { count: 1 });
 *   assertEquals(ended.length, 1);
 * });
 * ```
 */
export function wait(greenlets?: undefined, options?: WaitOptions): Op<boolean>;
/** Waits for greenlets and gives those that ended in time. */
export function wait<T>(
  greenlets: Iterable<Greenlet<T>>,
  options?: WaitManyOptions,
): Op<Greenlet<T>[]>;
export function wait<T>(
  greenlets?: Iterable<Greenlet<T>>,
  options: WaitManyOptions = {},
): Op<Greenlet<T>[]> | Op<boolean> {
  if (greenlets !== undefined) return joinAll(greenlets, options);
  return routine("wait", waitBody, options);
}

function* waitBody(options: WaitOptions): Coroutine<boolean> {
  const others = new Endings("wait", active().filter((each) => each !== getCurrent()));
  const left = deadline("wait", options.timeout);
  try {
    for (;;) {
      const ended = yield* limited(others.next(), "wait", left(), () => null);
      if (ended === null) return false;
      if (ended === undefined) return true;
    }
  } finally {
    others.close();
  }
}
