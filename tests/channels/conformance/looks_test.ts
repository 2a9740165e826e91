// Copyright 2026 the Tendril authors. MIT license.
// How everything looks: its stats, and what a console shows, free, in use and with somebody waiting.

import { assert, assertEquals } from "@std/assert";
import * as channels from "@tendril/tendril/channels";
import { type Op, spawn } from "@tendril/tendril";
import { settle } from "../../manual_clock.ts";

const {
  AsyncResult,
  Barrier,
  BoundedSemaphore,
  Channel,
  Condition,
  CountDownLatch,
  Event,
  LifoQueue,
  Lock,
  Pipe,
  PriorityQueue,
  Queue,
  RLock,
  RWLock,
  Semaphore,
  SimpleQueue,
} = channels;

interface Look {
  readonly object: { stats(): object };
  /** What is shown at first. */
  readonly fresh: string;
  /** Waits for it; called when it has been taken or filled. */
  wait(): Op<unknown>;
  /** Takes or fills it. */
  use?(): void;
  /** What is shown while `wait` waits. */
  readonly waited: string;
  /** The stats at that moment, without the owner. */
  readonly stats: object;
}

const name = "x";

function queue(
  kind: new (maxsize: number, options: { name: string }) => channels.Queue<number>,
): Look {
  const object = new kind(1, { name });
  return {
    object,
    fresh: `<${kind.name} "x" 0 of 1>`,
    use: () => object.putNowait(1),
    wait: () => object.put(2),
    waited: `<${kind.name} "x" 1 of 1, 1 waiting>`,
    stats: {
      size: 1,
      maxsize: 1,
      waitingPutters: 1,
      waitingGetters: 0,
      unfinishedTasks: 1,
      waitingJoiners: 0,
      isShutdown: false,
    },
  };
}

function semaphore(kind: typeof Semaphore): Look {
  const object = new kind(1, { name });
  return {
    object,
    fresh: `<${kind.name} "x" 1 free>`,
    use: () => void object.acquireNowait(),
    wait: () => object.acquire(),
    waited: `<${kind.name} "x" 0 free, 1 waiting>`,
    stats: { value: 0, waiting: 1 },
  };
}

function looks(): Look[] {
  const channel = new Channel<number>(0, { name });
  const simple = new SimpleQueue<number>(1, { name });
  const lock = new Lock({ name });
  const rlock = new RLock({ name });
  const rwlock = new RWLock({ name });
  const condition = new Condition(new Lock(), { name });
  const event = new Event({ name });
  const barrier = new Barrier(2, { name });
  const latch = new CountDownLatch(1, { name });
  const result = new AsyncResult({ name });
  const [end] = Pipe<number>({ name });
  return [
    {
      object: channel,
      fresh: '<Channel "x" 0 of 0>',
      wait: () => channel.send(1),
      waited: '<Channel "x" 0 of 0, 1 waiting>',
      stats: { size: 0, capacity: 0, closed: false, waitingSenders: 1, waitingReceivers: 0 },
    },
    queue(Queue),
    queue(LifoQueue),
    queue(PriorityQueue),
    {
      object: simple,
      fresh: '<SimpleQueue "x" 0 of 1>',
      wait: () => simple.get(),
      waited: '<SimpleQueue "x" 0 of 1, 1 waiting>',
      stats: { size: 0, maxsize: 1, waitingPutters: 0, waitingGetters: 1 },
    },
    {
      object: lock,
      fresh: '<Lock "x" free>',
      use: () => void lock.acquireNowait(),
      wait: () => lock.acquire(),
      waited: '<Lock "x" held by main, 1 waiting>',
      stats: { locked: true, waiting: 1 },
    },
    {
      object: rlock,
      fresh: '<RLock "x" free>',
      use: () => [rlock.acquireNowait(), rlock.acquireNowait()],
      wait: () => rlock.acquire(),
      waited: '<RLock "x" held by main 2 times, 1 waiting>',
      stats: { locked: true, levels: 2, waiting: 1 },
    },
    {
      object: rwlock,
      fresh: '<RWLock "x" free>',
      use: () => void rwlock.read.acquireNowait(),
      wait: () => rwlock.write.acquire(),
      waited: '<RWLock "x" read, held by main, 1 waiting>',
      stats: { waiting: 1 },
    },
    {
      object: condition,
      fresh: '<Condition "x" free>',
      wait: () => condition.wait(),
      waited: '<Condition "x" free, 1 waiting>',
      stats: { locked: false, waiting: 1 },
    },
    semaphore(Semaphore),
    semaphore(BoundedSemaphore),
    {
      object: event,
      fresh: '<Event "x" not set>',
      wait: () => event.wait(),
      waited: '<Event "x" not set, 1 waiting>',
      stats: { isSet: false, waiting: 1 },
    },
    {
      object: barrier,
      fresh: '<Barrier "x" 0 of 2>',
      wait: () => barrier.wait(),
      waited: '<Barrier "x" 1 of 2>',
      stats: { parties: 2, waiting: 1, broken: false },
    },
    {
      object: latch,
      fresh: '<CountDownLatch "x" 1 to go>',
      wait: () => latch.wait(),
      waited: '<CountDownLatch "x" 1 to go, 1 waiting>',
      stats: { count: 1, waiting: 1 },
    },
    {
      object: result,
      fresh: '<AsyncResult "x" not set>',
      wait: () => result.get(),
      waited: '<AsyncResult "x" not set, 1 waiting>',
      stats: { ready: false, successful: false, waiting: 1 },
    },
    {
      object: end,
      fresh: '<Connection "x, first end" 0 to receive>',
      wait: () => end.recv(),
      waited: '<Connection "x, first end" 0 to receive, 1 waiting>',
      stats: { size: 0, closed: false, waitingSenders: 0, waitingReceivers: 1 },
    },
  ];
}

/** Without the greenlets among them. */
function counters(stats: object): object {
  return Object.fromEntries(
    Object.entries(stats).filter(([, value]) => value === null || typeof value !== "object")
      .filter(([key]) => key !== "owner" && key !== "writer"),
  );
}

for (const { object, fresh, use, wait, waited, stats } of looks()) {
  Deno.test(`${object.constructor.name} looks readable, and so do its stats`, async () => {
    assertEquals(Deno.inspect(object), fresh);
    assertEquals(Deno.inspect([object]), `[ ${fresh} ]`);
    use?.();
    const waiting = spawn(function* () {
      if (object instanceof Condition) yield* object.acquire();
      yield* wait();
    });
    await settle();
    assertEquals(Deno.inspect(object), waited);
    const record = object.stats();
    assertEquals(counters(record), stats);
    assert(Object.isFrozen(record));
    waiting.kill();
    await waiting;
    assertEquals(record === object.stats(), false);
  });
}

Deno.test("nothing with stats was left out above", () => {
  const shown = new Set(looks().map(({ object }) => object.constructor.name));
  const missing = Object.entries(channels).filter(([name, value]) =>
    typeof value === "function" && typeof value.prototype?.stats === "function" && !shown.has(name)
  );
  assertEquals(missing, []);
});
