// Copyright 2026 the Tendril authors. MIT license.
/**
 * What greenlets did lately: a ring of changes of state with their times.
 *
 * Invariants:
 * - It listens only for so many events per tick and no longer, so that what it costs is bounded however
 *   often the program switches. Of busier programs it has samples: the beginning of each tick.
 * - It keeps numbers, never a greenlet.
 *
 * @module
 */
import { listen, type Listener } from "../../events.ts";
import { SWITCHED } from "../../fiber.ts";
import type { Greenlet } from "../../greenlet.ts";
import type { Op } from "../../op.ts";
import { kindOf } from "./kinds.ts";

/** Events that are recorded between two ticks. */
const BUDGET = 2_000;
/** Changes that are kept; a power of two. */
const KEPT = 1 << 16;
/** Changes of one greenlet that are closer than this, in milliseconds, are sent as one. */
const CLOSE = 8;

// What a greenlet does from the time of a change on; the page has the same numbers.
const READY = 0;
const RUNS = 1;
const WAITS = 2;
const GAVE_CONTROL = 3;
const ENDED = 4;
/** Added to a change that stands for several: it ran in between. */
const RAN = 8;

/** Changes of one greenlet, oldest first: time in ms, what it does then, the kind of its wait; again. */
export type Lane = number[];

/** The recent past of all greenlets. */
export class Timeline {
  readonly #times = new Float64Array(KEPT);
  readonly #ids = new Uint32Array(KEPT);
  readonly #whats = new Uint8Array(KEPT);
  readonly #kinds = new Int16Array(KEPT);
  #count = 0;
  #left = 0;
  #stop: (() => void) | null = null;
  #missed = false;

  readonly #listener: Listener = {
    switch: (from: Greenlet<unknown> | null, to: Greenlet<unknown> | null) => {
      if (from !== null && from.state === SWITCHED) this.#note(from.id, GAVE_CONTROL, -1);
      if (to !== null) this.#note(to.id, RUNS, -1);
    },
    park: ({ id }: Greenlet<unknown>, op: Op<unknown>) => this.#note(id, WAITS, kindOf(op)),
    wake: ({ id }: Greenlet<unknown>) => this.#note(id, READY, -1),
    finish: ({ id }: Greenlet<unknown>) => this.#note(id, ENDED, -1),
  };

  /** How many changes there were so far. */
  get count(): number {
    return this.#count;
  }

  /** Listens again, as a tick is over; tells whether events were missed before. */
  refill(): boolean {
    const missed = this.#missed;
    this.#missed = false;
    this.#left = BUDGET;
    this.#stop ??= listen(this.#listener);
    return missed;
  }

  /** Listens no more. */
  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  #note(id: number, what: number, kind: number): void {
    const at = this.#count++ & (KEPT - 1);
    this.#times[at] = performance.now();
    this.#ids[at] = id;
    this.#whats[at] = what;
    this.#kinds[at] = kind;
    if (--this.#left > 0) return;
    this.#missed = true;
    this.stop();
  }

  /** The changes of some greenlets, for each from that count on that `from` has for its id. */
  lanes(from: ReadonlyMap<number, number>): Map<number, Lane> {
    const lanes = new Map<number, Lane>();
    const oldest = Math.max(0, this.#count - KEPT);
    let first = this.#count;
    for (const count of from.values()) first = Math.min(first, count);
    for (let count = Math.max(first, oldest); count < this.#count; count++) {
      const at = count & (KEPT - 1);
      const id = this.#ids[at]!;
      const start = from.get(id);
      if (start === undefined || count < start) continue;
      let lane = lanes.get(id);
      if (lane === undefined) lanes.set(id, lane = []);
      addChange(lane, this.#times[at]!, this.#whats[at]!, this.#kinds[at]!);
    }
    return lanes;
  }
}

/** Adds a change to a lane; one that comes soon after another is put together with it. */
export function addChange(lane: Lane, time: number, what: number, kind: number): void {
  const last = lane.length - 3;
  if (last >= 0 && time - lane[last]! < CLOSE) {
    const before = lane[last + 1]!;
    lane[last + 1] = what | (before & RAN) | (before === RUNS ? RAN : 0);
    lane[last + 2] = kind;
  } else lane.push(Math.round(time * 10) / 10, what, kind);
}
