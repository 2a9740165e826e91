// Copyright 2026 the Tendril authors. MIT license.
/**
 * How a worker comes by a function: where it is defined, or its source.
 *
 * @module
 */
import { show } from "../clock.ts";
import { explainFree, functionOf, sourceOf } from "./source.ts";
import { addressOf, findTask, type TaskAddress } from "./task.ts";

/** Tells a worker how to come by a function. */
export interface Definition {
  /** The name of the function, shown in errors. */
  readonly name: string;
  /** The module it is in. */
  readonly module?: string;
  /** Its source, when no module is known. */
  readonly source?: string;
}

const known = new WeakMap<object, Definition>();
const knownAddresses = new Map<string, Definition>();

/**
 * The definition of a task, of a self-contained function, or of what is at an address.
 *
 * @throws {TypeError} If it is none of these.
 * @throws {ReferenceError} If the function uses a variable from outside.
 */
export function define(action: string, fn: unknown): Definition {
  if (typeof fn === "function") {
    let definition = known.get(fn);
    if (definition === undefined) known.set(fn, definition = defineFunction(fn));
    return definition;
  }
  if (!isAddress(fn)) {
    throw new TypeError(
      `Cannot ${action} ${show(fn)}: expected a function, or { module, name } of an exported one`,
    );
  }
  return atAddress(action, fn);
}

function defineFunction(fn: object): Definition {
  const address = addressOf(fn);
  if (address !== undefined) return { name: address.name, module: String(address.module) };
  const callable = fn as (...args: never[]) => unknown;
  return { name: callable.name, source: sourceOf(callable) };
}

function isAddress(value: unknown): value is TaskAddress {
  const { module, name } = (value ?? {}) as Partial<TaskAddress>;
  return (typeof module === "string" || module instanceof URL) && typeof name === "string";
}

function atAddress(action: string, { module, name }: TaskAddress): Definition {
  const url = String(module);
  if (!URL.canParse(url)) {
    throw new TypeError(
      `Cannot ${action} "${name}" of ${show(url)}: write import.meta.resolve("…") for its module`,
    );
  }
  const key = `${name} ${url}`;
  let definition = knownAddresses.get(key);
  if (definition === undefined) knownAddresses.set(key, definition = { name, module: url });
  return definition;
}

/** A function of any kind that a worker has loaded. */
// deno-lint-ignore no-explicit-any -- its arguments come from elsewhere
export type Loaded = (...args: any[]) => unknown;

/** Comes by the function; in the worker. */
export async function load({ name, module, source }: Definition): Promise<Loaded> {
  if (source !== undefined) return functionOf(source, name) as Loaded;
  return await findTask(module!, name) as Loaded;
}

/** What a function that was sent as source did wrong, if it is that it needs something from outside. */
export function clarify(error: unknown, { name, source }: Definition): unknown {
  if (source === undefined || !(error instanceof ReferenceError)) return error;
  const variable = /^(\S+) is not defined$/.exec(error.message)?.[1];
  if (variable === undefined) return error;
  error.message = explainFree(name, variable);
  return error;
}

const AsyncFunctionPrototype = Object.getPrototypeOf(async function () {});

/** Whether it was written as an async function. */
export function isAsyncFunction(fn: object): boolean {
  return Object.getPrototypeOf(fn) === AsyncFunctionPrototype;
}
