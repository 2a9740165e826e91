// Copyright 2026 the Tendril authors. MIT license.
// An acquire that is killed, timed out or lost in a select, at every point of its life.

import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  Event,
  type Greenlet,
  GreenletExit,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { settle } from "../../manual_clock.ts";
import { attempt, forEach, hold, type Outcome } from "./lock_kinds.ts";

forEach("is not taken by a greenlet that is killed before it runs", async (subject) => {
  const waiting = spawn(attempt, subject);
  await waiting.kill();
  assertEquals(subject.taken(), false);
});

forEach("goes to the next in line when one that waits is killed", async (subject) => {
  const open = new Event();
  const holder = hold(subject, open);
  await settle();
  const [first, second, third] = [1, 2, 3].map(() => spawn(attempt, subject)) as [
    Greenlet<Outcome>,
    Greenlet<Outcome>,
    Greenlet<Outcome>,
  ];
  await settle();
  await second.kill(); // from the middle
  assertEquals(subject.waiting(), 2);
  first.kill();
  open.set();
  await holder;
  assertInstanceOf((await first as { error: unknown }).error, GreenletExit);
  assert("value" in await third);
  assertEquals(subject.taken(), false);
});

forEach("is received by a greenlet that is killed in the same turn", async (subject) => {
  const open = new Event();
  hold(subject, open);
  const log: string[] = [];
  await settle();
  const waiting = spawn(function* () {
    using _ = yield* subject.lock.acquire();
    log.push("got it");
    yield* sleep(1);
    log.push("went on");
  });
  await settle();
  const next = spawn(attempt, subject);
  await settle();
  open.set();
  spawn(() => void waiting.kill()); // runs after the holder and before the one that was handed it
  await waiting;
  assert("value" in await next);
  assertEquals([log, subject.taken()], [["got it"], false]);
});

forEach("is received by an async greenlet that is killed in the same turn", async (subject) => {
  const open = new Event();
  hold(subject, open);
  await settle();
  const log: string[] = [];
  const waiting = spawn(async () => {
    using _ = await subject.lock.acquire();
    log.push("got it");
    await sleep(1);
    log.push("went on");
  });
  await settle();
  open.set();
  await Promise.resolve();
  waiting.kill();
  await waiting;
  assertEquals([log, subject.taken()], [["got it"], false]);
});

forEach("is received before a Timeout of the same turn is raised", async (subject, clock) => {
  const open = new Event();
  const log: unknown[] = [];
  const holder = spawn(function* () {
    using _ = yield* subject.blocker.acquire();
    yield* open.wait();
    clock.skip(10); // its time is over now, and the timer fires before the other one runs
  });
  const waiting = spawn(function* () {
    const limit = Timeout.startNew(5);
    try {
      using _ = yield* subject.lock.acquire();
      log.push("got it");
      yield;
      yield* sleep(1);
    } catch (error) {
      log.push(error === limit);
    }
  });
  await settle();
  open.set();
  await clock.advance(0);
  await clock.advance(10);
  await Promise.all([holder, waiting]);
  assertEquals([log, subject.taken()], [["got it", true], false]);
});

forEach("lets an outer Timeout through as that very object", async (subject, clock) => {
  const open = new Event();
  hold(subject, open);
  await settle();
  const outer = [new Timeout(5), new Timeout(5)] as const;
  const one = spawn(function* () {
    outer[0].start();
    return yield* attempt(subject, 10);
  });
  const two = spawn(async () => {
    outer[1].start();
    return await subject.lock.acquire();
  });
  two.linkException(() => {});
  await clock.advance(5);
  assertStrictEquals((await one as { error: unknown }).error, outer[0]);
  assertStrictEquals(await two.then(() => undefined, (error) => error), outer[1]);
  assertEquals(subject.waiting(), 0);
  open.set();
});

forEach("is not taken by a select that went another way", async (subject, clock) => {
  const open = new Event();
  hold(subject, open);
  await settle();
  const waiting = spawn(function* () {
    return (yield* select({ lock: subject.lock.acquire(), late: sleep(5) })).key;
  });
  await settle();
  assertEquals(subject.waiting(), 1);
  await clock.advance(5);
  assertEquals([await waiting, subject.waiting()], ["late", 0]);
  open.set();
  await settle();
  assertEquals(subject.taken(), false);
});

forEach("can win in a select, even killed in the same turn", async (subject, clock) => {
  const open = new Event();
  hold(subject, open);
  await settle();
  let got: unknown;
  const waiting = spawn(function* () {
    const won = yield* select({ lock: subject.lock.acquire(), late: sleep(50) });
    got = won.key;
    if (won.key === "lock") won.value.release();
  });
  await settle();
  open.set();
  spawn(() => waiting.kill());
  await waiting;
  assertEquals([got, subject.taken(), clock.armed], ["lock", false, 0]);
});

forEach("is tried by a select with a default", async (subject) => {
  const open = new Event();
  hold(subject, open);
  await settle();
  const poll = () => select({ lock: subject.lock.acquire() }, { default: true });
  assertEquals((await poll()).key, undefined);
  open.set();
  await settle();
  assertEquals((await poll()).key, "lock");
  assert(subject.taken());
});

forEach("wakes and cancels very many waiters", async (subject) => {
  const open = new Event();
  hold(subject, open);
  await settle();
  const many = Array.from({ length: 2_000 }, () => spawn(attempt, subject));
  await settle();
  assertEquals(subject.waiting(), 2_000);
  for (let i = 0; i < many.length; i += 2) many[i]!.kill();
  assertEquals(subject.waiting(), 1_000);
  open.set();
  const ended = await Promise.all(many);
  assertEquals(ended.filter((each) => "value" in each).length, 1_000);
  assertEquals(subject.taken(), false);
});
