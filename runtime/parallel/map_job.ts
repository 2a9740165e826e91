// Copyright 2026 the Tendril authors. MIT license.
/**
 * A map: one function over many items, which are read as workers ask for them. A message brings many
 * items, and nothing is made for each of them.
 *
 * Invariants:
 * - Positions count the items in the order in which they were read. Each is told of once, by `succeed` or
 *   `fail`.
 * - The job stands in the queue while it has items to give and may give them.
 *
 * @module
 */
import type { Line, Place } from "../../channels/line.ts";
import type { Failure, TaskInfo } from "../events.ts";
import type { Runner } from "../op.ts";
import { checkArguments } from "./arguments.ts";
import type { WorkerMapOptions } from "./call_options.ts";
import type { Returns } from "./call.ts";
import { packNumbers } from "./numbers.ts";
import type { Profile } from "./profile.ts";
import { ARGUMENT_LISTS, ONE_ARGUMENT } from "./protocol.ts";
import { pack } from "./shared/transport.ts";
import { beginTask, endTask, findCaller } from "./task_events.ts";
import type { Batch, Cargo, Shelf, Slot, Work } from "./work.ts";

/** Items that follow one another. */
interface Piece {
  readonly start: number;
  readonly items: readonly unknown[];
  /** Whether a worker died that may have begun them. */
  readonly suspected: boolean;
}

/** One map under way. */
export abstract class MapJob implements Work {
  before: Place | null = null;
  after: Place | null = null;
  line: Line<Work> | null = null;
  readonly profile: Profile;
  readonly options: WorkerMapOptions;
  /** How an item lies in a message: it is the only argument of a call, or the list of them. */
  readonly shape: typeof ONE_ARGUMENT | typeof ARGUMENT_LISTS;
  /** The pool it is for. */
  readonly pool: Returns;
  readonly #source: Source;
  readonly #slots = new Set<Slot>();
  #returned: Piece[] = [];
  #over = false;
  /** How many items were read. */
  taken = 0;
  unlisten: (() => void) | null = null;
  /** The greenlet that made it, when somebody wants to know. */
  readonly caller: Runner | null = findCaller();

  /** Makes a job that stands nowhere yet. */
  constructor(
    pool: Returns,
    profile: Profile,
    items: Iterable<unknown>,
    starred: boolean,
    options: WorkerMapOptions,
  ) {
    this.pool = pool;
    this.profile = profile;
    this.#source = new Source(items);
    this.shape = starred ? ARGUMENT_LISTS : ONE_ARGUMENT;
    this.options = options;
  }

  /** Whether nobody waits for what has not ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether all items were read. */
  get exhausted(): boolean {
    return this.#source.exhausted;
  }

  /** How many more items may be read now. */
  abstract get allowance(): number;
  /** Items from `position` on have these values. */
  abstract succeed(position: number, values: ArrayLike<unknown>): void;
  /** The item at `position` failed, or cannot be sent, or could not be read. */
  abstract fail(position: number, error: unknown): void;
  /** All items were read. */
  abstract exhaust(): void;
  abstract abandon(error: unknown): void;

  take(most: number, from: Shelf, workers: number): Batch | null {
    from.remove(this);
    const piece = this.#returned.pop() ?? this.#read(this.#sizeFor(most, workers));
    if (!this.#over && (this.#returned.length > 0 || !this.exhausted && this.allowance > 0)) {
      from.add(this);
    }
    if (piece === null || piece.items.length === 0) return null;
    return new MapBatch(this, piece);
  }

  #sizeFor(most: number, workers: number): number {
    const { chunksize, timeout } = this.options;
    const share = Math.ceil(this.#source.left / workers);
    // The time of an item is measured alone.
    const size = timeout === undefined ? chunksize ?? Math.min(most, share) : 1;
    return Math.min(size, this.allowance);
  }

  #read(size: number): Piece | null {
    const start = this.taken;
    let items: unknown[];
    try {
      items = this.#source.read(size);
    } catch (error) {
      this.#source.close();
      this.fail(this.taken++, error);
      this.exhaust();
      return null;
    }
    this.taken += items.length;
    const starred = this.shape === ARGUMENT_LISTS;
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      if (!starred && (typeof item === "number" || typeof item === "string")) continue;
      const fault = this.#check(item);
      if (fault === undefined) continue;
      // Those before it go; it fails; those behind it are read again.
      this.#source.putBack(items.splice(at).slice(1));
      this.taken = start + at + 1;
      this.fail(start + at, fault);
    }
    if (this.#source.exhausted && !this.#over) this.exhaust();
    return { start, items, suspected: false };
  }

  #check(item: unknown): unknown {
    try {
      const starred = this.shape === ARGUMENT_LISTS;
      if (starred && !Array.isArray(item)) {
        throw new TypeError("Cannot starmap over what is no list of arguments: expected arrays");
      }
      checkArguments(this.profile.definition.name, starred ? item as unknown[] : [item]);
    } catch (error) {
      return error;
    }
  }

  /** It has ended, one way or the other: nothing more is read. */
  finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.unlisten?.();
    this.#source.close();
    this.#returned = [];
    this.pool.ended(this);
  }

  /** Nobody waits for any of it any more. */
  drop(): void {
    this.finish();
    for (const slot of [...this.#slots]) slot.evictAll();
  }

  abort(reason: unknown): void {
    this.abandon(reason);
    this.drop();
  }

  /** Counts items that ended. */
  count(succeeded: number, failed: number): void {
    this.pool.count(succeeded, failed, 0);
  }

  /** There is more to be taken again. */
  wakeUp(): void {
    if (this.line === null && !this.#over) this.pool.putBack(this);
  }

  /** A worker did not run these. */
  giveBack(pieces: Piece[]): void {
    if (this.#over) return;
    this.#returned.push(...pieces.toReversed());
    this.wakeUp();
  }

  /** Notes where items are that were sent. */
  get slots(): Set<Slot> {
    return this.#slots;
  }
}

/** Reads the items of a map. */
class Source {
  readonly #list: ArrayLike<unknown> | null;
  readonly #iterator: Iterator<unknown> | null;
  #at = 0;
  #again: unknown[] = [];
  #done = false;
  /** What reading threw, to be thrown again after the items before it were given. */
  #failure: { error: unknown } | null = null;

  constructor(items: Iterable<unknown>) {
    const list = Array.isArray(items) || ArrayBuffer.isView(items);
    this.#list = list ? items as unknown as ArrayLike<unknown> : null;
    this.#iterator = list ? null : items[Symbol.iterator]();
  }

  get exhausted(): boolean {
    if (this.#again.length > 0 || this.#failure !== null) return false;
    return this.#list === null ? this.#done : this.#done || this.#at >= this.#list.length;
  }

  /** How many items are left; Infinity when nobody knows. */
  get left(): number {
    return this.#list === null ? Infinity : this.#list.length - this.#at + this.#again.length;
  }

  /** The next items: at most `size`, fewer where an object comes again, which would arrive as one. */
  read(size: number): unknown[] {
    const items: unknown[] = [];
    const seen = new Set<object>();
    while (items.length < size && !this.exhausted) {
      let item: unknown;
      try {
        item = this.#next();
      } catch (error) {
        if (items.length === 0) throw error;
        this.#failure = { error };
        break;
      }
      if (this.#done) break;
      if (typeof item === "object" && item !== null) {
        if (seen.has(item)) {
          this.#again.unshift(item);
          break;
        }
        seen.add(item);
      }
      items.push(item);
    }
    return items;
  }

  #next(): unknown {
    if (this.#again.length > 0) return this.#again.shift();
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#list !== null) return this.#list[this.#at++];
    const step = this.#iterator!.next();
    if (step.done) this.#done = true;
    return step.value;
  }

  putBack(items: unknown[]): void {
    this.#again = [...items, ...this.#again];
  }

  close(): void {
    this.#again = [];
    this.#failure = null;
    if (this.#done) return;
    this.#done = true;
    try {
      this.#iterator?.return?.();
    } catch {
      // Its items are not wanted any more, and neither are its errors.
    }
  }
}

/** Items of a map that go to a worker together. */
class MapBatch implements Batch {
  readonly moves = false;
  #slot: Slot | null = null;
  #task: TaskInfo | null = null;
  #failure: Failure | null = null;

  readonly start: number;
  readonly items: readonly unknown[];
  readonly suspected: boolean;

  constructor(readonly job: MapJob, { start, items, suspected }: Piece) {
    this.start = start;
    this.items = items;
    this.suspected = suspected;
  }

  get profile(): Profile {
    return this.job.profile;
  }

  get options(): WorkerMapOptions {
    return this.job.options;
  }

  get size(): number {
    return this.items.length;
  }

  load(transfer: Transferable[]): Cargo {
    const { shape } = this.job;
    const numbers = shape === ONE_ARGUMENT ? packNumbers(this.items) : undefined;
    if (numbers === undefined) return { shape, items: pack(this.items, transfer) };
    transfer.push(numbers.buffer);
    return { shape, items: numbers };
  }

  sent(slot: Slot): void {
    this.#slot = slot;
    this.job.slots.add(slot);
    this.#task = beginTask(this.profile, slot.worker, this.size, this.job.caller);
  }

  ended(): void {
    this.job.slots.delete(this.#slot!);
    endTask(this.#task, this.#failure);
  }

  split(): Batch[] {
    return this.items.map((item, at) =>
      new MapBatch(this.job, {
        start: this.start + at,
        items: [item],
        suspected: this.suspected,
      })
    );
  }

  wanted(): boolean {
    return !this.job.over;
  }

  site(): string {
    return "";
  }

  succeed(place: number, values: ArrayLike<unknown>): void {
    if (!this.job.over) this.job.succeed(this.start + place, values);
  }

  fail(place: number, error: unknown): void {
    this.#failure ??= { error };
    if (!this.job.over) this.job.fail(this.start + place, error);
  }

  giveBack(places: number[], suspected: boolean): void {
    const pieces: Piece[] = [];
    let from = 0;
    for (let at = 0; at < places.length; at++) {
      if (!suspected && places[at + 1] === places[at]! + 1) continue;
      const [first, end] = [places[from]!, places[at]! + 1];
      pieces.push({ start: this.start + first, items: this.items.slice(first, end), suspected });
      from = at + 1;
    }
    this.job.giveBack(pieces);
  }
}
