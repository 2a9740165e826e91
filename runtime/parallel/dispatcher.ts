// Copyright 2026 the Tendril authors. MIT license.
/**
 * The heart of a pool: gives work to workers, starts those that are needed, replaces those that die.
 *
 * Invariants:
 * - Work is in the queue, or in a flight of a worker, or waits for its reader, or it has ended.
 * - While `#outstanding` is above 0 the hub is told that something outside goes on.
 * - Work is handed out in one go per turn, so that what was asked for in one turn travels together.
 *
 * @module
 */
import { isGeneratorFunction } from "../body.ts";
import { addExternal } from "../hub.ts";
import { Call, QUEUED, type Returns, SENT } from "./call.ts";
import { define } from "./definition.ts";
import { type Definition, isAsyncFunction } from "./load.ts";
import { BrokenPoolError, PoolClosedError } from "./errors.ts";
import type { Connect } from "./link.ts";
import { type Employer, PoolWorker } from "./pool_worker.ts";
import { Profile } from "./profile.ts";
import { Sites } from "./site.ts";
import type { Batch, Work } from "./work.ts";
import { WorkQueue } from "./work_queue.ts";

/** How a dispatcher goes about it. */
export interface DispatcherOptions {
  /** What the names of its workers begin with. */
  readonly name: string;
  /** Starts a worker. */
  readonly connect: Connect;
  /** How many workers there may be. */
  readonly most: number;
  /** How many stay when there is nothing to do. */
  readonly least: number;
  /** What each worker runs first. */
  readonly initializer: Definition | undefined;
  /** Its arguments. */
  readonly initArgs: unknown[];
  /** How many items a worker runs before it is replaced. */
  readonly tasksPerWorker: number;
  /** How many items may go on in greenlets of one worker. */
  readonly concurrency: number;
  /** How long a worker beyond `least` may be idle, in milliseconds. */
  readonly idleTimeout: number;
  /** Told of errors in workers that belong to no item. */
  readonly onStray: (error: unknown, worker: string) => void;
}

/** So many workers in a row may die while they start, once one could. */
const MOST_FAILED_STARTS = 3;
/** When to look whether a worker sits on items that others could run, in milliseconds. */
const HOARD_MS = 5;

// Workers live in real time, whatever clock the program uses.
const { setTimeout, clearTimeout } = globalThis;

type Timer = ReturnType<typeof setTimeout>;

/** Counters of a pool. */
export interface PoolCounts {
  /** Workers that were started and have not ended. */
  workers: number;
  /** Those of them that have nothing to do. */
  idle: number;
  /** Calls and maps that stand in the queue. */
  queued: number;
  /** Items that were sent to workers and have not ended. */
  running: number;
  /** Calls, and items of maps, that ended with a result. */
  succeeded: number;
  /** Those that ended with an error. */
  failed: number;
  /** Those that were cancelled. */
  cancelled: number;
  /** Workers that were started so far. */
  started: number;
  /** Workers that ended without being told to. */
  died: number;
}

/** Gives work to workers. */
export class Dispatcher implements Employer, Returns {
  readonly #options: DispatcherOptions;
  readonly #queue = new WorkQueue();
  readonly #profiles = new Map<Definition, Profile>();
  readonly #workers = new Set<PoolWorker>();
  /** Workers that take no more and have not ended. */
  readonly #leaving = new Set<PoolWorker>();
  /** Maps that have not ended: one that waits for its reader is in no queue. */
  readonly #jobs = new Set<Work>();
  readonly #finished = Promise.withResolvers<void>();
  #warming: PromiseWithResolvers<void>[] = [];
  #outstanding = 0;
  #scheduled = false;
  /** Where calls were made. */
  readonly sites = new Sites();
  #state: "open" | "closed" | "terminated" = "open";
  #broken: BrokenPoolError | null = null;
  /** How many workers in a row died while they started; Infinity until one did start. */
  #failedStarts = Infinity;
  #hoard: Timer | undefined;
  #trim: Timer | undefined;
  #started = 0;
  #died = 0;
  #succeeded = 0;
  #failed = 0;
  #cancelled = 0;

  /** Makes a dispatcher without workers. */
  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** What the names of its workers begin with. */
  get name(): string {
    return this.#options.name;
  }

  /** How many workers there may be. */
  get most(): number {
    return this.#options.most;
  }

  /** How much stands in the queue. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Whether it takes no more work. */
  get closed(): boolean {
    return this.#state !== "open";
  }

  /** Why it takes no more work, if it does not. */
  refusal(action: string): Error | null {
    if (this.#state === "open") return this.#broken;
    return new PoolClosedError(`Cannot ${action}: the pool is closed; make another one`);
  }

  /** Resolves when it was closed and nothing is left of it. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** The counters at this moment. */
  counts(): PoolCounts {
    const workers = [...this.#workers];
    return {
      workers: workers.length,
      idle: workers.filter((worker) => worker.idle).length,
      queued: this.#queue.length,
      running: workers.reduce((sum, worker) => sum + worker.waiting + worker.late, 0),
      succeeded: this.#succeeded,
      failed: this.#failed,
      cancelled: this.#cancelled,
      started: this.#started,
      died: this.#died,
    };
  }

  /**
   * What is known of a function.
   *
   * @throws {TypeError} If no worker could run it.
   */
  profile(action: string, fn: unknown): Profile {
    const definition = define(action, fn);
    let profile = this.#profiles.get(definition);
    if (profile === undefined) {
      const late = typeof fn === "function" && (isGeneratorFunction(fn) || isAsyncFunction(fn));
      profile = new Profile(this.#profiles.size, definition, late);
      this.#profiles.set(definition, profile);
    }
    return profile;
  }

  /** Part of `Returns`. */
  begin(work: Work): void {
    if (!(work instanceof Call)) this.#jobs.add(work);
    if (this.#outstanding++ === 0) addExternal(1);
    const { signal } = work.options;
    // Since it was asked for things may have changed.
    if (this.#state !== "open" || this.#broken !== null) {
      return work.abandon(this.refusal(`run "${work.profile.definition.name || "a function"}"`));
    }
    if (signal?.aborted) return work.abandon(signal.reason);
    if (signal !== undefined) {
      const abort = () => work.abort(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      work.unlisten = () => signal.removeEventListener("abort", abort);
    }
    this.#queue.add(work);
    this.#schedule();
  }

  /** Part of `Returns`. */
  putBack(work: Work): void {
    this.#queue.add(work, true);
    this.#schedule();
  }

  /** Part of `Returns`. */
  ended(work: Work): void {
    if (!(work instanceof Call)) this.#jobs.delete(work);
    if (work.line !== null) this.#queue.remove(work);
    if (--this.#outstanding > 0) return;
    addExternal(-1);
    if (this.#state !== "open") this.#schedule();
  }

  /** Counts items that ended. */
  count(succeeded: number, failed: number, cancelled: number): void {
    this.#succeeded += succeeded;
    this.#failed += failed;
    this.#cancelled += cancelled;
  }

  /** Part of `Returns`. */
  drop(call: Call): void {
    const { state, slot, place } = call;
    if (state === QUEUED) this.#queue.remove(call);
    if (!call.end()) return;
    this.count(0, 0, 1);
    if (state === SENT) slot!.evict(place);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /** Gives out what can be given out. */
  #flush(): void {
    if (this.#state === "terminated") return;
    while (this.#queue.length > 0 && this.#broken === null && this.#place());
    this.#tidy();
  }

  /** Gives some of the work to a worker; false when none has room for it. */
  #place(): boolean {
    for (const work of this.#queue.heads()) {
      const { profile } = work;
      const worker = this.#pick(profile);
      if (worker === null) continue;
      const room = worker.room(profile, this.#options.concurrency);
      const batch = work.take(Math.min(room, profile.batchSize), this.#queue, this.most);
      if (batch !== null) this.#send(worker, batch);
      return true;
    }
    return false;
  }

  /** The worker with the least to do that has room; a new one rather than one that is busy. */
  #pick(profile: Profile): PoolWorker | null {
    let best: PoolWorker | null = null;
    let least = Infinity;
    for (const worker of this.#workers) {
      if (worker.room(profile, this.#options.concurrency) <= 0) continue;
      const load = worker.waiting + worker.late;
      if (load < least) {
        best = worker;
        least = load;
      }
    }
    return least > 0 && this.#workers.size < this.most ? this.#start() ?? best : best;
  }

  #start(): PoolWorker | null {
    const { name, connect, initializer, initArgs, tasksPerWorker } = this.#options;
    const start = { name: `${name}-${++this.#started}`, daemon: true, initializer, initArgs };
    try {
      const worker = new PoolWorker(connect, start, tasksPerWorker, this);
      this.#workers.add(worker);
      return worker;
    } catch (error) {
      this.#breakDown(error);
      return null;
    }
  }

  #send(worker: PoolWorker, batch: Batch): void {
    try {
      worker.send(batch);
    } catch (error) {
      if (batch.size > 1) {
        for (const one of batch.split()) this.#send(worker, one);
      } else batch.fail(0, unsendable(batch, error));
    }
  }

  /** Lets go of workers that are not needed, and makes sure that none sits on work. */
  #tidy(): void {
    const over = this.#outstanding === 0 && this.#state !== "open" || this.#broken !== null;
    for (const worker of [...this.#workers]) {
      if (worker.idle && (over || worker.quota === 0)) worker.dismiss();
    }
    if (this.#state !== "open" && this.#workers.size + this.#leaving.size === 0) {
      if (this.#outstanding === 0) this.#finish();
      return;
    }
    if (this.#hoard === undefined && this.#hoarder() !== undefined) {
      this.#hoard = setTimeout(() => {
        this.#hoard = undefined;
        this.#hoarder()?.recall();
      }, HOARD_MS);
    }
    if (this.#trim === undefined && this.#workers.size > this.#options.least) this.#trimLater();
  }

  #finish(): void {
    clearTimeout(this.#hoard);
    clearTimeout(this.#trim);
    this.#finished.resolve();
  }

  /** A worker with items that it has not begun, while another has nothing to do. */
  #hoarder(): PoolWorker | undefined {
    if (this.#queue.length > 0) return undefined;
    const workers = [...this.#workers];
    const idle = workers.some((worker) => worker.ready && worker.idle);
    if (!idle && workers.length === this.most) return undefined;
    return workers.find(({ waiting, ready, canRecall }) =>
      canRecall && (ready ? waiting > 1 : idle && waiting > 0)
    );
  }

  #trimLater(): void {
    const { idleTimeout, least } = this.#options;
    if (idleTimeout === Infinity) return;
    this.#trim = setTimeout(() => {
      this.#trim = undefined;
      const before = performance.now() - idleTimeout;
      for (const worker of [...this.#workers]) {
        if (this.#workers.size <= least) return;
        if (worker.ready && worker.idle && worker.idleSince <= before) worker.dismiss();
      }
      if (this.#workers.size > least) this.#trimLater();
    }, idleTimeout);
    Deno.unrefTimer(this.#trim as unknown as number);
  }

  /** Starts workers until there are `count`, and waits until those that start are ready. */
  prewarm(count: number): Promise<void> {
    while (this.#workers.size < count && this.#broken === null && this.#start() !== null);
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const warming = Promise.withResolvers<void>();
    this.#warming.push(warming);
    this.#tellWarm();
    return warming.promise;
  }

  #tellWarm(): void {
    for (const worker of this.#workers) if (!worker.ready) return;
    for (const warming of this.#warming.splice(0)) warming.resolve();
  }

  /** Takes no more work; ends when what there is has ended. */
  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closed";
    for (const job of this.#jobs) job.unbind?.();
    this.#schedule();
  }

  /** Ends at once; what has not ended fails with `error`. */
  terminate(error: unknown): void {
    if (this.#state === "terminated") return;
    this.#state = "terminated";
    clearTimeout(this.#hoard);
    clearTimeout(this.#trim);
    for (const warming of this.#warming.splice(0)) warming.reject(error);
    for (const work of [...this.#queue.clear(), ...this.#jobs]) work.abandon(error);
    for (const worker of this.#workers) worker.terminate(error);
    for (const worker of this.#leaving) worker.stop();
    if (this.#leaving.size === 0) this.#finish();
  }

  /** Ends what has not begun with `error`, and maps that have not read all of their items. */
  cancelWaiting(error: unknown): void {
    for (const worker of this.#workers) worker.recall();
    for (const work of this.#queue.clear()) work.abandon(error);
    for (const job of this.#jobs) if (!job.exhausted) job.abandon(error);
  }

  #breakDown(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#broken ??= new BrokenPoolError(
      `Cannot run anything in the pool "${this.#options.name}": ${why}`,
      { cause },
    );
    for (const work of this.#queue.clear()) work.abandon(this.#broken);
    for (const warming of this.#warming.splice(0)) warming.reject(this.#broken);
    this.#schedule();
  }

  /** Part of `Employer`. */
  ready(worker: PoolWorker): void {
    this.#failedStarts = 0;
    worker.idleSince = performance.now();
    this.#tellWarm();
    this.#flush();
  }

  /** Part of `Employer`. */
  freed(): void {
    this.#flush();
  }

  /** Part of `Employer`. */
  unfit(worker: PoolWorker, error: unknown): void {
    this.#breakDown(error);
    this.#leave(worker);
  }

  /** Part of `Employer`. */
  diedYoung(worker: PoolWorker, error: unknown): void {
    if (++this.#failedStarts < MOST_FAILED_STARTS) this.died(worker);
    else this.unfit(worker, error);
  }

  /** Part of `Employer`. */
  died(worker: PoolWorker): void {
    this.#died++;
    this.#leave(worker);
    this.#schedule();
  }

  /** Part of `Employer`. */
  dismissed(worker: PoolWorker): void {
    this.#leave(worker);
    this.#schedule(); // another may take its place
  }

  #leave(worker: PoolWorker): void {
    this.#workers.delete(worker);
    this.#leaving.add(worker);
    this.#tellWarm();
  }

  /** Part of `Employer`. */
  gone(worker: PoolWorker): void {
    this.#leaving.delete(worker);
    if (this.#state === "terminated" && this.#leaving.size === 0) this.#finish();
    else if (this.#state === "closed") this.#schedule();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const closed = this.#state === "open" ? "" : "closed, ";
    return `<WorkerPool ${
      JSON.stringify(this.name)
    } ${closed}${this.#workers.size} of ${this.most} ` +
      `workers, ${this.#queue.length} queued>`;
  }

  /** Part of `Employer`. */
  stray(worker: PoolWorker, error: unknown): void {
    this.#options.onStray(error, worker.name);
  }
}

function unsendable({ profile }: Batch, cause: unknown): TypeError {
  const name = profile.definition.name || "a function";
  return new TypeError(
    `Cannot send the arguments of "${name}" to a worker: ${(cause as Error).message}`,
    { cause },
  );
}
