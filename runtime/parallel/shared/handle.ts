// Copyright 2026 the Tendril authors. MIT license.
/**
 * A handle is what an isolate has of something in shared memory. Handles go to another isolate as
 * tokens (transport.ts), because an object with methods cannot be cloned.
 *
 * Invariants:
 * - An isolate has at most one handle of a thing at a time, however often it came: those who wait for
 *   the thing stand in the handle's lines.
 * - The first two words of the memory tell the thing from all others of its table of isolates: the id of
 *   the one that made it, and a number that this one gave.
 *
 * @module
 */
import { atHome, type Membership, membershipIn, readKey } from "./liveness.ts";

/** Options of everything that is shared. */
export interface SharedOptions {
  /** Shown in dumps and errors, in every worker. */
  name?: string;
}

/** What stands for a handle on the way; it can be cloned. Passed as options, it makes the handle again. */
export interface Token extends SharedOptions {
  /** Which class it is of. */
  readonly kind: string;
  /** Where the thing is. */
  readonly memory: SharedArrayBuffer;
  /** The table of the isolates that have to do with it. */
  readonly roll: SharedArrayBuffer;
  /** What else the class needs. */
  readonly extra?: unknown;
}

/** Every handle has it. */
export const IS_HANDLE: unique symbol = Symbol("tendril.isHandle");

/** Makes the token of a handle; what has to be transferred with it is added to `transfer`. */
export const TOKEN: unique symbol = Symbol("tendril.token");

/**
 * Something that goes to other isolates as a token.
 *
 * @internal
 */
export interface Portable {
  /** Makes the token. */
  [TOKEN](transfer: Transferable[]): object;
}

/** Whether this isolate has ever had a handle: where none is, nothing needs to be searched for one. */
export let handlesExist = false;

const makers = new Map<string, (token: Token) => object>();
/** Tells how handles of a kind are made of tokens. */
export function defineKind(kind: string, make: (token: never) => object): void {
  makers.set(kind, make as (token: Token) => object);
}

/** Makes the handle that a token stands for. */
export function revive(token: { readonly kind: string }): object {
  handlesExist = true;
  const make = makers.get(token.kind);
  if (make !== undefined) return make(token as Token);
  throw new TypeError(
    `Cannot unpack a "${token.kind}": import the module that defines it in this worker too`,
  );
}

const known = new Map<string, WeakRef<object>>();
const forgetting = new FinalizationRegistry<string>((key) => {
  if (known.get(key)?.deref() === undefined) known.delete(key);
});

/** Remembers a handle, so that its thing gets no second one. */
export function remember<T extends object>(key: string, handle: T): T {
  if (known.get(key)?.deref() === handle) return handle;
  known.set(key, new WeakRef(handle));
  forgetting.register(handle, key);
  return handle;
}

/** The handle this isolate has of a thing; makes one if it has none. */
export function handleOf<T extends object>(key: string, make: () => T): T {
  return known.get(key)?.deref() as T | undefined ?? remember(key, make());
}

let made = 0;

/** Stands in a handle so that it cannot be cloned by mistake; the error shows the text of it. */
function handlesGoAsArgumentsOfATaskOrThroughPack(): void {}

/**
 * What all shared things have in common.
 *
 * @example Usage
 * ```ts
 * import { type SharedHandle, SharedLock, SharedSemaphore } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * const shared: SharedHandle[] = [
 *   new SharedLock({ name: "till" }),
 *   new SharedSemaphore(2, { name: "seats" }),
 * ];
 * assertEquals(shared.map(({ name }) => name), ["till", "seats"]);
 * ```
 */
export abstract class SharedHandle implements Portable {
  /** Shown in dumps and errors. */
  readonly name: string | undefined;
  /** @internal */
  declare readonly cells: Int32Array<SharedArrayBuffer>;
  /** @internal */
  declare readonly membership: Membership;
  /** This isolate's id. @internal */
  declare readonly self: number;
  /** Whether the thing was made along with the handle. @internal */
  declare protected readonly fresh: boolean;
  /** @internal */
  declare protected readonly uncloneable: () => void;

  /** Makes a thing of `words` words of memory, or a handle of the one that `options` stands for. */
  constructor(words: number, options: SharedOptions) {
    const { name, memory, roll } = options as SharedOptions & Partial<Token>;
    this.name = name;
    this.fresh = memory === undefined;
    this.membership = roll === undefined ? atHome() : membershipIn(roll);
    this.self = this.membership.id;
    this.uncloneable = handlesGoAsArgumentsOfATaskOrThroughPack;
    handlesExist = true;
    if (memory !== undefined) {
      this.cells = new Int32Array(memory, 0, words);
      return;
    }
    this.cells = new Int32Array(new SharedArrayBuffer(words * 4));
    this.cells[0] = this.self;
    this.cells[1] = ++made;
  }

  /** @internal */
  get [IS_HANDLE](): true {
    return true;
  }

  /** @internal */
  abstract readonly kind: string;

  /** What tells its thing from others. @internal */
  get key(): string {
    return keyIn(this.cells.buffer, this.membership.roll.memory);
  }

  /** @internal */
  [TOKEN](_transfer: Transferable[]): Token {
    remember(this.key, this);
    const { kind, name, cells, membership, extra } = this;
    return {
      kind,
      memory: cells.buffer,
      roll: membership.roll.memory,
      ...name === undefined ? {} : { name },
      ...extra === undefined ? {} : { extra },
    };
  }

  /** What the class needs besides. @internal */
  protected get extra(): unknown {
    return undefined;
  }
}

/** Tells how handles of a class are made of tokens. `keyOf` gives what their `key` will be. */
export function defineHandle<T extends SharedHandle>(
  kind: string,
  make: (token: Token) => T,
  keyOf: (token: Token) => string = keyOfToken,
): void {
  defineKind(kind, (token: Token) => handleOf(keyOf(token), () => make(token)));
}

/** What tells the thing of a token from others. */
export function keyOfToken({ memory, roll }: Token): string {
  return keyIn(memory, roll);
}

function keyIn(memory: SharedArrayBuffer, roll: SharedArrayBuffer): string {
  return `${readKey(new Int32Array(roll, 0, 2))}/${readKey(new Int32Array(memory, 0, 2))}`;
}
