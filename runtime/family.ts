// Copyright 2026 the Tendril authors. MIT license.
/**
 * A family is all greenlets below one `run`, or those that belong to the main program: how many are
 * alive, how many of them the run has to wait for, and those that have suspended, in a linked list.
 *
 * A greenlet that was started but has not suspended yet is found in the ready queue: most never need
 * to be found, and a link from an old object to a young one is the dearest part of a short life.
 *
 * @module
 */

/**
 * What stands in the list of a family.
 *
 * @internal
 */
export interface Member {
  /** The one added after this. */
  younger: Member | null;
  /** The one added before this. */
  older: Member | null;
}

/**
 * The living greenlets of one run.
 *
 * @internal
 */
export class Family {
  /** The member listed last; the list goes on by `older`. */
  newest: Member | null = null;
  /** How many were started and have not ended. */
  alive = 0;
  /** How many of them the run waits for: those that are no daemons. */
  pending = 0;
  /** Called whenever a member has ended and there is none left that the run waits for. */
  onQuiet: (() => void) | null = null;

  /** Counts one that was started. */
  join(counts: boolean): void {
    this.alive++;
    if (counts) this.pending++;
  }

  /** Lists a member that suspends for the first time. */
  list(member: Member): void {
    const before = this.newest;
    member.older = before;
    if (before !== null) before.younger = member;
    this.newest = member;
  }

  /** Takes one out of the list. */
  unlist(member: Member): void {
    const { younger, older } = member;
    if (younger !== null) younger.older = older;
    else this.newest = older;
    if (older !== null) older.younger = younger;
    member.younger = member.older = null;
  }

  /** Counts one that has ended. */
  leave(counted: boolean): void {
    this.alive--;
    if (counted) this.pending--;
    if (this.pending === 0) this.onQuiet?.();
  }

  /** The listed members. */
  listed(): Member[] {
    const all: Member[] = [];
    for (let at = this.newest; at !== null; at = at.older) all.push(at);
    return all;
  }
}

/** The family of what was started outside any `run`. */
export const mainFamily: Family = new Family();

/** All families that may have living members. */
export const families: Set<Family> = new Set([mainFamily]);
