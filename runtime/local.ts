// Copyright 2026 the Tendril authors. MIT license.
/**
 * Values that each greenlet has for itself.
 *
 * @module
 */
import { getCurrent } from "./greenlet.ts";

/** Options of {@linkcode GreenletLocal}. */
export interface GreenletLocalOptions {
  /** Whether a new greenlet starts with the value of the one that makes it; default: false. */
  inherit?: boolean;
}

/**
 * A variable with one value per greenlet, as `gevent.local` and `threading.local` give. It is right
 * across the awaits of async bodies too, and freed with the greenlet.
 *
 * @example Usage
 * ```ts
 * import { GreenletLocal, run, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * const user = new GreenletLocal(() => "nobody");
 * await run(function* () {
 *   user.set("root");
 *   assertEquals(yield* spawn(() => user.get()), "nobody");
 *   assertEquals(user.get(), "root");
 * });
 * ```
 */
export class GreenletLocal<T> {
  /** Whether a new greenlet starts with the value of the one that makes it. */
  readonly inherit: boolean;
  readonly #init: (() => T) | undefined;

  /** Makes a local; `init` gives each greenlet its first value when it first asks. */
  constructor(init?: () => T, options: GreenletLocalOptions = {}) {
    this.inherit = options.inherit ?? false;
    this.#init = init;
  }

  /** The value of the running greenlet; without one, and without `init`, `undefined`. */
  get(): T | undefined {
    const greenlet = getCurrent();
    const found = greenlet.locals;
    if (found?.has(this)) return found.get(this) as T;
    if (this.#init === undefined) return undefined;
    const value = this.#init();
    this.set(value);
    return value;
  }

  /** Sets the value of the running greenlet. */
  set(value: T): void {
    const greenlet = getCurrent();
    (greenlet.locals ??= new Map()).set(this, value);
  }

  /** Takes the value of the running greenlet away; tells whether there was one. */
  delete(): boolean {
    return getCurrent().locals?.delete(this) ?? false;
  }
}
