// Copyright 2026 the Tendril authors. MIT license.
/**
 * The queue of a pool: what is to be done, by priority, first come, first served.
 *
 * Invariants:
 * - Work is in the line that its `line` names, and in none when that is null.
 * - A priority has two lines: items that go on in greenlets must not hold up those that do not, when the
 *   workers have as many of the former as they may.
 *
 * @module
 */
import { Line } from "../../channels/line.ts";
import type { Shelf, Work } from "./work.ts";

/** Work of one priority and kind. */
export class WorkLine extends Line<Work> {
  /** Adds work as the first. */
  unshift(work: Work): void {
    const { head } = this;
    work.after = head;
    this.head = work;
    if (head === null) this.tail = work;
    else head.before = work;
    this.length++;
  }
}

/** The work of one priority. */
interface Lane {
  readonly priority: number;
  readonly lines: readonly [plain: WorkLine, late: WorkLine];
}

/** What is to be done. */
export class WorkQueue implements Shelf {
  /** The highest priority first. */
  readonly #lanes: Lane[] = [];
  #turn = 0;
  /** How much there is. */
  length = 0;

  /** Adds work as the last of its priority, or as the first. */
  add(work: Work, first = false): void {
    const line = this.#lineFor(work);
    work.line = line;
    if (first) line.unshift(work);
    else line.push(work);
    this.length++;
  }

  /** Takes work out; false when it is not in. */
  remove(work: Work): boolean {
    const { line } = work;
    if (line === null) return false;
    line.remove(work);
    work.line = null;
    this.length--;
    return true;
  }

  /** The heads of the lines, the most urgent first; the two of a priority take turns. */
  heads(): Work[] {
    this.#turn ^= 1;
    const heads: Work[] = [];
    for (const { lines } of this.#lanes) {
      for (const at of [this.#turn, this.#turn ^ 1]) {
        const { head } = lines[at]!;
        if (head !== null) heads.push(head);
      }
    }
    return heads;
  }

  /** Takes everything out. */
  clear(): Work[] {
    const all = this.#lanes.flatMap(({ lines }) => lines.flatMap((line) => [...line]));
    for (const work of all) this.remove(work);
    return all;
  }

  #lineFor({ options: { priority = 0 }, profile }: Work): WorkLine {
    let at = 0;
    while (at < this.#lanes.length && this.#lanes[at]!.priority > priority) at++;
    let lane = this.#lanes[at];
    if (lane?.priority !== priority) {
      lane = { priority, lines: [new WorkLine(), new WorkLine()] };
      this.#lanes.splice(at, 0, lane);
    }
    return lane.lines[profile.late ? 1 : 0];
  }
}
