// Copyright 2026 the Tendril authors. MIT license.
/**
 * Patching and taking it back: events, claims, and the warning about what was patched too late.
 *
 * @module
 */
import { show } from "../clock.ts";
import { allTargets, type Part, type Target, targetOf, targetsOf } from "./registry.ts";
import { staleReferences } from "./stale.ts";

/**
 * Tells of patching; see {@linkcode patchEvents}.
 *
 * @example A veto
 * ```ts
 * import { isPatched, patchEvents, patchFs, type PatchEvent } from "@tendril/tendril/monkey";
 * import { assert } from "@std/assert";
 *
 * const keepRemove = (event: object) => void (event as PatchEvent).names.delete("Deno.remove");
 * patchEvents.addEventListener("willpatch", keepRemove);
 * using _ = patchFs();
 * assert(isPatched("Deno.readTextFile") && !isPatched("Deno.remove"));
 * patchEvents.removeEventListener("willpatch", keepRemove);
 * ```
 */
export class PatchEvent extends Event {
  /** What is patched, `null` when that is not one part alone. */
  readonly part: Part | null;
  /** The names it is about. In a `willpatch` event a listener takes out those it vetoes. */
  readonly names: Set<string>;
  /** Where originals are still referred to, in a `stalereference` event. */
  readonly references: readonly string[];

  /** Makes an event. */
  constructor(
    type: "willpatchall" | "willpatch" | "didpatch" | "didpatchall" | "stalereference",
    part: Part | null,
    names: Iterable<string>,
    references: readonly string[] = [],
  ) {
    super(type, { cancelable: type !== "didpatch" && type !== "didpatchall" });
    this.part = part;
    this.names = new Set(names);
    this.references = references;
  }
}

/**
 * Where {@linkcode PatchEvent}s are dispatched, in this order: `willpatchall` (only by `patchAll`;
 * `preventDefault()` vetoes everything), for each part `willpatch` (`preventDefault()` vetoes the part,
 * `names.delete(name)` one name) and `didpatch`, then `didpatchall`. Then, if there is something to say,
 * `stalereference`, whose default is a warning on the console. There are none for names that are patched
 * already.
 *
 * @example Usage
 * ```ts
 * import { patch, type PatchEvent, patchEvents } from "@tendril/tendril/monkey";
 * import { assertEquals } from "@std/assert";
 *
 * const patched: string[] = [];
 * patchEvents.addEventListener("didpatch", (event) => {
 *   patched.push(...(event as PatchEvent).names);
 * }, { once: true });
 * using _ = patch("fetch");
 * assertEquals(patched, ["fetch"]);
 * ```
 */
export const patchEvents: EventTarget = new EventTarget();

/** What there is to do for a part besides its names; gives what takes it back. */
const preparations = new Map<Part, () => () => void>();
/** Sets what is to be done before the first name of a part is patched. */
export function prepare(part: Part, how: () => () => void): void {
  preparations.set(part, how);
}

const undo = new Map<Part, () => void>();

/** How many patches claim a name of `part`. */
function isUsed(part: Part): boolean {
  return targetsOf(part).some((target) => target.claims > 0);
}

/**
 * Some names that are patched as long as this is not disposed of. Patches may overlap and may be taken
 * back in any order: a name is restored when no patch covers it any more.
 */
export interface Patch extends Disposable {
  /** The names it covers: all that were asked for and not vetoed. */
  readonly names: readonly string[];
  /** Takes it back. Again: no effect. */
  [Symbol.dispose](): void;
}

class Cover implements Patch {
  readonly #targets: Target[] = [];

  /** Claims targets. */
  add(targets: readonly Target[]): void {
    live.add(this);
    for (const target of targets) target.claims++;
    this.#targets.push(...targets);
  }

  get names(): readonly string[] {
    return this.#targets.map(nameOf);
  }

  [Symbol.dispose](): void {
    if (!live.delete(this)) return;
    for (const target of this.#targets) {
      target.claims--;
      if (target.claims > 0) continue;
      target.restore();
      if (isUsed(target.part)) continue;
      undo.get(target.part)?.();
      undo.delete(target.part);
    }
  }
}

const live = new Set<Cover>();

function isFresh(target: Target): boolean {
  return target.claims === 0;
}

function isOld(target: Target): boolean {
  return target.claims > 0;
}

function nameOf(target: Target): string {
  return target.name;
}

function dispatch(event: PatchEvent): boolean {
  return patchEvents.dispatchEvent(event);
}

/** Patches targets of one part that are not patched yet, but for those that are vetoed. */
function patchPart(patch: Cover, part: Part, targets: readonly Target[]): void {
  const event = new PatchEvent("willpatch", part, targets.map(nameOf));
  const agreed = dispatch(event) ? targets.filter(({ name }) => event.names.has(name)) : [];
  if (agreed.length === 0) return;
  const preparation = preparations.get(part);
  if (preparation !== undefined && !undo.has(part)) undo.set(part, preparation());
  patch.add(agreed);
  for (const target of agreed) target.apply();
  dispatch(new PatchEvent("didpatch", part, agreed.map(nameOf)));
}

/** Patches what was asked for, part by part. */
function patchTargets(targets: readonly Target[], isAll: boolean): Patch {
  const patch = new Cover();
  patch.add(targets.filter(isOld));
  const fresh = targets.filter(isFresh);
  if (fresh.length === 0) return patch;
  if (isAll && !dispatch(new PatchEvent("willpatchall", null, fresh.map(nameOf)))) return patch;
  for (const [part, members] of Map.groupBy(fresh, (target) => target.part)) {
    patchPart(patch, part, members);
  }
  const made = fresh.filter(isOld);
  if (made.length === 0) return patch;
  if (isAll) dispatch(new PatchEvent("didpatchall", null, made.map(nameOf)));
  warn(made);
  return patch;
}

function warn(made: readonly Target[]): void {
  const references = staleReferences(made);
  if (references.length === 0) return;
  const event = new PatchEvent("stalereference", null, made.map(nameOf), references);
  if (!dispatch(event)) return;
  // deno-lint-ignore no-console -- the documented default
  console.warn(
    `Patched too late for what refers to the original already: ${references.join(", ")}; ` +
      "patch before such modules are loaded, for instance by `deno run --preload`",
  );
}

/** Which parts {@linkcode patchAll} patches; default: all. */
export interface PatchAllOptions {
  /** The global `fetch`, and the bodies of Responses and Requests. */
  fetch?: boolean;
  /** Web streams. */
  streams?: boolean;
  /** Timers, the global ones and those of `node:timers` and `node:timers/promises`. */
  timers?: boolean;
  /** Files: `Deno`, `Deno.FsFile`, `node:fs/promises`. */
  fs?: boolean;
  /** Sockets and names: `Deno`, `node:net`, `node:http`, `node:dns/promises`. */
  net?: boolean;
  /** Processes: `Deno.Command`, `node:child_process`. */
  subprocess?: boolean;
  /** The global `WebSocket`. */
  webSocket?: boolean;
  /** `yield*` of any promise. */
  promise?: boolean;
}

const PARTS: readonly Part[] = [
  "fetch",
  "streams",
  "timers",
  "fs",
  "net",
  "subprocess",
  "webSocket",
  "promise",
];

/**
 * Patches everything, or everything but the parts that are switched off. Patching again is harmless
 * and adds what is missing.
 *
 * @example Usage
 * ```ts
 * import { dump, run, spawnWith } from "@tendril/tendril";
 * import { patchAll } from "@tendril/tendril/monkey";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * using _ = patchAll();
 *
 * // Knows nothing of greenlets.
 * async function poll() {
 *   for (;;) await new Promise((resolve) => setTimeout(resolve, 60_000));
 * }
 *
 * await run(function* () {
 *   const poller = spawnWith({ name: "poller" }, poll);
 *   yield;
 *   assertStringIncludes(dump(), "poller: waits for timer of 60000 ms");
 *   assertEquals(yield* poller.kill(), true);
 * });
 * ```
 *
 * @throws {TypeError} If `options` names something that is no part.
 */
export function patchAll(options: PatchAllOptions = {}): Patch {
  for (const name of Object.keys(options)) {
    if (PARTS.includes(name as Part)) continue;
    throw new TypeError(`Cannot patch ${show(name)}: the parts are ${PARTS.join(", ")}`);
  }
  return patchTargets(
    PARTS.filter((part) => options[part] !== false).flatMap(targetsOf),
    true,
  );
}

/** Patches one part. */
export function patchWhole(part: Part): Patch {
  return patchTargets(targetsOf(part), false);
}

/**
 * Patches only these names.
 *
 * @example Usage
 * ```ts
 * import { isPatched, patch } from "@tendril/tendril/monkey";
 * import { assertEquals } from "@std/assert";
 *
 * using _ = patch("Deno.readTextFile", "node:fs/promises.readFile");
 * assertEquals([isPatched("Deno.readTextFile"), isPatched("fetch")], [true, false]);
 * ```
 *
 * @throws {RangeError} If there is no such name; the message lists all.
 */
export function patch(...names: string[]): Patch {
  return patchTargets(names.map((name) => targetOf("patch", name)), false);
}

/**
 * Takes every patch back: all is as it was before.
 *
 * @example Usage
 * ```ts
 * import { isPatched, patchAll, unpatchAll } from "@tendril/tendril/monkey";
 * import { assertEquals } from "@std/assert";
 *
 * patchAll();
 * unpatchAll();
 * assertEquals(isPatched("fetch"), false);
 * ```
 */
export function unpatchAll(): void {
  for (const patch of [...live]) patch[Symbol.dispose]();
}

/**
 * Whether a name is patched. One whose class the host shows only by its objects, such as
 * "Deno.Conn.prototype.read", counts as patched before the first of them is made.
 *
 * @example Usage
 * ```ts
 * import { isPatched, patchFetch } from "@tendril/tendril/monkey";
 * import { assertEquals } from "@std/assert";
 *
 * {
 *   using _ = patchFetch();
 *   assertEquals(isPatched("fetch"), true);
 * }
 * assertEquals(isPatched("fetch"), false);
 * ```
 *
 * @throws {RangeError} If there is no such name; the message lists all.
 */
export function isPatched(name: string): boolean {
  return targetOf("tell of", name).claims > 0;
}

/**
 * The function the host has under a name, patched or not; for a property its getter. `undefined` if the
 * host has none, or if nobody has seen an object of that class yet.
 *
 * @example Usage
 * ```ts
 * import { getOriginal, patchFetch } from "@tendril/tendril/monkey";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const before = fetch;
 * using _ = patchFetch();
 * assertStrictEquals(getOriginal("fetch"), before);
 * ```
 *
 * @throws {RangeError} If there is no such name; the message lists all.
 */
// Functions of the host of any kind.
// deno-lint-ignore no-explicit-any
export function getOriginal(name: string): ((...args: any[]) => any) | undefined {
  return targetOf("get the original of", name).original;
}

/**
 * All names that can be patched.
 *
 * @example Usage
 * ```ts
 * import { patchableNames } from "@tendril/tendril/monkey";
 * import { assert } from "@std/assert";
 *
 * const names = patchableNames();
 * assert(names.includes("fetch") && names.includes("Deno.readTextFile"));
 * ```
 */
export function patchableNames(): string[] {
  return Array.from(allTargets(), nameOf);
}
