// Copyright 2026 the Tendril authors. MIT license.
/**
 * All living greenlets at one moment: their tree, how many are in which state, and who waits in a ring.
 *
 * Everything here is done several times a second over all greenlets, so it makes no text of any of them
 * unless it has to.
 *
 * @module
 */
import { Greenlet } from "../../greenlet.ts";
import { active } from "../../tree.ts";
import { kindOf, readReason } from "./kinds.ts";
import { cut, type Entry, mention } from "./rows.ts";
import { STATE_NAMES, type StateName, stateOf } from "./state.ts";

/** Which greenlets a page shows, and in what order. */
export interface Selection {
  /** Only those whose name, function or wait reason has this text; "" is all. */
  readonly query: string;
  /** Only those in this state; `null` is all. */
  readonly state: StateName | null;
  /** By who spawned whom, or the longest wait first. */
  readonly order: "tree" | "age";
  /** The ids of those whose children are not shown. */
  readonly folded: ReadonlySet<number>;
}

/** How many there are of what. */
export interface Summary {
  /** In each state. */
  readonly states: Readonly<Record<StateName, number>>;
  /** Waiting for each kind of thing, by its number. */
  readonly kinds: ReadonlyMap<number, number>;
}

const NONE: readonly Greenlet<unknown>[] = [];

/** The living at one moment. */
export class Census {
  /** All of them, oldest first in each run. */
  readonly all: readonly Greenlet<unknown>[] = active();
  readonly #children = new Map<Greenlet<unknown>, Greenlet<unknown>[]>();
  readonly #roots: Greenlet<unknown>[] = [];

  /** Counts. */
  constructor() {
    const alive = new Set(this.all);
    for (const greenlet of this.all) {
      const spawner = greenlet.spawningGreenlet;
      if (spawner === null || !alive.has(spawner)) this.#roots.push(greenlet);
      else {
        const siblings = this.#children.get(spawner);
        if (siblings === undefined) this.#children.set(spawner, [greenlet]);
        else siblings.push(greenlet);
      }
    }
  }

  /** Those that `selection` shows, in its order. */
  list(selection: Selection): Entry[] {
    const { query, state, order } = selection;
    if (query === "" && state === null && order === "tree") return this.#tree(selection.folded);
    const wanted = query.toLowerCase();
    const found = this.all.filter((each) =>
      (state === null || stateOf(each) === state) && (wanted === "" || matches(each, wanted))
    );
    // `since` has 32 bits, so only differences mean something.
    if (order === "age") found.sort((a, b) => (a.since - b.since) | 0);
    return found.map((greenlet) => ({ greenlet, depth: 0, children: 0 }));
  }

  /** Depth first; with a stack of its own, because a chain of spawns can be long. */
  #tree(folded: ReadonlySet<number>): Entry[] {
    const entries: Entry[] = [];
    const stack = this.#roots.toReversed().map((greenlet) => ({ greenlet, depth: 0 }));
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { greenlet, depth } = next;
      const children = this.#children.get(greenlet) ?? NONE;
      entries.push({ greenlet, depth, children: children.length });
      if (folded.has(greenlet.id)) continue;
      for (let i = children.length - 1; i >= 0; i--) {
        stack.push({ greenlet: children[i]!, depth: depth + 1 });
      }
    }
    return entries;
  }

  /** The living one with this id. */
  find(id: number): Entry | undefined {
    const greenlet = this.all.find((each) => each.id === id);
    if (greenlet === undefined) return undefined;
    return { greenlet, depth: 0, children: this.#children.get(greenlet)?.length ?? 0 };
  }

  /** How many are in each state, and wait for each kind of thing. */
  summary(): Summary {
    const states = Object.fromEntries(STATE_NAMES.map((name) => [name, 0])) as Record<
      StateName,
      number
    >;
    const kinds = new Map<number, number>();
    for (const greenlet of this.all) {
      states[stateOf(greenlet)]++;
      const op = greenlet.waits[0];
      if (op === undefined) continue;
      const kind = kindOf(op);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return { states, kinds };
  }

  /** Some that wait for one another in a ring; empty when there is no ring. */
  ring(): Greenlet<unknown>[] {
    const seen = new Map<Greenlet<unknown>, Greenlet<unknown>>();
    for (const start of this.all) {
      // Each is walked over once: a walk ends where another, `seen` by its start, has been.
      let at: Greenlet<unknown> | undefined = start;
      while (at !== undefined && !seen.has(at)) {
        seen.set(at, start);
        at = blockerOf(at);
      }
      if (at !== undefined && seen.get(at) === start) return ringFrom(at);
    }
    return [];
  }
}

function ringFrom(start: Greenlet<unknown>): Greenlet<unknown>[] {
  const ring = [start];
  for (let at = blockerOf(start)!; at !== start; at = blockerOf(at)!) ring.push(at);
  return ring;
}

function blockerOf(greenlet: Greenlet<unknown>): Greenlet<unknown> | undefined {
  try {
    const holder = greenlet.waits[0]?.holder;
    return holder instanceof Greenlet ? holder : undefined;
  } catch {
    return undefined; // a program's own Op
  }
}

/** Reasons only, not the objects waited on: to show those takes a hundred times as long. */
function matches(greenlet: Greenlet<unknown>, wanted: string): boolean {
  const has = (text: string) => text.toLowerCase().includes(wanted);
  return has(mention(greenlet).name) || has(cut(() => greenlet.body?.name ?? "")) ||
    greenlet.waits.some((op) => has(readReason(op)));
}
