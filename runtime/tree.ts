// Copyright 2026 the Tendril authors. MIT license.
/**
 * What lives and what it waits for: a tree by who spawned whom, as an object and as text.
 *
 * @module
 */
import { show } from "./clock.ts";
import { setDebug } from "./debug.ts";
import { families } from "./family.ts";
import { getCurrent, Greenlet, living } from "./greenlet.ts";
import { now } from "./hub.ts";
import type { Op } from "./op.ts";

/**
 * All living greenlets that were started, oldest first in each `run`.
 *
 * @example Usage
 * ```ts
 * import { active, run, spawnWith } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   spawnWith({ name: "guest" }, () => {});
 *   assertEquals(active().at(-1)!.name, "guest");
 * });
 * ```
 */
export function active(): Greenlet<unknown>[] {
  return [...families].flatMap(living);
}

/**
 * How many greenlets are living.
 *
 * @example Usage
 * ```ts
 * import { activeCount, run } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await run(() => activeCount()), 1); // the one that asks
 * ```
 */
export function activeCount(): number {
  let n = 0;
  for (const family of families) n += family.alive;
  return n;
}

/** What an Op waits for, in words: the reason, the object, and who holds it. */
export function describeWait(op: Op<unknown>): string {
  const { reason, subject, holder } = op;
  const what = subject === undefined ? "" : ` ${describeSubject(subject)}`;
  const who = holder instanceof Greenlet && holder !== subject ? ` held by ${holder.name}` : "";
  // A lock says itself who holds it.
  return `${reason}${what}${what.includes(who) ? "" : who}`;
}

function describeSubject(subject: unknown): string {
  if (subject instanceof Greenlet) return subject.name;
  if (typeof subject !== "object" || subject === null) return show(subject);
  return Symbol.for("Deno.customInspect") in subject ? Deno.inspect(subject) : show(subject);
}

/** One line about a greenlet: name, state, what it waits for, for how long, and where it was spawned. */
export function describeGreenlet(greenlet: Greenlet<unknown>): string {
  const waits = greenlet.waits.map(describeWait).join(", ");
  const state = waits === "" ? greenlet.describeState() : `waits for ${waits}`;
  // Whole milliseconds in 32 bits, as `since` is.
  const age = Math.max(0, ((now() | 0) - greenlet.since) | 0);
  const site = greenlet.spawnSite === undefined ? "" : `, spawned at ${greenlet.spawnSite}`;
  return `${greenlet.name}: ${state} (${
    age < 1000 ? `${age} ms` : `${(age / 1000).toFixed(1)} s`
  })${site}`;
}

/**
 * A greenlet and those it spawned.
 *
 * @example Usage
 * ```ts
 * import { GreenletTree, run, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   spawn(function* () {
 *     yield* sleep(1);
 *   });
 *   assertEquals(GreenletTree.currentTree().children.length, 1);
 * });
 * ```
 */
export class GreenletTree {
  /** Makes a tree of a greenlet and the trees of those it spawned. */
  constructor(readonly greenlet: Greenlet<unknown>, readonly children: readonly GreenletTree[]) {}

  /** The trees of all living greenlets; the roots are those whose spawner has ended or was main. */
  static forest(): GreenletTree[] {
    const living = active();
    const alive = new Set(living);
    const children = Map.groupBy(
      living,
      (each) => alive.has(each.spawningGreenlet!) ? each.spawningGreenlet : null,
    );
    const grow = (greenlet: Greenlet<unknown>): GreenletTree =>
      new GreenletTree(greenlet, (children.get(greenlet) ?? []).map(grow));
    return (children.get(null) ?? []).map(grow);
  }

  /** The tree that the running greenlet belongs to, from its root. */
  static currentTree(): GreenletTree {
    const contains = (tree: GreenletTree): boolean =>
      tree.greenlet === getCurrent() || tree.children.some(contains);
    return GreenletTree.forest().find(contains) ?? new GreenletTree(getCurrent(), []);
  }

  /** The tree as text, a line a greenlet. */
  format(): string {
    return this.#lines("", "").join("\n");
  }

  #lines(first: string, rest: string): string[] {
    const last = this.children.length - 1;
    return [
      first + describeGreenlet(this.greenlet),
      ...this.children.flatMap((child, i) =>
        child.#lines(rest + (i < last ? "├─ " : "└─ "), rest + (i < last ? "│  " : "   "))
      ),
    ];
  }
}

/** Options of {@linkcode dump}. */
export interface DumpOptions {
  /** Turns the recording of spawn sites on (or off) for greenlets made from now on. */
  debug?: boolean;
}

/**
 * All living greenlets as text: a tree by who spawned whom, with name, state, what each waits for,
 * who holds that, for how long, and where it was spawned (recorded when the environment has
 * TENDRIL_DEBUG or after `dump({ debug: true })`).
 *
 * @example Usage
 * ```ts
 * import { dump, run, sleep, spawnWith } from "@tendril/tendril";
 * import { assertStringIncludes } from "@std/assert";
 *
 * await run(function* () {
 *   spawnWith({ name: "ticker", daemon: true }, function* () {
 *     yield* sleep(60_000);
 *   });
 *   yield;
 *   assertStringIncludes(dump(), "ticker: waits for sleep");
 * });
 * ```
 */
export function dump(options: DumpOptions = {}): string {
  if (options.debug !== undefined) setDebug(options.debug);
  const trees = GreenletTree.forest().map((tree) => tree.format());
  return trees.length === 0 ? "no living greenlets" : trees.join("\n");
}
