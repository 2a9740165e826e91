// Copyright 2026 the Tendril authors. MIT license.
/**
 * The ways to make a greenlet that runs by itself.
 *
 * @module
 */
import { notCallable, type Runnable } from "./body.ts";
import { Greenlet, type GreenletOptions } from "./greenlet.ts";
import { checkDelay } from "./clock.ts";

/**
 * Makes a greenlet that runs `fn(...args)` by itself, behind those that are ready.
 *
 * @example Usage
 * ```ts
 * import { run, sleep, spawn } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * function* double(n: number) {
 *   yield* sleep(1);
 *   return n * 2;
 * }
 * await run(function* () {
 *   const one = spawn(double, 1);
 *   const two = spawn(double, 2);
 *   assertEquals((yield* one) + (yield* two), 6);
 * });
 * ```
 *
 * @throws {TypeError} If `fn` is no function.
 */
export function spawn<A extends unknown[], T>(fn: Runnable<A, T>, ...args: A): Greenlet<T> {
  if (fn === undefined) throw notCallable("spawn", fn);
  const greenlet = new Greenlet<T>(fn);
  greenlet.startWith(args);
  return greenlet;
}

/**
 * Makes a greenlet that runs `fn(...args)` after `ms` milliseconds. It can be killed before.
 *
 * @example Usage
 * ```ts
 * import { run, spawnLater } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   assertEquals(yield* spawnLater(2, () => "later"), "later");
 * });
 * ```
 *
 * @throws {TypeError} If `fn` is no function.
 * @throws {RangeError} If `ms` is negative or NaN.
 */
export function spawnLater<A extends unknown[], T>(
  ms: number,
  fn: Runnable<A, T>,
  ...args: A
): Greenlet<T> {
  checkDelay("spawn later", ms);
  if (typeof fn !== "function") throw notCallable("spawn", fn);
  const greenlet = new Greenlet<T>(fn);
  greenlet.startLater(ms, ...args);
  return greenlet;
}

/**
 * Makes a greenlet that runs `fn(...args)` by itself, with options.
 *
 * @example Usage
 * ```ts
 * import { run, sleep, spawnWith } from "@tendril/tendril";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const ticker = spawnWith({ name: "ticker", daemon: true }, function* () {
 *     for (;;) yield* sleep(10);
 *   });
 *   assertEquals(ticker.name, "ticker");
 * });
 * ```
 *
 * @throws {TypeError} If `fn` is no function.
 */
export function spawnWith<A extends unknown[], T>(
  options: GreenletOptions,
  fn: Runnable<A, T>,
  ...args: A
): Greenlet<T> {
  if (typeof fn !== "function") throw notCallable("spawn", fn);
  const greenlet = new Greenlet<T>(fn, options);
  greenlet.startWith(args);
  return greenlet;
}
