// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  Event,
  type Greenlet,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

function waitAll(event: Event, count: number): Greenlet<boolean>[] {
  return Array.from({ length: count }, () =>
    spawn(function* () {
      return yield* event.wait();
    }));
}

for (const count of [1, 100, 1000]) {
  Deno.test(`Event.set() and clear() in one go wake ${count} that wait, each with true`, async () => {
    const event = new Event();
    const waiting = waitAll(event, count);
    const awaited = Array.from({ length: count }, () => event.wait());
    const promises = Promise.all(awaited);
    await settle();
    assertEquals(event.stats(), { isSet: false, waiting: count * 2 });
    event.set();
    event.clear();
    assertEquals(event.stats(), { isSet: false, waiting: 0 });
    assertEquals(new Set([...await Promise.all(waiting), ...await promises]), new Set([true]));
  });
}

Deno.test("Event.wait() does not wait while the flag is set", async () => {
  const event = new Event();
  event.set();
  event.set();
  assertEquals([event.isSet, await event.wait()], [true, true]);
  await run(function* () {
    assertEquals(yield* event.wait(), true);
    assertEquals((yield* select({ set: event.wait() }, { default: true })).key, "set");
  });
});

Deno.test("Event.wait() waits again after clear()", async () => {
  const event = new Event();
  event.set();
  event.clear();
  const [waiting] = waitAll(event, 1) as [Greenlet<boolean>];
  await settle();
  assertEquals(waiting.ready, false);
  event.set();
  assertEquals(await waiting, true);
});

Deno.test("Event.wait() gives false when its time is over, and polls with 0", async () => {
  using clock = new ManualClock();
  const event = new Event();
  const results = [5, new Timeout(5)].map((timeout) =>
    spawn(function* () {
      return yield* event.wait({ timeout });
    })
  );
  await clock.advance(5);
  assertEquals(await Promise.all(results), [false, false]);
  const poll = event.wait({ timeout: 0 }).then((set) => set);
  await clock.advance(0);
  assertEquals(await poll, false);
  event.set();
  assertEquals(await event.wait({ timeout: 0 }), true);
  assertEquals(event.stats().waiting, 0);
});

Deno.test("Event wakes first come, first served, and nobody at the call", async () => {
  const event = new Event();
  const order: number[] = [];
  for (let i = 0; i < 5; i++) {
    spawn(function* () {
      yield* event.wait();
      order.push(i);
    });
  }
  await settle();
  event.set();
  assertEquals(order, []);
  await settle();
  assertEquals(order, [0, 1, 2, 3, 4]);
});

Deno.test("Event lets an outer Timeout through, and forgets those that left", async () => {
  using clock = new ManualClock();
  const event = new Event();
  const outer = new Timeout(5);
  const late = spawn(function* () {
    outer.start();
    try {
      return yield* event.wait({ timeout: 10 });
    } catch (error) {
      return error;
    }
  });
  const lost = spawn(function* () {
    return (yield* select({ event: event.wait(), late: sleep(5) })).key;
  });
  const [killed] = waitAll(event, 1) as [Greenlet<boolean>];
  await settle();
  assertEquals(event.stats().waiting, 3);
  await killed.kill();
  await clock.advance(5);
  assertStrictEquals(await late, outer);
  assertEquals([await lost, event.stats().waiting], ["late", 0]);
  assertInstanceOf(killed.value, GreenletExit);
});

Deno.test("Event gives true to a greenlet that is killed in the same turn", async () => {
  const event = new Event();
  let got: boolean | undefined;
  const waiting = spawn(function* () {
    got = yield* event.wait();
    yield;
    got = false;
  });
  await settle();
  event.set();
  waiting.kill();
  await waiting;
  assertEquals(got, true);
});

Deno.test("Event shows its name and state", async () => {
  const event = new Event({ name: "green" });
  const waiting = event.wait().then(() => {});
  assertEquals(Deno.inspect(event), '<Event "green" not set, 1 waiting>');
  event.set();
  await waiting;
  assertEquals(Deno.inspect(event), '<Event "green" set>');
  assert(Object.isFrozen(event.stats()));
});
