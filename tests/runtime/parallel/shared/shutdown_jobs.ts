// Copyright 2026 the Tendril authors. MIT license.
// Every call that blocks a worker's thread, by name; each waits for something that never comes.

import {
  SharedBarrier,
  SharedCondition,
  SharedEvent,
  type SharedLock,
  SharedPipe,
  SharedQueue,
  type SharedRLock,
  SharedSemaphore,
} from "@tendril/tendril/parallel";

/** What two of the calls need: locks that another isolate holds. */
export interface Held {
  readonly lock: SharedLock;
  readonly rlock: SharedRLock;
}

const calls: Record<string, (held: Held) => unknown> = {
  "SharedLock.acquireSync": ({ lock }) => lock.acquireSync(),
  "SharedRLock.acquireSync": ({ rlock }) => rlock.acquireSync(),
  "SharedSemaphore.acquireSync": () => new SharedSemaphore(0).acquireSync(),
  "SharedEvent.waitSync": () => new SharedEvent().waitSync(),
  "SharedBarrier.waitSync": () => new SharedBarrier(2).waitSync(),
  "SharedCondition.waitSync": () => {
    const condition = new SharedCondition();
    condition.acquireSync();
    condition.waitSync();
  },
  "SharedCondition.waitForSync": () => {
    const condition = new SharedCondition();
    condition.acquireSync();
    condition.waitForSync(() => false);
  },
  "SharedQueue.getSync": () => new SharedQueue().getSync(),
  "SharedQueue.putSync": () => {
    const queue = new SharedQueue<number>(1);
    queue.putSync(1);
    queue.putSync(2);
  },
  "SharedQueue.joinSync": () => {
    const queue = new SharedQueue<number>();
    queue.putSync(1);
    queue.joinSync();
  },
  "SharedConnection.recvSync": () => SharedPipe()[0].recvSync(),
  "SharedConnection.sendSync": () => {
    const [end] = SharedPipe<number>({ capacity: 1 });
    end.sendSync(1);
    end.sendSync(2);
  },
  "SharedConnection.pollSync": () => SharedPipe()[0].pollSync({ timeout: 1e9 }),
};

export const names: string[] = Object.keys(calls);

/** Blocks the thread, and tells before that it will. */
export function block(name: string, held: Held, told: Int32Array): void {
  Atomics.store(told, 0, 1);
  calls[name]!(held);
}
