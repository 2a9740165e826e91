// Copyright 2026 the Tendril authors. MIT license.
/**
 * How a worker comes by a function: it is told the module, or the source.
 *
 * @module
 */
import { findTask } from "./task.ts";

/** Tells a worker how to come by a function. */
export interface Definition {
  /** The name of the function, shown in errors. */
  readonly name: string;
  /** The module it is in. */
  readonly module?: string;
  /** Its source, when no module is known. */
  readonly source?: string;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Code that gives the function; its own name is known in it, as a recursive arrow needs. */
export function program(source: string, name: string): string {
  const body = IDENTIFIER.test(name)
    ? `const ${name} = (${source}\n); return ${name};`
    : `return (${source}\n);`;
  return `"use strict"; ${body}\n//# sourceURL=task:${name || "anonymous"}`;
}

/** Makes a function of its source. */
function functionOf(source: string, name: string): unknown {
  return new Function(program(source, name))();
}

/** Names the variable and the two ways out. */
export function explainFree(name: string, variable: string): string {
  return `Cannot run ${
    name === "" ? "a function" : `"${name}"`
  } in a worker: it uses "${variable}" ` +
    "from outside, which a function sent as source does not bring along; make it a task with " +
    `task(import.meta, …), or pass "${variable}" as an argument`;
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
