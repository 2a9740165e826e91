// Copyright 2026 the Tendril authors. MIT license.
// Everything that can be acquired under many schedules: waiters that are killed, time out, lose a select or
// await, all at the worst moments.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  BoundedSemaphore,
  Condition,
  type Coroutine,
  type Greenlet,
  joinAll,
  type Lease,
  Lock,
  type Op,
  RLock,
  RWLock,
  select,
  Semaphore,
  sleep,
  spawn,
  Timeout,
  type WaitOptions,
  withTimeout,
} from "@tendril/tendril";
import { explore, ExploreError, type Scenario } from "@tendril/tendril/testing";

const strategies = ["random", "pct", "exhaustive"] as const;

/** One of them, which one at a time has. */
interface Subject {
  acquire(): Op<Lease>;
  acquire(options: WaitOptions): Op<Lease | undefined>;
  /** Whether nobody has it and nobody waits for it. */
  idle(): boolean;
}

function of(
  lock: Lock | RLock | Semaphore | Condition | RWLock["write"],
  idle: () => boolean,
): Subject {
  const acquire = (options?: WaitOptions) =>
    options === undefined ? lock.acquire() : lock.acquire(options);
  return { acquire: acquire as Subject["acquire"], idle };
}

const kinds: Record<string, () => Subject> = {
  Lock() {
    const lock = new Lock();
    return of(lock, () => !lock.locked && lock.stats().waiting === 0);
  },
  RLock() {
    const lock = new RLock();
    return of(lock, () => !lock.locked && lock.stats().waiting === 0);
  },
  Semaphore() {
    const semaphore = new Semaphore(1);
    return of(semaphore, () => semaphore.value === 1 && semaphore.stats().waiting === 0);
  },
  BoundedSemaphore() {
    const semaphore = new BoundedSemaphore(1);
    return of(semaphore, () => semaphore.value === 1 && semaphore.stats().waiting === 0);
  },
  Condition() {
    const condition = new Condition();
    return of(condition, () => !condition.locked && condition.lock.stats().waiting === 0);
  },
  "RWLock.write"() {
    const lock = new RWLock();
    return of(lock.write, () => lock.write.acquireNowait() !== undefined);
  },
};

/** Throws what ended one of them, unless that was a kill. */
function rethrow(greenlets: Greenlet<unknown>[]): void {
  for (const each of greenlets) if (!each.successful) throw each.exception;
}

/** One of each way to wait, of which one is killed, want a lock for two turns each. */
function contest(make: () => Subject): Scenario {
  return function* () {
    const lock = make();
    let inside = 0;
    function* critical(lease: Lease | undefined): Coroutine {
      if (lease === undefined) return;
      try {
        assertEquals(++inside, 1);
        yield;
      } finally {
        inside--;
        lease.release();
      }
    }
    const plain = function* (): Coroutine {
      yield* critical(yield* lock.acquire());
    };
    const victim = spawn(plain);
    const all: Greenlet<void>[] = [
      spawn(plain),
      victim,
      spawn(function* () {
        yield* critical(yield* lock.acquire({ timeout: 5 }));
      }),
      spawn(function* () {
        const { key, value } = yield* select({ own: lock.acquire(), late: sleep(5) });
        if (key === "own") yield* critical(value);
      }),
      spawn(function* () {
        yield* critical(yield* withTimeout(5, lock.acquire(), { value: undefined }));
      }),
      spawn(async () => {
        const lease = await lock.acquire();
        assertEquals(++inside, 1);
        await sleep(0);
        inside--;
        lease.release();
      }),
    ];
    const killer = spawn(function* () {
      yield* sleep(5);
      victim.kill();
    });
    yield* joinAll([...all, killer]);
    rethrow(all);
    assert(lock.idle());
  };
}

const scenarios: Record<string, Scenario> = {
  *"readers share an RWLock, and writers have it alone"() {
    const lock = new RWLock();
    let readers = 0;
    let writers = 0;
    function* read(): Coroutine {
      const lease = yield* lock.read.acquire();
      readers++;
      assertEquals(writers, 0);
      try {
        yield;
      } finally {
        readers--;
        lease.release();
      }
    }
    function* write(): Coroutine {
      const lease = yield* lock.write.acquire();
      assertEquals([++writers, readers], [1, 0]);
      try {
        yield;
      } finally {
        writers--;
        lease.release();
      }
    }
    const all = [spawn(write), spawn(read), spawn(read), spawn(write), spawn(read)];
    const killer = spawn(function* () {
      yield;
      all[0]!.kill();
      yield;
      all[1]!.kill();
    });
    yield* joinAll([...all, killer]);
    rethrow(all);
    assert(lock.write.acquireNowait() !== undefined);
  },

  *"a semaphore lets two in, whoever is killed"() {
    const semaphore = new BoundedSemaphore(2);
    let inside = 0;
    function* work(): Coroutine {
      const lease = yield* semaphore.acquire();
      try {
        assert(++inside <= 2);
        yield;
        yield* sleep(1);
      } finally {
        inside--;
        lease.release();
      }
    }
    const all = [1, 2, 3, 4].map(() => spawn(work));
    const killer = spawn(function* () {
      yield;
      all[2]!.kill();
      yield* sleep(1);
      all[0]!.kill();
    });
    yield* joinAll([...all, killer]);
    rethrow(all);
    assertEquals(semaphore.value, 2);
  },

  *"a notification is not lost to one who is killed or times out"() {
    const changed = new Condition();
    let items = 0;
    function* consume(options: WaitOptions): Coroutine {
      const lease = yield* changed.acquire();
      try {
        if (yield* changed.waitFor(() => items > 0, options)) items--;
        if (items > 0) changed.notify();
      } finally {
        lease.release();
      }
    }
    function* produce(): Coroutine {
      yield* sleep(5);
      const lease = yield* changed.acquire();
      items++;
      changed.notify();
      lease.release();
    }
    const victim = spawn(consume, {});
    const all = [victim, spawn(consume, { timeout: 5 }), spawn(consume, {}), spawn(produce)];
    all.push(spawn(produce), spawn(produce));
    const killer = spawn(function* () {
      yield* sleep(5);
      victim.kill();
    });
    yield* joinAll([...all, killer]);
    rethrow(all);
    assert(!changed.locked);
  },

  *"a wait for a condition takes the lock back, even when it is killed"() {
    const changed = new Condition();
    const waiter = spawn(function* () {
      const lease = yield* changed.acquire();
      try {
        yield* changed.wait();
      } finally {
        assertEquals(changed.owner, waiter);
        lease.release();
      }
    });
    const other = spawn(function* () {
      yield* sleep(1);
      const lease = yield* changed.acquire();
      changed.notify();
      yield;
      waiter.kill();
      yield;
      lease.release();
    });
    yield* joinAll([waiter, other]);
    rethrow([waiter, other]);
    assert(!changed.locked);
  },
};

for (const [name, make] of Object.entries(kinds)) {
  scenarios[`one at a time has a ${name}, and it is free in the end`] = contest(make);
}

for (const [name, scenario] of Object.entries(scenarios)) {
  for (const strategy of strategies) {
    Deno.test(`${name} (${strategy})`, async () => {
      await explore(scenario, { strategy, schedules: 300, seed: 20261121 });
    });
  }
}

/** Forgets to hand itself over when its first waiter has gone: a fault to be found. */
class Leaky extends Semaphore {
  override release(): void {
    if (this.stats().waiting !== 1) super.release();
  }
}

Deno.test("a lock that loses a release would be found", async () => {
  const scenario = contest(() => {
    const semaphore = new Leaky(1);
    return of(semaphore, () => semaphore.value === 1);
  });
  await assertRejects(() => explore(scenario, { schedules: 300, seed: 1 }), ExploreError);
});

Deno.test("a wait that times out gives a Timeout that is no failure", async () => {
  await explore(function* () {
    const lock = new Lock();
    using _ = yield* lock.acquire();
    const late = spawn(() => withTimeout(5, lock.acquire()));
    yield* late.join();
    assert(late.exception instanceof Timeout);
  }, { schedules: 20 });
});
