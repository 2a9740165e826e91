// Copyright 2026 the Tendril authors. MIT license.
/**
 * Who is alive: a table in shared memory with a slot for each isolate, so that whoever waits for
 * something can see that the one who holds it is gone.
 *
 * Invariants:
 * - An isolate's id is its slot and the generation of that slot. The slot's generation is odd while it is
 *   alive, and goes on by one at its death and at the next registration: an id never stands for two.
 * - Ids are from 1 to 2^30 - 1: a lock word has room beside one.
 * - An isolate is a member of the table of each other isolate that sent it something shared. All have the
 *   same one where a pool starts the workers.
 *
 * @module
 */

/** Words before the slots: what tells this table from others. */
const HEADER = 16;
const SLOTS = 1024;
const SLOT_BITS = 10;
const GENERATIONS = (1 << 20) - 1;
/** Words of a slot: its generation, whether to shut down, and the name. */
const WORDS = 16;
const SHUTDOWN = 1;
const NAME = 2;

/** A table of isolates. */
export class Roll {
  /** The memory, the same for all. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** Makes a table, or a view of one. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer((HEADER + SLOTS * WORDS) * 4);
    this.#words = new Int32Array(this.memory);
    if (memory !== undefined) return;
    // With a seed given to Deno, the random numbers of all workers are the same; the time is not.
    this.#words[0] = crypto.getRandomValues(new Int32Array(1))[0]!;
    this.#words[1] = (performance.timeOrigin + performance.now()) * 1000 % 2 ** 31;
  }

  /** Tells it from other tables. */
  get key(): string {
    return readKey(this.#words);
  }

  /** Takes a free slot and gives the id. */
  enlist(name: string): number {
    const words = this.#words;
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = HEADER + slot * WORDS;
      const before = Atomics.load(words, at);
      if (before & 1 || Atomics.compareExchange(words, at, before, before + 1) !== before) continue;
      Atomics.store(words, at + SHUTDOWN, 0);
      this.#nameOf(slot).fill(0);
      new TextEncoder().encodeInto(name, this.#nameOf(slot));
      return slot | (before + 1 & GENERATIONS) << SLOT_BITS;
    }
    throw new RangeError(
      `Cannot register worker "${name}": ${SLOTS} are alive already; mark those that ended as dead`,
    );
  }

  /** Frees the slot of `id`; harmless when it is free. */
  strike(id: number): void {
    const at = HEADER + (id & SLOTS - 1) * WORDS;
    const generation = Atomics.load(this.#words, at);
    if (!this.alive(id)) return;
    Atomics.compareExchange(this.#words, at, generation, generation + 1);
  }

  /** Whether it has not been marked as dead. */
  alive(id: number): boolean {
    const generation = Atomics.load(this.#words, HEADER + (id & SLOTS - 1) * WORDS);
    return (generation & GENERATIONS) === id >> SLOT_BITS;
  }

  /** Asks it to give up every wait that blocks its thread. */
  requestShutdown(id: number): void {
    if (this.alive(id)) {
      Atomics.store(this.#words, HEADER + (id & SLOTS - 1) * WORDS + SHUTDOWN, 1);
    }
  }

  /** Whether it was asked to. */
  shuttingDown(id: number): boolean {
    const asked = Atomics.load(this.#words, HEADER + (id & SLOTS - 1) * WORDS + SHUTDOWN) !== 0;
    return asked || !this.alive(id);
  }

  /** What it is called, also after its death until another has its slot. */
  name(id: number): string {
    const slot = id & SLOTS - 1;
    const generation = Atomics.load(this.#words, HEADER + slot * WORDS) & GENERATIONS;
    const passed = generation - (id >> SLOT_BITS) & GENERATIONS;
    if (passed > 1) return `worker #${id}`;
    const bytes = this.#nameOf(slot).slice();
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(bytes.subarray(0, end < 0 ? undefined : end));
  }

  #nameOf(slot: number): Uint8Array {
    const from = (HEADER + slot * WORDS + NAME) * 4;
    return new Uint8Array(this.memory, from, (WORDS - NAME) * 4);
  }
}

/** Reads what tells one thing in shared memory from others, kept in its first two words. */
export function readKey(words: Int32Array): string {
  return `${words[0]}.${words[1]}`;
}

/** One isolate's place in a table. */
export interface Membership {
  /** The table. */
  readonly roll: Roll;
  /** The isolate's id in it. */
  readonly id: number;
}

const memberships = new Map<string, Membership>();
let home: Membership | null = null;

/** Whether this isolate is a worker, which may block its thread. */
export const isWorker: boolean = typeof (globalThis as { WorkerGlobalScope?: unknown })
  .WorkerGlobalScope === "function";

let unnamed = 0;

function ownName(): string {
  if (!isWorker) return "main";
  return (globalThis as { name?: string }).name || `unnamed worker ${++unnamed}`;
}

/** The place of this isolate in the table it uses for what it makes. */
export function atHome(): Membership {
  return home ?? join(new Roll());
}

/** The place of this isolate in the table that came with something shared. */
export function membershipIn(memory: SharedArrayBuffer): Membership {
  const roll = new Roll(memory);
  return memberships.get(roll.key) ?? join(roll);
}

function join(roll: Roll, id: number = roll.enlist(ownName())): Membership {
  const membership: Membership = { roll, id };
  memberships.set(roll.key, membership);
  home ??= membership;
  return membership;
}

/** What a worker has to be given at its start, to be known to everybody; it can be cloned. */
export interface WorkerPass {
  /** The table. */
  readonly memory: SharedArrayBuffer;
  /** The worker's id in it. */
  readonly id: number;
}

/**
 * Registers a worker that is about to be started, and gives what to send it: it calls
 * {@linkcode enterWorker} with that before anything else.
 *
 * @param name Shown in errors when it died with a lock.
 */
export function registerWorker(name: string): WorkerPass {
  const { roll } = atHome();
  return { memory: roll.memory, id: roll.enlist(name) };
}

/** Takes the place that was registered for this worker; call it before anything shared is unpacked. */
export function enterWorker(pass: WorkerPass): void {
  home = null;
  join(new Roll(pass.memory), pass.id);
}

/**
 * Tells everybody that a worker is dead: the next that wants a lock which it held gets an
 * {@linkcode OwnerDiedError}, the other end of its pipes is at the end, and if its thread still
 * runs, waits that block it give up. A second time it does nothing.
 */
export function markDead(pass: WorkerPass): void {
  membershipIn(pass.memory).roll.strike(pass.id);
}

/** Asks a worker to give up every wait that blocks its thread; they throw a `WorkerShutdownError`. */
export function requestShutdown(pass: WorkerPass): void {
  membershipIn(pass.memory).roll.requestShutdown(pass.id);
}
