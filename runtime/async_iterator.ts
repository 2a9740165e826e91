// Copyright 2026 the Tendril authors. MIT license.
/**
 * `for await` over what gives its values by an Op.
 *
 * @module
 */
import type { Op } from "./op.ts";

/** Makes an iterator of `next`; leaving the loop early calls `close`. */
export function asyncIterator<T>(
  next: () => Op<IteratorResult<T, undefined>>,
  close: () => void,
): AsyncIterableIterator<T> {
  return {
    next: async () => await next(),
    return: () => {
      close();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
