// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the page is told of one greenlet.
 *
 * Names, reasons and objects are made by programs: they may throw when they are read, and be as long as
 * they like. So they are read with care and cut; the page shows them as text only.
 *
 * @module
 */
import { Greenlet } from "../../greenlet.ts";
import { now } from "../../hub.ts";
import type { Op } from "../../op.ts";
import { KILLED } from "../../raw_greenlet.ts";
import { describeWait } from "../../tree.ts";
import { kindOf, readReason } from "./kinds.ts";
import { type StateName, stateOf } from "./state.ts";

/** The longest text that is sent, in characters. */
const LONGEST = 300;

/** A greenlet in the list that a page shows. */
export interface Entry {
  readonly greenlet: Greenlet<unknown>;
  /** How many spawners of it are shown above. */
  readonly depth: number;
  /** How many living greenlets it spawned. */
  readonly children: number;
}

/** A greenlet, by what a link to it needs. */
export interface Mention {
  /** Its id. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
}

/** One line of the list. */
export interface Row extends Mention {
  /** The name of its function, "" if it has none. */
  readonly task: string;
  /** How many spawners of it are shown above. */
  readonly depth: number;
  /** How many living greenlets it spawned. */
  readonly children: number;
  /** What it does. */
  readonly state: StateName;
  /** What it waits for, in words. */
  readonly wait: string;
  /** The reason alone, without the object. */
  readonly reason: string;
  /** The number of the kind of that, -1 for nothing. */
  readonly kind: number;
  /** The greenlet that could end the wait, where one is known. */
  readonly holder: Mention | null;
  /** For how long it has been waiting, or living if it never waited, in milliseconds. */
  readonly age: number;
  /** Whether it was killed and has not ended. */
  readonly killed: boolean;
}

/** All about one greenlet. */
export interface Details extends Row {
  /** Whether its run may end without waiting for it. */
  readonly daemon: boolean;
  /** Its rank under the `priority` policy. */
  readonly priority: number;
  /** Where it was spawned, if that is recorded. */
  readonly site: string;
  /** Who spawned it and has not ended. */
  readonly spawner: Mention | null;
}

/** Text that a program made, which may throw and be as long as it likes. */
export function cut(what: () => unknown): string {
  try {
    const text = String(what());
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch (error) {
    return `(cannot be shown: ${error instanceof Error ? error.name : "an error"})`;
  }
}

/** How a greenlet is mentioned. */
export function mention(greenlet: Greenlet<unknown>): Mention {
  return { id: greenlet.id, name: cut(() => greenlet.name) };
}

/** What a greenlet waits for, in words. */
function waitText(greenlet: Greenlet<unknown>): string {
  return cut(() => greenlet.waits.map(describeWait).join(", "));
}

function holderOf(op: Op<unknown> | undefined): Mention | null {
  try {
    return op?.holder instanceof Greenlet ? mention(op.holder) : null;
  } catch {
    return null;
  }
}

/** The line of a greenlet. */
export function row({ greenlet, depth, children }: Entry): Row {
  const op = greenlet.waits[0];
  return {
    ...mention(greenlet),
    task: cut(() => greenlet.body?.name ?? ""),
    depth,
    children,
    state: stateOf(greenlet),
    wait: op === undefined ? "" : waitText(greenlet),
    reason: op === undefined ? "" : cut(() => readReason(op)),
    kind: op === undefined ? -1 : kindOf(op),
    holder: holderOf(op),
    // Whole milliseconds in 32 bits, as `since` is.
    age: Math.max(0, ((now() | 0) - greenlet.since) | 0),
    killed: (greenlet.flags & KILLED) !== 0,
  };
}

/** All about a greenlet. */
export function details(entry: Entry): Details {
  const { greenlet } = entry;
  const spawner = greenlet.spawningGreenlet;
  return {
    ...row(entry),
    daemon: greenlet.daemon,
    priority: greenlet.priority,
    site: cut(() => greenlet.spawnSite ?? ""),
    spawner: spawner === null || spawner.dead ? null : mention(spawner),
  };
}

/** Greenlets that wait for one another, as text. */
export function ringText(ring: readonly Greenlet<unknown>[]): string {
  const links = ring.map((each) => {
    const reason = each.waits[0] === undefined ? "nothing" : readReason(each.waits[0]);
    return `${mention(each).name} waits for ${cut(() => reason)}`;
  });
  return `${links.join(" → ")} → ${mention(ring[0]!).name}`;
}
