// Copyright 2026 the Tendril authors. MIT license.
/**
 * A family is all greenlets below one `run`, or those that belong to the main program: the living
 * in a linked list, and how many of them the run has to wait for.
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
  /** The member added last; the list goes on by `older`. */
  newest: Member | null = null;
  /** How many members the run waits for: those that are no daemons. */
  pending = 0;
  /** Called whenever a member has ended and there is none left that the run waits for. */
  onQuiet: (() => void) | null = null;

  /** Adds a member at its start. */
  add(member: Member, counts: boolean): void {
    const before = this.newest;
    member.older = before;
    if (before !== null) before.younger = member;
    this.newest = member;
    if (counts) this.pending++;
  }

  /** Takes a member out at its end; harmless when it never started. */
  remove(member: Member, counted: boolean): void {
    const { younger, older } = member;
    if (younger === null && older === null && this.newest !== member) return;
    if (younger !== null) younger.older = older;
    else this.newest = older;
    if (older !== null) older.younger = younger;
    member.younger = member.older = null;
    if (counted) this.pending--;
    if (this.pending === 0) this.onQuiet?.();
  }

  /** The living members, oldest first. */
  members(): Member[] {
    const all: Member[] = [];
    for (let at = this.newest; at !== null; at = at.older) all.push(at);
    return all.reverse();
  }
}

/** The family of what was started outside any `run`. */
export const mainFamily: Family = new Family();

/** All families that may have living members. */
export const families: Set<Family> = new Set([mainFamily]);
