// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import {
  type Coroutine,
  DeadlockError,
  dump,
  getHub,
  Greenlet,
  GreenletExit,
  Op,
  run,
  select,
  sleep,
  spawn,
  spawnWith,
  until,
  type Waiter,
  yieldNow,
} from "@tendril/tendril";
import { fetch } from "@tendril/tendril/io";
import { ManualClock, settle } from "../manual_clock.ts";

/** Something that is waited for until `ring`. */
class Bell extends Op<string> {
  readonly reason = "bell";
  waiter: Waiter | null = null;

  constructor(readonly owner?: Greenlet<unknown>) {
    super();
  }

  override get holder(): unknown {
    return this.owner;
  }

  poll(): null {
    return null;
  }

  park(waiter: Waiter): void {
    this.waiter = waiter;
  }

  cancel(): void {
    this.waiter = null;
  }

  ring(): void {
    this.waiter!.wake("rung");
  }
}

/** The text of the deadlock that ends a run. */
async function deadlockOf(body: () => Coroutine<unknown> | Promise<unknown>): Promise<string> {
  return (await assertRejects(() => run(body), DeadlockError)).message;
}

function* waitFor(op: Op<unknown>): Coroutine {
  yield* op;
}

Deno.test("a run that nothing can wake ends as a DeadlockError", async () => {
  await deadlockOf(function* () {
    yield* new Bell();
  });
});

Deno.test("a deadlock report names every greenlet that waits, and what for", async () => {
  const message = await deadlockOf(function* () {
    spawnWith({ name: "left" }, waitFor, new Bell());
    spawnWith({ name: "right" }, waitFor, select({ bell: new Bell(), other: new Bell() }));
    yield* new Greenlet(undefined, { name: "never started" }).join();
  });
  assertMatch(message, /Greenlet-\d+: waits for join never started/);
  assertStringIncludes(message, "left: waits for bell");
  assertStringIncludes(message, "right: waits for select of bell, bell");
});

Deno.test("a deadlock report names who holds what is waited for", async () => {
  const message = await deadlockOf(function* () {
    const owner = spawnWith({ name: "owner" }, waitFor, new Bell());
    spawnWith({ name: "waiting" }, waitFor, new Bell(owner));
    yield* owner.join();
  });
  assertStringIncludes(message, "waiting: waits for bell held by owner");
});

Deno.test("a deadlock report shows the cycle", async () => {
  const message = await deadlockOf(function* () {
    const a: Greenlet = new Greenlet(() => b.join(), { name: "a" });
    const b: Greenlet = new Greenlet(() => a.join(), { name: "b" });
    a.start();
    b.start();
    yield* a.join();
  });
  assertStringIncludes(message, "cycle: a waits for join b → b waits for join a → a");
});

Deno.test("a deadlock report shows a greenlet that joins itself as a cycle", async () => {
  const message = await deadlockOf(function* () {
    const self: Greenlet = new Greenlet(() => self.join(), { name: "self" });
    self.start();
    yield* self.join();
  });
  assertStringIncludes(message, "cycle: self waits for join self → self");
});

Deno.test("a deadlock report shows no cycle where there is none", async () => {
  const message = await deadlockOf(function* () {
    yield* new Bell();
  });
  assertEquals(message.includes("cycle"), false);
});

Deno.test("a deadlock report says where greenlets were spawned when that is recorded", async () => {
  dump({ debug: true });
  try {
    const message = await deadlockOf(function* () {
      spawnWith({ name: "child" }, waitFor, new Bell());
      yield* new Bell();
    });
    assertMatch(message, /child: waits for bell.*spawned at .*deadlock_test\.ts:\d+/);
  } finally {
    dump({ debug: false });
  }
});

Deno.test("a deadlock report says what can be done", async () => {
  const message = await deadlockOf(function* () {
    yield* new Bell();
  });
  assertStringIncludes(message, '{ deadlock: "ignore" }');
});

Deno.test("a child that is stuck is found when the root has ended, and is killed", async () => {
  let killed: unknown;
  const message = await deadlockOf(function* () {
    spawnWith({ name: "child" }, function* () {
      try {
        yield* new Bell();
      } catch (error) {
        killed = error;
      }
    });
  });
  assertStringIncludes(message, "child: waits for bell");
  assertInstanceOf(killed, GreenletExit);
});

Deno.test("the root can catch the DeadlockError and go on", async () => {
  const result = await run(function* () {
    try {
      yield* new Bell();
    } catch (error) {
      assertInstanceOf(error, DeadlockError);
    }
    yield* sleep(0);
    return "went on";
  });
  assertEquals(result, "went on");
});

Deno.test("a deadlock is reported again when the root gets into another one", async () => {
  const result = await run(function* () {
    let reports = 0;
    for (let i = 0; i < 3; i++) {
      try {
        yield* new Bell();
      } catch {
        reports++;
      }
    }
    return reports;
  });
  assertEquals(result, 3);
});

Deno.test("a deadlock ends a root that is an async function at its await", async () => {
  const message = await deadlockOf(async () => {
    await new Bell();
  });
  assertStringIncludes(message, "waits for bell");
});

Deno.test("a deadlock names the async functions that wait", async () => {
  const message = await deadlockOf(function* () {
    const child = spawnWith({ name: "child" }, async () => {
      await Promise.resolve();
      await new Bell();
    });
    yield* child.join();
  });
  assertStringIncludes(message, "child: waits for bell");
});

Deno.test("a deadlock is found although timers and promises were given up before", async () => {
  await deadlockOf(function* () {
    yield* select({ a: sleep(100_000), b: until(new Promise(() => {})), c: sleep(0) });
    yield* new Bell();
  });
});

Deno.test("no deadlock is reported while a timer runs", async () => {
  using clock = new ManualClock();
  const bell = new Bell();
  const running = run(function* () {
    spawn(function* () {
      yield* sleep(1000);
      bell.ring();
    });
    return yield* bell;
  });
  await clock.advance(999);
  await clock.advance(1);
  assertEquals(await running, "rung");
});

Deno.test("no deadlock is reported while a promise is awaited", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const bell = new Bell();
  const running = run(function* () {
    spawn(function* () {
      yield* until(promise);
      bell.ring();
    });
    return yield* bell;
  });
  for (let turn = 0; turn < 5; turn++) await settle();
  resolve();
  assertEquals(await running, "rung");
});

Deno.test("no deadlock is reported while an async function awaits a promise", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const bell = new Bell();
  const running = run(function* () {
    spawn(async () => {
      await promise;
      bell.ring();
    });
    return yield* bell;
  });
  for (let turn = 0; turn < 5; turn++) await settle();
  resolve();
  assertEquals(await running, "rung");
});

Deno.test("no deadlock is reported while a request is under way", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => promise);
  const bell = new Bell();
  const running = run(function* () {
    spawn(function* () {
      const response = yield* fetch(`http://127.0.0.1:${server.addr.port}/`);
      yield* response.text();
      bell.ring();
    });
    return yield* bell;
  });
  for (let turn = 0; turn < 5; turn++) await settle();
  resolve(new Response("hello"));
  assertEquals(await running, "rung");
});

Deno.test("no deadlock is reported to a run that ignores them", async () => {
  const bell = new Bell();
  const running = run(function* () {
    return yield* bell;
  }, { deadlock: "ignore" });
  for (let turn = 0; turn < 5; turn++) await settle();
  bell.ring();
  assertEquals(await running, "rung");
});

Deno.test("no deadlock is reported outside of run()", async () => {
  const bell = new Bell();
  const waiting = spawn(function* () {
    return yield* bell;
  });
  await run(function* () {
    yield* yieldNow();
  });
  for (let turn = 0; turn < 5; turn++) await settle();
  bell.ring();
  assertEquals(await waiting, "rung");
});

Deno.test("a wake-up by the program in the next turn comes in time", async () => {
  const bell = new Bell();
  const running = run(function* () {
    return yield* bell;
  });
  queueMicrotask(() => queueMicrotask(() => bell.ring()));
  assertEquals(await running, "rung");
});

Deno.test("a run that is stuck is found while another one ends well", async () => {
  const [stuck, fine] = await Promise.allSettled([
    run(function* () {
      yield* new Bell();
    }),
    run(function* () {
      yield* sleep(1);
      return "fine";
    }),
  ]);
  assert(stuck.status === "rejected" && stuck.reason instanceof DeadlockError);
  assertEquals(fine, { status: "fulfilled", value: "fine" });
});

Deno.test("a deadlock leaves nothing behind", async () => {
  const before = getHub().stats();
  await deadlockOf(function* () {
    for (let i = 0; i < 10; i++) spawn(waitFor, new Bell());
    yield* new Bell();
  });
  const { alive, timers, external } = getHub().stats();
  assertEquals([alive, timers, external], [before.alive, before.timers, before.external]);
});
