// Copyright 2026 the Tendril authors. MIT license.
/**
 * `yield*` of any promise in a greenlet. A promise of IO gives up its operation with the wait; of any
 * other the outcome is dropped then.
 *
 * @module
 */
import type { OpIterator } from "../op.ts";
import { until } from "../until.ts";
import { define } from "./registry.ts";

function iterate(this: Promise<unknown>): OpIterator<unknown> {
  return until(this)[Symbol.iterator]();
}

define(
  "promise",
  "Promise.prototype[Symbol.iterator]",
  () => Promise.prototype,
  Symbol.iterator,
  () => iterate,
  "addition",
);
