// Copyright 2026 the Tendril authors. MIT license.
/**
 * How many requests there are at a time: so many for each host, and no more in all than there are file
 * descriptors for.
 *
 * @module
 */
import { type Coroutine, type Lease, Semaphore } from "../../mod.ts";

/** A request has a socket, a file, and the copy of it that the host makes for each write. */
const DESCRIPTORS = 3;
/** So many are left for everything else. */
const SPARE = 16;

/** The right to a request, given back at the end of a `using` block. */
export class Slot implements Disposable {
  readonly #leases: readonly Lease[];

  /** Makes it of what was acquired. */
  constructor(...leases: readonly Lease[]) {
    this.#leases = leases;
  }

  /** Gives it back. */
  [Symbol.dispose](): void {
    for (const lease of this.#leases) lease.release();
  }
}

/** Slots for requests. */
export class Hosts {
  readonly #perHost: number;
  readonly #slots = new Map<string, Semaphore>();
  readonly #all: Semaphore;

  /** Makes slots, `perHost` of them for each, where nobody wants more than `most` in all. */
  constructor(perHost: number, most: number) {
    this.#perHost = perHost;
    this.#all = new Semaphore(roomFor(most));
  }

  /** Waits for a slot. */
  *acquire({ host }: URL): Coroutine<Slot> {
    let slots = this.#slots.get(host);
    if (slots === undefined) this.#slots.set(host, slots = new Semaphore(this.#perHost));
    const lease = yield* slots.acquire();
    try {
      return new Slot(yield* this.#all.acquire(), lease);
    } catch (error) {
      lease.release();
      throw error;
    }
  }
}

/**
 * For how many requests there are descriptors, `most` at most. It has to be tried beforehand: when deno has
 * none left for the copy of a file, the whole program ends.
 */
function roomFor(most: number): number {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < most * DESCRIPTORS + SPARE) files.push(Deno.openSync("/dev/null"));
  } catch (error) {
    // Without such a file there is no such limit either.
    if (!(error instanceof Error && /os error (23|24)\)/.test(error.message))) return most;
  } finally {
    for (const file of files) file.close();
  }
  return Math.max(1, Math.floor((files.length - SPARE) / DESCRIPTORS));
}
