// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a greenlet can run, and how to tell what came of calling it.
 *
 * @module
 */
import { show } from "./clock.ts";
import type { Body } from "./fiber.ts";
import type { Op } from "./op.ts";

/**
 * What a greenlet's generator function returns; `T` is its result.
 *
 * What comes back from a `yield` has the type of the Op that was yielded, not one for the whole body.
 */
// deno-lint-ignore no-explicit-any -- see above
export type Coroutine<T = void> = Generator<unknown, T, any>;

/** A function a greenlet can run: a generator function, an async one, or a plain one. */
export type Runnable<A extends unknown[], T> = (...args: A) => Coroutine<T> | PromiseLike<T> | T;

const GeneratorFunctionPrototype = Object.getPrototypeOf(function* () {});

let lastGeneratorFunction: unknown = null;
/** Whether `body` is a generator function; quick for the one that was asked for last. */
export function isGeneratorFunction(body: unknown): boolean {
  if (body === lastGeneratorFunction) return true;
  if (Object.getPrototypeOf(body) !== GeneratorFunctionPrototype) return false;
  lastGeneratorFunction = body;
  return true;
}

/** A spread call costs more than the call itself. */
export function callBody(body: Runnable<unknown[], unknown>, args: unknown[]): Body {
  if (args.length === 1) return body(args[0]) as Body;
  if (args.length === 0) return body() as Body;
  return body(...args) as Body;
}

/** The error for something that should be a function. */
export function notCallable(action: string, value: unknown): TypeError {
  const hint = isGenerator(value)
    ? "; pass the generator function itself, not the result of calling it"
    : "";
  return new TypeError(`Cannot ${action} ${show(value)}: expected a function${hint}`);
}

/** Whether `value` is a generator that a greenlet can run. */
export function isGenerator(value: unknown): value is Body {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

/** Whether `value` can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === "object" && value !== null || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function";
}

/** Waits for an Op that a plain function returned. */
export function* opBody(op: Op<unknown>): Body {
  return yield* op;
}
