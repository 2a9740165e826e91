#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * One greenlet changes a list, another one reads it meanwhile: it sees a list that is half changed. With a
 * lock it waits until all is changed.
 *
 * @module
 */
import { type Coroutine, joinAll, Lock, main, sleep, spawn } from "@tendril/tendril";

const lock = new Lock();

function* change(list: number[]): Coroutine {
  for (let i = 0; i < list.length; i++) {
    list[i] = 1;
    yield* sleep(20);
  }
}

function* read(list: number[]): Coroutine {
  const seen: number[] = [];
  for (const item of list) {
    seen.push(item);
    yield* sleep(10);
  }
  console.log(...seen);
}

function* withLock(body: typeof read, list: number[]): Coroutine {
  using _ = yield* lock.acquire();
  yield* body(list);
}

await main(function* () {
  const free = new Array<number>(10).fill(0);
  yield* joinAll([spawn(change, free), spawn(read, free)]);
  console.log(`without a lock: list = ${free}`);

  const guarded = new Array<number>(10).fill(0);
  yield* joinAll([spawn(withLock, change, guarded), spawn(withLock, read, guarded)]);
  console.log(`with a lock: list = ${guarded}`);
});
