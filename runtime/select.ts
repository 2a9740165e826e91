// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for several Ops: `select` takes exactly one, `all` all of them, `race` the first to end.
 *
 * Invariants:
 * - First every Op is polled, in random order; only when none could finish do they all park. Nothing
 *   happens between the two, so an Op never meets another of the same `select`; in `all` it may.
 * - An Op that was given to a `select` that ended is used up, whether it waited or not; with a default
 *   that was taken none has begun, and all are as they were.
 * - The arm that is woken first cancels the others in the same turn, before anybody else runs.
 * - An Op that ended may be in use again, on behalf of somebody else: nobody looks at it any more.
 *
 * @module
 */
import { show } from "./clock.ts";
import * as ops from "./op.ts";
import { consumed, current, IS_OP, Op, outside, park, tired, type Waiter } from "./op.ts";
import { describeWait } from "./tree.ts";
import { toOp, type Waitable } from "./until.ts";

// Constants of this module are part of its compiled code; imported ones are loaded each time.
const { DONE, FINISHED, FRESH, PARKED, WAITING } = ops;
const isOp: typeof IS_OP = IS_OP;

let seed = newSeed();

function newSeed(): number {
  return (Math.random() * 0x7fffffff) | 1;
}

/**
 * A xorshift generator: numbers below 1, in less time than Math.random takes for them. With the seed 0 all
 * of them are 0.
 */
function random(): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 1) / 0x80000000;
}

/** One Op of a composite, as its waiter. */
class Arm implements Waiter {
  declare readonly owner: Composite<unknown>;
  declare op: Op<unknown>;
  declare key: PropertyKey;
  /** Its place in what the user gave. */
  declare place: number;

  constructor(owner: Composite<unknown>, op: Op<unknown>, key: PropertyKey, place: number) {
    this.owner = owner;
    this.op = op;
    this.key = key;
    this.place = place;
  }

  wake(value: unknown): void {
    this.op.stage = FINISHED;
    this.owner.armDone(this, value);
  }

  fail(error: unknown): void {
    this.op.stage = FINISHED;
    this.owner.armFailed(this, error);
  }
}

/** An Op of something that began before the Op did. */
export interface Abandonable {
  /** Called instead of `park` and `cancel` when another arm ended before this one waited. */
  abandon(): void;
}

abstract class Composite<T> extends Op<T> implements Abandonable {
  declare readonly arms: Arm[];
  declare protected waiter: Waiter | null;

  constructor() {
    super();
    this.arms = [];
    this.waiter = null;
  }

  /** Takes `value` as the arm at `place`. */
  protected setArm(place: number, key: PropertyKey, value: unknown): void {
    // An instanceof here would cost as much as the rest of the arm.
    const op = (value as Partial<Op<unknown>> | null | undefined)?.[isOp] === true
      ? value as Op<unknown>
      : this.convert(key, value);
    const arm = this.arms[place];
    if (arm === undefined) {
      this.arms.push(new Arm(this as Composite<unknown>, op, key, place));
      return;
    }
    arm.op = op;
    arm.key = key;
    arm.place = place;
  }

  private convert(key: PropertyKey, value: unknown): Op<unknown> {
    const op = toOp(value);
    if (op === undefined) {
      const action = this.kind === "all" ? "wait for all of" : this.kind;
      throw new TypeError(
        `Cannot ${action} ${show(value)} under "${String(key)}": expected an Op or a promise`,
      );
    }
    // A promise may lose before anybody looks at it; its rejection is nobody's business then.
    if ("catch" in (value as object)) (value as Promise<unknown>).catch(() => {});
    return op;
  }

  get reason(): string {
    const arms = this.arms.toSorted((a, b) => a.place - b.place); // polling may shuffle them
    return `${this.kind} of ${
      arms.filter(({ op }) => op !== ENDED).map(({ op }) => describeWait(op)).join(", ")
    }`;
  }

  abstract readonly kind: string;
  abstract armDone(arm: Arm, value: unknown): void;
  abstract armFailed(arm: Arm, error: unknown): void;

  /** Tries an arm; throws if its Op was used before. */
  protected pollArm(arm: Arm): IteratorReturnResult<unknown> | null {
    if (arm.op.stage !== FRESH) throw consumed(arm.op);
    const result = arm.op.poll();
    if (result !== null) arm.op.stage = FINISHED;
    return result;
  }

  /** Tries the arms. */
  protected abstract pollArms(): IteratorReturnResult<T> | null;

  /** Takes effect if that is possible at once. */
  poll(): IteratorReturnResult<T> | null {
    try {
      return this.pollArms();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Uses up the arms that have not begun, and ends what is under way behind them. */
  abandon(): void {
    if (ops.anyBegun) this.abandonBegun();
    for (const { op } of this.arms) {
      if (op.stage !== WAITING) op.stage = FINISHED; // one that waits does so for somebody else
    }
  }

  private abandonBegun(): void {
    for (const { op } of this.arms) {
      if (op.stage === FRESH) (op as Op<unknown> & Partial<Abandonable>).abandon?.();
    }
  }

  /** A kill may come before the first step, where the greenlet has to give way. */
  override throw(error: unknown): IteratorResult<undefined, T> {
    if (this.stage === FRESH) this.abandon();
    return super.throw(error);
  }

  /** Takes back every arm that still waits. */
  cancel(): void {
    this.waiter = null;
    for (const { op } of this.arms) {
      if (op.stage !== WAITING) continue;
      op.stage = FINISHED;
      op.cancel();
    }
  }

  protected settle(value: T): void {
    const { waiter } = this;
    this.cancel();
    waiter!.wake(value);
  }

  protected failWith(error: unknown): void {
    const { waiter } = this;
    this.cancel();
    waiter!.fail(error);
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    for (const arm of this.arms) {
      if (this.over) return this.abandon(); // an arm ended while it parked
      const { op } = arm;
      if (op.stage === FRESH) {
        op.stage = WAITING;
        op.park(arm);
      } else if (op.stage === WAITING) this.armFailed(arm, consumed(op)); // it stands twice
    }
  }

  /** Whether the outcome is known. */
  protected abstract get over(): boolean;
}

/** Ops by key, as `select` takes them. */
export type Arms = Record<string, Waitable<unknown>>;

/** What `select` gives: the key of the Op that took effect, as a string, and its value. */
export type Selected<A extends Arms> = {
  [K in keyof A]: { key: K extends number ? `${K}` : K; value: Awaited<A[K]> };
}[keyof A];

/** The stage of a `select` that is being filled or polled: whatever runs meanwhile must not use it again. */
const BUSY = 3;

/** The result of a `select`. */
interface Choice {
  key: PropertyKey | undefined;
  value: unknown;
}

/**
 * Takes one of several. One that is used up is used again by the next `select`, so that a loop makes
 * no arms.
 */
class SelectOp extends Composite<Choice> {
  declare orElse: boolean;
  declare protected over: boolean;

  constructor() {
    super();
    this.orElse = false;
    this.over = false;
  }

  get kind(): string {
    return "select";
  }

  /** Makes it fresh. */
  fill(ops: Arms, orElse: boolean): this {
    this.stage = BUSY;
    this.orElse = orElse;
    this.over = false;
    let count = 0;
    for (const key in ops) this.setArm(count++, key, ops[key]);
    if (this.arms.length > count) this.arms.length = count;
    this.stage = FRESH;
    return this;
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, Choice> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    const result = this.poll();
    if (result !== null) return result;
    if (current === null) throw outside(this);
    park(this);
    this.park(current);
    return PARKED;
  }

  protected pollArms(): IteratorReturnResult<Choice> | null {
    const { arms, stage } = this;
    this.stage = BUSY;
    const count = arms.length;
    let draw = 0;
    for (let i = 0; i < count; i++) {
      let at = i;
      if (i < count - 1) {
        // Shuffles as far as it is needed; the fraction that is left of a draw serves again.
        draw = ((i & 3) === 0 ? random() : draw) * (count - i);
        at += draw | 0;
        draw -= at - i;
      }
      const arm = arms[at]!;
      const result = this.pollArm(arm);
      if (result === null) {
        if (at > i) {
          arms[at] = arms[i]!;
          arms[i] = arm;
        }
        continue;
      }
      const { value } = result;
      this.abandon();
      this.stage = FINISHED;
      DONE.value = { key: arm.key, value };
      return DONE;
    }
    this.stage = this.orElse ? FINISHED : stage;
    if (!this.orElse) return null;
    DONE.value = { key: undefined, value: undefined };
    return DONE;
  }

  /** Is the next to be used again: its greenlet goes on, and most likely comes back. */
  protected override resumed(value: Choice): IteratorResult<undefined, Choice> {
    const result = super.resumed(value);
    spare = this;
    return result;
  }

  armDone(arm: Arm, value: unknown): void {
    this.over = true;
    this.settle({ key: arm.key, value });
  }

  armFailed(_arm: Arm, error: unknown): void {
    this.over = true;
    this.failWith(error);
  }
}

let spare: SelectOp = new SelectOp();

const { poll } = SelectOp.prototype;
/**
 * Lets `choose` say in which order a `select` looks at its Ops: which of `count` is next, that many times
 * less one; `null` is random. For runtime/testing; replaces a method, so that nobody else pays for it.
 */
export function setOrder(choose: ((count: number) => number) | null): void {
  seed = choose === null ? newSeed() : 0;
  SelectOp.prototype.poll = choose === null ? poll : function (this: SelectOp) {
    const { arms } = this;
    for (let i = 0; i < arms.length - 1; i++) {
      const [arm] = arms.splice(i + choose(arms.length - i), 1);
      arms.splice(i, 0, arm!);
    }
    return poll.call(this);
  };
}

/** Stands where an Op was that has ended, while others go on. */
const ENDED: Op<unknown> = new SelectOp();
ENDED.stage = FINISHED;

/** Ends with the first arm that ends. */
class RaceOp<T> extends Composite<T> {
  declare protected over: boolean;

  constructor(ops: readonly unknown[]) {
    super();
    this.over = false;
    ops.forEach((op, place) => this.setArm(place, place, op));
  }

  get kind(): string {
    return "race";
  }

  protected pollArms(): IteratorReturnResult<T> | null {
    for (const arm of this.arms) {
      const result = this.pollArm(arm);
      if (result === null) continue;
      const { value } = result;
      this.abandon();
      DONE.value = value;
      return DONE;
    }
    return null;
  }

  armDone(_arm: Arm, value: unknown): void {
    this.over = true;
    this.settle(value as T);
  }

  armFailed(_arm: Arm, error: unknown): void {
    this.over = true;
    this.failWith(error);
  }
}

/**
 * Waits for several Ops; exactly one takes effect, the others have not happened. The choice among
 * several that are ready is random. An Op that fails makes the whole fail.
 *
 * @example Usage
 * ```ts
 * import { run, select, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const job = spawn(() => "done");
 *   const first = yield* select({ job: job.get(), late: sleep(1000) });
 *   if (first.key === "job") assertEquals(first.value, "done");
 * });
 * ```
 *
 * @throws {TypeError} If one of them is neither an Op nor a promise.
 */
export function select<A extends Arms>(ops: A, options?: { default?: false }): Op<Selected<A>>;
/** Like `select`, but never blocks: `key` is undefined when nothing was ready. */
export function select<A extends Arms>(
  ops: A,
  options: { default: boolean },
): Op<Selected<A> | { key: undefined; value: undefined }>;
export function select<A extends Arms>(
  ops: A,
  options?: { default?: boolean },
): Op<Selected<A> | { key: undefined; value: undefined }> {
  if (spare.stage !== FINISHED) spare = new SelectOp();
  return spare.fill(ops, options !== undefined && options.default === true) as unknown as Op<
    Selected<A> | { key: undefined; value: undefined }
  >;
}

class AllOp extends Composite<unknown[]> {
  readonly #values: unknown[];
  #left: number;
  #failed = false;

  constructor(ops: readonly unknown[]) {
    super();
    ops.forEach((op, place) => this.setArm(place, place, op));
    this.#left = this.arms.length;
    this.#values = new Array(this.#left);
  }

  get kind(): string {
    return "all";
  }

  protected get over(): boolean {
    return this.#failed || this.#left === 0;
  }

  /** Looks again before each arm parks: one that stands already may be what it waits for. */
  override park(waiter: Waiter): void {
    this.waiter = waiter;
    for (const arm of this.arms) {
      if (this.over) return this.abandon();
      const { op } = arm;
      if (op === ENDED) continue;
      try {
        const result = this.pollArm(arm);
        if (result === null) {
          op.stage = WAITING;
          op.park(arm);
        } else this.armDone(arm, result.value);
      } catch (error) {
        this.armFailed(arm, error);
      }
    }
  }

  protected pollArms(): IteratorReturnResult<unknown[]> | null {
    for (const arm of this.arms) {
      const result = this.pollArm(arm);
      if (result !== null) this.#take(arm, result.value);
    }
    if (this.#left > 0) return null;
    DONE.value = this.#values;
    return DONE;
  }

  #take(arm: Arm, value: unknown): void {
    this.#values[arm.key as number] = value;
    if (--this.#left > 0) arm.op = ENDED;
  }

  armDone(arm: Arm, value: unknown): void {
    this.#take(arm, value);
    if (this.#left === 0) this.settle(this.#values);
  }

  armFailed(_arm: Arm, error: unknown): void {
    this.#failed = true;
    this.failWith(error);
  }
}

/**
 * Waits for all Ops and gives their values in order. The first that fails makes the whole fail; the
 * others are cancelled, and what some have already done stays done.
 *
 * @example Usage
 * ```ts
 * import { all, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   assertEquals(yield* all([spawn(() => 1), spawn(() => "two")]), [1, "two"]);
 * });
 * ```
 *
 * @throws {TypeError} If one of them is neither an Op nor a promise.
 */
export function all<const A extends readonly Waitable<unknown>[]>(
  ops: A,
): Op<{ -readonly [K in keyof A]: Awaited<A[K]> }> {
  return new AllOp(ops) as Op<unknown> as Op<{ -readonly [K in keyof A]: Awaited<A[K]> }>;
}

/**
 * Waits for the first Op to end, and gives its value or throws its error; the others are cancelled.
 * Among several that are ready the first in order wins.
 *
 * @example Usage
 * ```ts
 * import { race, run, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   assertEquals(yield* race([spawn(() => "fast"), sleep(1000)]), "fast");
 * });
 * ```
 *
 * @throws {TypeError} If one of them is neither an Op nor a promise.
 * @throws {RangeError} If there is none, since the race could never end.
 */
export function race<const A extends readonly Waitable<unknown>[]>(ops: A): Op<Awaited<A[number]>> {
  if (ops.length === 0) throw new RangeError("Cannot race no Ops: the race would never end");
  return new RaceOp(ops);
}
