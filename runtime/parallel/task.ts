// Copyright 2026 the Tendril authors. MIT license.
/**
 * Tasks: functions that a worker finds again by the address of their module and a name.
 *
 * @module
 */
import type { Runnable } from "../body.ts";
import { show } from "../clock.ts";

/** Where a worker finds a function: a module, and the name it exports or gives a task. */
export interface TaskAddress {
  /** The absolute address of the module. */
  readonly module: string | URL;
  /** The name of an export, or of a function made a task by {@linkcode task}. */
  readonly name: string;
}

/**
 * What a worker can run: a function made by `task`, one that needs nothing from outside, or the address
 * of an exported one. It may be a plain, an async or a generator function.
 */
export type WorkerTask<A extends unknown[], T> = Runnable<A, T> | TaskAddress;

const addresses = new WeakMap<object, TaskAddress>();
const tasks = new Map<string, unknown>();

function key(module: string, name: string): string {
  return `${name} ${module}`;
}

/**
 * Makes a named function one that workers can run, and gives it back; called directly it runs where
 * it is. The worker imports the module, so a script guards its start with `if (import.meta.main)`.
 * The task need not be exported, but `task` has to be called when the module is evaluated.
 *
 * @example Usage
 * ```ts
 * import { task, WorkerPool } from "@tendril/tendril/parallel";
 *
 * const primes = task(import.meta, function primes(below: number): number {
 *   let count = 0;
 *   for (let n = 2; n < below; n++) if (isPrime(n)) count++;
 *   return count;
 * });
 *
 * function isPrime(n: number): boolean {
 *   for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
 *   return true;
 * }
 *
 * if (import.meta.main) {
 *   await using pool = new WorkerPool(2);
 *   console.log(await pool.map(primes, [1000, 2000, 3000]));
 * }
 * ```
 *
 * @param meta `import.meta` of the module.
 * @param fn The function, with a name that no other task of the module has.
 * @throws {TypeError} If `fn` is no function, has no name, or its name is taken.
 */
export function task<F extends (...args: never[]) => unknown>(
  meta: { readonly url: string },
  fn: F,
): F {
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot make a task of ${show(fn)}: expected a function`);
  }
  if (typeof meta?.url !== "string") {
    throw new TypeError(`Cannot make a task of ${show(fn)}: pass import.meta first`);
  }
  if (fn.name === "") {
    throw new TypeError(
      "Cannot make a task of a function without a name: workers find it by its name; " +
        "write task(import.meta, function name(…) { … })",
    );
  }
  const place = key(meta.url, fn.name);
  if (tasks.has(place) && tasks.get(place) !== fn) {
    throw new TypeError(`Cannot make a task "${fn.name}": ${meta.url} has another of this name`);
  }
  tasks.set(place, fn);
  addresses.set(fn, { module: meta.url, name: fn.name });
  return fn;
}

/** The address of a function that was made a task. */
export function addressOf(fn: object): TaskAddress | undefined {
  return addresses.get(fn);
}

/** Imports the module and gives the function. */
export async function findTask(module: string, name: string): Promise<unknown> {
  const exports = await import(module);
  const found = tasks.get(key(module, name)) ?? exports[name];
  if (typeof found === "function") return found;
  throw new TypeError(
    `Cannot find the task "${name}" in ${module}: export it, or make it with ` +
      "task(import.meta, …) at the top level of that module",
  );
}
