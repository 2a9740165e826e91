// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a worker has to be told of a function: where it is defined, or its source.
 *
 * @module
 */
import { show } from "../clock.ts";
import type { Definition } from "./load.ts";
import { sourceOf } from "./source.ts";
import { addressOf, type TaskAddress } from "./task.ts";

const known = new WeakMap<object, Definition>();
/** By name and source: an arrow function in a loop is a new one each time, but the same to workers. */
const knownSources = new Map<string, Definition>();
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
  const key = `${callable.name} ${Function.prototype.toString.call(callable)}`;
  let definition = knownSources.get(key);
  if (definition === undefined) {
    knownSources.set(key, definition = { name: callable.name, source: sourceOf(callable) });
  }
  return definition;
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
