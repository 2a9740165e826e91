// Copyright 2026 the Tendril authors. MIT license.
/**
 * Doing in the current greenlet what `spawn` would do in a new one.
 *
 * @module
 */
import { type Coroutine, isGenerator, isGeneratorFunction, type Runnable } from "./body.ts";
import { Op } from "./op.ts";
import { until } from "./until.ts";

/** Runs an Op, or a function of any kind with its arguments, in place. */
export function* perform<A extends unknown[], T>(
  what: Op<T> | Runnable<A, T>,
  ...args: A
): Coroutine<T> {
  if (what instanceof Op) return yield* what;
  if (isGeneratorFunction(what)) return yield* what(...args) as Coroutine<T>;
  // It may turn out to be async: then what it awaits has to end with this wait.
  let made: unknown;
  const value = yield* until(() => {
    made = what(...args);
    return isGenerator(made) || made instanceof Op ? undefined : made as T | PromiseLike<T>;
  });
  if (isGenerator(made)) return yield* made;
  return made instanceof Op ? yield* made : value as T;
}
