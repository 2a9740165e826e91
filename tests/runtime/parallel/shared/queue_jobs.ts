// Copyright 2026 the Tendril authors. MIT license.
// What the workers of the queue and pipe tests do.

import type { Coroutine } from "@tendril/tendril";
import { EOFError, QueueShutDown } from "@tendril/tendril";
import type { SharedBarrier, SharedConnection, SharedQueue } from "@tendril/tendril/parallel";

/** Who put an item, and which of its items that is. */
export interface Item {
  readonly by: string;
  readonly n: number;
}

export function produceSync(
  queue: SharedQueue<Item>,
  by: string,
  count: number,
  start: SharedBarrier,
): void {
  start.waitSync();
  for (let n = 0; n < count; n++) queue.putSync({ by, n });
}

export function* produce(
  queue: SharedQueue<Item>,
  by: string,
  count: number,
  start: SharedBarrier,
): Coroutine {
  yield* start.wait();
  for (let n = 0; n < count; n++) yield* queue.put({ by, n });
}

/** Gets items until the queue is shut down. */
export function consumeSync(queue: SharedQueue<Item>): Item[] {
  const got: Item[] = [];
  for (;;) {
    try {
      got.push(queue.getSync());
    } catch (error) {
      if (error instanceof QueueShutDown) return got;
      throw error;
    }
  }
}

export function* consume(queue: SharedQueue<Item>): Coroutine<Item[]> {
  const got: Item[] = [];
  for (let step = yield* queue.next(); !step.done; step = yield* queue.next()) {
    got.push(step.value);
  }
  return got;
}

export async function consumeAsync(queue: SharedQueue<Item>): Promise<Item[]> {
  const got: Item[] = [];
  for await (const item of queue) got.push(item);
  return got;
}

export function putSync(queue: SharedQueue<unknown>, item: unknown, timeout = Infinity): void {
  queue.putSync(item, { timeout });
}

export function getSync(queue: SharedQueue<unknown>, timeout = Infinity): unknown {
  return queue.getSync({ timeout });
}

/** Works through a queue, marking each item as done. */
export function workSync(queue: SharedQueue<number>, count: number): void {
  for (let i = 0; i < count; i++) {
    queue.getSync();
    queue.taskDone();
  }
}

export function joinSync(queue: SharedQueue<unknown>, timeout = Infinity): boolean {
  return queue.joinSync({ timeout });
}

/** Sends back what it receives, until the other end is closed; tells how many that were. */
export function echoSync(end: SharedConnection<unknown>): number {
  for (let count = 0;; count++) {
    try {
      end.sendSync(end.recvSync());
    } catch (error) {
      if (error instanceof EOFError) return count;
      throw error;
    }
  }
}

export function* echo(end: SharedConnection<unknown>): Coroutine<number> {
  let count = 0;
  for (let step = yield* end.next(); !step.done; step = yield* end.next(), count++) {
    yield* end.send(step.value);
  }
  return count;
}

export function recvSync(end: SharedConnection<unknown>, timeout = Infinity): unknown {
  return end.recvSync({ timeout });
}

export function sendSync(end: SharedConnection<unknown>, message: unknown): void {
  end.sendSync(message);
}

export function pollSync(end: SharedConnection<unknown>, timeout: number): boolean {
  return end.pollSync({ timeout });
}

export function close(end: SharedConnection<unknown>): void {
  end.close();
}

/** Has an end, and does nothing with it. */
export function have(_end: SharedConnection<unknown>): void {}
