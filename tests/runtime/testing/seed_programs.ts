// Copyright 2026 the Tendril authors. MIT license.
// The programs of the seeds that go wrong under some schedules, each with one that does not.

import { assert, assertEquals } from "@std/assert";
import {
  Condition,
  type Coroutine,
  joinAll,
  Lock,
  Semaphore,
  sleep,
  spawn,
  spawnWith,
} from "@tendril/tendril";
import type { Scenario } from "@tendril/tendril/testing";

/** A program, and what is wrong with it. */
export interface Program {
  name: string;
  /** Goes wrong under some schedules. */
  wrong: Scenario;
  /** Goes well under all. */
  right: Scenario;
  /** The name of the error, and a part of its message. */
  error: string;
  message: string;
}

/** Two add to a counter, and give way in between only if the runtime lets them. */
function counter(protect: boolean): Scenario {
  return function* () {
    let count = 0;
    const lock = new Lock();
    const log = new Semaphore(2);
    function* add(): Coroutine {
      if (protect) yield* lock.acquire();
      const before = count;
      yield* log.acquire();
      log.release();
      count = before + 1;
      if (protect) lock.release();
    }
    yield* joinAll([spawn(add), spawn(add)]);
    assertEquals(count, 2);
  };
}

/** Two take two locks, in different orders or in the same one. */
function twoLocks(sameOrder: boolean): Scenario {
  return function* () {
    const mutexA = new Lock({ name: "A" });
    const mutexB = new Lock({ name: "B" });
    function* work(first: Lock, second: Lock): Coroutine {
      yield* first.acquire();
      yield* second.acquire();
      second.release();
      first.release();
    }
    const [first, second] = sameOrder ? [mutexA, mutexB] : [mutexB, mutexA];
    yield* joinAll([
      spawnWith({ name: "t1" }, work, mutexA, mutexB),
      spawnWith({ name: "t2" }, work, first, second),
    ]);
  };
}

/** A consumer waits to be notified, without looking whether it was before. */
function notify(looks: boolean): Scenario {
  return function* () {
    const condition = new Condition();
    let count = 0;
    function* consume(): Coroutine {
      yield* condition.acquire();
      while (!looks || count === 0) {
        yield* condition.wait();
        if (!looks) break;
      }
      count--;
      condition.release();
    }
    function* produce(): Coroutine {
      yield* condition.acquire();
      count++;
      condition.notify();
      condition.release();
    }
    yield* joinAll([spawn(consume), spawn(produce)]);
    assertEquals(count, 0);
  };
}

/** A lock is given back twice: by who holds it, and by who cleans up. */
function release(byLease: boolean): Scenario {
  return function* () {
    const lock = new Lock({ name: "mutex" });
    const lease = yield* lock.acquire();
    const giveBack = () => byLease ? lease.release() : lock.release();
    function* finish(): Coroutine {
      yield;
      giveBack();
    }
    function* cleanUp(): Coroutine {
      if (!lock.locked) return;
      yield* sleep(0);
      giveBack();
    }
    yield* joinAll([spawn(finish), spawn(cleanUp)]);
  };
}

/** Three want the last two tickets: they look, and then buy. */
function tickets(protect: boolean): Scenario {
  return function* () {
    let left = 2;
    const mutex = new Lock();
    function* buy(): Coroutine {
      if (protect) yield* mutex.acquire();
      if (left > 0) {
        yield* sleep(100);
        left--;
      }
      if (protect) mutex.release();
    }
    yield* joinAll([spawn(buy), spawn(buy), spawn(buy)]);
    assert(left >= 0, `${-left} sold too many`);
  };
}

/** All of them. */
export const programs: Program[] = [
  {
    name: "a lost update on a shared counter",
    wrong: counter(false),
    right: counter(true),
    error: "AssertionError",
    message: "Values are not equal",
  },
  {
    name: "two locks in different orders",
    wrong: twoLocks(false),
    right: twoLocks(true),
    error: "DeadlockError",
    message: "waits for lock acquire <Lock ",
  },
  {
    name: "a missed notify",
    wrong: notify(false),
    right: notify(true),
    error: "DeadlockError",
    message: "waits for condition wait",
  },
  {
    name: "a double release",
    wrong: release(false),
    right: release(true),
    error: "LockError",
    message: 'Cannot release <Lock "mutex" free>',
  },
  {
    name: "a ticket race between check and act",
    wrong: tickets(false),
    right: tickets(true),
    error: "AssertionError",
    message: "1 sold too many",
  },
];
