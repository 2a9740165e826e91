// Copyright 2026 the Tendril authors. MIT license.
/**
 * One call of a function by a worker. It is itself the Op that waits for its result, and the node in the
 * queue: a call costs little more than these.
 *
 * @module
 */
import type { Line, Place } from "../../channels/line.ts";
import type { Failure, TaskInfo } from "../events.ts";
import { Op, type Runner, type Waiter } from "../op.ts";
import type { ApplyOptions } from "./call_options.ts";
import type { Profile } from "./profile.ts";
import { ARGUMENT_LISTS, ONE_ARGUMENT } from "./protocol.ts";
import { pack } from "./shared/transport.ts";
import { showSite } from "./site.ts";
import { beginTask, endTask, findCaller } from "./task_events.ts";
import type { Batch, Cargo, Shelf, Slot, Work } from "./work.ts";

// The states of a call.
/** It stands in the queue. */
export const QUEUED = 0;
/** It was sent to a worker. */
export const SENT = 1;
/** It has ended. */
export const ENDED = 2;

/** What a call asks of its pool. */
export interface Returns {
  /** Takes it on, now that somebody waits for it. */
  begin(work: Work): void;
  /** Puts it at the head of the queue again. */
  putBack(work: Work): void;
  /** Nobody waits for the call any more: it need not run, or is to stop. */
  drop(call: Call): void;
  /** It has ended. */
  ended(work: Work): void;
  /** Counts items that ended. */
  count(succeeded: number, failed: number, cancelled: number): void;
}

/** One call: work for a pool, and the Op that waits for it. */
export class Call extends Op<unknown> implements Work {
  declare before: Place | null;
  declare after: Place | null;
  declare line: Line<Work> | null;
  declare readonly pool: Returns;
  declare readonly profile: Profile;
  declare readonly args: unknown[];
  declare readonly options: ApplyOptions;
  /** Where it was made. */
  declare readonly site: Error | null;
  declare waiter: Waiter | null;
  declare state: number;
  /** Whether it is to be sent without others. */
  declare alone: boolean;
  /** Whether a worker died that may have begun it. */
  declare suspected: boolean;
  /** Where it was sent to. */
  declare slot: Slot | null;
  /** Its place there. */
  declare place: number;
  /** Stops listening to its signal. */
  declare unlisten: (() => void) | null;
  /** The greenlet that made it, when somebody wants to know. */
  declare readonly caller: Runner | null;
  /** What is told of it to those who listen, while a worker has it. */
  declare task: TaskInfo | null;

  /** Makes a call that stands nowhere yet. */
  constructor(
    pool: Returns,
    profile: Profile,
    args: unknown[],
    options: ApplyOptions,
    site: Error | null,
  ) {
    super();
    this.before = null;
    this.after = null;
    this.line = null;
    this.pool = pool;
    this.profile = profile;
    this.args = args;
    this.options = options;
    this.site = site;
    this.waiter = null;
    this.state = QUEUED;
    this.alone = options.timeout !== undefined || options.transfer !== undefined;
    this.suspected = false;
    this.slot = null;
    this.place = 0;
    this.unlisten = null;
    this.caller = findCaller();
    this.task = null;
  }

  /** Shown in dumps. */
  get reason(): string {
    return `task "${this.profile.definition.name}"`;
  }

  /** The pool. */
  override get subject(): unknown {
    return this.pool;
  }

  /** It takes a worker. */
  poll(): null {
    return null;
  }

  /** Begins. */
  park(waiter: Waiter): void {
    this.waiter = waiter;
    this.pool.begin(this);
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    this.pool.drop(this);
  }

  take(most: number, from: Shelf, workers: number): Batch {
    const size = Math.min(most, Math.ceil(this.line!.length / workers));
    let next = this.after;
    from.remove(this);
    const calls: Call[] = [this];
    if (this.alone) return new CallBatch(calls);
    // One object in two calls of a message would arrive as one object, shared by both.
    const seen = new Set<object>();
    noteObjects(this.args, seen);
    while (calls.length < size && next instanceof Call) {
      if (next.profile !== this.profile || next.alone || !noteObjects(next.args, seen)) break;
      calls.push(next);
      const { after }: Call = next;
      from.remove(next);
      next = after;
    }
    return new CallBatch(calls);
  }

  /** Ends it without telling who waits; false when it has ended. What comes of it later is dropped. */
  end(failure: Failure | null = null): boolean {
    if (this.state === ENDED) return false;
    this.state = ENDED;
    this.tellEnd(failure);
    if (this.unlisten !== null) this.unlisten();
    this.slot = null;
    this.pool.ended(this);
    return true;
  }

  /** Tells those who listen that no worker has it any more. */
  tellEnd(failure: Failure | null): void {
    if (this.task === null) return;
    endTask(this.task, failure);
    this.task = null;
  }

  /** It has a result. */
  succeed(value: unknown): void {
    if (!this.end()) return;
    this.pool.count(1, 0, 0);
    this.waiter!.wake(value);
  }

  /** It failed. */
  fail(error: unknown): void {
    if (!this.end({ error })) return;
    this.pool.count(0, 1, 0);
    this.waiter!.fail(error);
  }

  abandon(error: unknown): void {
    this.fail(error);
  }

  abort(reason: unknown): void {
    if (this.state === ENDED) return;
    this.pool.drop(this);
    this.waiter!.fail(reason);
  }
}

/** Adds the objects of a list to those seen; false, and adds none, when one of them is there already. */
function noteObjects(args: unknown[], seen: Set<object>): boolean {
  for (const arg of args) {
    if (typeof arg === "object" && arg !== null && seen.has(arg)) return false;
  }
  for (const arg of args) if (typeof arg === "object" && arg !== null) seen.add(arg);
  return true;
}

/** Calls of one function that go to a worker together. */
export class CallBatch implements Batch {
  readonly #calls: Call[];

  /** Makes a batch of calls of the same function. */
  constructor(calls: Call[]) {
    this.#calls = calls;
  }

  get profile(): Profile {
    return this.#calls[0]!.profile;
  }

  get options(): ApplyOptions {
    return this.#calls[0]!.options;
  }

  get size(): number {
    return this.#calls.length;
  }

  get plain(): readonly unknown[] | null {
    const [call] = this.#calls;
    return this.#calls.length === 1 && !call!.alone ? call!.args : null;
  }

  get moves(): boolean {
    return this.options.transfer !== undefined && this.options.transfer.length > 0;
  }

  load(transfer: Transferable[]): Cargo {
    const { options } = this;
    if (options.transfer !== undefined) transfer.push(...options.transfer);
    if (this.#calls.every((call) => call.args.length === 1)) {
      return {
        shape: ONE_ARGUMENT,
        items: pack(this.#calls.map((call) => call.args[0]), transfer),
      };
    }
    return { shape: ARGUMENT_LISTS, items: pack(this.#calls.map((call) => call.args), transfer) };
  }

  sent(slot: Slot): void {
    const calls = this.#calls;
    for (let place = 0; place < calls.length; place++) {
      const call = calls[place]!;
      call.state = SENT;
      call.slot = slot;
      call.place = place;
      call.task = beginTask(call.profile, slot.worker, 1, call.caller);
    }
  }

  split(): Batch[] {
    return this.#calls.map((call) => new CallBatch([call]));
  }

  wanted(place: number): boolean {
    return this.#calls[place]!.state !== ENDED;
  }

  site(place: number): string {
    return showSite(this.#calls[place]!.site);
  }

  succeed(place: number, values: ArrayLike<unknown>): void {
    for (let i = 0; i < values.length; i++) this.#calls[place + i]!.succeed(values[i]);
  }

  fail(place: number, error: unknown): void {
    this.#calls[place]!.fail(error);
  }

  get suspected(): boolean {
    return this.#calls[0]!.suspected;
  }

  giveBack(places: number[], suspected: boolean): void {
    for (const place of places.toReversed()) {
      const call = this.#calls[place]!;
      if (call.state === ENDED) continue;
      call.state = QUEUED;
      call.slot = null;
      call.tellEnd(null);
      if (suspected) call.alone = call.suspected = true;
      call.pool.putBack(call);
    }
  }
}
