// Copyright 2026 the Tendril authors. MIT license.
/**
 * Giving way: for a time, for one turn, or until nothing else is ready.
 *
 * @module
 */
import { checkDelay, type TimerEntry } from "./clock.ts";
import { onIdle, timers } from "./hub.ts";
import {
  consumed,
  current,
  DONE,
  FINISHED,
  FRESH,
  Op,
  outside,
  park,
  PARKED,
  type Waiter,
  WAITING,
} from "./op.ts";

class SleepOp extends Op<void> implements TimerEntry {
  declare index: number;
  declare readonly ms: number;
  declare waiter: Waiter | null;

  constructor(ms: number) {
    super();
    this.index = -1;
    this.ms = ms;
    this.waiter = null;
  }

  get reason(): string {
    return "sleep";
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, void> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (current === null) throw outside(this);
    const parked = park(this);
    this.park(current);
    return parked;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    timers.add(this, this.ms);
  }

  cancel(): void {
    timers.cancel(this);
  }

  fire(): void {
    this.waiter!.wake(undefined);
  }
}

/** Gives way for one turn. Awaited or in a `select` it is a timer that is due at once. */
class YieldOp extends Op<void> implements TimerEntry {
  declare index: number;
  declare waiter: Waiter | null;

  constructor() {
    super();
    this.index = -1;
    this.waiter = null;
  }

  get reason(): string {
    return "yield";
  }

  override next(): IteratorResult<undefined, void> {
    if (this.stage === WAITING) {
      this.stage = FINISHED;
      DONE.value = undefined;
      return DONE;
    }
    if (this.stage !== FRESH) throw consumed(this);
    if (current === null) throw outside(this);
    this.stage = WAITING;
    // Parked without standing anywhere: the trampoline puts the greenlet behind the others.
    return PARKED;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    timers.add(this, 0);
  }

  cancel(): void {
    timers.cancel(this);
  }

  fire(): void {
    this.waiter!.wake(undefined);
  }
}

/**
 * Waits `ms` milliseconds. With 0 the greenlet is put behind the others that are ready, as gevent's
 * `sleep(0)` does; timers and sockets get their turn all the same.
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 *
 * await run(function* () {
 *   yield* sleep(2);
 * });
 * ```
 *
 * @throws {RangeError} If `ms` is negative or NaN.
 */
export function sleep(ms = 0): Op<void> {
  if (ms === 0) return new YieldOp();
  return new SleepOp(checkDelay("sleep", ms));
}

/**
 * Puts the greenlet behind the others that are ready. A bare `yield` does the same.
 *
 * @example Usage
 * ```ts
 * import { run, yieldNow } from "@tendril/tendril";
 *
 * await run(function* () {
 *   yield* yieldNow();
 * });
 * ```
 */
export function yieldNow(): Op<void> {
  return new YieldOp();
}

const idlers = new Set<IdleOp>();

class IdleOp extends Op<void> {
  declare waiter: Waiter | null;

  get reason(): string {
    return "idle";
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
    idlers.add(this);
    onIdle(wakeIdlers);
  }

  cancel(): void {
    idlers.delete(this);
    if (idlers.size === 0) onIdle(null);
  }
}

function wakeIdlers(): void {
  const all = [...idlers];
  idlers.clear();
  for (const idler of all) idler.waiter!.wake(undefined);
}

/**
 * Waits until no greenlet is ready to run and the event loop had a turn, as gevent's `idle` does.
 *
 * @example Usage
 * ```ts
 * import { idle, run, spawn } from "@tendril/tendril";
 * import { assert } from "@std/assert";
 *
 * await run(function* () {
 *   const g = spawn(function* () {
 *     yield;
 *   });
 *   yield* idle();
 *   assert(g.ready);
 * });
 * ```
 */
export function idle(): Op<void> {
  return new IdleOp();
}
