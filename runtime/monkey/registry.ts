// Copyright 2026 the Tendril authors. MIT license.
/**
 * What can be patched, what is, and how it was before.
 *
 * Invariants:
 * - A target is patched while somebody claims it. The first claim puts the wrapper in place, the last
 *   one that ends puts back the very descriptor that was found; in between nothing changes, so
 *   patching again is harmless and an original is never taken for a wrapper.
 * - What somebody else has put over a wrapper stays: only our own wrapper is ever replaced.
 * - Functions that are one under several names stay one: they get the same wrapper.
 * - A target whose object nobody has seen yet (the host does not expose the class) is patched when the
 *   first one turns up, see `learn`.
 *
 * @module
 */
import { show } from "../clock.ts";

/** A group of names that are patched together. */
export type Part =
  | "fetch"
  | "streams"
  | "timers"
  | "fs"
  | "net"
  | "subprocess"
  | "webSocket"
  | "promise";

// Functions of the host of any kind pass through here.
// deno-lint-ignore no-explicit-any
export type HostFunction = (...args: any[]) => any;

/** How a name is patched: a function, the getter of a property, or something that was not there. */
export type Kind = "function" | "getter" | "addition";

/** Makes what stands in for the original. */
export type Wrap = (original: HostFunction) => HostFunction;

/** How a target was before. */
interface Saved {
  readonly holder: object;
  /** `undefined` for an addition. */
  readonly descriptor: PropertyDescriptor | undefined;
  readonly original: HostFunction;
  readonly installed: HostFunction;
}

/** One name that can be patched. */
export class Target {
  /** How many patches cover it. */
  claims = 0;
  #saved: Saved | null = null;

  /** Makes a target that is not patched. `holder` gives nothing while its object is not known. */
  constructor(
    readonly part: Part,
    readonly name: string,
    readonly holder: () => object | undefined,
    readonly key: PropertyKey,
    readonly wrap: Wrap,
    readonly kind: Kind,
  ) {}

  /** The original function: the one kept, or the one in use. For a property it is its getter. */
  get original(): HostFunction | undefined {
    if (this.kind === "addition") return undefined;
    if (this.#saved !== null) return this.#saved.original;
    const holder = this.holder();
    return holder === undefined ? undefined : this.#find(holder)?.original;
  }

  /** What stands in for the original now. */
  get installed(): HostFunction | undefined {
    return this.#saved?.installed;
  }

  #find(holder: object): Pick<Saved, "descriptor" | "original"> | undefined {
    const descriptor = Object.getOwnPropertyDescriptor(holder, this.key);
    if (this.kind === "addition") return descriptor ? undefined : { descriptor, original: ignore };
    // Some globals are accessors that load their value when first read.
    const original = this.kind === "getter" ? descriptor?.get : Reflect.get(holder, this.key);
    return typeof original === "function" ? { descriptor, original } : undefined;
  }

  /** Puts the wrapper in place, if the host has such a thing. */
  apply(): void {
    const holder = this.holder();
    if (this.#saved !== null || holder === undefined) return;
    const found = this.#find(holder);
    if (found === undefined) return;
    const { descriptor, original } = found;
    const installed = this.kind === "addition"
      ? this.wrap(original)
      : wrapperOf(original, this.wrap);
    this.#saved = { holder, descriptor, original, installed };
    Object.defineProperty(
      holder,
      this.key,
      this.kind === "getter" ? { ...descriptor, get: installed } : {
        value: installed,
        writable: true,
        enumerable: descriptor?.enumerable ?? false,
        configurable: true,
      },
    );
  }

  /** Puts back what was found. */
  restore(): void {
    if (this.#saved === null) return;
    const { holder, descriptor, installed } = this.#saved;
    this.#saved = null;
    const now = Object.getOwnPropertyDescriptor(holder, this.key);
    if ((this.kind === "getter" ? now?.get : now?.value) !== installed) return;
    if (descriptor === undefined) Reflect.deleteProperty(holder, this.key);
    else Object.defineProperty(holder, this.key, descriptor);
  }
}

/** Nothing to do. */
export const ignore = (): void => {};

const targets = new Map<string, Target>();
const learned = new Map<string, object>();
const wrappers = new WeakMap<HostFunction, HostFunction>();

/** The wrapper of a function of the host, with the same name, length and properties. */
export function wrapperOf(original: HostFunction, wrap: Wrap): HostFunction {
  const known = wrappers.get(original);
  if (known !== undefined) return known;
  const wrapper = wrap(original);
  if (wrapper !== original) dress(wrapper, original);
  wrappers.set(original, wrapper);
  return wrapper;
}

function dress(wrapper: HostFunction, original: HostFunction): void {
  for (const key of Reflect.ownKeys(original)) {
    // A class has its own `prototype` already, the right one.
    if (Object.getOwnPropertyDescriptor(wrapper, key)?.configurable === false) continue;
    const { enumerable = false, ...rest } = Object.getOwnPropertyDescriptor(original, key)!;
    // `promisify(setTimeout)` is the one of node:timers/promises, and so on.
    const value = wrappers.get(Reflect.get(original, key));
    const descriptor = value === undefined ? rest : { value };
    Object.defineProperty(wrapper, key, { ...descriptor, enumerable });
  }
}

/** Defines a name: what is under `key` of what `holder` gives. */
export function define(
  part: Part,
  name: string,
  holder: () => object | undefined,
  key: PropertyKey,
  wrap: Wrap,
  kind: Kind = "function",
): void {
  targets.set(name, new Target(part, name, holder, key, wrap, kind));
}

/** Defines names below an object: `${path}.${key}` for each of `keys`. */
export function defineAll(
  part: Part,
  path: string,
  holder: () => object | undefined,
  wraps: Readonly<Record<string, Wrap>>,
): void {
  for (const [key, wrap] of Object.entries(wraps)) {
    define(part, `${path}.${key}`, holder, key, wrap);
  }
}

/** The prototype that was learned under this name. */
export function learnedAs(name: string): () => object | undefined {
  return () => learned.get(name);
}

/** Patches the classes of an object of the host, whose classes cannot be reached otherwise. */
export function learn<T extends object>(made: T): T {
  let prototype: object | null = Object.getPrototypeOf(made);
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    learnAs(`Deno.${prototype.constructor.name}.prototype`, prototype);
  }
  return made;
}

/** Notes a prototype and patches what is claimed of it. */
export function learnAs(name: string, prototype: object): void {
  if (learned.has(name)) return;
  learned.set(name, prototype);
  for (const target of targets.values()) {
    if (target.claims > 0 && target.name.startsWith(`${name}.`)) target.apply();
  }
}

/** The target of that name. */
export function targetOf(action: string, name: string): Target {
  const target = targets.get(name);
  if (target !== undefined) return target;
  throw new RangeError(
    `Cannot ${action} ${show(name)}: use one of the names that can be patched: ${
      [...targets.keys()].join(", ")
    }`,
  );
}

/** The targets of a part. */
export function targetsOf(part: Part): Target[] {
  return [...targets.values()].filter((target) => target.part === part);
}

/** All targets. */
export function allTargets(): Iterable<Target> {
  return targets.values();
}

interface Process {
  getBuiltinModule(name: string): Record<string, object>;
}

/** The default export of a module of Node, as a holder: loaded when it is patched. */
export function builtin(name: string): () => Record<string, object> {
  return () => (globalThis as unknown as { process: Process }).process.getBuiltinModule(name);
}
