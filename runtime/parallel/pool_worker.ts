// Copyright 2026 the Tendril authors. MIT license.
/**
 * A pool's view of one of its workers: what it was sent, and what becomes of that.
 *
 * Invariants:
 * - `#flights` are in the order in which they were sent; each has items that have not ended.
 * - Whatever ends the worker, each of those items fails, or is given back to the queue.
 *
 * @module
 */
import { askAllToStop, askToStop, claimed, countRecalls, MOST_ITEMS, takeBack } from "./control.ts";
import { WorkerDiedError } from "./errors.ts";
import { type Carrier, Flight } from "./flight.ts";
import { moveLarge } from "./large.ts";
import type { Connect, Link, Listener, Start } from "./link.ts";
import { giveUpAfter } from "./patience.ts";
import * as protocol from "./protocol.ts";
import type { Failure, FromWorker, OutcomesMessage } from "./protocol.ts";
import type { Profile } from "./profile.ts";
import { unpackError } from "./remote_error.ts";
import { unpack } from "./shared/transport.ts";
import { Timeout } from "../timeout.ts";
import type { Batch } from "./work.ts";

/** How long an item that was asked to stop may go on without a word, in milliseconds. */
const GRACE = 500;
/** How long a worker that has nothing to do may take to end, in milliseconds. */
const FAREWELL = 5000;
/** How much longer than its time limit an item may run before its worker is ended, in milliseconds. */
const OVERTIME = 50;

/** What a worker tells its pool. */
export interface Employer {
  /** It started; it can run items. */
  ready(worker: PoolWorker): void;
  /** It may have room for more. */
  freed(worker: PoolWorker): void;
  /** It could not start, and neither could another. */
  unfit(worker: PoolWorker, error: unknown): void;
  /** It ended while it started. */
  diedYoung(worker: PoolWorker, error: unknown): void;
  /** It ended without being told to; its items have been seen to. */
  died(worker: PoolWorker): void;
  /** It was told to end, and takes no more. */
  dismissed(worker: PoolWorker): void;
  /** Nothing is left of it. */
  gone(worker: PoolWorker): void;
  /** An error in it belongs to no item. */
  stray(worker: PoolWorker, error: unknown): void;
}

/** One worker of a pool. */
export class PoolWorker implements Listener, Carrier {
  readonly name: string;
  readonly #employer: Employer;
  readonly #link: Link;
  readonly #flights: Flight[] = [];
  readonly #known = new Set<number>();
  #state: "starting" | "ready" | "ended" = "starting";
  #next = 0;
  #late = 0;
  #quota: number;
  #retired = false;
  /** What a worker without shared memory said of that when it left. */
  #claimed: number | undefined;
  /** Ends the wait for its end. */
  #cancelFarewell: (() => void) | undefined;
  /** When it last had something to do, by the clock of the host. */
  idleSince = 0;

  /** Starts a worker that may run so many items in its life. */
  constructor(connect: Connect, start: Start, quota: number, employer: Employer) {
    this.name = start.name;
    this.#employer = employer;
    this.#quota = Math.min(quota, MOST_ITEMS);
    this.#link = connect(start, this);
    this.#link.hold(); // until it is ready
  }

  /** A number no other worker of its backend has. */
  get pid(): number {
    return this.#link.pid;
  }

  /** Whether it has started and not ended. */
  get ready(): boolean {
    return this.#state === "ready";
  }

  /** Whether it has nothing to do. */
  get idle(): boolean {
    return this.#flights.length === 0;
  }

  /** How many items may still be sent to it. */
  get quota(): number {
    return this.#retired ? 0 : this.#quota;
  }

  /** How many items it was sent that have not begun, as far as is known. */
  get waiting(): number {
    return this.#flights.reduce((sum, flight) => sum + flight.size - flight.told, 0);
  }

  /** Whether items can be taken back that have not begun. */
  get canRecall(): boolean {
    return this.#canTakeBack(null);
  }

  /** What was moved to the worker cannot be sent again; so it is left there, unless nobody wants it. */
  #canTakeBack(unwanted: Flight | null): boolean {
    return this.#link.control !== null && this.#state !== "ended" &&
      this.#flights.every((flight) => flight.begun || !flight.batch.moves || flight === unwanted);
  }

  /** How many items go on in greenlets in it. */
  get late(): number {
    return this.#late;
  }

  /** How many items it could take on now, if `most` may go on at once in greenlets. */
  room(profile: Profile, most: number): number {
    if (this.#state === "ended") return 0;
    const behind = this.#flights.filter((flight) => !flight.begun);
    if (behind.length > 0) {
      const [before] = behind;
      // A second batch waits in the worker while the first runs, unless that would take long, or nobody
      // could tell which of the two was the end of it.
      if (behind.length > 1 || this.#state === "starting" || this.#link.control === null) return 0;
      if (!before!.batch.profile.isShort(before!.size)) return 0;
      if (!profile.late && !profile.isShort(1)) return 0;
    }
    return Math.min(this.quota, profile.late ? most - this.#late : Infinity);
  }

  /**
   * Sends items.
   *
   * @throws {DataCloneError} If one of them cannot be sent; then none was.
   */
  send(batch: Batch): void {
    const before = performance.now();
    if (!this.#mail(batch)) this.#post(batch);
    const flight = new Flight(batch, this.#next, this);
    flight.spent = performance.now() - before;
    batch.sent(flight);
    if (this.idle) this.#link.hold();
    this.#flights.push(flight);
    this.#next += batch.size;
    this.#quota -= batch.size;
  }

  /** Hands it over in the quicker way, if it is small, and the worker has nothing to do and knows how. */
  #mail({ plain, profile }: Batch): boolean {
    return !profile.late && plain !== undefined &&
      plain !== null && this.idle && this.#known.has(profile.id) &&
      this.#link.mail?.(profile.id, this.#next, plain) === true;
  }

  #post(batch: Batch): void {
    const { profile, options } = batch;
    const transfer: Transferable[] = [];
    const { shape, items: packed } = batch.load(transfer);
    const items = this.#link.control === null ? packed : moveLarge(packed, shape, transfer);
    if (!this.#known.has(profile.id)) {
      this.#known.add(profile.id);
      this.#link.post([protocol.DEFINE, profile.id, profile.definition], []);
    }
    const { RUN } = protocol;
    this.#link.post([RUN, profile.id, this.#next, shape, items, options.timeout], transfer);
  }

  /** Part of `Listener`. */
  receive(message: FromWorker): void {
    if (this.#state === "ended") return;
    switch (message[0]) {
      case protocol.READY:
        this.#state = "ready";
        for (const flight of this.#flights) if (flight.asked >= 0) this.#watchAsked(flight);
        if (this.idle) this.#link.release();
        this.#employer.ready(this);
        break;
      case protocol.UNFIT:
        this.#finish(({ batch }, places) => batch.giveBack(places, false));
        this.#employer.unfit(this, unpackError(message[1], this.#where));
        this.stop();
        break;
      case protocol.OUTCOMES:
        this.#takeOutcomes(message);
        break;
      case protocol.BEGUN:
        this.#begun(message[1], message[2]);
        break;
      case protocol.LATE:
        this.#takeLate(message[1], message[2], unpackValues(message[3]));
        break;
      case protocol.STARTED:
        this.#limit(message[1]);
        break;
      case protocol.PROGRESS: {
        const flight = this.#flightOf(message[1]);
        if (!flight?.batch.wanted(message[1] - flight.first)) break;
        const { values, failure } = unpackValues(message[2]);
        if (failure !== null) this.#employer.stray(this, failure.error);
        else flight.batch.options.progress?.(values[0]);
        break;
      }
      case protocol.HEARD: {
        const flight = this.#flightOf(message[1]);
        if (flight?.asked === message[1] - (flight?.first ?? 0)) flight!.asked = -1;
        break;
      }
      case protocol.STRAY:
        this.#employer.stray(this, unpackError(message[1], this.#where));
        break;
      case protocol.LEAVING:
        this.#claimed = message[3];
        this.lost(message[1], message[2]);
    }
  }

  get #where(): string {
    return `worker "${this.name}"`;
  }

  #flightOf(item: number): Flight | undefined {
    return this.#flights.find((flight) => flight.has(item));
  }

  #takeOutcomes([, first, packed, failures, late, elapsed]: OutcomesMessage): void {
    const flight = this.#flightOf(first);
    if (flight === undefined) return;
    const { batch } = flight;
    const { values, failure: broken } = unpackValues(packed);
    const place = first - flight.first;
    flight.told = place + values.length;
    flight.spent += elapsed;
    if (late !== null) {
      flight.late ??= new Set();
      for (const at of late) flight.late.add(place + at);
      this.#late += late.length;
      batch.profile.late = true;
    }
    this.#settled(flight);
    if (failures === null && late === null && broken === null) batch.succeed(place, values);
    else {
      const failed = new Map(failures);
      if (failures?.some(([, { timedOut }]) => timedOut)) this.#retire();
      for (let at = 0; at < values.length; at++) {
        const failure = failed.get(at);
        if (failure !== undefined) this.#fail(flight, place + at, failure);
        else if (late?.includes(at)) continue;
        else if (broken !== null) batch.fail(place + at, broken.error);
        else batch.succeed(place + at, [values[at]]);
      }
    }
    this.#employer.freed(this);
  }

  #begun(first: number, count: number): void {
    const flight = this.#flightOf(first);
    if (flight === undefined) return;
    const before = flight.late;
    flight.begin(first - flight.first + count);
    // Those that ended before this message have been counted off in `land`.
    this.#late += before === null ? flight.late!.size : 0;
    flight.batch.profile.late = true;
    this.#settled(flight);
    this.#employer.freed(this);
  }

  #takeLate(
    items: number[],
    failures: (Failure | null)[],
    { values, failure: broken }: Unpacked,
  ): void {
    items.forEach((item, at) => {
      const flight = this.#flightOf(item);
      if (flight === undefined) return;
      const place = item - flight.first;
      if (flight.late === null) this.#late += flight.size - flight.told;
      flight.land(place);
      this.#late--;
      this.#settled(flight);
      const failure = failures[at]!;
      if (failure !== null) this.#fail(flight, place, failure);
      else if (broken !== null) flight.batch.fail(place, broken.error);
      else flight.batch.succeed(place, [values[at]]);
    });
    this.#employer.freed(this);
  }

  #fail({ batch }: Flight, place: number, failure: Failure): void {
    if (!batch.wanted(place)) return;
    if (failure.timedOut) batch.fail(place, tookTooLong(batch));
    else batch.fail(place, unpackError(failure, this.#where, batch.site(place)));
  }

  /** Something was heard of a flight; forgets it when it is over. */
  #settled(flight: Flight): void {
    if (flight.begun && flight.late === null && flight.spent > 0 && flight.size > 0) {
      flight.batch.profile.learn(flight.spent, flight.size);
      flight.spent = 0;
    }
    if (!flight.landed) return;
    flight.watch?.();
    this.#flights.splice(this.#flights.indexOf(flight), 1);
    flight.batch.ended?.();
    if (!this.idle) return;
    this.idleSince = performance.now();
    this.#link.release();
  }

  /** An item with a time limit starts now: the worker ends it, unless it cannot. */
  #limit(item: number): void {
    const flight = this.#flightOf(item);
    if (flight === undefined) return;
    const { batch } = flight;
    flight.watch = giveUpAfter(batch.options.timeout! + OVERTIME, () => {
      batch.fail(0, tookTooLong(batch));
      this.evict(flight, 0);
    });
  }

  /** Nobody waits for an item any more: it need not begin, or is asked to stop, or stopped. */
  evict(flight: Flight, place: number): void {
    if (this.#state === "ended" || !this.#flights.includes(flight)) return;
    const item = flight.first + place;
    const { control } = this.#link;
    if (place >= flight.told && control !== null) {
      const begun = claimed(control);
      if (item >= begun) {
        if (this.#canTakeBack(flight)) this.#takeBack();
        return; // or else it runs for nobody
      }
      if (!flight.batch.profile.late && item < begun - 1) return; // it is over, just not told yet
      askToStop(control, item);
    } else if (place > flight.told) return; // behind others, in a worker that can be asked nothing
    flight.asked = place;
    this.#link.post([protocol.CANCEL, item], []);
    if (this.#state === "ready") this.#watchAsked(flight);
  }

  #watchAsked(flight: Flight): void {
    const { asked } = flight;
    flight.watch?.();
    flight.watch = giveUpAfter(GRACE, () => {
      if (flight.asked !== asked || !this.#flights.includes(flight)) return;
      this.lost(`a task that was cancelled did not stop within ${GRACE} ms`);
    });
  }

  /** Part of `Carrier`. */
  evictAll(flight: Flight): void {
    if (flight.size - flight.told > 1) this.recall();
    for (const place of [...(flight.late ?? []), ...flight.untold]) this.evict(flight, place);
  }

  /** Takes back the items that the worker has not begun. */
  recall(): void {
    if (this.canRecall) this.#takeBack();
  }

  /** What was interrupted anywhere may have left anything half done: it begins nothing more, and ends. */
  #retire(): void {
    this.#retired = true;
    if (this.#link.control !== null) this.#takeBack();
  }

  #takeBack(): void {
    const control = this.#link.control!;
    const next = takeBack(control);
    for (const flight of this.#flights.toReversed()) {
      const kept = Math.max(flight.told, Math.min(flight.size, next - flight.first));
      if (kept === flight.size) continue;
      const places = Array.from({ length: flight.size - kept }, (_, i) => kept + i);
      flight.size = kept;
      const { batch } = flight;
      if (batch.moves) {
        for (const place of places) batch.fail(place, this.#died("it was retired"));
      } else batch.giveBack(places, false);
      this.#settled(flight);
    }
    this.#quota += this.#next - next;
    this.#next = next;
    this.#link.post([protocol.RESUME, countRecalls(control)], []);
    this.#employer.freed(this);
  }

  /** Part of `Listener`: what it was doing is over. */
  lost(why: string, exitCode?: number): void {
    if (this.#state === "ended") return;
    const starting = this.#state === "starting";
    const error = () => this.#died(why, exitCode, starting);
    const { control } = this.#link;
    const next = starting ? 0 : control === null ? this.#claimed : claimed(control);
    const single = this.waiting + this.#late === 1;
    this.#finish(({ batch, first, told }, places) => {
      const begun = next === undefined ? undefined : next - first;
      const fails = (place: number): boolean => {
        if (place < told || batch.moves) return true; // it went on in a greenlet, or cannot go elsewhere
        if (begun === undefined) return single || batch.suspected;
        return batch.profile.late ? place < begun : place === begun - 1;
      };
      for (const place of places) if (fails(place)) batch.fail(place, error());
      batch.giveBack(places.filter((place) => !fails(place)), begun === undefined);
    });
    if (starting) this.#employer.diedYoung(this, error());
    else this.#employer.died(this);
    this.stop(); // one that closed itself may go on with what it was doing
  }

  #died(why: string, exitCode?: number, starting = false): WorkerDiedError {
    const said = starting
      ? `Cannot start worker "${this.name}": ${why}`
      : `Cannot finish the task: worker "${this.name}" died: ${why}`;
    return new WorkerDiedError(said, { worker: this.name, exitCode });
  }

  /** Takes all flights off and shows the places of each that have not ended, the last flight first. */
  #finish(each: (flight: Flight, places: number[]) => void): void {
    this.#state = "ended";
    const flights = this.#flights.splice(0);
    for (const flight of flights.toReversed()) {
      flight.watch?.();
      flight.batch.ended?.();
      each(flight, [
        ...(flight.late ?? []),
        ...flight.untold.filter((at) => !flight.late?.has(at)),
      ]);
    }
    if (flights.length > 0) this.#link.release();
  }

  /** Ends it by force; all it was sent fails with `error`. */
  terminate(error: unknown): void {
    if (this.#state !== "ended") {
      this.#finish(({ batch }, places) => places.forEach((place) => batch.fail(place, error)));
      this.#employer.dismissed(this);
    }
    this.stop();
  }

  /** Lets it end, which has nothing to do. */
  dismiss(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#link.hold();
    this.#link.post([protocol.LEAVE], []);
    this.#cancelFarewell = giveUpAfter(FAREWELL, () => this.stop());
    this.#employer.dismissed(this);
  }

  /** Ends the thread or process. */
  stop(): void {
    if (this.#link.control !== null) askAllToStop(this.#link.control);
    this.#link.hold();
    this.#link.stop();
  }

  /** Part of `Listener`. */
  gone(): void {
    this.#cancelFarewell?.();
    this.#employer.gone(this);
  }
}

/** What came of `unpack`: values, or as many places for them and why there are none. */
interface Unpacked {
  readonly values: ArrayLike<unknown>;
  readonly failure: { error: unknown } | null;
}

function unpackValues(packed: unknown): Unpacked {
  try {
    return { values: unpack(packed) as ArrayLike<unknown>, failure: null };
  } catch (error) {
    return { values: (packed as { value: ArrayLike<unknown> }).value, failure: { error } };
  }
}

function tookTooLong({ options, profile }: Batch): Timeout {
  const { timeout = 0 } = options;
  const name = profile.definition.name || "a function";
  return new Timeout(timeout, `Timed out after ${timeout} ms: task "${name}"`);
}
