// Copyright 2026 the Tendril authors. MIT license.
import type { SharedLock } from "../../../../runtime/parallel/shared/mod.ts";

export function countSync(lock: SharedLock, cells: Int32Array, times: number) {
  for (let i = 0; i < times; i++) {
    using _ = lock.acquireSync();
    cells[0]!++;
  }
}
export function* count(lock: SharedLock, cells: Int32Array, times: number) {
  for (let i = 0; i < times; i++) {
    using _ = yield* lock.acquire();
    cells[0]!++;
  }
}
