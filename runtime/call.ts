// Copyright 2026 the Tendril authors. MIT license.
/**
 * `call`: runs a generator as a frame of the current greenlet, so that depth costs nothing.
 *
 * @module
 */
import { show } from "./clock.ts";
import { type Coroutine, isGenerator } from "./body.ts";
import {
  consumed,
  current,
  DONE,
  FINISHED,
  FRAME,
  FRESH,
  Op,
  outside,
  type Waiter,
  WAITING,
} from "./op.ts";
import { Deputy } from "./routine.ts";
import { requestFrame } from "./trampoline.ts";

class CallOp<T> extends Op<T> {
  declare readonly body: Coroutine<T>;
  declare deputy: Deputy | null;

  constructor(body: Coroutine<T>) {
    super();
    this.body = body;
    this.deputy = null;
  }

  get reason(): string {
    return "call";
  }

  // deno-lint-ignore no-explicit-any -- the frame's result
  override next(value?: any): IteratorResult<undefined, T> {
    if (this.stage === WAITING) {
      this.stage = FINISHED;
      DONE.value = value;
      return DONE;
    }
    if (this.stage !== FRESH) throw consumed(this);
    if (current === null) throw outside(this);
    this.stage = WAITING;
    requestFrame(this.body);
    return FRAME;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.deputy = new Deputy(waiter, "call", () => this.body, []);
  }

  cancel(): void {
    this.deputy!.dismiss();
  }
}

/**
 * Runs a generator as a frame of the current greenlet. It gives what `yield* generator` gives, but
 * the cost of a resume does not grow with the depth, and recursion may go a million deep, where
 * nested `yield*` overflows the stack at a few thousand.
 *
 * @example Usage
 * ```ts
 * import { call, type Coroutine, run } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * function* sum(n: number): Coroutine<number> {
 *   return n === 0 ? 0 : n + (yield* call(sum(n - 1)));
 * }
 * assertEquals(await run(sum, 10_000), 50_005_000);
 * ```
 *
 * @throws {TypeError} If `generator` is no generator object.
 */
export function call<T>(generator: Coroutine<T>): Op<T> {
  if (!isGenerator(generator)) {
    throw new TypeError(
      `Cannot call ${show(generator)}: expected a generator, as a generator function returns it`,
    );
  }
  return new CallOp(generator);
}
