// Copyright 2026 the Tendril authors. MIT license.
/**
 * Functions that travel as source: what can be sent.
 *
 * @module
 */
import { show } from "../clock.ts";
import { freeVariables } from "./free_variables.ts";
import { explainFree, program } from "./load.ts";

const AsyncGeneratorFunction = Object.getPrototypeOf(async function* () {});

/** What became of a function whose source does not tell all of it. */
function unsendable(fn: object, why: string): TypeError {
  return new TypeError(
    `Cannot send ${show(fn)} to a worker: ${why}; make it a task with task(import.meta, …)`,
  );
}

/**
 * The source of a function that needs nothing from outside.
 *
 * @throws {TypeError} If it is native, bound, a class or an async generator.
 * @throws {ReferenceError} If it uses a variable from outside.
 */
export function sourceOf(fn: (...args: never[]) => unknown): string {
  const text = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}$/.test(text)) {
    throw unsendable(fn, "it is a bound or native function and has no source");
  }
  if (/^class\b/.test(text)) throw unsendable(fn, "it is a class");
  if (Object.getPrototypeOf(fn) === AsyncGeneratorFunction) {
    throw new TypeError(
      `Cannot run ${
        show(fn)
      } in a worker: it is an async generator function, which has no result; ` +
        "write a generator function or an async one",
    );
  }
  const source = compiles(text, fn.name) ? text : methodAsFunction(text);
  if (!compiles(source, fn.name)) throw unsendable(fn, "its source does not stand alone");
  const [free] = freeVariables(text, fn.name);
  if (free !== undefined) throw new ReferenceError(explainFree(fn.name, free));
  return source;
}

/** A method such as `f() {}` is no expression by itself. */
function methodAsFunction(text: string): string {
  return `Object.values(Object.getOwnPropertyDescriptors({ ${text} }))[0].value`;
}

function compiles(source: string, name: string): boolean {
  try {
    new Function(program(source, name));
    return true;
  } catch {
    return false;
  }
}
