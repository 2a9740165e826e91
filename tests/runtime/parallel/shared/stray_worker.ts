// Copyright 2026 the Tendril authors. MIT license.
// A worker that was not registered: it makes a lock, or takes the one that it is sent.

import { SharedLock } from "../../../../runtime/parallel/shared/mod.ts";
import { pack, unpack } from "../../../../runtime/parallel/shared/transport.ts";

const scope = globalThis as unknown as Worker;

scope.onmessage = ({ data }: MessageEvent) => {
  if (data === "make") {
    const lock = new SharedLock();
    lock.acquireSync();
    scope.postMessage(pack(lock, []));
    return;
  }
  const { lock } = unpack(data) as { lock: SharedLock };
  lock.acquireSync();
  const mine = new SharedLock();
  mine.acquireSync();
  scope.postMessage([lock.owner, mine.owner]);
};
