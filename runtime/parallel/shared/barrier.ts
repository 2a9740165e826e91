// Copyright 2026 the Tendril authors. MIT license.
/**
 * A barrier of all workers: all wait until a number of them have come, again and again.
 *
 * Invariants:
 * - One word has the number of the round, whether it is broken, and how many have come. Whoever has come
 *   for a round waits until the word shows another round, or that this one is broken.
 * - A round that ended by `reset` is noted in a table before the word changes: those who wait for it
 *   find it there, and all others know that it ended well.
 *
 * @module
 */
import { BrokenBarrierError } from "../../../channels/barrier.ts";
import { describe } from "../../../channels/naming.ts";
import { checkDelay, show } from "../../clock.ts";
import type { WaitOptions } from "../../greenlet.ts";
import { DONE, type Op, type Waiter } from "../../op.ts";
import { limited } from "../../timeout.ts";
import { checkSync, Gate, GATE_WORDS, GateOp, type SyncOptions } from "./gate.ts";
import { defineHandle, SharedHandle, type SharedOptions } from "./handle.ts";

const STATE = 2;
const PARTIES = 3;
const GATE = 4;
const RESETS = GATE + GATE_WORDS;
/** How many rounds back it is known which were reset. */
const REMEMBERED = 256;
const WORDS = RESETS + REMEMBERED;

// The parts of the word.
const COUNT_BITS = 11;
const MOST_PARTIES = (1 << COUNT_BITS) - 1;
const BROKEN = 1 << COUNT_BITS;
const ROUND_SHIFT = COUNT_BITS + 1;

/** Options of a {@linkcode SharedBarrier}. */
export interface SharedBarrierOptions extends SharedOptions {
  /** How long `wait` waits unless it is told otherwise, in milliseconds; default: forever. */
  timeout?: number;
}

/** What {@linkcode SharedBarrier.stats} gives. */
export interface SharedBarrierStats {
  /** How many have to come. */
  readonly parties: number;
  /** How many have come, in all workers. */
  readonly waiting: number;
  /** Whether it is broken. */
  readonly broken: boolean;
}

/**
 * A place in a round.
 *
 * @internal
 */
interface Place {
  readonly round: number;
  readonly index: number;
}

class SharedBarrierWait extends GateOp<number> {
  declare readonly source: SharedBarrier;
  declare private place: Place;
  /** Whether it had passed when it was given up. */
  declare passed: boolean;

  constructor(source: SharedBarrier) {
    super(source.gate);
    this.source = source;
    this.passed = false;
  }

  get reason(): string {
    return "shared barrier wait";
  }

  override get subject(): unknown {
    return this.source;
  }

  get index(): number {
    return this.place.index;
  }

  /** Done at once only as the last that comes. */
  override poll(): IteratorReturnResult<number> | null {
    const place = this.source.arrive({ last: true });
    if (place === null) return null;
    DONE.value = place.index;
    return DONE;
  }

  override park(waiter: Waiter): void {
    try {
      this.place = this.source.arrive();
    } catch (error) {
      return waiter.fail(error);
    }
    super.park(waiter);
  }

  attempt(): IteratorReturnResult<number> | null {
    if (!this.source.hasPassed(this.place)) return null;
    DONE.value = this.place.index;
    return DONE;
  }

  /** Who leaves breaks the round for all. */
  override cancel(): void {
    super.cancel();
    this.passed = this.source.desert(this.place);
  }
}

/**
 * Lets `parties` greenlets and workers wait for one another, as `multiprocessing.Barrier`. When the last has
 * come, all go on, and the next round begins. It can be sent to workers as an argument of a task.
 *
 * It breaks for all when one that waits is killed, runs out of time or loses in a `select`, and by
 * `abort`; then everybody gets a {@linkcode BrokenBarrierError} until `reset`. There is no action: let the
 * one do it that gets 0, and have all wait once more. A worker that died is waited for unless it had come:
 * give a timeout.
 *
 * @example Usage
 * ```ts
 * import { joinAll, run, spawn } from "@tendril/tendril";
 * import { SharedBarrier } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const barrier = new SharedBarrier(2);
 * await run(function* () {
 *   const runners = [spawn(() => barrier.wait()), spawn(() => barrier.wait())];
 *   yield* joinAll(runners);
 *   assertEquals(runners.map((runner) => runner.value), [0, 1]);
 * });
 * ```
 */
export class SharedBarrier extends SharedHandle {
  /** @internal */
  readonly gate: Gate;
  readonly #timeout: number | undefined;

  /**
   * Makes a barrier.
   *
   * @throws {RangeError} If `parties` is no whole number from 1 to 2047, or the timeout is negative.
   */
  constructor(parties: number, options: SharedBarrierOptions = {}) {
    const { timeout } = options;
    if (!Number.isSafeInteger(parties) || parties < 1 || parties > MOST_PARTIES) {
      throw new RangeError(
        `Cannot make a shared barrier: parties must be a whole number from 1 to ${MOST_PARTIES}, got ${
          show(parties)
        }`,
      );
    }
    if (timeout !== undefined) checkDelay("make a shared barrier", timeout);
    super(WORDS, options);
    this.gate = new Gate(this.cells, GATE);
    this.#timeout = timeout;
    if (this.fresh) this.cells[PARTIES] = parties;
  }

  /** @internal */
  get kind(): string {
    return "SharedBarrier";
  }

  /** @internal */
  protected override get extra(): number | undefined {
    return this.#timeout;
  }

  /** How many have to come. */
  get parties(): number {
    return this.cells[PARTIES]!;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return (this.#state & BROKEN) !== 0;
  }

  /** How many have come and wait for the others, in all workers. */
  get nWaiting(): number {
    return this.#state & MOST_PARTIES;
  }

  get #state(): number {
    return Atomics.load(this.cells, STATE);
  }

  #change(before: number, after: number): boolean {
    return Atomics.compareExchange(this.cells, STATE, before, after) === before;
  }

  /**
   * Waits until all have come.
   *
   * @returns The place among those that came, from 0 on.
   * @throws {BrokenBarrierError} If it is broken, breaks meanwhile, or `timeout` milliseconds are over,
   * which breaks it for all.
   */
  wait(options: WaitOptions = {}): Op<number> {
    const op = new SharedBarrierWait(this);
    return limited(op, "wait at a shared barrier", options.timeout ?? this.#timeout, () => {
      if (op.passed) return op.index;
      throw this.#error();
    });
  }

  /**
   * Blocks the thread until all have come.
   *
   * @returns The place among those that came, from 0 on.
   * @throws {BrokenBarrierError} If it is broken, breaks meanwhile, or `timeout` milliseconds are over,
   * which breaks it for all.
   * @throws {WorkerShutdownError} If the worker is being shut down, which breaks it for all.
   * @throws {BlockingSwitchOutError} On the main isolate.
   */
  waitSync(options: SyncOptions = {}): number {
    const ms = checkSync({ timeout: options.timeout ?? this.#timeout ?? Infinity }, "wait", this);
    const place = this.arrive();
    const passed = () => this.hasPassed(place) || null;
    const action = () => `wait at ${Deno.inspect(this)}`;
    let went = false;
    try {
      went = this.gate.waitSync(passed, ms, this.membership, action) !== null;
    } finally {
      if (!went) went = this.desert(place);
    }
    if (went) return place.index;
    throw this.#error();
  }

  /** Comes; as the last only, if that is asked for: `null` if others have to come before. @internal */
  arrive(): Place;
  /** Comes as the last, or not at all. @internal */
  arrive(options: { last: true }): Place | null;
  arrive(options?: { last: true }): Place | null {
    for (;;) {
      const state = this.#state;
      if (state & BROKEN) throw this.#error();
      const index = state & MOST_PARTIES;
      const last = index + 1 === this.parties;
      if (!last && options?.last) return null;
      if (!this.#change(state, last ? nextRound(state) : state + 1)) continue;
      if (last) this.gate.signal(Infinity);
      return { round: state >>> ROUND_SHIFT, index };
    }
  }

  /** Whether the round is over; throws if it broke. @internal */
  hasPassed({ round }: Place): boolean {
    const state = this.#state;
    if (state >>> ROUND_SHIFT !== round) {
      if (this.#wasReset(round)) throw this.#error();
      return true;
    }
    if (state & BROKEN) throw this.#error();
    return false;
  }

  #wasReset(round: number): boolean {
    return Atomics.load(this.cells, RESETS + round % REMEMBERED) === round + 1;
  }

  /** Breaks the round that is left; tells whether it was over already. @internal */
  desert({ round }: Place): boolean {
    for (;;) {
      const state = this.#state;
      if (state >>> ROUND_SHIFT !== round) return !this.#wasReset(round);
      if (state & BROKEN) return false;
      if (this.#change(state, state & ~MOST_PARTIES | BROKEN)) {
        this.gate.signal(Infinity);
        return false;
      }
    }
  }

  /** Breaks it: those that wait get a {@linkcode BrokenBarrierError}, and so does who comes. */
  abort(): void {
    this.#break();
    this.gate.signal(Infinity);
  }

  #break(): number {
    for (;;) {
      const state = this.#state;
      const broken = state & ~MOST_PARTIES | BROKEN;
      if (this.#change(state, broken)) return broken;
    }
  }

  /** Makes it as new; those that wait get a {@linkcode BrokenBarrierError}. */
  reset(): void {
    if ((this.#state & (BROKEN | MOST_PARTIES)) === 0) return;
    const broken = this.#break();
    const round = broken >>> ROUND_SHIFT;
    Atomics.store(this.cells, RESETS + round % REMEMBERED, round + 1);
    this.#change(broken, nextRound(broken));
    this.gate.signal(Infinity);
  }

  #error(): BrokenBarrierError {
    return new BrokenBarrierError(
      `Cannot wait at ${
        Deno.inspect(this)
      }: it was aborted or reset, or one that waited at it was ` +
        "killed or ran out of time; reset() makes it as new",
    );
  }

  /** Counters at this moment. */
  stats(): SharedBarrierStats {
    const { parties, broken } = this;
    return Object.freeze({ parties, waiting: this.nWaiting, broken });
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const came = this.broken ? "broken" : `${this.nWaiting} of ${this.parties}`;
    return describe(this.kind, this.name, came, 0);
  }
}

function nextRound(state: number): number {
  return (state >>> ROUND_SHIFT) + 1 << ROUND_SHIFT;
}

defineHandle("SharedBarrier", (token) => {
  const timeout = token.extra as number | undefined;
  return new SharedBarrier(1, timeout === undefined ? token : { ...token, timeout });
});
