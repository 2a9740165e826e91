// Copyright 2026 the Tendril authors. MIT license.
/**
 * A ring of records in shared memory, for any number of those who put and those who take.
 *
 * The records lie in regions, each twice as large as the one before it. When a record does not fit, the
 * memory grows by a region, and records are put into that one from then on; those in the old one are
 * taken first.
 *
 * Invariants:
 * - Whoever puts has PUT_LOCK, whoever takes has GET_LOCK, each for as long as a copy takes. No code of a
 *   user's runs meanwhile. So a thread may wait for them, on the main isolate too.
 * - Record number n exists exactly if GETS <= n < PUTS. Where the next one is put is in the first or
 *   second word of TAILS, by whether PUTS is even or odd, and so with HEADS and GETS. So one store of
 *   PUTS or GETS is all that changes, and a worker that dies before it has changed nothing.
 * - A record is a word with its length in bytes and then its bytes, up to a whole word. It may go round
 *   the end of its region. A word below 0 is no length but says where to go on: in another region.
 * - One word of a region stays free, for that.
 *
 * @module
 */
import type { Membership } from "./liveness.ts";

const KEY_WORDS = 2;
/** The number of records that may be in it; 0 is any number. */
const LIMIT = KEY_WORDS;
/** 1 when nothing can be put any more. */
const CLOSED = 3;
// Far enough apart that those who put and those who take do not share a line of the processor's cache.
const PUT_LOCK = 16;
const PUTS = 17;
const TAILS = 18;
/** The gate of those who wait for a record. */
export const NOT_EMPTY = 20;
const GET_LOCK = 32;
const GETS = 33;
const HEADS = 34;
/** The gate of those who wait for room. */
export const NOT_FULL = 36;
/** Words from here on are for whoever uses the ring. */
export const RING_WORDS = 48;

/** The words of the first region. */
const FIRST = 1 << 14;
/** How many regions there may be: 1 GiB in all. */
const REGIONS = 14;
const MOST_BYTES = regionStart(REGIONS) * 4;
/** The largest record: more does not fit into the last region. */
export const MOST_RECORD = (FIRST << REGIONS - 1) * 4 - 8;

/** What {@linkcode Ring.put} gives. */
export const DONE = 0;
/** There is no room. */
export const FULL = 1;
/** Nothing can be put any more. */
export const SHUT = 2;

/** How often to look before the thread sleeps: others have a lock for less than a microsecond. */
const SPINS = 100;
const CONTENDED = 1 << 30;
/** How long to sleep between looks, in milliseconds. */
const SLICE = 5;
/** After this time without any sign of life whoever has a lock is taken for dead, in milliseconds. */
const PATIENCE = 5000;
/** Up to this many words a copy by hand is quicker. */
const FEW = 48;

function regionStart(region: number): number {
  return (FIRST << region) - FIRST;
}

function regionOf(at: number): number {
  return 31 - Math.clz32(at / FIRST + 1);
}

/** The memory of records, to be given to a ring. */
export function makeRecords(): SharedArrayBuffer {
  return new SharedArrayBuffer(FIRST * 4, { maxByteLength: MOST_BYTES });
}

/** An isolate's view of a ring. */
export class Ring {
  declare readonly cells: Int32Array;
  declare readonly records: SharedArrayBuffer;
  declare private readonly membership: Membership;
  declare private readonly regions: Int32Array[];
  /** What the last {@linkcode Ring.take} took, as bytes; the next one replaces it. */
  declare taken: Uint8Array<ArrayBuffer>;
  declare private words: Int32Array;

  /** Makes a view of the ring with these control words and records. */
  constructor(cells: Int32Array, records: SharedArrayBuffer, membership: Membership) {
    this.cells = cells;
    this.records = records;
    this.membership = membership;
    this.regions = [];
    this.reserve(1024);
  }

  /** Sets how many records may be in it; to be called before anybody else knows of the ring. */
  set limit(limit: number) {
    this.cells[LIMIT] = limit;
  }
  get limit(): number {
    return this.cells[LIMIT]!;
  }

  /** How many records there are. */
  get size(): number {
    return Atomics.load(this.cells, PUTS) - Atomics.load(this.cells, GETS) | 0;
  }

  /** How many records were put so far, in 32 bits. */
  get puts(): number {
    return Atomics.load(this.cells, PUTS);
  }

  /** Whether nothing can be put any more. */
  get closed(): boolean {
    return Atomics.load(this.cells, CLOSED) !== 0;
  }

  /** Puts a record; gives DONE, FULL or SHUT. `words` are the bytes as words. */
  put(words: Int32Array, bytes: number): number {
    const { cells } = this;
    this.lock(PUT_LOCK);
    try {
      return this.putLocked(cells, words, bytes);
    } finally {
      this.unlock(PUT_LOCK);
    }
  }

  private putLocked(cells: Int32Array, words: Int32Array, bytes: number): number {
    if (cells[CLOSED] !== 0) return SHUT;
    const puts = cells[PUTS]!;
    const limit = cells[LIMIT]!;
    if (limit > 0 && (puts - Atomics.load(cells, GETS) | 0) >= limit) return FULL;
    const count = bytes + 3 >> 2;
    const tail = cells[TAILS + (puts & 1)]!;
    const at = this.makeRoom(tail, count + 1);
    if (at < 0) return FULL;
    const region = this.region(regionOf(at));
    const start = regionStart(regionOf(at));
    const size = region.length;
    let place = at - start;
    region[place] = bytes;
    place = place + 1 === size ? 0 : place + 1;
    place = copyIn(region, place, words, count);
    if (at !== tail) this.region(regionOf(tail))[tail - regionStart(regionOf(tail))] = ~at;
    cells[TAILS + (puts + 1 & 1)] = start + place;
    Atomics.store(cells, PUTS, puts + 1 | 0);
    return DONE;
  }

  /** Where a record of so many words may begin: at `tail`, or in a new region; -1 when nowhere. */
  private makeRoom(tail: number, words: number): number {
    const region = regionOf(tail);
    const start = regionStart(region);
    const size = FIRST << region;
    const head = this.head();
    // While records of an older region are left, those of this one begin at its start.
    const from = regionOf(head) === region ? head : start;
    const used = tail - from + (tail < from ? size : 0);
    if (size - used > words) return tail;
    let next = region + 1;
    while (next < REGIONS && FIRST << next <= words) next++;
    if (next >= REGIONS) return -1;
    const end = regionStart(next + 1) * 4;
    if (this.records.byteLength < end) this.records.grow(end);
    return regionStart(next);
  }

  /** Where the next record to be taken begins. */
  private head(): number {
    const { cells } = this;
    for (;;) {
      const gets = Atomics.load(cells, GETS);
      const head = Atomics.load(cells, HEADS + (gets & 1));
      if (Atomics.load(cells, GETS) === gets) return head;
    }
  }

  /** Takes a record into {@linkcode Ring.taken}; gives its length in bytes, or -1 when there is none. */
  take(): number {
    const { cells } = this;
    if (Atomics.load(cells, PUTS) === Atomics.load(cells, GETS)) return -1;
    this.lock(GET_LOCK);
    try {
      return this.takeLocked(cells);
    } finally {
      this.unlock(GET_LOCK);
    }
  }

  private takeLocked(cells: Int32Array): number {
    const gets = cells[GETS]!;
    if (Atomics.load(cells, PUTS) === gets) return -1;
    let head = cells[HEADS + (gets & 1)]!;
    let region = this.region(regionOf(head));
    let start = regionStart(regionOf(head));
    let bytes = region[head - start]!;
    if (bytes < 0) {
      head = ~bytes;
      region = this.region(regionOf(head));
      start = regionStart(regionOf(head));
      bytes = region[head - start]!;
    }
    const count = bytes + 3 >> 2;
    this.reserve(count);
    let place = head - start + 1;
    if (place === region.length) place = 0;
    place = copyOut(region, place, this.words, count);
    cells[HEADS + (gets + 1 & 1)] = start + place;
    Atomics.store(cells, GETS, gets + 1 | 0);
    return bytes;
  }

  /** Takes all records out and drops them; tells how many that were. */
  clear(): number {
    let count = 0;
    while (this.take() >= 0) count++;
    return count;
  }

  /** Nothing can be put from now on. */
  close(): void {
    this.lock(PUT_LOCK);
    Atomics.store(this.cells, CLOSED, 1);
    this.unlock(PUT_LOCK);
  }

  private region(number: number): Int32Array {
    return this.regions[number] ??= new Int32Array(
      this.records,
      regionStart(number) * 4,
      FIRST << number,
    );
  }

  /** Makes room for a record of so many words in this isolate, or gives back what a large one took. */
  private reserve(words: number): void {
    const has = this.words === undefined ? 0 : this.words.length;
    if (words <= has && (has <= FIRST || words > FIRST)) return;
    this.words = new Int32Array(Math.max(1024, words));
    this.taken = new Uint8Array(this.words.buffer as ArrayBuffer);
  }

  private lock(at: number): void {
    const { cells } = this;
    const { id } = this.membership;
    if (Atomics.compareExchange(cells, at, 0, id) === 0) return;
    for (let spin = 0; spin < SPINS; spin++) {
      Atomics.pause();
      if (Atomics.compareExchange(cells, at, 0, id) === 0) return;
    }
    this.sleepFor(at);
  }

  private sleepFor(at: number): void {
    const { cells, membership: { roll, id } } = this;
    let since = performance.now();
    let last = 0;
    for (;;) {
      const before = Atomics.load(cells, at);
      const owner = before & ~CONTENDED;
      if (owner !== last) since = performance.now();
      last = owner;
      const dead = owner !== 0 && (!roll.alive(owner) || performance.now() - since > PATIENCE);
      // Whoever slept has to think that others do, too.
      const after = owner === 0 || dead ? id | CONTENDED : owner | CONTENDED;
      if (Atomics.compareExchange(cells, at, before, after) !== before) continue;
      if (after === (id | CONTENDED)) return;
      Atomics.wait(cells, at, after, SLICE);
    }
  }

  private unlock(at: number): void {
    const { cells } = this;
    const { id } = this.membership;
    if (Atomics.compareExchange(cells, at, id, 0) === id) return;
    if (Atomics.compareExchange(cells, at, id | CONTENDED, 0) === (id | CONTENDED)) {
      Atomics.notify(cells, at, 1);
    }
  }
}

/** Copies words into a region, around its end if need be; gives the place after them. */
function copyIn(region: Int32Array, place: number, words: Int32Array, count: number): number {
  const size = region.length;
  if (count <= FEW && place + count <= size) {
    for (let i = 0; i < count; i++) region[place + i] = words[i]!;
  } else {
    const first = Math.min(count, size - place);
    region.set(words.subarray(0, first), place);
    if (first < count) region.set(words.subarray(first, count), 0);
  }
  const end = place + count;
  return end >= size ? end - size : end;
}

/** Copies words out of a region, around its end if need be; gives the place after them. */
function copyOut(region: Int32Array, place: number, words: Int32Array, count: number): number {
  const size = region.length;
  if (count <= FEW && place + count <= size) {
    for (let i = 0; i < count; i++) words[i] = region[place + i]!;
  } else {
    const first = Math.min(count, size - place);
    words.set(region.subarray(place, place + first));
    if (first < count) words.set(region.subarray(0, count - first), first);
  }
  const end = place + count;
  return end >= size ? end - size : end;
}
