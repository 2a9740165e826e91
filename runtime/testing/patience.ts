// Copyright 2026 the Tendril authors. MIT license.
/**
 * How virtual time deals with what happens outside of it.
 *
 * While something outside the hub is awaited (a socket, a process, a promise) virtual time stands still,
 * because nobody can tell when that will be done. It goes on when nothing has changed for a while of real
 * time; from then on until something changes, since what did not come by then is not expected any more.
 *
 * @module
 */
import { ASYNC } from "../fiber.ts";
import type { Greenlet } from "../greenlet.ts";
import { countExternalChanges, counts, lookIfResting } from "../hub.ts";
import { roots } from "../run.ts";
import { active } from "../tree.ts";

/** A host timer for longer fires at once. */
const LONGEST_HOST_DELAY = 2 ** 31 - 1;

/** Says whether virtual time may go on. */
export class Patience {
  /** The greenlets that have set timers of plain code. */
  owners: () => Iterable<Greenlet<unknown>> = () => [];
  readonly #ms: number;
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What was awaited when the timer was set, as the number of changes so far. */
  #awaited = -1;
  /** What was awaited when patience was lost. */
  #lost = -1;

  /** Makes one that lasts for `ms` milliseconds by the timers that the host has now. */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Whether nothing outside is awaited, or it was for too long. */
  isOver(): boolean {
    const { external } = counts();
    if (external === 0 || external <= countInside(new Set(this.owners()))) return true;
    const changes = countExternalChanges();
    if (changes === this.#lost) return true;
    if (changes !== this.#awaited) this.#begin(changes);
    return false;
  }

  #begin(changes: number): void {
    this.end();
    this.#awaited = changes;
    if (this.#ms > LONGEST_HOST_DELAY) return;
    this.#timer = this.#setTimeout.call(globalThis, () => {
      this.#lost = this.#awaited;
      lookIfResting();
    }, this.#ms);
  }

  /** Leaves no timer behind. */
  end(): void {
    this.#clearTimeout.call(globalThis, this.#timer);
  }
}

/**
 * How many of the waits that the hub counts as outside are not: for a promise, by a greenlet that has
 * started a run or set a timer, which is taken to be behind that promise; or for a timer of the hub.
 */
function countInside(owners: Set<Greenlet<unknown>>): number {
  for (const { starter } of roots) if (starter !== null) owners.add(starter);
  return active().filter((each) =>
    waitsForTimer(each) || (owners.has(each) && waitsForPromise(each))
  )
    .length;
}

function waitsForPromise({ state, waits }: Greenlet<unknown>): boolean {
  return state === ASYNC
    ? waits.length === 0
    : waits.length === 1 && waits[0]!.reason === "promise";
}

/** A promise of `runtime/io` may be one of a timer. */
function waitsForTimer({ waits }: Greenlet<unknown>): boolean {
  return waits.some(({ subject }) => (subject as { index?: number } | undefined)?.index! >= 0);
}
