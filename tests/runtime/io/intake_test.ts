// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  type Coroutine,
  GreenletExit,
  select,
  sleep,
  spawn,
  Timeout,
  until,
  withTimeout,
  yieldNow,
} from "@tendril/tendril";
import type { Connection } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import {
  between,
  bytes,
  type Ends,
  eventually,
  readText,
  text,
  thrown,
  waitsFor,
} from "./sockets.ts";

/** Lets a greenlet read, and kills it; gives the buffer it read into. */
function* giveUpRead(near: Connection, size = 100): Coroutine<Uint8Array> {
  const buffer = new Uint8Array(size);
  const reading = spawn(function* () {
    yield* near.read(buffer);
  });
  yield waitsFor(`read ${near.name}`);
  yield* reading.kill();
  return buffer;
}

/** The same, and then lets something arrive while nobody reads. */
function* keep({ near, far }: Ends, content: string): Coroutine<void> {
  const buffer = yield* giveUpRead(near, content.length);
  yield far.write(bytes(content));
  yield eventually(() => buffer[0] !== 0);
}

Deno.test("a killed read loses nothing: the next read gets what comes", async () => {
  await between(function* ({ near, far }) {
    yield* giveUpRead(near);
    const reading = spawn(() => readText(near));
    yield waitsFor(`read ${near.name}`);
    yield far.write(bytes("hello"));
    assertEquals(yield* reading, "hello");
    yield far.write(bytes("again"));
    assertEquals(yield* readText(near), "again");
  });
});

Deno.test("a killed read loses nothing that comes while nobody reads", async () => {
  await between(function* (ends) {
    yield* keep(ends, "hello");
    yield ends.far.write(bytes(" again"));
    assertEquals(yield* readText(ends.near), "hello");
    assertEquals(yield* readText(ends.near), " again");
  });
});

Deno.test("what a killed read had left goes to several smaller reads", async () => {
  await between(function* (ends) {
    yield* keep(ends, "abcdefg");
    assertEquals(yield* ends.near.read(new Uint8Array()), 0);
    assertEquals(yield* readText(ends.near, 3), "abc");
    assertEquals(yield* readText(ends.near, 1), "d");
    assertEquals(yield* readText(ends.near, 3), "efg");
    ends.far.close();
    assertEquals(yield* readText(ends.near, 3), null);
  });
});

Deno.test("what comes late for a killed read goes to several smaller reads", async () => {
  await between(function* ({ near, far }) {
    yield* giveUpRead(near);
    const reading = spawn(() => readText(near, 2));
    yield waitsFor(`read ${near.name}`);
    yield far.write(bytes("abcde"));
    assertEquals(yield* reading, "ab");
    assertEquals(yield* readText(near), "cde");
  });
});

Deno.test("what a killed read brings is copied out of its buffer at once", async () => {
  await between(function* ({ near, far }) {
    const buffer = yield* giveUpRead(near);
    yield far.write(bytes("hello"));
    yield eventually(() => buffer[0] !== 0);
    yield settle();
    buffer.fill(0);
    assertEquals(yield* readText(near), "hello");
  });
});

Deno.test("the end that comes for a killed read is the end for the next one", async () => {
  await between(function* ({ near, far }) {
    yield* giveUpRead(near);
    far.close();
    assertEquals(yield* readText(near), null);
    assertEquals(yield* readText(near), null);
  });
});

Deno.test("a read that times out loses nothing, with the same buffer or another", async () => {
  await between(function* ({ near, far }) {
    const buffer = new Uint8Array(100);
    const late = yield* withTimeout(5, near.read(buffer), { value: "late" });
    assertEquals(late, "late");
    const limit = Timeout.startNew(5);
    assertStrictEquals(yield* thrown(() => readText(near)), limit as unknown as Error);
    yield far.write(bytes("hello"));
    const count = yield* near.read(buffer);
    assertEquals(text(buffer.subarray(0, count!)), "hello");
  });
});

Deno.test("a read that loses a select loses nothing", async () => {
  await between(function* ({ near, far }) {
    const lost = near.read(new Uint8Array(100));
    assertEquals((yield* select({ lost, late: sleep(5) })).key, "late");
    yield far.write(bytes("hello"));
    const buffer = new Uint8Array(100);
    const won = yield* select({ read: near.read(buffer), late: sleep(10_000) });
    assertEquals([won.key, text(buffer.subarray(0, 5))], ["read", "hello"]);
    const again = yield* thrown(function* () {
      yield* lost;
    });
    assertEquals(again.message.includes("twice"), true);
  });
});

Deno.test("a read that is done and loses a select at once puts everything back", async () => {
  await between(function* (ends) {
    const { near } = ends;
    yield* keep(ends, "abcdefg");
    const done = spawn(() => 1);
    yield* done;
    const turns = { read: 0, done: 0 };
    let got = "";
    while (got.length < 7) {
      const buffer = new Uint8Array(1);
      const { key } = yield* select({ read: near.read(buffer), done: done.get() });
      turns[key]++;
      if (key === "read") got += text(buffer);
    }
    assertEquals(got, "abcdefg");
    assertEquals(turns.read, 7);
  });
});

Deno.test("what is put back while another read waits comes before what that one brings", async () => {
  for (let isLost = false; !isLost;) {
    await between(function* ({ near, far }) {
      const [first, second] = [new Uint8Array(3), new Uint8Array(3)];
      const done = spawn(() => 1);
      yield* done;
      const one = near.read(first);
      yield far.write(bytes("one"));
      yield eventually(() => first[0] !== 0);
      yield settle();
      const two = near.read(second);
      isLost = (yield* select({ one, done: done.get() })).key === "done";
      yield far.write(bytes("two"));
      yield* two;
      assertEquals(text(second), isLost ? "one" : "two");
      if (isLost) assertEquals(yield* readText(near), "two");
    });
  }
});

Deno.test("a kill where a reader gives way to others loses nothing", async () => {
  await between(function* (ends) {
    const { near } = ends;
    const total = 1000;
    yield* keep(ends, "x".repeat(total));
    let got = 0;
    const reading = spawn(function* () {
      for (;;) got += (yield* near.read(new Uint8Array(1)))!;
    });
    yield* yieldNow();
    assert(got > 0 && got < total);
    yield* reading.kill();
    while (got < total) got += (yield* near.read(new Uint8Array(total)))!;
    assertEquals(got, total);
  });
});

Deno.test("a kill of an async greenlet gives its read up, and nothing is lost", async () => {
  await between(function* ({ near, far }) {
    const seen: unknown[] = [];
    const reading = spawn(async () => {
      await near.read(new Uint8Array(10)).catch((error) => seen.push(error));
      await near.read(new Uint8Array(10)).catch((error) => seen.push(error));
    });
    yield waitsFor(`read ${near.name}`);
    reading.kill();
    yield eventually(() => seen.length === 1);
    assert(seen[0] instanceof GreenletExit);
    yield far.write(bytes("one"));
    yield* reading; // the second read got it
    yield far.write(bytes("two"));
    assertEquals(yield* readText(near), "two");
  });
});

Deno.test("a read of an async greenlet that was killed before it loses nothing", async () => {
  await between(function* (ends) {
    const { near, far } = ends;
    const read = function* (): Coroutine<void> {
      const ready = Promise.withResolvers<void>();
      const reading = spawn(async () => {
        await ready.promise;
        await near.read(new Uint8Array(10));
      });
      yield settle();
      reading.kill();
      ready.resolve();
      assert((yield* reading) as unknown instanceof GreenletExit);
    };
    yield* read();
    yield far.write(bytes("one"));
    assertEquals(yield* readText(near), "one");
    yield* keep(ends, "two");
    yield* read();
    assertEquals(yield* readText(near), "two");
  });
});

Deno.test("a read that waits for one that was given up can be given up, too", async () => {
  await between(function* ({ near, far }) {
    yield* giveUpRead(near);
    yield* giveUpRead(near);
    yield* giveUpRead(near);
    yield far.write(bytes("hello"));
    assertEquals(yield* readText(near), "hello");
  });
});

Deno.test("a greenlet that was woken by a read gets it before the kill", async () => {
  await between(function* ({ near, far }) {
    const got: unknown[] = [];
    const reading = spawn(function* () {
      got.push(yield* readText(near));
      yield* sleep(10_000);
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    yield waitsFor(`read ${near.name}`);
    const killer = spawn(function* () {
      yield promise;
      reading.kill(); // in the batch in which the reader is woken, or before
    });
    yield far.write(bytes("hello"));
    resolve();
    yield* killer;
    yield* reading;
    if (got.length === 0) got.push(yield* readText(near));
    assertEquals(got, ["hello"]);
  });
});

Deno.test("readers that are killed at any moment lose nothing and mix nothing up", async () => {
  await between(function* ({ near, far }) {
    const total = 20_000;
    const writing = (async () => {
      for (let at = 0; at < total;) {
        const size = Math.min(total - at, 1 + (at * 7) % 400);
        await far.write(new Uint8Array(size).map((_, i) => (at + i) % 251));
        at += size;
        if (at % 3 === 0) await settle();
      }
    })();
    let got = 0;
    function* reader(size: number): Coroutine<void> {
      const buffer = new Uint8Array(size);
      for (;;) {
        const count = yield* near.read(buffer);
        for (let i = 0; i < count!; i++) assertEquals(buffer[i], got++ % 251);
      }
    }
    for (let round = 0; got < total; round++) {
      const reading = spawn(reader, 1 + round % 50);
      for (let turn = 0; turn < round % 9; turn++) yield* yieldNow();
      if (round % 4 === 0) yield settle();
      yield* reading.kill();
      if (reading.exception !== undefined) throw reading.exception;
    }
    yield* until(writing);
    assertEquals(got, total);
  });
});
