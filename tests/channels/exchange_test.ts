// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Channel, type Coroutine, run, spawn, yieldNow } from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

Deno.test("A sender that never has to wait lets others run all the same", async () => {
  const channel = new Channel<number>(Infinity);
  let turns = 0;
  await run(function* () {
    const other = spawn(function* () {
      for (;;) {
        turns++;
        yield;
      }
    });
    for (let i = 0; i < 10_000; i++) yield* channel.send(i);
    other.kill();
  });
  assert(turns > 2);
});

Deno.test("One that sends and receives in turn lets others run all the same", async () => {
  const channel = new Channel<number>(1);
  let turns = 0;
  await run(function* () {
    const other = spawn(function* () {
      for (;;) {
        turns++;
        yield;
      }
    });
    for (let i = 0; i < 10_000; i++) {
      yield* channel.send(i);
      assertEquals(yield* channel.receive(), i);
    }
    other.kill();
  });
  assert(turns > 2);
});

Deno.test("A kill that comes while a sender gives way sends nothing", async () => {
  const channel = new Channel<number>(Infinity);
  let sent = 0;
  const sending = spawn(function* () {
    for (;;) {
      yield* channel.send(sent);
      sent++;
    }
  });
  const killing = spawn(function* () {
    yield* sending.kill();
  });
  await killing;
  assertEquals(channel.size, sent);
});

Deno.test("An Op that was used up is a TypeError also when others were made since", async () => {
  const channel = new Channel<number>(10);
  await run(function* () {
    const [send, receive] = [channel.send(1), channel.receive()];
    yield* send;
    yield* receive;
    yield* channel.send(2);
    yield* channel.receive();
    assertThrows(() => send[Symbol.iterator]().next(), TypeError, "twice");
    assertThrows(() => receive[Symbol.iterator]().next(), TypeError, "twice");
  });
  assertEquals(channel.size, 0);
});

Deno.test("An Op that waits cannot be joined by another greenlet", async () => {
  const channel = new Channel<number>();
  const op = channel.receive();
  const first = spawn(function* () {
    return yield* op;
  });
  await settle();
  const second = spawn(function* () {
    yield* op;
  });
  await assertRejects(async () => await second, TypeError, "twice");
  channel.trySend(7);
  assertEquals(await first, 7);
});

Deno.test("A channel keeps no item, receiver or sender alive that has gone", async () => {
  const seen = new Set<unknown>();
  const reachable = (from: unknown, what: unknown): boolean => {
    if (from === what) return true;
    if (typeof from !== "object" || from === null || seen.has(from)) return false;
    seen.add(from);
    return Object.values(from).some((value) => reachable(value, what));
  };
  const item = { big: true };
  const channel = new Channel<object>(1);
  const [send, receive] = [channel.send(item), channel.receive()];
  function* pass(): Coroutine<void> {
    yield* send;
    yield* receive;
    const waiting = channel.receive();
    spawn(() => channel.trySend(item));
    yield* waiting;
    yield* yieldNow();
    seen.clear();
    assertEquals([send, receive, waiting].some((op) => reachable(op, item)), false);
    assertEquals([send, receive, waiting].some((op) => reachable(op, passing)), false);
  }
  const passing = spawn(pass);
  await passing;
});

Deno.test("A channel of large capacity grows as far as it is filled", async () => {
  const channel = new Channel<number>(5000);
  await run(function* () {
    for (let i = 0; i < 5000; i++) yield* channel.send(i);
    assertEquals(channel.trySend(0), false);
    for (let i = 0; i < 5000; i++) assertEquals(yield* channel.receive(), i);
    const receiving = spawn(() => channel.receive());
    yield* yieldNow();
    yield* channel.send(7);
    assertEquals(yield* receiving, 7);
    for (let i = 0; i < 5000; i++) assert(channel.trySend(i));
    assertEquals(channel.trySend(0), false);
  });
});
