// Copyright 2026 the Tendril authors. MIT license.
/**
 * What all workers share: values, arrays, locks and their kin, queues, pipes and managers.
 *
 * @module
 */
export { OwnerDiedError, WorkerShutdownError } from "./errors.ts";
export { SharedHandle, type SharedOptions } from "./handle.ts";
export { type SyncOptions } from "./gate.ts";
export { type SharedLockStats, SharedMutex } from "./mutex.ts";
export { SharedLock } from "./lock.ts";
export { SharedRLock } from "./rlock.ts";
export { SharedSemaphore, type SharedSemaphoreStats } from "./semaphore.ts";
export { SharedEvent, type SharedEventStats } from "./event.ts";
export { SharedCondition, type SharedConditionStats } from "./condition.ts";
export { SharedBarrier, type SharedBarrierOptions, type SharedBarrierStats } from "./barrier.ts";
export { SharedQueue, type SharedQueueStats } from "./queue.ts";
export { SharedConnection, SharedPipe } from "./pipe.ts";
export { SharedArray } from "./array.ts";
export { SharedValue } from "./value.ts";
export { type SharedNumber, type SharedType, type SharedTypes } from "./numbers.ts";
export { Manager, type ManagerStats } from "./manager.ts";
export { ManagerClosedError } from "./manager_link.ts";
export { DictProxy, ListProxy, ManagerProxy, NamespaceProxy } from "./proxies.ts";
