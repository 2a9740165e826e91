// Copyright 2026 the Tendril authors. MIT license.
import { Deferred, Effect, Fiber, Queue, Semaphore } from "npm:effect@4";
import type { Dormitory } from "../harness/dormitory.ts";
import type { Stopwatch } from "../harness/stopwatch.ts";

type Cells = [Deferred.Deferred<void>, Deferred.Deferred<void>];

/** `switch`: two fibers that complete a Deferred of the other and wait for one of their own. */
export function takeBatons(hops: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const cells: Cells = [yield* Deferred.make<void>(), yield* Deferred.make<void>()];
    const first = yield* Effect.forkChild(playBatons(hops / 2, cells, 0, 1));
    const second = yield* Effect.forkChild(playBatons(hops / 2, cells, 1, 0));
    yield* Deferred.succeed(cells[0], undefined);
    yield* Fiber.joinAll([first, second]);
  }));
}

function playBatons(turns: number, cells: Cells, mine: 0 | 1, other: 0 | 1): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let turn = 0; turn < turns; turn++) {
      yield* Deferred.await(cells[mine]);
      cells[mine] = yield* Deferred.make<void>();
      yield* Deferred.succeed(cells[other], undefined);
    }
  });
}

/** `yield_now`. */
export function takeTurns(turns: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const first = yield* Effect.forkChild(giveWay(turns / 2));
    const second = yield* Effect.forkChild(giveWay(turns / 2));
    yield* Fiber.joinAll([first, second]);
  }));
}

function giveWay(turns: number, watch?: Stopwatch): Effect.Effect<void> {
  return Effect.gen(function* () {
    watch?.start();
    for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow;
    watch?.stop();
  });
}

let sum = 0;

/** `spawn_join`. */
export function joinEach(times: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    for (let index = 0; index < times; index++) {
      yield* Fiber.join(yield* Effect.forkChild(work(index)));
    }
  }));
}

function work(index: number): Effect.Effect<void> {
  return Effect.sync(() => {
    sum += index;
  });
}

/** `spawn_many`. */
export function joinMany(times: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const fibers: Fiber.Fiber<void>[] = [];
    for (let index = 0; index < times; index++) fibers.push(yield* Effect.forkChild(work(index)));
    yield* Fiber.joinAll(fibers);
  }));
}

/** `sleepers`. */
export function sleepAll(dormitory: Dormitory): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const fibers: Fiber.Fiber<void>[] = [];
    for (let index = 0; index < dormitory.size; index++) {
      fibers.push(yield* Effect.forkChild(sleepOnce(dormitory, index)));
    }
    yield* Fiber.joinAll(fibers);
  }));
}

function sleepOnce(dormitory: Dormitory, index: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    yield* Effect.sleep(dormitory.lieDown(index));
    dormitory.getUp(index);
  });
}

/** `call_depth`: nested `Effect.gen`. */
export function takeTurnsBelow(depth: number, turns: number, watch: Stopwatch): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const first = yield* Effect.forkChild(dive(depth, turns / 2, watch));
    const second = yield* Effect.forkChild(dive(depth, turns / 2, watch));
    yield* Fiber.joinAll([first, second]);
  }));
}

function dive(depth: number, turns: number, watch: Stopwatch): Effect.Effect<void> {
  return Effect.gen(function* () {
    if (depth > 1) yield* dive(depth - 1, turns, watch);
    else yield* giveWay(turns, watch);
  });
}

/** `call_depth`: enters and leaves a million frames. */
export function countFrames(depth: number): Promise<number> {
  return Effect.runPromise(countFramesBelow(depth));
}

function countFramesBelow(depth: number): Effect.Effect<number> {
  return Effect.gen(function* () {
    return depth === 0 ? 0 : 1 + (yield* countFramesBelow(depth - 1));
  });
}

/** `pool_map`. */
export function mapItems(items: number[], concurrency: number): Promise<number[]> {
  return Effect.runPromise(Effect.forEach(items, double, { concurrency }));
}

function double(item: number): Effect.Effect<number> {
  return Effect.gen(function* () {
    yield* Effect.yieldNow;
    return item * 2;
  });
}

/** `lock`: nobody else wants it. */
export function lockFree(times: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const lock = yield* Semaphore.make(1);
    for (let i = 0; i < times; i++) yield* lock.withPermits(1)(Effect.void);
  }));
}

/** `lock`: two hold it in turn. */
export function lockInTurn(times: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const lock = yield* Semaphore.make(1);
    const first = yield* Effect.forkChild(holdInTurn(lock, times / 2));
    const second = yield* Effect.forkChild(holdInTurn(lock, times / 2));
    yield* Fiber.joinAll([first, second]);
  }));
}

function holdInTurn(lock: Semaphore.Semaphore, turns: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let turn = 0; turn < turns; turn++) yield* lock.withPermits(1)(Effect.yieldNow);
  });
}

/** `fetch`: gives the sizes. */
export function downloadAll(urls: string[], concurrency: number): Promise<number[]> {
  return Effect.runPromise(Effect.forEach(urls, download, { concurrency }));
}

function download(url: string): Effect.Effect<number> {
  return Effect.gen(function* () {
    const response = yield* Effect.promise(() => fetch(url));
    const body = yield* Effect.promise(() => response.arrayBuffer());
    return body.byteLength;
  });
}

/** `channel_buffered`. */
export function passItems(items: number, capacity: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const queue = yield* Queue.bounded<number>(capacity);
    const sender = yield* Effect.forkChild(offerAll(queue, items));
    const receiver = yield* Effect.forkChild(takeAll(queue, items));
    yield* Fiber.joinAll([sender, receiver]);
  }));
}

function offerAll(queue: Queue.Queue<number>, items: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let item = 0; item < items; item++) yield* Queue.offer(queue, item);
  });
}

function takeAll(queue: Queue.Queue<number>, items: number): Effect.Effect<number> {
  return Effect.gen(function* () {
    let sum = 0;
    for (let item = 0; item < items; item++) sum += yield* Queue.take(queue);
    return sum;
  });
}

/** `channel_rendezvous`: a queue has room for one item at least. */
export function playPingPong(items: number): Promise<void> {
  return Effect.runPromise(Effect.gen(function* () {
    const there = yield* Queue.bounded<number>(1);
    const back = yield* Queue.bounded<number>(1);
    const first = yield* Effect.forkChild(serve(there, back, items / 2));
    const second = yield* Effect.forkChild(giveBack(there, back, items / 2));
    yield* Fiber.joinAll([first, second]);
  }));
}

function serve(
  there: Queue.Queue<number>,
  back: Queue.Queue<number>,
  turns: number,
): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let turn = 0; turn < turns; turn++) {
      yield* Queue.offer(there, turn);
      yield* Queue.take(back);
    }
  });
}

function giveBack(
  there: Queue.Queue<number>,
  back: Queue.Queue<number>,
  turns: number,
): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let turn = 0; turn < turns; turn++) yield* Queue.offer(back, yield* Queue.take(there));
  });
}

/** `select`. */
export function collect(itemsEach: number, capacity: number): Promise<number> {
  return Effect.runPromise(Effect.gen(function* () {
    const queues: Queue.Queue<number>[] = [];
    for (let i = 0; i < 4; i++) queues.push(yield* Queue.bounded<number>(capacity));
    for (const queue of queues) yield* Effect.forkChild(offerAll(queue, itemsEach));
    let sum = 0;
    for (let item = 0; item < itemsEach * 4; item++) {
      sum += yield* Effect.raceAllFirst(queues.map((queue) => Queue.take(queue)));
    }
    return sum;
  }));
}
