// Copyright 2026 the Tendril authors. MIT license.
/**
 * What greenlets and async functions talk and coordinate with. Everything here can be used from both at
 * the same time: `yield*` what blocks in a greenlet, `await` it in an async function.
 *
 * ```ts
 * import { Lock } from "@tendril/tendril/channels";
 * import { run } from "@tendril/tendril";
 *
 * const lock = new Lock();
 * await run(function* () {
 *   using _ = yield* lock.acquire();
 * });
 * ```
 *
 * @module
 */
export { AsyncResult, type AsyncResultStats } from "./async_result.ts";
export { Barrier, type BarrierOptions, type BarrierStats, BrokenBarrierError } from "./barrier.ts";
export { Channel, ChannelClosedError, type ChannelStats } from "./channel.ts";
export { Condition, type ConditionStats } from "./condition.ts";
export { CountDownLatch, type CountDownLatchStats } from "./count_down_latch.ts";
export { Event, type EventStats } from "./event.ts";
export { Lease } from "./lease.ts";
export { LifoQueue } from "./lifo_queue.ts";
export { Lock, type LockStats } from "./lock.ts";
export { LockError } from "./lock_error.ts";
export { type NameOptions } from "./naming.ts";
export { Connection, type ConnectionStats, EOFError, Pipe, type PipeOptions } from "./pipe.ts";
export { PriorityQueue, type PriorityQueueOptions } from "./priority_queue.ts";
export {
  Queue,
  QueueEmpty,
  QueueFull,
  type QueueOptions,
  QueueShutDown,
  type QueueStats,
  type QueueStore,
  type ShutdownOptions,
  SimpleQueue,
  type SimpleQueueStats,
} from "./queue.ts";
export { RLock, type RLockStats } from "./rlock.ts";
export { type ReadSide, RWLock, type RWLockStats, type WriteSide } from "./rwlock.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStats } from "./semaphore.ts";
