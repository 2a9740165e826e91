// Copyright 2026 the Tendril authors. MIT license.
/**
 * The map whose results are read one by one, in order or as they come.
 *
 * Invariants:
 * - `#results` holds outcomes that were not read, by position; `#next` is the position to read.
 * - Without order the positions are given in the order of the ends.
 *
 * @module
 */
import { asyncIterator } from "../async_iterator.ts";
import type { Settled } from "../imap.ts";
import { DONE, Op, type Waiter } from "../op.ts";
import type { WorkerImapOptions } from "./call_options.ts";
import type { Returns } from "./call.ts";
import { MapJob } from "./map_job.ts";
import type { Profile } from "./profile.ts";

/** How an item ended. */
type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Who waits for the next outcome, or for the end. */
type Reader = (outcome: Outcome | undefined) => void;

/** Batches for each worker that may be read ahead of the reader. */
const BATCHES = 4;

/** The job behind {@linkcode WorkerResults}. */
export class Stream extends MapJob {
  readonly #workers: number;
  readonly #ordered: boolean;
  readonly #results = new Map<number, Outcome>();
  /** Who waits for an outcome, first come, first served. */
  readonly readers: Set<Reader> = new Set();
  #bound = true;
  #ended = 0;
  #next = 0;

  /** Makes a job for a pool of so many workers. */
  constructor(
    pool: Returns,
    profile: Profile,
    items: Iterable<unknown>,
    ordered: boolean,
    options: WorkerImapOptions,
    workers: number,
  ) {
    super(pool, profile, items, false, options);
    this.#workers = workers;
    this.#ordered = ordered;
  }

  /** How far the input may be ahead of the reader. */
  get #prefetch(): number {
    const { prefetch, chunksize } = this.options as WorkerImapOptions;
    return prefetch ?? BATCHES * this.#workers * (chunksize ?? this.profile.batchSize);
  }

  get allowance(): number {
    return this.#bound ? this.#prefetch - (this.taken - this.#next) : Infinity;
  }

  unbind(): void {
    this.#bound = false;
    if (!this.exhausted) this.wakeUp();
  }

  succeed(position: number, values: ArrayLike<unknown>): void {
    for (let at = 0; at < values.length; at++) this.#put(position + at, { value: values[at] });
    this.count(values.length, 0);
    this.#serve();
  }

  fail(position: number, error: unknown): void {
    this.#put(position, { error });
    this.count(0, 1);
    this.#serve();
  }

  exhaust(): void {
    this.#serve();
  }

  #put(position: number, outcome: Outcome): void {
    this.#results.set(this.#ordered ? position : this.#ended, outcome);
    this.#ended++;
  }

  /** The rest of it is one error, at the end of what is known. */
  abandon(error: unknown): void {
    if (this.over) return;
    let end = this.#next;
    while (this.#results.has(end)) end++;
    this.#results.set(end, { error });
    this.taken = end + 1;
    this.finish();
    this.#serve();
  }

  /** Nobody reads any more. */
  close(): void {
    if (!this.over) this.drop();
    this.#results.clear();
    this.taken = this.#next;
    this.#serve();
  }

  #serve(): void {
    if (!this.over && this.exhausted && this.#ended === this.taken) this.finish();
    for (const reader of this.readers) {
      const outcome = this.shift();
      if (outcome === null) return;
      this.readers.delete(reader);
      reader(outcome);
    }
  }

  /** The next outcome if it is there, `undefined` after the last, `null` if it is not there yet. */
  shift(): Outcome | undefined | null {
    const outcome = this.#results.get(this.#next);
    if (outcome === undefined) return this.over && this.#next >= this.taken ? undefined : null;
    this.#results.delete(this.#next++);
    // Half of it again at once, rather than an item whenever one was read.
    if (this.line === null && !this.exhausted && this.allowance * 2 >= this.#prefetch) {
      this.wakeUp();
    }
    return outcome;
  }
}

/** Options of {@linkcode WorkerResults}. */
export interface WorkerResultsOptions {
  /** Whether the first error that is read ends it; default: false. */
  failFast?: boolean;
}

/** Reads an outcome. */
abstract class ReadOp<S> extends Op<IteratorResult<S, undefined>> {
  readonly #stream: Stream;
  #reader: Reader | null = null;

  constructor(stream: Stream) {
    super();
    this.#stream = stream;
  }

  get reason(): string {
    return "imap";
  }

  /** What the reader gets of an outcome; may throw. */
  abstract show(outcome: Outcome): S;

  #step(outcome: Outcome | undefined): IteratorResult<S, undefined> {
    if (outcome === undefined) return { done: true, value: undefined };
    return { done: false, value: this.show(outcome) };
  }

  poll(): IteratorReturnResult<IteratorResult<S, undefined>> | null {
    const outcome = this.#stream.readers.size > 0 ? null : this.#stream.shift();
    if (outcome === null) return null;
    DONE.value = this.#step(outcome);
    return DONE;
  }

  park(waiter: Waiter): void {
    this.#reader = (outcome) => {
      let step: IteratorResult<S, undefined>;
      try {
        step = this.#step(outcome);
      } catch (error) {
        return waiter.fail(error);
      }
      waiter.wake(step);
    };
    this.#stream.readers.add(this.#reader);
  }

  cancel(): void {
    this.#stream.readers.delete(this.#reader!);
  }
}

class NextOp<T> extends ReadOp<T> {
  readonly #failed: () => void;

  constructor(stream: Stream, failed: () => void) {
    super(stream);
    this.#failed = failed;
  }

  show(outcome: Outcome): T {
    if ("error" in outcome) {
      this.#failed();
      throw outcome.error;
    }
    return outcome.value as T;
  }
}

class SettledOp<T> extends ReadOp<Settled<T>> {
  show(outcome: Outcome): Settled<T> {
    return "error" in outcome
      ? { status: "rejected", reason: outcome.error }
      : { status: "fulfilled", value: outcome.value as T };
  }
}

/**
 * Results of workers that come one by one: `yield* it.next()`, or `for await`. When an item failed, `next`
 * throws its error, and the `next` after that goes on with the item after it.
 *
 * @example Usage
 * ```ts
 * import { WorkerPool } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * await using pool = new WorkerPool(2);
 * const squares: number[] = [];
 * for await (const n of pool.imap((n: number) => n * n, [1, 2, 3])) squares.push(n);
 * assertEquals(squares, [1, 4, 9]);
 * ```
 */
export class WorkerResults<T> implements Disposable {
  readonly #stream: Stream;
  readonly #failed: () => void;

  /** Reads what `stream` gives. */
  constructor(stream: Stream, { failFast = false }: WorkerResultsOptions = {}) {
    this.#stream = stream;
    this.#failed = failFast ? () => stream.close() : () => {};
  }

  /** The next result; done when all were read. Throws the error of an item that failed. */
  next(): Op<IteratorResult<T, undefined>> {
    return new NextOp<T>(this.#stream, this.#failed);
  }

  /** The results as records, so that a failed item ends nothing. */
  settled(): { next(): Op<IteratorResult<Settled<T>, undefined>> } & AsyncIterable<Settled<T>> {
    const next = () => new SettledOp<T>(this.#stream);
    return {
      next,
      [Symbol.asyncIterator]: () => asyncIterator(next, () => this[Symbol.dispose]()),
    };
  }

  /** Runs no further item; those that run are asked to stop. */
  [Symbol.dispose](): void {
    this.#stream.close();
  }

  /** Lets `for await` read the results; leaving the loop disposes of the rest. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return asyncIterator(() => this.next(), () => this[Symbol.dispose]());
  }
}
