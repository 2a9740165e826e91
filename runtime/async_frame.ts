// Copyright 2026 the Tendril authors. MIT license.
/**
 * An async frame is one call of an async function on behalf of a greenlet. AsyncLocalStorage carries
 * it across the awaits, so that the greenlet stays the current one, and so that what is awaited in
 * the call ends with it.
 *
 * Invariants:
 * - While a frame is open it counts as one wait for something outside, unless it awaits an Op: then
 *   the hub knows who is to wake it.
 * - A cancelled frame refuses every further Op, so that abandoned code comes to an end.
 *
 * @module
 */
import type { AsyncLocalStorage } from "node:async_hooks";
import { GreenletExit } from "./errors.ts";
import type { Fiber } from "./fiber.ts";
import { addExternal, setEnter } from "./hub.ts";
import { type AsyncOwner, current, type PromiseWaiter, setOwnerLookup, type Waiter } from "./op.ts";

type Context = AsyncLocalStorage<AsyncFrame | undefined>;

/**
 * Made when the first async function is called: loading this part of Node takes longer than loading
 * all of the runtime, and programs of generators do without.
 */
let context: Context | null = null;

interface NodeModules {
  process: { getBuiltinModule(name: string): { AsyncLocalStorage: new () => Context } };
}

function makeContext(): Context {
  const { process } = globalThis as unknown as NodeModules;
  const made = new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)();
  // From now on a microtask may carry a context, so batches of the hub have to leave it.
  setEnter((batch) => made.run(undefined, batch));
  return made;
}

/** The frame whose first, synchronous part is on the stack. */
let entered: AsyncFrame | null = null;

/** One call of an async function. */
export class AsyncFrame implements AsyncOwner {
  /** The greenlet it is called for. */
  readonly fiber: Fiber;
  /** Where an awaited `switch` arrives. */
  switchWaiter: Waiter | null = null;
  readonly #awaits = new Set<PromiseWaiter>();
  readonly #isBody: boolean;
  #state: "open" | "done" | "cancelled" = "open";

  /** Makes a frame; `isBody` when it is the whole body of the greenlet. */
  constructor(fiber: Fiber, isBody: boolean) {
    this.fiber = fiber;
    this.#isBody = isBody;
    addExternal(1);
  }

  /** What it awaits. */
  get awaits(): Iterable<PromiseWaiter> {
    return this.#awaits;
  }

  /** Calls `callback` in this frame. */
  run<R>(callback: () => R): R {
    context ??= makeContext();
    const before = entered;
    entered = this;
    try {
      return context.run(this as AsyncFrame, callback);
    } finally {
      entered = before;
    }
  }

  /** Part of {@linkcode AsyncOwner}. */
  adopt(waiter: PromiseWaiter): void {
    if (this.#state === "cancelled") return waiter.interrupt(abandoned());
    if (this.#state === "done") return;
    const interrupt = this.#isBody ? this.fiber.takeInterrupt() : null;
    if (interrupt !== null) return waiter.interrupt(interrupt.error);
    if (this.#awaits.size === 0) addExternal(-1);
    this.#awaits.add(waiter);
  }

  /** Part of {@linkcode AsyncOwner}. */
  disown(waiter: PromiseWaiter): void {
    if (this.#awaits.delete(waiter) && this.#awaits.size === 0 && this.#state === "open") {
      addExternal(1);
    }
  }

  /** Raises `error` at every Op it awaits; false when it awaits none. */
  interrupt(error: unknown): boolean {
    const waiters = [...this.#awaits];
    for (const waiter of waiters) waiter.interrupt(error);
    return waiters.length > 0;
  }

  /** The call is over: what it left running belongs to nobody. */
  close(): void {
    this.#finish("done");
  }

  /** Nobody waits for the call any more: what it awaits is given up. */
  cancel(): void {
    this.#finish("cancelled");
    this.interrupt(abandoned());
  }

  #finish(state: "done" | "cancelled"): void {
    if (this.#state !== "open") return;
    if (this.#awaits.size === 0) addExternal(-1);
    this.#state = state;
  }
}

function abandoned(): GreenletExit {
  return new GreenletExit("The greenlet that called this async function no longer waits for it");
}

/** The frame whose code is running, or null in a generator and outside any greenlet. */
export function currentFrame(): AsyncFrame | null {
  if (current !== null) return entered !== null && entered.fiber === current ? entered : null;
  return context?.getStore() ?? null;
}

setOwnerLookup(currentFrame);
