// Copyright 2026 the Tendril authors. MIT license.
/**
 * An event of all workers: a flag that is waited for.
 *
 * Invariant: the flag is the lowest bit of a word whose other bits count the calls of `set`. A waiter
 * remembers the word of when it came, so a `clear` right after `set` cannot hold it back.
 *
 * @module
 */
import { late } from "../../../channels/line_op.ts";
import { describe } from "../../../channels/naming.ts";
import type { WaitOptions } from "../../greenlet.ts";
import { DONE, type Op } from "../../op.ts";
import { limited } from "../../timeout.ts";
import { checkSync, Gate, GateOp, type SyncOptions } from "./gate.ts";
import { defineHandle, SharedHandle, type SharedOptions } from "./handle.ts";

const STATE = 2;
const GATE = 3;
const WORDS = 16;

/** What {@linkcode SharedEvent.stats} gives. */
export interface SharedEventStats {
  /** Whether the flag is set. */
  readonly isSet: boolean;
  /** How many wait for it in this worker. */
  readonly waiting: number;
}

class SharedEventWait extends GateOp<boolean> {
  declare readonly source: SharedEvent;
  declare private since: number;

  constructor(source: SharedEvent) {
    super(source.gate);
    this.source = source;
    this.since = 0;
  }

  get reason(): string {
    return "shared event wait";
  }

  override get subject(): unknown {
    return this.source;
  }

  override poll(): IteratorReturnResult<boolean> | null {
    this.since = this.source.state;
    return this.attempt();
  }

  attempt(): IteratorReturnResult<boolean> | null {
    if (!this.source.wasSet(this.since)) return null;
    DONE.value = true;
    return DONE;
  }
}

/**
 * A flag for all workers, as `multiprocessing.Event`. `set` lets everybody go on who waits, in every worker,
 * even if `clear` follows at once; who comes while the flag is set does not wait. It can be sent to workers
 * as an argument of a task.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { SharedEvent } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const green = new SharedEvent();
 *   const car = spawn(function* () {
 *     yield* green.wait();
 *     return "drives";
 *   });
 *   green.set();
 *   assertEquals(yield* car, "drives");
 * });
 * ```
 */
export class SharedEvent extends SharedHandle {
  /** @internal */
  readonly gate: Gate;

  /** Makes an event whose flag is not set. */
  constructor(options: SharedOptions = {}) {
    super(WORDS, options);
    this.gate = new Gate(this.cells, GATE);
  }

  /** @internal */
  get kind(): string {
    return "SharedEvent";
  }

  /** @internal */
  get state(): number {
    return Atomics.load(this.cells, STATE);
  }

  /** Whether the flag is set. */
  get isSet(): boolean {
    return (this.state & 1) === 1;
  }

  /** Whether the flag is set, or was since its word was `state`. @internal */
  wasSet(state: number): boolean {
    const now = this.state;
    return (now & 1) === 1 || now >> 1 !== state >> 1;
  }

  /** Sets the flag and lets everybody go on who waits. Acts at the call. */
  set(): void {
    for (;;) {
      const before = this.state;
      const after = (before | 1) + 2 | 0;
      if (Atomics.compareExchange(this.cells, STATE, before, after) === before) break;
    }
    this.gate.signal(Infinity);
  }

  /** Takes the flag back: from now on `wait` waits. */
  clear(): void {
    Atomics.and(this.cells, STATE, ~1);
  }

  /** Waits until the flag is set; gives false when `timeout` milliseconds were over first. */
  wait(options?: WaitOptions): Op<boolean> {
    return limited(new SharedEventWait(this), "wait for a shared event", options?.timeout, late);
  }

  /**
   * Blocks the thread until the flag is set; gives false when `timeout` milliseconds were over first.
   *
   * @throws {WorkerShutdownError} If the worker is being shut down.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  waitSync(options: SyncOptions = {}): boolean {
    const ms = checkSync(options, "wait", this);
    const since = this.state;
    const attempt = () => this.wasSet(since) || null;
    const action = () => `wait for ${Deno.inspect(this)}`;
    return this.gate.waitSync(attempt, ms, this.membership, action) ?? false;
  }

  /** Counters at this moment. */
  stats(): SharedEventStats {
    return Object.freeze({ isSet: this.isSet, waiting: this.gate.line.length });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    return describe(this.kind, this.name, this.isSet ? "set" : "not set", this.gate.line.length);
  }
}

defineHandle("SharedEvent", (token) => new SharedEvent(token));
