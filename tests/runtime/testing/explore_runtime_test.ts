// Copyright 2026 the Tendril authors. MIT license.
// Groups, pools, kills, timeouts and links under many schedules.

import { assert, assertEquals } from "@std/assert";
import {
  type Coroutine,
  Group,
  iwait,
  joinAll,
  Lock,
  Pool,
  race,
  retry,
  scope,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { explore, type Scenario } from "@tendril/tendril/testing";

const strategies = ["random", "pct", "exhaustive"] as const;

class OddError extends Error {}

/** Fails for 2 at its first step and for 3 at its second; waits for 1. */
function* work(item: number): Coroutine<number> {
  if (item === 2) throw new OddError();
  if (item === 1) yield* sleep(1);
  else yield;
  if (item === 3) throw new OddError();
  return item * 10;
}

function mapped(size: number, method: "imap" | "imapUnordered"): Scenario {
  return function* () {
    const results = new Pool(size)[method](work, [1, 2, 3, 4]);
    const out: (number | string)[] = [];
    for (;;) {
      try {
        const step = yield* results.next();
        if (step.done) break;
        out.push(step.value);
      } catch (error) {
        if (!(error instanceof OddError)) throw error;
        out.push("failed");
      }
    }
    if (method === "imapUnordered") out.sort();
    assertEquals(out.toSorted(), [10, 40, "failed", "failed"]);
  };
}

const scenarios: Record<string, Scenario> = {
  "Pool(1).imap() hands every error to the reader, and to nobody else": mapped(1, "imap"),
  "Pool(2).imap() hands every error to the reader, and to nobody else": mapped(2, "imap"),
  "Pool(1).imapUnordered() hands every error to the reader": mapped(1, "imapUnordered"),
  "Pool(2).imapUnordered() hands every error to the reader": mapped(2, "imapUnordered"),

  *"Pool.map() throws the error of a member once"() {
    const pool = new Pool(2);
    let thrown = 0;
    try {
      yield* pool.map(work, [4, 2, 4]);
    } catch (error) {
      if (!(error instanceof OddError)) throw error;
      thrown++;
    }
    assertEquals(thrown, 1);
    yield* pool.join();
  },

  *"a Pool runs two at a time, whoever is killed"() {
    const pool = new Pool(2);
    let running = 0;
    function* member(): Coroutine {
      assert(++running <= 2);
      try {
        yield;
        yield* sleep(1);
      } finally {
        running--;
      }
    }
    const feeder = spawn(function* () {
      for (let i = 0; i < 4; i++) yield* pool.spawn(member);
    });
    const killer = spawn(function* () {
      yield;
      yield* pool.killOne([...pool][0] ?? feeder);
    });
    yield* joinAll([feeder, killer]);
    yield* pool.join();
    assertEquals([running, pool.size, pool.freeCount], [0, 0, 2]);
  },

  *"Group.kill() ends members that are spawned meanwhile"() {
    const group = new Group();
    let alive = 0;
    const feeder = spawn(function* () {
      for (let i = 0; i < 3; i++) {
        yield* group.spawn(function* () {
          alive++;
          try {
            yield* sleep(10);
          } finally {
            yield;
            alive--;
          }
        });
      }
    });
    const killer = spawn(function* () {
      yield;
      yield* group.kill();
    });
    yield* joinAll([feeder, killer]);
    yield* group.join();
    assertEquals([alive, group.size], [0, 0]);
  },

  *"a scope ends all its children before it throws"() {
    let alive = 0;
    let thrown: unknown;
    try {
      yield* scope(function* (s) {
        s.spawn(function* () {
          alive++;
          try {
            yield* sleep(10);
          } finally {
            yield;
            alive--;
          }
        });
        s.spawn(work, 2);
        yield* sleep(5);
      });
    } catch (error) {
      thrown = error;
    }
    assert(thrown instanceof OddError);
    assertEquals(alive, 0);
  },

  *"iwait() gives each greenlet once, the killed too"() {
    const all = [4, 1, 4].map((item) => spawn(work, item));
    const killer = spawn(() => all[1]!.kill());
    const ended = new Set();
    using endings = iwait(all);
    for (let step = yield* endings.next(); !step.done; step = yield* endings.next()) {
      ended.add(step.value);
    }
    assertEquals(ended.size, 3);
    yield* killer;
  },

  *"a greenlet that is killed before its start does not run"() {
    let ran = false;
    let ranBefore = false;
    const victim = spawn(() => void (ran = true));
    const killer = spawn(() => {
      ranBefore = ran;
      victim.kill();
    });
    yield* joinAll([victim, killer]);
    assertEquals(ran, ranBefore);
  },

  *"of two Timeouts and a sleep that end together one is first, and tells who"() {
    const outcome = yield* spawn(function* () {
      const outer = Timeout.startNew(5);
      const inner = Timeout.startNew(5);
      try {
        yield* sleep(5);
        return "slept";
      } catch (error) {
        return error === inner ? "inner" : error === outer ? "outer" : "neither";
      } finally {
        inner.close();
        outer.close();
        yield* sleep(1); // a Timeout that was closed is not delivered
      }
    });
    assert(outcome !== "neither");
  },

  *"race() leaves no waiter behind"() {
    const lock = new Lock();
    const held = yield* lock.acquire();
    const racer = spawn(() => race([lock.acquire(), sleep(5)]));
    const releaser = spawn(function* () {
      yield* sleep(5);
      held.release();
    });
    const lease = yield* racer;
    yield* releaser;
    lease?.release();
    assertEquals(lock.stats(), { locked: false, owner: null, waiting: 0 });
  },

  *"unlink() takes a callback back that was not called"() {
    let calls = 0;
    const greenlet = spawn(work, 4);
    const callback = () => calls++;
    greenlet.link(callback);
    const unlinker = spawn(function* () {
      yield;
      greenlet.unlink(callback);
      const before = calls;
      yield;
      yield;
      assertEquals(calls, before);
    });
    yield* joinAll<unknown>([greenlet, unlinker], { raiseError: true });
  },

  *"retry() tries until it goes well"() {
    let tries = 0;
    const result = yield* retry(function* () {
      yield;
      if (++tries < 3) throw new OddError();
      return tries;
    });
    assertEquals(result, 3);
  },
};

for (const [name, scenario] of Object.entries(scenarios)) {
  for (const strategy of strategies) {
    Deno.test(`${name} (${strategy})`, async () => {
      await explore(scenario, { strategy, schedules: 300, seed: 20261121 });
    });
  }
}
