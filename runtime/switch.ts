// Copyright 2026 the Tendril authors. MIT license.
/**
 * The explicit switch: gives control to one greenlet, and returns what anybody sends back.
 *
 * @module
 */
import { type Fiber, handOver, QUEUED, SWITCHED } from "./fiber.ts";
import {
  consumed,
  current,
  DONE,
  FINISHED,
  FRESH,
  Op,
  outside,
  TRANSFER,
  type Waiter,
  WAITING,
} from "./op.ts";
import { requestTransfer, type Transfer } from "./trampoline.ts";

/**
 * A greenlet that waits by `await` and lets itself be switched to.
 *
 * @internal
 */
export interface AsyncSwitcher {
  /** Makes `waiter` the place where a switch to the async caller arrives. */
  expectSwitch(waiter: Waiter | null): Fiber & AsyncSwitcher;
}

let findSwitcher: (() => AsyncSwitcher) | null = null;
/** Tells how to find the caller of an awaited switch; greenlet.ts calls this once. */
export function setSwitcherLookup(lookup: () => AsyncSwitcher): void {
  findSwitcher = lookup;
}

/** What arrives at `target`: its arguments when it is yet to start, else one folded value. */
export function arrivesAt(target: Fiber, values: unknown[]): unknown {
  if (target.state > QUEUED) {
    return values.length === 1 ? values[0] : values.length === 0 ? undefined : values;
  }
  if (values.length > 0) target.inbox = values;
  return undefined;
}

/**
 * A switch to another greenlet; it gives what anybody sends back.
 *
 * @example From outside any greenlet
 * ```ts
 * import { Greenlet, type Switch } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const add = new Greenlet((a: number, b: number) => a + b);
 * const back: Switch<unknown> = add.switch(1, 2); // it has run by now
 * assertEquals(back.value, 3);
 * ```
 */
// What comes back is whatever anybody sends, so `R` is the caller's claim.
export abstract class Switch<R> extends Op<R> {
  /** What came back, for a switch from outside any greenlet that is done; else `undefined`. */
  get value(): R | undefined {
    return undefined;
  }
}

/** `yield* g.switch(…)` and `yield* g.throw(…)`. */
export class SwitchOp<R> extends Switch<R> implements Transfer {
  declare readonly target: Fiber;
  declare payload: unknown;
  declare readonly plain: boolean;
  declare readonly fails: boolean;

  /** Makes a switch to `target` that brings one value if `plain`, else an array of values or an error. */
  constructor(target: Fiber, payload: unknown, plain: boolean, fails: boolean) {
    super();
    this.target = target;
    this.payload = payload;
    this.plain = plain;
    this.fails = fails;
  }

  /** Shown in dumps. */
  get reason(): string {
    return this.fails ? "throw" : "switch";
  }

  /** The greenlet switched to. */
  override get subject(): unknown {
    return this.target;
  }

  /** What arrives at the target, whatever its state. */
  arrives(): unknown {
    if (this.fails) return this.payload;
    const values = !this.plain
      ? this.payload as unknown[]
      : this.payload === undefined
      ? []
      : [this.payload];
    return arrivesAt(this.target, values);
  }

  /** Gives control away, or returns what came back. */
  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, R> {
    if (this.stage === WAITING) {
      this.stage = FINISHED;
      DONE.value = value;
      return DONE;
    }
    if (this.stage !== FRESH) throw consumed(this);
    if (current === null) throw outside(this);
    this.stage = WAITING;
    requestTransfer(this);
    return TRANSFER;
  }

  /** Never done at once: somebody has to switch back. */
  poll(): null {
    return null;
  }

  /** The awaited form: the async caller can be switched to until it was. */
  park(waiter: Waiter): void {
    const { target, fails } = this;
    const from = findSwitcher!().expectSwitch(waiter);
    const value = this.arrives();
    this.payload = from;
    if (target.state !== SWITCHED) return handOver(target.receive(value, fails, from));
    if (fails) target.fail(value);
    else target.wake(value);
  }

  /** Nobody is to switch back any more. */
  cancel(): void {
    (this.payload as AsyncSwitcher).expectSwitch(null);
  }
}
