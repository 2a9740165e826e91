// Copyright 2026 the Tendril authors. MIT license.
/**
 * Tendril gives Deno what greenlet and gevent give Python: very many cheap coroutines that switch to
 * each other explicitly or by themselves at IO. `yield*` an operation in a greenlet, `await` the same
 * operation in an async function.
 *
 * ```ts
 * import { joinAll, run, sleep, spawn } from "@tendril/tendril";
 *
 * function* work(name: string, ms: number) {
 *   yield* sleep(ms);
 *   return name;
 * }
 *
 * await run(function* () {
 *   const ended = yield* joinAll([spawn(work, "slow", 20), spawn(work, "fast", 10)]);
 *   console.log(ended.map((greenlet) => greenlet.value)); // ["fast", "slow"]
 * });
 * ```
 *
 * @module
 */
export {
  BlockingSwitchOutError,
  ConcurrentObjectUseError,
  DeadlockError,
  GreenletError,
  GreenletExit,
  InvalidSwitchError,
} from "./runtime/errors.ts";
export { Op, type OpIterator, type Waiter } from "./runtime/op.ts";
export { type Clock } from "./runtime/clock.ts";
export { type Switch } from "./runtime/switch.ts";
export { type Coroutine, type Runnable } from "./runtime/body.ts";
export {
  getCurrent,
  Greenlet,
  type GreenletOptions,
  type LinkCallback,
  mainGreenlet,
  type WaitOptions,
} from "./runtime/greenlet.ts";
export { spawn, spawnLater, spawnWith } from "./runtime/spawn.ts";
export { run, type RunOptions } from "./runtime/run.ts";
export { main } from "./runtime/main.ts";
export { fifo } from "./runtime/policies/fifo.ts";
export {
  multilevelFeedback,
  type MultilevelFeedbackOptions,
} from "./runtime/policies/multilevel_feedback.ts";
export { type Policy, type PolicyQueue } from "./runtime/policies/policy.ts";
export { priority } from "./runtime/policies/priority.ts";
export { roundRobin, type RoundRobinOptions } from "./runtime/policies/round_robin.ts";
export { shortestJobFirst } from "./runtime/policies/shortest_job_first.ts";
export { idle, sleep, yieldNow } from "./runtime/sleep.ts";
export { call } from "./runtime/call.ts";
export { AS_OP, type OpSource, until, type UntilSource, type Waitable } from "./runtime/until.ts";
export { all, type Arms, race, select, type Selected } from "./runtime/select.ts";
export { Timeout, type TimeoutLike } from "./runtime/timeout.ts";
export { withTimeout, type WithTimeoutOptions } from "./runtime/with_timeout.ts";
export { retry, RetryError, type RetryOptions } from "./runtime/retry.ts";
export {
  type Ended,
  iwait,
  joinAll,
  type JoinAllOptions,
  killAll,
  wait,
  type WaitManyOptions,
} from "./runtime/wait.ts";
export { Scope, scope } from "./runtime/scope.ts";
export { Group, type GroupJoinOptions, Pool } from "./runtime/group.ts";
export { type Inputs, type MapOptions, Mapped, type Settled } from "./runtime/imap.ts";
export { GreenletLocal, type GreenletLocalOptions } from "./runtime/local.ts";
export { gettrace, settrace, type Tracer } from "./runtime/trace.ts";
export { type BlockedHandler, getHub, Hub, type HubStats } from "./runtime/get_hub.ts";
export { active, activeCount, dump, type DumpOptions, GreenletTree } from "./runtime/tree.ts";
export {
  AsyncResult,
  type AsyncResultStats,
  Barrier,
  type BarrierOptions,
  type BarrierStats,
  BoundedSemaphore,
  BrokenBarrierError,
  Channel,
  ChannelClosedError,
  type ChannelStats,
  Condition,
  type ConditionStats,
  Connection,
  type ConnectionStats,
  CountDownLatch,
  type CountDownLatchStats,
  EOFError,
  Event,
  type EventStats,
  Lease,
  LifoQueue,
  Lock,
  LockError,
  type LockStats,
  type NameOptions,
  Pipe,
  type PipeOptions,
  PriorityQueue,
  type PriorityQueueOptions,
  Queue,
  QueueEmpty,
  QueueFull,
  type QueueOptions,
  QueueShutDown,
  type QueueStats,
  type QueueStore,
  type ReadSide,
  RLock,
  type RLockStats,
  RWLock,
  type RWLockStats,
  Semaphore,
  type SemaphoreStats,
  type ShutdownOptions,
  SimpleQueue,
  type SimpleQueueStats,
  type WriteSide,
} from "./channels/mod.ts";
