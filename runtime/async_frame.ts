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
 * - What the host does for a call that holds no promise of it (a timer, a socket) is awaited as well,
 *   by a `SilentWaiter`. To end that tells nobody, so the call may never go on: it is stranded if it
 *   awaits nothing for some turns of the event loop afterwards.
 *
 * @module
 */
import type { AsyncLocalStorage } from "node:async_hooks";
import { GreenletExit } from "./errors.ts";
import { onPark, onWake } from "./events.ts";
import { ASYNC, type Fiber } from "./fiber.ts";
import { addExternal, nextTurn, setEnter } from "./hub.ts";
import {
  type AsyncOwner,
  AsyncWaiter,
  current,
  setCurrent,
  setOwnerLookup,
  type Waiter,
} from "./op.ts";

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
  setEnter((batch) => made.getStore() === undefined ? batch() : made.run(undefined, batch));
  return made;
}

/** The frame whose first, synchronous part is on the stack. */
let entered: AsyncFrame | null = null;

/** Turns of the event loop in which a library can pass on that its socket was closed. */
const GRACE = 3;

/** Waits for something that the host does for code that holds no promise of it. */
export abstract class SilentWaiter extends AsyncWaiter {
  /** Whether ending it tells nobody; asked only when it matters. */
  get isSilent(): boolean {
    return true;
  }
}

function isSilent(waiter: AsyncWaiter): boolean {
  return waiter instanceof SilentWaiter && waiter.isSilent;
}

/** One call of an async function. */
export class AsyncFrame implements AsyncOwner {
  /** The greenlet it is called for. */
  readonly fiber: Fiber;
  /** Where an awaited `switch` arrives. */
  switchWaiter: Waiter | null = null;
  /** What it awaits, oldest first: a list, because that takes no memory and no search. */
  #first: AsyncWaiter | null = null;
  #last: AsyncWaiter | null = null;
  readonly #isBody: boolean;
  #state: "open" | "done" | "cancelled" = "open";
  /** Whether an interrupt ended something silently. */
  #robbed = false;
  #whenStranded: (() => void) | null = null;
  #looking = false;

  /** Makes a frame; `isBody` when it is the whole body of the greenlet. */
  constructor(fiber: Fiber, isBody: boolean) {
    this.fiber = fiber;
    this.#isBody = isBody;
    addExternal(1);
  }

  /** What it awaits. */
  get awaits(): AsyncWaiter[] {
    const all: AsyncWaiter[] = [];
    for (let each = this.#first; each !== null; each = each.next) all.push(each);
    return all;
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

  /** Whether the call is over, so that what its code still does belongs to nobody. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** Why nothing may begin on behalf of the call, if so: what is to be raised instead. */
  refuse(): { readonly error: unknown } | null {
    if (this.#state === "cancelled") return { error: abandoned() };
    return this.#isBody && this.#state === "open" ? this.fiber.takeInterrupt() : null;
  }

  /** Part of {@linkcode AsyncOwner}. */
  adopt(waiter: AsyncWaiter): void {
    if (this.#state === "done") return;
    const isLate = this.#state === "open" && this.#isBody && this.fiber.interrupts !== null;
    // What tells nobody cannot deliver an interrupt: that comes again once it is adopted.
    const isRetried = isLate && isSilent(waiter);
    const refusal = isRetried ? null : this.refuse();
    if (refusal !== null) return waiter.interrupt(refusal.error);
    if (this.#last === null) {
      addExternal(-1);
      this.#first = waiter;
    } else {
      this.#last.next = waiter;
      waiter.previous = this.#last;
    }
    this.#last = waiter;
    waiter.listed = true;
    if (onPark !== null && this.#isBody) onPark(this.fiber, waiter.op);
    if (isRetried && this.fiber.state === ASYNC) this.retryInterrupt();
  }

  /** Part of {@linkcode AsyncOwner}. */
  disown(waiter: AsyncWaiter): void {
    if (!waiter.listed) return;
    waiter.listed = false;
    if (onWake !== null && this.#isBody) onWake(this.fiber, waiter.op, current);
    const { previous, next } = waiter;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    waiter.previous = waiter.next = null;
    if (this.#first === null && this.#state === "open") {
      addExternal(1);
      this.#lookIfStranded();
    }
  }

  /** Raises `error` at every Op it awaits; false when that told nobody. */
  interrupt(error: unknown): boolean {
    let told = false;
    for (const waiter of this.awaits) {
      if (isSilent(waiter)) this.#robbed = true;
      else told = true;
      waiter.interrupt(error);
    }
    return told;
  }

  /** Raises what the greenlet has to take and found nothing to be raised at. */
  retryInterrupt(): void {
    const interrupt = this.fiber.takeInterrupt();
    if (interrupt !== null) this.fiber.interruptAsync(interrupt);
  }

  /** Calls `callback` if it turns out to be stranded, as far as anybody can tell. */
  onStranded(callback: () => void): void {
    if (!this.#robbed) return;
    this.#whenStranded = callback;
    this.#lookIfStranded();
  }

  #lookIfStranded(): void {
    if (this.#whenStranded === null || this.#looking) return;
    this.#looking = true;
    let turns = 0;
    const look = () => {
      const idle = this.#first === null && this.#state === "open";
      if (idle && ++turns < GRACE) return nextTurn(look);
      this.#looking = false;
      if (idle) this.#whenStranded?.();
    };
    nextTurn(look);
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
    if (this.#first === null) addExternal(-1);
    this.#state = state;
  }
}

/** Calls `callback` outside any greenlet, so that what it sets off belongs to nobody. */
export function outsideGreenlets<R>(callback: () => R): R {
  const before = current;
  const beforeEntered = entered;
  setCurrent(null);
  entered = null;
  try {
    return context === null ? callback() : context.run(undefined, callback);
  } finally {
    setCurrent(before);
    entered = beforeEntered;
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
