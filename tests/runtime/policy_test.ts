// Copyright 2026 the Tendril authors. MIT license.
// Policies among several runs, and what the hub makes of them.

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  active,
  type Coroutine,
  DeadlockError,
  dump,
  Event,
  fifo,
  getCurrent,
  getHub,
  type Greenlet,
  GreenletExit,
  joinAll,
  Lock,
  type Policy,
  type PolicyQueue,
  priority,
  roundRobin,
  run,
  select,
  shortestJobFirst,
  sleep,
  spawn,
  spawnWith,
  yieldNow,
} from "@tendril/tendril";
import { virtualTime } from "@tendril/tendril/testing";
import { ready } from "../../runtime/fiber.ts";
import { ManualClock, settle } from "../manual_clock.ts";

/** Says who it is and gives way, some times. */
function* turns(said: string[], name: string, times: number): Coroutine {
  for (let i = 0; i < times; i++) {
    said.push(name);
    yield;
  }
}

/** Spawns greenlets with these priorities, named by their keys. */
function* family(said: string[], priorities: Record<string, number>, times: number): Coroutine {
  for (const name in priorities) {
    spawnWith({ priority: priorities[name]! }, turns, said, name, times);
  }
}

Deno.test("run() without a policy, or with fifo(), lets greenlets take turns", async () => {
  for (const options of [{}, { policy: fifo() }]) {
    const said: string[] = [];
    await run(function* () {
      yield* family(said, { a: 1, b: 2 }, 2);
    }, options);
    assertEquals(said.join(""), "abab");
  }
});

Deno.test("run() gives the result and throws the error of a run with a policy", async () => {
  assertEquals(await run(() => 7, { policy: priority() }), 7);
  await assertRejects(
    () =>
      run(function* () {
        yield;
        throw new RangeError("out");
      }, { policy: priority() }),
    RangeError,
    "out",
  );
});

Deno.test("run() refuses what is no policy, and lists those there are", () => {
  for (const wrong of ["priority", priority, null, { name: "mine" }]) {
    assertThrows(
      () => run(() => {}, { policy: wrong as unknown as Policy }),
      RangeError,
      "known are fifo(), priority(), shortestJobFirst(), roundRobin({ quantum })",
    );
  }
});

Deno.test("run() passes on an object that is more than options as an argument", async () => {
  const given = { policy: "mine", more: true };
  assertEquals(await run((all: unknown) => all, given), given);
});

Deno.test("a policy decides within its run, and runs take turns", async () => {
  const said: string[] = [];
  await Promise.all([
    run(function* () {
      yield* family(said, { a: 1, b: 2 }, 2);
    }, { policy: priority() }),
    run(function* () {
      yield* family(said, { x: 1, y: 2 }, 2);
    }),
  ]);
  // The run of a and b has a turn for each of them; b takes both, and the third to end.
  assertEquals(said.join(""), "bbxyaxya");
});

Deno.test("two runs may have one policy, each with a queue of its own", async () => {
  const said: string[] = [];
  const policy = priority();
  const both = ["ab", "xy"].map(([low, high]) =>
    run(function* () {
      yield* family(said, { [low!]: 1, [high!]: 2 }, 1);
    }, { policy })
  );
  await Promise.all(both);
  assertEquals(said.join(""), "byax");
});

Deno.test("a policy leaves greenlets outside of its run alone", async () => {
  const said: string[] = [];
  const outside = [spawn(turns, said, "x", 2), spawn(turns, said, "y", 2)];
  await run(function* () {
    yield* family(said, { a: 1, b: 2 }, 2);
  }, { policy: priority() });
  for (const each of outside) await each;
  assertEquals(said.filter((name) => "xy".includes(name)).join(""), "xyxy");
  assertEquals(said.filter((name) => "ab".includes(name)).join(""), "bbaa");
});

Deno.test("a run inside of another has its own policy", async () => {
  const said: string[] = [];
  await run(async () => {
    await run(function* () {
      yield* family(said, { a: 1, b: 2 }, 2);
    }, { policy: priority() });
    spawnWith({ priority: 1 }, turns, said, "x", 2);
    await spawnWith({ priority: 2 }, turns, said, "y", 2);
  });
  assertEquals(said.join(""), "bbaaxyxy");
});

Deno.test("after a run with a policy the next has none", async () => {
  for (let i = 0; i < 2; i++) {
    const said: string[] = [];
    await run(function* () {
      yield* family(said, { a: 1, b: 2 }, 1);
    }, { policy: priority() });
    await run(function* () {
      yield* family(said, { a: 1, b: 2 }, 1);
    });
    assertEquals(said.join(""), "baab");
  }
});

Deno.test("who is ready outside a run with a policy goes on when that ends", async () => {
  const said: string[] = [];
  const long = spawn(turns, said, "x", 300);
  await run(() => {}, { policy: priority() });
  await long;
  assertEquals(said.length, 300);
});

Deno.test("a timer that is due fires between two turns of a run with a policy", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    spawnWith({ priority: 9 }, function* () {
      yield* sleep(2);
      said.push("urgent");
    });
    spawnWith({ priority: 1 }, function* () {
      for (let i = 0; i < 4; i++) {
        said.push(`at ${time.now}`);
        time.spend(1);
        yield;
      }
    });
  }, { policy: priority() });
  assertEquals(said, ["at 0", "at 1", "urgent", "at 2", "at 3"]);
});

Deno.test("who slept stands before who gave way when the time was over", async () => {
  const said: string[] = [];
  await virtualTime(function* (time) {
    spawn(function* () {
      yield* sleep(1);
      said.push("slept");
    });
    spawn(function* () {
      time.spend(1);
      yield;
      said.push("gave way");
    });
  }, { policy: roundRobin({ quantum: 1 }) });
  assertEquals(said, ["slept", "gave way"]);
});

Deno.test("a greenlet that was killed before its turn does not run under a policy", async () => {
  const said: string[] = [];
  await run(function* () {
    const victim = spawnWith({ priority: 1 }, turns, said, "victim", 1);
    spawnWith({ priority: 2 }, () => victim.kill());
    yield;
  }, { policy: priority() });
  assertEquals(said, []);
});

Deno.test("a greenlet that is started by a switch while it is ready has no turn left", async () => {
  const said: string[] = [];
  await run(function* () {
    const event = new Event();
    const other = spawnWith({ priority: -1 }, function* () {
      said.push("switched to");
      yield* event.wait();
      said.push("woken");
    });
    const switcher = spawnWith({ priority: 1 }, function* () {
      yield* other.switch();
    });
    for (let i = 0; i < 3; i++) yield* sleep(1);
    assertEquals(said, ["switched to"]);
    event.set();
    yield* other.join();
    yield* switcher.kill(); // the hub had control, so nobody switched back
  }, { policy: priority() });
  assertEquals(said, ["switched to", "woken"]);
});

Deno.test("after the last run with a policy the ready queue is the one it was before", async () => {
  const before = ready;
  await run(() => assertEquals(ready === before, false), { policy: priority() });
  assertEquals(ready === before, true);
});

Deno.test("dump() and stats() know who is ready under a policy", async () => {
  await run(function* () {
    const before = getHub().stats().ready;
    const waits = spawnWith({ name: "waits its turn" }, () => {});
    assertEquals(getHub().stats().ready, before + 1);
    assertStringIncludes(dump(), "waits its turn: ready");
    assertEquals(active().includes(waits), true);
    yield;
  }, { policy: priority() });
});

Deno.test("the end of a run kills daemons that are ready under its policy", async () => {
  let ended: unknown;
  await run(function* () {
    spawnWith({ daemon: true, priority: -1 }, function* () {
      try {
        for (;;) yield;
      } catch (error) {
        ended = error;
        throw error;
      }
    });
    yield* sleep(0);
    yield* sleep(0);
  }, { policy: roundRobin({ quantum: 0.001 }) });
  assertEquals(ended instanceof GreenletExit, true);
});

Deno.test("a deadlock is reported in a run with a policy", async () => {
  await assertRejects(
    () =>
      run(function* () {
        const event = new Event();
        spawn(() => event.wait());
        yield* event.wait();
      }, { policy: shortestJobFirst() }),
    DeadlockError,
  );
});

Deno.test("Ops, selects and timeouts work under every policy", async () => {
  for (const policy of [fifo(), priority(), shortestJobFirst(), roundRobin()]) {
    const total = await run(function* () {
      const lock = new Lock();
      let sum = 0;
      const jobs = Array.from(
        { length: 20 },
        (_, i) =>
          spawnWith({ priority: i % 3, estimate: i % 5 }, function* () {
            for (let step = 0; step < 5; step++) {
              using _ = yield* lock.acquire();
              const before = sum;
              yield* yieldNow();
              sum = before + 1;
            }
          }),
      );
      const { key } = yield* select({ all: joinAll(jobs), late: sleep(60_000) });
      return `${key} ${sum}`;
    }, { policy });
    assertEquals(total, "all 100");
  }
});

Deno.test("a greenlet that holds the isolate under a policy is reported by name", async () => {
  using clock = new ManualClock();
  const hub = getHub();
  const before = hub.onBlocked;
  const reports: string[] = [];
  hub.onBlocked = (ms, suspects) => reports.push(`${ms}: ${suspects.map((each) => each.name)}`);
  try {
    const running = run(function* () {
      getCurrent().name = "root";
      yield* spawnWith({ name: "hog" }, () => clock.skip(500));
    }, { policy: priority() });
    await settle();
    await running;
  } finally {
    hub.onBlocked = before;
  }
  assertEquals(reports, ["500: root,hog"]);
});

/** Takes the greenlets in any order it likes. */
class Shuffled implements PolicyQueue {
  readonly #all: Greenlet[] = [];
  add(greenlet: Greenlet): void {
    this.#all.push(greenlet);
  }
  addBack(greenlet: Greenlet): void {
    this.#all.unshift(greenlet);
  }
  next(): Greenlet | null {
    return this.#all.splice(this.#all.length >> 1, 1)[0] ?? null;
  }
}

Deno.test("run() takes a policy of one's own", async () => {
  const mine: Policy = { name: "mine", queue: () => new Shuffled() };
  const said: string[] = [];
  await run(function* () {
    for (const name of "abcde") spawn(turns, said, name, 1);
  }, { policy: mine });
  assertEquals(said.join(""), "cbade");
});
