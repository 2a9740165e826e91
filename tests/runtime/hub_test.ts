// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Coroutine,
  getHub,
  Greenlet,
  run,
  select,
  sleep,
  spawn,
  spawnWith,
  until,
  yieldNow,
} from "@tendril/tendril";
import { fetch } from "@tendril/tendril/io";
import { stub } from "@std/testing/mock";
import { excuse } from "../../runtime/hub.ts";
import { ManualClock, settle } from "../manual_clock.ts";

Deno.test("ready greenlets run in the order in which they became ready", async () => {
  const log: string[] = [];
  await run(function* () {
    for (const name of ["a", "b", "c"]) {
      spawn(function* () {
        log.push(`${name}1`);
        yield;
        log.push(`${name}2`);
      });
    }
  });
  assertEquals(log, ["a1", "b1", "c1", "a2", "b2", "c2"]);
});

const done = new Greenlet(() => 7);

/** What a greenlet can do for ever without waiting for anything. */
const spins: Record<string, () => Coroutine<unknown>> = {
  "sleep(0)": () => sleep(0) as Iterator<unknown> as Coroutine<unknown>,
  "yieldNow()": () => yieldNow() as Iterator<unknown> as Coroutine<unknown>,
  "a bare yield": function* () {
    yield;
  },
  "get() of a greenlet that has ended": () => done.get() as Iterator<unknown> as Coroutine<unknown>,
  "select() with a default": function* () {
    yield* select({}, { default: true });
  },
  "until() of a settled promise": function* () {
    yield* until(Promise.resolve());
  },
  "until() of a value": function* () {
    yield* until(7);
  },
  "spawn() and join()": function* () {
    yield* spawn(() => {}).join();
  },
};

for (const [name, spin] of Object.entries(spins)) {
  Deno.test(`a loop of ${name} delays neither a timer nor a socket`, async () => {
    using _onBlocked = stub(getHub(), "onBlocked"); // a busy machine may be slow
    if (!done.dead) {
      done.start();
      await done;
    }
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("hello"),
    );
    let spinning = true;
    const seen: string[] = [];
    await run(function* () {
      spawn(function* () {
        while (spinning) yield* spin();
      });
      const timer = spawn(function* () {
        yield* sleep(1);
        seen.push("timer");
      });
      const socket = spawn(function* () {
        const response = yield* fetch(`http://127.0.0.1:${server.addr.port}/`);
        seen.push(yield* response.text());
      });
      // These come to an end only if they get their turn while the loop goes on.
      yield* timer;
      yield* socket;
      assertEquals(spinning, true);
      spinning = false;
    });
    assertEquals(seen.toSorted(), ["hello", "timer"]);
  });

  Deno.test(`a loop of ${name} delays no host timer of the program`, async () => {
    using _onBlocked = stub(getHub(), "onBlocked"); // a busy machine may be slow
    if (!done.dead) {
      done.start();
      await done;
    }
    let spinning = true;
    const running = run(function* () {
      while (spinning) yield* spin();
    });
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
    assertEquals(spinning, true);
    spinning = false;
    await running;
  });
}

Deno.test("a loop of Ops that finish at once lets the other greenlets run", async () => {
  await run(function* () {
    let others = 0;
    const spinner = spawn(function* () {
      while (others === 0) yield* until(7);
    });
    spawn(() => others++);
    yield* spinner;
  });
});

Deno.test("a loop under a clock that stands still lets the event loop have its turn", async () => {
  using _clock = new ManualClock();
  let spinning = true;
  const spinner = spawn(function* () {
    while (spinning) yield;
  });
  await settle();
  assertEquals(spinner.ready, false);
  spinning = false;
  await spinner;
});

/** Holds the isolate for `ms` of the clock. */
function* hold(clock: ManualClock, ms: number): Coroutine {
  clock.skip(ms);
  yield;
}

Deno.test("what holds the isolate and is excused is nobody's fault, and what comes with it is", async () => {
  using clock = new ManualClock();
  using onBlocked = stub(getHub(), "onBlocked");
  await spawn(function* () {
    excuse(() => clock.skip(150));
    yield;
  });
  await settle();
  assertEquals(onBlocked.calls.length, 0);
  await spawn(function* () {
    excuse(() => clock.skip(150));
    clock.skip(120);
    yield;
  });
  await settle();
  assertEquals(onBlocked.calls.map(({ args }) => args[0]), [120]);
});

Deno.test("a greenlet that holds the isolate too long is reported by name", async () => {
  using clock = new ManualClock();
  using onBlocked = stub(getHub(), "onBlocked");
  const culprit = spawnWith({ name: "culprit" }, hold, clock, 150);
  await culprit;
  await settle();
  assertEquals(onBlocked.calls.length, 1);
  const [ms, suspects] = onBlocked.calls[0]!.args as [number, Greenlet<unknown>[]];
  assert(ms >= 150);
  assert(suspects.some((each) => each.name === "culprit"));
});

Deno.test("a greenlet that holds the isolate for a shorter time is not reported", async () => {
  using clock = new ManualClock();
  using onBlocked = stub(getHub(), "onBlocked");
  await spawn(hold, clock, 90);
  await settle();
  assertEquals(onBlocked.calls.length, 0);
});

Deno.test("many greenlets that hold the isolate together are each told as suspects", async () => {
  using clock = new ManualClock();
  using onBlocked = stub(getHub(), "onBlocked");
  // Where greenlets are quick, the clock is read after many of them.
  await spawn(function* () {
    for (let turn = 0; turn < 300; turn++) yield;
  });
  const culprits = [1, 2, 3].map((n) => spawnWith({ name: `part ${n}` }, hold, clock, 60));
  for (const each of culprits) await each;
  await settle();
  const suspects = onBlocked.calls[0]!.args[1] as Greenlet<unknown>[];
  assertEquals(culprits.every((each) => suspects.includes(each)), true);
});

Deno.test("the report of a held isolate names the greenlet on standard error", async () => {
  using clock = new ManualClock();
  using error = stub(console, "error");
  await spawnWith({ name: "culprit" }, hold, clock, 150);
  await settle();
  assertEquals(error.calls.length, 1);
  assertStringIncludes(String(error.calls[0]!.args[0]), "culprit");
});

Deno.test("maxBlockingTime of 0 turns the report off", async () => {
  using clock = new ManualClock();
  using onBlocked = stub(getHub(), "onBlocked");
  const before = getHub().maxBlockingTime;
  getHub().maxBlockingTime = 0;
  try {
    assertEquals(getHub().maxBlockingTime, 0);
    await spawn(hold, clock, 100_000);
    await settle();
    assertEquals(onBlocked.calls.length, 0);
  } finally {
    getHub().maxBlockingTime = before;
  }
});

Deno.test("maxBlockingTime is 100 milliseconds unless it is set", () => {
  assertEquals(getHub().maxBlockingTime, 100);
});

for (const value of [-1, NaN, "10"]) {
  Deno.test(`maxBlockingTime refuses ${JSON.stringify(value)}`, () => {
    assertThrows(() => getHub().maxBlockingTime = value as number, RangeError);
    assertEquals(getHub().maxBlockingTime, 100);
  });
}

Deno.test("an onBlocked that throws does not stop the hub", async () => {
  using clock = new ManualClock();
  using _onBlocked = stub(getHub(), "onBlocked", () => {
    throw new RangeError("broken hook");
  });
  const seen: unknown[] = [];
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    seen.push(event.error.message);
  };
  addEventListener("error", listener);
  try {
    await spawn(hold, clock, 150);
    assertEquals(await spawn(() => "goes on"), "goes on");
    await settle();
  } finally {
    removeEventListener("error", listener);
  }
  assertEquals(seen, ["broken hook"]);
});

Deno.test("stats() counts what lives, what is ready, timers and outside waits", async () => {
  const before = getHub().stats();
  assertEquals([before.ready, before.timers], [0, 0]);
  const gate = Promise.withResolvers<void>();
  const greenlets = [
    spawn(function* () {
      yield* sleep(100_000);
    }),
    spawn(function* () {
      yield* until(gate.promise);
    }),
    spawn(() => {}),
  ];
  assertEquals(getHub().stats().ready, 3);
  await settle();
  const during = getHub().stats();
  assertEquals(during.alive - before.alive, 2);
  assertEquals([during.timers, during.external - before.external], [1, 1]);
  assert(during.switches >= before.switches + 3);
  greenlets[0]!.kill();
  gate.resolve();
  await settle();
  const after = getHub().stats();
  assertEquals([after.alive, after.timers, after.external], [
    before.alive,
    before.timers,
    before.external,
  ]);
});

Deno.test("getHub() gives the same hub every time", () => {
  assertEquals(getHub() === getHub(), true);
});
