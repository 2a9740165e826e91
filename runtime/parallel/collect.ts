// Copyright 2026 the Tendril authors. MIT license.
/**
 * The map whose results come as one list.
 *
 * @module
 */
import { Op, type Waiter } from "../op.ts";
import type { WorkerMapOptions } from "./call_options.ts";
import type { Returns } from "./call.ts";
import { MapJob } from "./map_job.ts";
import type { Profile } from "./profile.ts";

/** Collects the results of all items; the first failure that is known ends it. */
export class Collect extends MapJob {
  readonly #waiter: Waiter;
  readonly #results: unknown[] = [];
  #ended = 0;

  /** Makes a map that wakes `waiter`. */
  constructor(
    pool: Returns,
    profile: Profile,
    items: Iterable<unknown>,
    starred: boolean,
    options: WorkerMapOptions,
    waiter: Waiter,
  ) {
    super(pool, profile, items, starred, options);
    this.#waiter = waiter;
  }

  /** The results are kept anyway. */
  get allowance(): number {
    return Infinity;
  }

  succeed(position: number, values: ArrayLike<unknown>): void {
    const results = this.#results;
    // Without holes, whatever comes first.
    while (results.length < position) results.push(undefined);
    for (let at = 0; at < values.length; at++) results[position + at] = values[at];
    this.#ended += values.length;
    this.count(values.length, 0);
    this.#settle();
  }

  fail(_position: number, error: unknown): void {
    this.count(0, 1);
    this.abandon(error);
  }

  exhaust(): void {
    this.#settle();
  }

  #settle(): void {
    if (!this.exhausted || this.#ended < this.taken) return;
    this.finish();
    this.#waiter.wake(this.#results);
  }

  abandon(error: unknown): void {
    if (this.over) return;
    this.finish();
    this.#waiter.fail(error);
  }
}

/** Waits for a map, which begins when somebody does. */
export class CollectOp<T> extends Op<T[]> {
  readonly #name: string;
  readonly #make: (waiter: Waiter) => MapJob;
  #job: MapJob | null = null;

  /** Makes an Op for the job that `make` makes. */
  constructor(name: string, make: (waiter: Waiter) => MapJob) {
    super();
    this.#name = name;
    this.#make = make;
  }

  /** Shown in dumps. */
  get reason(): string {
    return `map "${this.#name}"`;
  }

  /** The pool. */
  override get subject(): unknown {
    return this.#job?.pool;
  }

  /** It takes workers. */
  poll(): null {
    return null;
  }

  /** Begins. */
  park(waiter: Waiter): void {
    this.#job = this.#make(waiter);
    this.#job.pool.begin(this.#job);
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    this.#job!.drop();
  }
}
