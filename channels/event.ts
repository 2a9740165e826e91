// Copyright 2026 the Tendril authors. MIT license.
/**
 * An event: a flag that greenlets wait for.
 *
 * Invariant: whoever is in the line came while the flag was not set. `set` takes them all out at
 * once, so that a `clear` right after it cannot hold them back.
 *
 * @module
 */
import type { WaitOptions } from "../runtime/greenlet.ts";
import {
  consumed,
  current,
  DONE,
  finish,
  FRESH,
  type Op,
  outside,
  park,
  PARKED,
  tired,
  WAITING,
} from "../runtime/op.ts";
import { limited } from "../runtime/timeout.ts";
import { Line } from "./line.ts";
import { late, LineOp } from "./line_op.ts";
import { describe, type NameOptions } from "./naming.ts";

/** What {@linkcode Event.stats} gives. */
export interface EventStats {
  /** Whether the flag is set. */
  readonly isSet: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

class EventWait extends LineOp<boolean, Event> {
  get reason(): string {
    return "event wait";
  }

  poll(): IteratorReturnResult<boolean> | null {
    if (!this.source.isSet) return null;
    DONE.value = true;
    return DONE;
  }

  // deno-lint-ignore no-explicit-any -- the waker's value, see OpIterator
  override next(value?: any): IteratorResult<undefined, boolean> {
    if (this.stage === WAITING) return this.resumed(value);
    if (this.stage !== FRESH) throw consumed(this);
    if (tired()) return PARKED;
    if (this.source.isSet) return finish(this, true);
    const waiter = current;
    if (waiter === null) throw outside(this);
    const parked = park(this);
    this.waiter = waiter;
    this.source.line.push(this);
    return parked;
  }
}

/**
 * A flag that greenlets wait for, as `threading.Event`. `set` lets everybody go on who waits, even if
 * `clear` follows at once; who comes while the flag is set does not wait.
 *
 * @example Usage
 * ```ts
 * import { Event, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const green = new Event();
 *   const car = spawn(function* () {
 *     yield* green.wait();
 *     return "drives";
 *   });
 *   yield;
 *   green.set();
 *   assertEquals(yield* car, "drives");
 * });
 * ```
 */
export class Event {
  /** Shown in dumps, errors and deadlock reports. */
  readonly name: string | undefined;
  /** @internal */
  declare readonly line: Line<EventWait>;
  declare private flag: boolean;

  /** Makes an event whose flag is not set. */
  constructor(options: NameOptions = {}) {
    this.name = options.name;
    this.line = new Line();
    this.flag = false;
  }

  /** Whether the flag is set. */
  get isSet(): boolean {
    return this.flag;
  }

  /** Sets the flag and lets everybody go on who waits, first come, first served. Acts at the call. */
  set(): void {
    this.flag = true;
    for (let op = this.line.shift(); op !== null; op = this.line.shift()) op.waiter!.wake(true);
  }

  /** Takes the flag back: from now on `wait` waits. */
  clear(): void {
    this.flag = false;
  }

  /** Waits until the flag is set; gives false when `timeout` milliseconds were over first. */
  wait(options?: WaitOptions): Op<boolean> {
    const op = new EventWait(this);
    return options === undefined ? op : limited(op, "wait for an event", options.timeout, late);
  }

  /** Counters at this moment. */
  stats(): EventStats {
    return Object.freeze({ isSet: this.flag, waiting: this.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return describe("Event", this.name, this.flag ? "set" : "not set", this.line.length);
  }
}
