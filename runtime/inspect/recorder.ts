// Copyright 2026 the Tendril authors. MIT license.
/**
 * Turns what happens to greenlets into the events of a trace: a row for each, with a slice for each run
 * and each wait, and arrows from who woke a greenlet to where it then runs.
 *
 * Invariants:
 * - Slices are written whole, when they end, and both ends of an arrow together. So what is left out
 *   leaves nothing open behind.
 * - In one row runs and waits follow one another. What may overlap, the waits of an async body, is
 *   written as async slices, which get rows of their own.
 * - While more happens than is drawn, a switch costs no look at the clock.
 *
 * @module
 */
import { hostClock, show } from "../clock.ts";
import type { Listener } from "../events.ts";
import { ASYNC, coarseTime } from "../fiber.ts";
import { Greenlet, mainGreenlet } from "../greenlet.ts";
import { timers } from "../hub.ts";
import type { Op } from "../op.ts";
import { active } from "../tree.ts";
import { Budget } from "./budget.ts";
import type { TraceFile } from "./trace_file.ts";
import { arrow, asyncSlice, instant, nameGroup, nameRow, type Row, slice } from "./trace_json.ts";

/** The group of rows of greenlets. */
const GROUP = 1;
/** The row of what concerns no greenlet: its number is that of main. */
const HUB: Row = { pid: GROUP, tid: mainGreenlet.id };
const RUN = '"run"';

/** Host time in milliseconds: the program's own clock may stand still or jump. */
export const clock: () => number = performance.now.bind(performance);

/** A wait that has not ended. */
interface Wait {
  readonly op: Op<unknown>;
  since: number;
  readonly name: string;
  readonly args: string;
}

/** What is known of a greenlet of which something was drawn. */
class Track implements Row {
  readonly pid = GROUP;
  readonly tid: number;
  wait: Wait | null = null;
  /** The waits of an async body. */
  awaits: Wait[] | null = null;
  /** Who made it ready, and when, if that was drawn. */
  wokenBy: Row | null = null;
  wokenAt = 0;

  constructor(id: number) {
    this.tid = id;
  }
}

/** Listens to greenlets and writes a trace of them. */
export class Recorder implements Listener {
  readonly #file: TraceFile;
  readonly #tracks = new Map<Greenlet<unknown>, Track>();
  readonly #events = new Budget(clock);
  /** Long waits have a budget of their own: they are what one looks for in a busy program. */
  readonly #longWaits = new Budget(clock);
  #lastId = 0;
  /** The row of the run that is being drawn, and when it began. */
  #row: Track | null = null;
  #since = 0;
  /** When drawing was left off, and how many switches were not drawn since. */
  #leftOff = 0;
  #leftOut = 0;

  /** Makes one that writes to `file`. */
  constructor(file: TraceFile) {
    this.#file = file;
    file.add(nameGroup(GROUP, '"greenlets"'));
    file.add(nameRow(HUB, '"hub"'));
  }

  #draw(event: string, budget = this.#events): void {
    budget.spend(event);
    this.#file.add(event);
  }

  #track(greenlet: Greenlet<unknown>): Track {
    let track = this.#tracks.get(greenlet);
    if (track === undefined) {
      track = new Track(greenlet.id);
      this.#tracks.set(greenlet, track);
      this.#draw(nameRow(track, JSON.stringify(greenlet.name)));
    }
    return track;
  }

  /** Part of `Listener`: an arrow from who spawned it to its first run. */
  spawn(greenlet: Greenlet<unknown>): void {
    if (this.#row !== null && this.#events.take()) this.#woken(this.#track(greenlet));
  }

  #woken(track: Track): void {
    track.wokenBy = this.#row;
    track.wokenAt = clock();
  }

  /** Part of `Listener`: draws the run that ends. */
  switch(_from: Greenlet<unknown> | null, to: Greenlet<unknown> | null): void {
    let now = 0;
    if (this.#row !== null) {
      now = clock();
      this.#draw(slice(this.#row, "run", RUN, this.#since, now));
      if (this.#row.wait !== null) this.#row.wait.since = now; // one after the other
      this.#row = null;
    }
    if (to === null) return;
    if (!this.#events.take()) {
      if (this.#leftOff === 0) this.#leftOff = now || clock();
      this.#leftOut++;
      return;
    }
    now ||= clock();
    if (this.#leftOff > 0) this.#tellLeftOut(now);
    const track = this.#track(to);
    this.#row = track;
    this.#since = clock();
    if (track.wokenBy === null) return;
    const { wokenBy, wokenAt } = track;
    track.wokenBy = null;
    this.#draw(arrow('"wake"', ++this.#lastId, wokenBy, wokenAt, track, this.#since));
  }

  #tellLeftOut(now: number): void {
    const name = JSON.stringify(`${this.#leftOut} switches not drawn`);
    this.#draw(slice(HUB, "hub", name, this.#leftOff, now));
    this.#leftOff = this.#leftOut = 0;
  }

  /** Part of `Listener`: notes what it waits for. */
  park(greenlet: Greenlet<unknown>, op: Op<unknown>): void {
    if (isAwaited(greenlet, op)) {
      if (this.#events.take()) (this.#track(greenlet).awaits ??= []).push(waitFor(op));
    } else if (this.#row !== null) this.#row.wait = waitFor(op);
  }

  /** Part of `Listener`: draws the wait that ends. */
  wake(greenlet: Greenlet<unknown>, op: Op<unknown> | null): void {
    if (op === null) return;
    const awaited = isAwaited(greenlet, op);
    if (this.#leftOff > 0 && !awaited && !isLong(greenlet)) return;
    const track = this.#tracks.get(greenlet);
    if (awaited) return this.#wakeAsync(track, op);
    if (track?.wait?.op === op) {
      this.#drawWait(track, track.wait);
      track.wait = null;
    } else if (isLong(greenlet) && this.#longWaits.take()) {
      this.#drawWait(this.#track(greenlet), waitFor(op, greenlet), this.#longWaits);
    } else return;
    if (this.#row !== null) this.#woken(this.#track(greenlet));
  }

  #drawWait(track: Track, { since, name, args }: Wait, budget = this.#events): void {
    this.#draw(slice(track, "wait", name, since, clock(), args), budget);
  }

  #wakeAsync(track: Track | undefined, op: Op<unknown>): void {
    if (track === undefined || track.awaits === null) return;
    const { awaits } = track;
    let at = awaits.findIndex((wait) => wait.op === op);
    // What the host does for it is described by a new Op each time.
    if (at < 0) at = awaits.findIndex((wait) => wait.op.reason === op.reason);
    if (at >= 0) this.#drawAwait(track, awaits.splice(at, 1)[0]!);
  }

  #drawAwait(track: Track, { since, name, args }: Wait): void {
    this.#draw(asyncSlice(track, "wait", name, ++this.#lastId, since, clock(), args));
  }

  /** Part of `Listener`: marks the end. */
  finish(greenlet: Greenlet<unknown>, failed: boolean, outcome: unknown): void {
    const track = this.#tracks.get(greenlet);
    if (track === undefined) return;
    this.#tracks.delete(greenlet);
    if (failed) {
      this.#draw(instant(track, '"failed"', clock(), "t", args({ error: String(outcome) })));
    } else this.#draw(instant(track, '"finished"', clock(), "t"));
  }

  /** Part of `Listener`: marks the kill. */
  kill(greenlet: Greenlet<unknown>, error: unknown, by: Greenlet<unknown> | null): void {
    if (!this.#events.take()) return;
    const why = args({ error: String(error), by: by?.name });
    this.#draw(instant(this.#track(greenlet), '"kill"', clock(), "t", why));
  }

  /** Part of `Listener`: marks it across all rows. */
  blocked(ms: number, suspects: readonly Greenlet<unknown>[]): void {
    const names = args({ suspects: suspects.slice(0, 5).map((each) => each.name) });
    const text = JSON.stringify(`isolate held for ${Math.round(ms)} ms`);
    this.#draw(instant(HUB, text, clock(), "g", names));
  }

  /** Draws what has not ended. */
  end(): void {
    const now = clock();
    if (this.#row !== null) this.#draw(slice(this.#row, "run", RUN, this.#since, now));
    if (this.#leftOff > 0) this.#tellLeftOut(now);
    for (const track of this.#tracks.values()) {
      for (const wait of track.awaits ?? []) this.#drawAwait(track, wait);
    }
    for (const greenlet of active()) {
      const [op] = greenlet.waits;
      if (op === undefined || greenlet.state === ASYNC) continue;
      const wait = this.#tracks.get(greenlet)?.wait;
      this.#drawWait(this.#track(greenlet), wait?.op === op ? wait : waitFor(op, greenlet));
    }
    this.#tracks.clear();
  }
}

/** How long it waits by the coarse clock of the hub, which wraps around; 0 where that is not host time. */
function waited(greenlet: Greenlet<unknown>): number {
  return timers.clock === hostClock ? Math.max(0, (coarseTime - greenlet.since) | 0) : 0;
}

/** Whether its async body awaits the Op, perhaps among others; else it is the one it is parked in. */
function isAwaited(greenlet: Greenlet<unknown>, op: Op<unknown>): boolean {
  return greenlet.wait !== op;
}

function isLong(greenlet: Greenlet<unknown>): boolean {
  return waited(greenlet) > 1;
}

/** A wait that begins now, or has begun when `parked` was parked. */
function waitFor(op: Op<unknown>, parked?: Greenlet<unknown>): Wait {
  const { subject, holder } = op;
  const since = parked === undefined ? clock() : clock() - waited(parked);
  if (subject === undefined && holder === undefined) {
    return { op, since, name: JSON.stringify(op.reason), args: "{}" };
  }
  const heldBy = holder instanceof Greenlet && holder !== subject ? holder.name : undefined;
  return {
    op,
    since,
    name: JSON.stringify(op.reason),
    args: args({ on: subject === undefined ? undefined : nameOf(subject), heldBy }),
  };
}

/** The object of a wait in a few words: a full description would take longer than the wait. */
function nameOf(subject: unknown): string {
  return subject instanceof Greenlet ? subject.name : show(subject);
}

function args(values: Record<string, unknown>): string {
  return JSON.stringify(values);
}
