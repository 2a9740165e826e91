// Copyright 2026 the Tendril authors. MIT license.
/**
 * Who this isolate is: the main one, or a worker that another one made.
 *
 * @module
 */

/** One of the isolates of a program. */
export interface ProcessInfo {
  /** "main", or the name of the worker. */
  readonly name: string;
  /** For a process the number that the system gave it, for a thread one that counts up. */
  readonly pid: number;
  /** Whether the program ends without waiting for it. */
  readonly daemon: boolean;
}

let self: ProcessInfo = { name: "main", pid: Deno.pid, daemon: false };
let maker: ProcessInfo | null = null;

/** Notes who this isolate is, and who made it. */
export function becomeProcess(who: ProcessInfo, parent: ProcessInfo): void {
  self = who;
  maker = parent;
}

/**
 * Who runs this: the main program, a {@linkcode Process}, or a worker of a pool.
 *
 * @example Usage
 * ```ts
 * import { currentProcess } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(currentProcess().name, "main");
 * ```
 */
export function currentProcess(): ProcessInfo {
  return self;
}

/**
 * Who made the worker that runs this; `null` in the main program.
 *
 * @example Usage
 * ```ts
 * import { parentProcess } from "@tendril/tendril/parallel";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parentProcess(), null);
 * ```
 */
export function parentProcess(): ProcessInfo | null {
  return maker;
}

/**
 * How many processors this machine has.
 *
 * @example Usage
 * ```ts
 * import { cpuCount } from "@tendril/tendril/parallel";
 * import { assert } from "@std/assert";
 *
 * assert(cpuCount() >= 1);
 * ```
 */
export function cpuCount(): number {
  return navigator.hardwareConcurrency;
}
