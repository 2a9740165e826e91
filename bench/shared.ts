// Copyright 2026 the Tendril authors. MIT license.
import type { Coroutine, Runnable } from "@tendril/tendril";
import { SharedLock, SharedQueue, SharedValue, task, WorkerPool } from "@tendril/tendril/parallel";
import { type Batch, nsPerOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Round, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

const FREE = "lock, free";
const LEASE = "lock, free, by its lease";
const WANTED = "lock, two want it";
const NUMBERS = "queue of numbers";
const OBJECTS = "queue of objects";
const VALUE = "number, two add";

/** What two workers share: a lock, a queue from one to the other, a number that both add to. */
export const scenario: Scenario = {
  name: "shared",
  operation: "between two workers: acquire and release of a lock; one item through a queue that " +
    "holds 100; one addition to a number",
  rounds: 5,
  subjects: [
    // As the rivals do, the calls block the thread.
    inDeno(
      "tendril",
      () => cases({ take: takeSync, lease: leaseSync, put: putSync, get: getSync, add }),
      { note: "acquireSync, putSync, getSync" },
    ),
    inDeno("tendril, Ops", () => cases({ take, lease, put, get, add }), { note: "in greenlets" }),
    inGo("go", { note: "two threads; sync.Mutex, channel, atomic.AddInt64" }),
    inPython("multiprocessing", { note: "Lock, Queue, Value; the lease is `with`" }),
    inPython("SimpleQueue", { note: "multiprocessing.SimpleQueue, without a bound" }),
  ],
  targets: [
    ratioAtMost(LEASE, "multiprocessing", 0.2, "a free lock at least 5 times faster than Python's"),
    ratioAtMost(
      FREE,
      "multiprocessing",
      1,
      "no slower than bare calls of its methods, written in C",
    ),
    ratioAtMost(NUMBERS, "multiprocessing", 0.2, "a queue at least 5 times faster than Python's"),
    ratioAtMost(OBJECTS, "multiprocessing", 0.2, "the same with objects"),
  ],
};

type Task<A extends unknown[]> = Runnable<[...A, number], void>;

interface Tasks {
  take: Task<[SharedLock]>;
  lease: Task<[SharedLock]>;
  put: Task<[SharedQueue<unknown>, unknown]>;
  get: Task<[SharedQueue<unknown>]>;
  add: Task<[SharedValue]>;
}

function cases({ take, lease, put, get, add }: Tasks): Round {
  // One worker each, so that the two halves of a case never share one.
  const left = new WorkerPool(1);
  const right = new WorkerPool(1);
  const lock = new SharedLock();
  const queue = new SharedQueue<unknown>(100);
  const value = new SharedValue("i32");
  const pass = (item: unknown): Batch => async (times) => {
    await Promise.all([left.apply(put, [queue, item, times]), right.apply(get, [queue, times])]);
  };
  const halves = <A>(fn: Runnable<[A, number], void>, shared: A): Batch => async (times) => {
    const args: [A, number] = [shared, times / 2];
    await Promise.all([left.apply(fn, args), right.apply(fn, args)]);
  };
  return async () => [
    { name: FREE, ns: await nsPerOperation((times) => left.apply(take, [lock, times])) },
    { name: LEASE, ns: await nsPerOperation((times) => left.apply(lease, [lock, times])) },
    { name: WANTED, ns: await nsPerOperation(halves(take, lock)) },
    { name: NUMBERS, ns: await nsPerOperation(pass(12345)) },
    { name: OBJECTS, ns: await nsPerOperation(pass({ id: 7, name: "bread", tags: ["a", "b"] })) },
    { name: VALUE, ns: await nsPerOperation(halves(add, value)) },
  ];
}

const take = task(import.meta, function* take(lock: SharedLock, times: number): Coroutine {
  for (let i = 0; i < times; i++) {
    yield* lock.acquire();
    lock.release();
  }
});

const takeSync = task(import.meta, function takeSync(lock: SharedLock, times: number): void {
  for (let i = 0; i < times; i++) {
    lock.acquireSync();
    lock.release();
  }
});

const lease = task(import.meta, function* lease(lock: SharedLock, times: number): Coroutine {
  for (let i = 0; i < times; i++) (yield* lock.acquire()).release();
});

const leaseSync = task(import.meta, function leaseSync(lock: SharedLock, times: number): void {
  for (let i = 0; i < times; i++) lock.acquireSync().release();
});

const put = task(
  import.meta,
  function* put(queue: SharedQueue<unknown>, item: unknown, times: number): Coroutine {
    for (let i = 0; i < times; i++) yield* queue.put(item);
  },
);

const putSync = task(
  import.meta,
  function putSync(queue: SharedQueue<unknown>, item: unknown, times: number): void {
    for (let i = 0; i < times; i++) queue.putSync(item);
  },
);

const get = task(import.meta, function* get(queue: SharedQueue<unknown>, times: number): Coroutine {
  for (let i = 0; i < times; i++) yield* queue.get();
});

const getSync = task(
  import.meta,
  function getSync(queue: SharedQueue<unknown>, times: number): void {
    for (let i = 0; i < times; i++) queue.getSync();
  },
);

const add = task(import.meta, function add(value: SharedValue, times: number): void {
  for (let i = 0; i < times; i++) value.add(1);
});

if (import.meta.main) await runSubject(scenario);
