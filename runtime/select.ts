// Copyright 2026 the Tendril authors. MIT license.
/**
 * Waiting for several Ops: `select` takes exactly one, `all` all of them, `race` the first to end.
 *
 * Invariants:
 * - First every Op is polled, in random order; only when none could finish do they all park. Nothing
 *   happens between the two, so an Op never meets another of the same `select`.
 * - The arm that is woken first cancels the others in the same turn, before anybody else runs.
 *
 * @module
 */
import { show } from "./clock.ts";
import { consumed, DONE, FINISHED, FRESH, Op, type Waiter, WAITING } from "./op.ts";
import { toOp, type Waitable } from "./until.ts";

/** One Op of a composite, as its waiter. */
class Arm implements Waiter {
  constructor(
    readonly owner: Composite<unknown>,
    readonly op: Op<unknown>,
    readonly key: PropertyKey,
    /** Its place in what the user gave. */
    readonly place: number,
  ) {}

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
  /** Called instead of `park` and `cancel` when another arm was ready at once. */
  abandon(): void;
}

abstract class Composite<T> extends Op<T> {
  readonly arms: Arm[];
  protected waiter: Waiter | null = null;
  /** Whether an arm may be under way already, as the promises of `runtime/io` are. */
  protected hasPromises = false;

  constructor(action: string, ops: Iterable<readonly [PropertyKey, unknown]>) {
    super();
    this.arms = [];
    for (const [key, value] of ops) {
      const op = toOp(value);
      if (op === undefined) {
        throw new TypeError(
          `Cannot ${action} ${show(value)} under "${String(key)}": expected an Op or a promise`,
        );
      }
      // A promise may lose before anybody looks at it; its rejection is nobody's business then.
      if (op !== value && "catch" in (value as object)) {
        (value as Promise<unknown>).catch(() => {});
        this.hasPromises = true;
      }
      this.arms.push(new Arm(this as Composite<unknown>, op, key, this.arms.length));
    }
  }

  get reason(): string {
    const arms = this.arms.toSorted((a, b) => a.place - b.place); // polling may shuffle them
    return `${this.kind} of ${arms.map((arm) => arm.op.reason).join(", ")}`;
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

  protected parkArm(arm: Arm): void {
    arm.op.stage = WAITING;
    arm.op.park(arm);
  }

  /** Ends what is under way behind arms that lost before they waited. */
  protected abandonOthers(): void {
    for (const { op } of this.arms) {
      if (op.stage === FRESH) (op as Op<unknown> & Partial<Abandonable>).abandon?.();
    }
  }

  /** Takes back every arm that still waits. */
  cancel(): void {
    for (const { op } of this.arms) {
      if (op.stage !== WAITING) continue;
      op.stage = FINISHED;
      op.cancel();
    }
  }

  protected settle(value: T): void {
    this.cancel();
    this.waiter!.wake(value);
  }

  protected failWith(error: unknown): void {
    this.cancel();
    this.waiter!.fail(error);
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    for (const arm of this.arms) {
      if (this.over) break; // an arm ended while it parked
      if (arm.op.stage === FRESH) this.parkArm(arm);
      else if (arm.op.stage === WAITING) this.armFailed(arm, consumed(arm.op)); // it stands twice
    }
  }

  /** Whether the outcome is known. */
  protected abstract get over(): boolean;
}

/** Ops by key, as `select` takes them. */
export type Arms = Record<PropertyKey, Waitable<unknown>>;

/** What `select` gives: the key of the Op that took effect, and its value. */
export type Selected<A extends Arms> = {
  [K in keyof A]: { key: K; value: Awaited<A[K]> };
}[keyof A];

/** Ends with the first arm that ends. `pick` makes the result of its key and value. */
class FirstOp<T> extends Composite<T> {
  protected over = false;

  constructor(
    readonly kind: "select" | "race",
    ops: Iterable<readonly [PropertyKey, unknown]>,
    readonly pick: (key: PropertyKey | undefined, value: unknown) => T,
    readonly orElse: boolean,
  ) {
    super(kind, ops);
  }

  poll(): IteratorReturnResult<T> | null {
    const { arms } = this;
    const count = arms.length;
    const fair = this.kind === "select" && count > 1;
    let draw = 0;
    for (let i = 0; i < count; i++) {
      if (fair) {
        // Shuffles as far as it is needed; the fraction that is left of a draw serves again.
        draw = (i & 3) === 0 ? Math.random() : draw % 1;
        draw *= count - i;
        const at = i + Math.floor(draw);
        const drawn = arms[at]!;
        arms[at] = arms[i]!;
        arms[i] = drawn;
      }
      const arm = arms[i]!;
      const result = this.pollArm(arm);
      if (result === null) continue;
      if (this.hasPromises) this.abandonOthers();
      DONE.value = this.pick(arm.key, result.value);
      return DONE;
    }
    if (!this.orElse) return null;
    DONE.value = this.pick(undefined, undefined);
    return DONE;
  }

  armDone(arm: Arm, value: unknown): void {
    this.over = true;
    this.settle(this.pick(arm.key, value));
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
  options: { default?: boolean } = {},
): Op<Selected<A> | { key: undefined; value: undefined }> {
  const pick = (key: PropertyKey | undefined, value: unknown) =>
    ({ key, value }) as unknown as Selected<A>;
  return new FirstOp("select", Object.entries(ops), pick, options.default ?? false);
}

class AllOp extends Composite<unknown[]> {
  readonly kind = "all";
  readonly #values: unknown[];
  #left: number;
  #failed = false;

  constructor(ops: Iterable<Waitable<unknown>>) {
    super("wait for all of", [...ops].entries());
    this.#left = this.arms.length;
    this.#values = new Array(this.#left);
  }

  protected get over(): boolean {
    return this.#failed;
  }

  poll(): IteratorReturnResult<unknown[]> | null {
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
    this.#left--;
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
  return new FirstOp("race", ops.entries(), (_key, value) => value as Awaited<A[number]>, false);
}
