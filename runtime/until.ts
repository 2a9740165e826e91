// Copyright 2026 the Tendril authors. MIT license.
/**
 * Promises in greenlets, and what becomes of a value that was yielded but is no Op.
 *
 * @module
 */
import { show } from "./clock.ts";
import { type Fiber, WAITS } from "./fiber.ts";
import { AsyncFrame } from "./async_frame.ts";
import { isGenerator, isThenable } from "./body.ts";
import { getCurrent, Greenlet } from "./greenlet.ts";
import { addExternal } from "./hub.ts";
import { DONE, Op, type Waiter } from "./op.ts";
import { setForeignYield } from "./trampoline.ts";

/** What `until` takes: a promise, or a function to be called for one. */
export type UntilSource<T> = T | PromiseLike<T> | (() => T | PromiseLike<T>);

class UntilOp<T> extends Op<T> {
  declare readonly source: UntilSource<T>;
  declare waiter: Waiter | null;
  declare frame: AsyncFrame | null;

  constructor(source: UntilSource<T>) {
    super();
    this.source = source;
    this.waiter = null;
    this.frame = null;
  }

  get reason(): string {
    const awaited = Array.from(this.frame?.awaits ?? [], (waiter) => waiter.op.reason);
    return awaited.length === 0 ? "promise" : awaited.join(", ");
  }

  poll(): IteratorReturnResult<T> | null {
    if (isThenable(this.source) || typeof this.source === "function") return null;
    DONE.value = this.source;
    return DONE;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    const { source } = this;
    try {
      if (typeof source === "function") this.call(source as () => T | PromiseLike<T>);
      else {
        addExternal(1);
        this.follow(source);
      }
    } catch (error) {
      this.settle("fail", error);
    }
  }

  /** Calls the function in a frame of its own, so that what it awaits ends with this wait. */
  private call(source: () => T | PromiseLike<T>): void {
    this.frame = new AsyncFrame(getCurrent(), false);
    this.follow(this.frame.run(source));
  }

  private follow(promise: T | PromiseLike<T>): void {
    if (!isThenable(promise)) return this.settle("wake", promise);
    promise.then((value) => this.settle("wake", value), (error) => this.settle("fail", error));
  }

  private settle(way: "wake" | "fail", outcome: unknown): void {
    const { waiter, frame } = this;
    // Given up meanwhile; a rejection is seen here all the same.
    if (waiter === null) return;
    this.waiter = null;
    if (frame === null) addExternal(-1);
    else frame.close();
    waiter[way](outcome);
  }

  cancel(): void {
    this.waiter = null;
    if (this.frame === null) addExternal(-1);
    else this.frame.cancel();
  }
}

/**
 * Waits for a promise. Killed or timed out, the greenlet goes on at once and the outcome of the
 * promise is dropped; nobody is told of its rejection then.
 *
 * Given a function it calls that: then `getCurrent()` is right across the awaits in it, and the Ops
 * and IO it awaits are given up with the wait.
 *
 * @example Usage
 * ```ts
 * import { run, until } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   assertEquals(yield* until(Promise.resolve(7)), 7);
 * });
 * ```
 */
export function until<T>(promise: UntilSource<T>): Op<Awaited<T>> {
  return new UntilOp(promise) as Op<unknown> as Op<Awaited<T>>;
}

/** Makes an Op; what an object has under {@linkcode AS_OP}. */
export interface OpSource<T> {
  /** Makes a fresh Op. */
  op(): Op<T>;
}

/**
 * Marks an object that stands for an Op, such as the promises of `runtime/io`: `select`, `all`, `race`
 * and a plain `yield` wait for that Op instead of the promise.
 *
 * @example Usage
 * ```ts
 * import { AS_OP, type OpSource, race, run, sleep } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const nap: Promise<void> & { [AS_OP]?: OpSource<void> } = new Promise(() => {});
 * nap[AS_OP] = { op: () => sleep(1) };
 * assertEquals(await run(() => race([nap])), undefined); // it waited for the Op
 * ```
 */
export const AS_OP: unique symbol = Symbol("tendril.asOp");

/** What `select`, `all`, `race` and `yield` accept. */
export type Waitable<T> = Op<T> | PromiseLike<T>;

/** The Op behind anything that can be waited for; `undefined` for something else. */
export function toOp(value: unknown): Op<unknown> | undefined {
  if (value instanceof Op) return value;
  if (value instanceof Greenlet) return value.get();
  if (!isThenable(value)) return undefined;
  return (value as { [AS_OP]?: OpSource<unknown> })[AS_OP]?.op() ?? until(value);
}

/** A plain `yield value`: waits for a promise, refuses everything else. */
setForeignYield((fiber: Fiber, value: unknown): boolean => {
  const op = value instanceof Op || value instanceof Greenlet ? undefined : toOp(value);
  fiber.inbox = undefined;
  if (op === undefined) {
    fiber.failing = true;
    fiber.inbox = foreignError(value);
    return true;
  }
  const interrupt = fiber.takeInterrupt();
  if (interrupt !== null) {
    (op as Op<unknown> & { abandon?(): void }).abandon?.(); // it may be under way
    fiber.failing = true;
    fiber.inbox = interrupt.error;
    return true;
  }
  fiber.wait = op;
  fiber.state = WAITS;
  op.start(fiber);
  return false;
});

function foreignError(value: unknown): TypeError {
  const advice = value instanceof Op || value instanceof Greenlet || isGenerator(value)
    ? "write `yield*` instead of `yield`"
    : "write `yield* op` for an Op, `yield` alone to give way, or `yield promise`";
  const what = value instanceof Op ? `the Op "${value.reason}"` : show(value);
  return new TypeError(`Cannot yield ${what}: ${advice}`);
}
