// Copyright 2026 the Tendril authors. MIT license.
// Every Op on shared things that waits, in a shape that waits_test.ts can try out.

import type { Op, TimeoutLike, WaitOptions } from "@tendril/tendril";
import {
  SharedBarrier,
  SharedEvent,
  SharedLock,
  SharedPipe,
  SharedQueue,
  SharedRLock,
  SharedSemaphore,
} from "@tendril/tendril/parallel";

/** An Op that waits, and what ends that. */
export interface Fixture {
  /** Makes the Op. */
  readonly wait: (timeout?: TimeoutLike) => Op<unknown>;
  /** Lets one of those go on who wait. */
  readonly finish: () => void;
  /** What has to be as before when a wait was given up. */
  readonly state: () => unknown;
}

/** A way to wait. */
export interface Case {
  readonly name: string;
  /** What it gives when its own time is over, the name of the error that it throws, or "Timeout". */
  readonly late: unknown;
  /** Whether one that gives up changes something for the others. */
  readonly breaks?: true;
  readonly setUp: () => Fixture;
}

function optional(timeout: TimeoutLike | undefined): WaitOptions {
  return timeout === undefined ? {} : { timeout };
}

/** All of them. */
export const cases: Case[] = [
  {
    name: "SharedLock.acquire()",
    late: undefined,
    setUp: () => {
      const lock = new SharedLock();
      const lease = lock.acquireNowait()!;
      return {
        wait: (timeout) => lock.acquire(optional(timeout)),
        finish: () => lease.release(),
        state: () => lock.stats(),
      };
    },
  },
  {
    name: "SharedRLock.acquire()",
    late: undefined,
    setUp: () => {
      const lock = new SharedRLock();
      const lease = lock.acquireNowait()!;
      return {
        wait: (timeout) => lock.acquire(optional(timeout)),
        finish: () => lease.release(),
        state: () => lock.stats(),
      };
    },
  },
  {
    name: "SharedSemaphore.acquire()",
    late: undefined,
    setUp: () => {
      const semaphore = new SharedSemaphore(0);
      return {
        wait: (timeout) => semaphore.acquire(optional(timeout)),
        finish: () => semaphore.release(),
        state: () => semaphore.stats(),
      };
    },
  },
  {
    name: "SharedEvent.wait()",
    late: false,
    setUp: () => {
      const event = new SharedEvent();
      return {
        wait: (timeout) => event.wait(optional(timeout)),
        finish: () => event.set(),
        state: () => event.stats(),
      };
    },
  },
  {
    name: "SharedBarrier.wait()",
    late: "BrokenBarrierError",
    breaks: true,
    setUp: () => {
      const barrier = new SharedBarrier(2);
      return {
        wait: (timeout) => barrier.wait(optional(timeout)),
        finish: () => barrier.arrive(),
        state: () => barrier.nWaiting,
      };
    },
  },
  {
    name: "SharedQueue.get()",
    late: "QueueEmpty",
    setUp: () => {
      const queue = new SharedQueue<number>();
      return {
        wait: (timeout) => queue.get(optional(timeout)),
        finish: () => queue.putNowait(1),
        state: () => queue.stats(),
      };
    },
  },
  {
    name: "SharedQueue.next()",
    late: "QueueEmpty",
    setUp: () => {
      const queue = new SharedQueue<number>();
      return {
        wait: (timeout) => queue.next(optional(timeout)),
        finish: () => queue.putNowait(1),
        state: () => queue.stats(),
      };
    },
  },
  {
    name: "SharedQueue.put()",
    late: "QueueFull",
    setUp: () => {
      const queue = new SharedQueue<number>(1);
      queue.putNowait(1);
      return {
        wait: (timeout) => queue.put(2, optional(timeout)),
        finish: () => queue.getNowait(),
        state: () => queue.stats(),
      };
    },
  },
  {
    name: "SharedQueue.join()",
    late: false,
    setUp: () => {
      const queue = new SharedQueue<number>();
      queue.putNowait(1);
      return {
        wait: (timeout) => queue.join(optional(timeout)),
        finish: () => queue.taskDone(),
        state: () => queue.stats(),
      };
    },
  },
  {
    name: "SharedConnection.recv()",
    late: "Timeout",
    setUp: () => {
      const [here, there] = SharedPipe<number>();
      return {
        wait: (timeout) => here.recv(optional(timeout)),
        finish: () => void there.send(1).poll(),
        state: () => here.stats(),
      };
    },
  },
  {
    name: "SharedConnection.send()",
    late: "Timeout",
    setUp: () => {
      const [here, there] = SharedPipe<number>({ capacity: 1 });
      here.send(1).poll();
      return {
        wait: (timeout) => here.send(2, optional(timeout)),
        finish: () => void there.recv().poll(),
        state: () => [here.stats(), there.stats()],
      };
    },
  },
  {
    name: "SharedConnection.poll()",
    late: false,
    setUp: () => {
      const [here, there] = SharedPipe<number>();
      return {
        wait: (timeout = Infinity) => here.poll({ timeout }),
        finish: () => void there.send(1).poll(),
        state: () => here.stats(),
      };
    },
  },
];
