// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ChannelClosedError, EOFError, Pipe, run, select, spawn, yieldNow } from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

Deno.test("Pipe() connects two ends, each of which sends to the other", async () => {
  const [left, right] = Pipe<string>();
  await left.send("to the right");
  await left.send("and again");
  await right.send("to the left");
  assertEquals([await right.recv(), await right.recv()], ["to the right", "and again"]);
  assertEquals(await left.recv(), "to the left");
  assertEquals([left.readable, left.writable, right.readable, right.writable], [
    true,
    true,
    true,
    true,
  ]);
});

Deno.test("Pipe({ duplex: false }) makes a reader and a writer, which refuse the other way", async () => {
  const [reader, writer] = Pipe<number>({ duplex: false });
  await writer.send(7);
  assertEquals(await reader.recv(), 7);
  assertEquals([reader.readable, reader.writable, writer.readable, writer.writable], [
    true,
    false,
    false,
    true,
  ]);
  assertThrows(() => reader.send(1), TypeError, "it only receives");
  for (const act of [() => writer.recv(), () => writer.poll(), () => writer.next()]) {
    assertThrows(act, TypeError, "it only sends");
  }
});

for (const capacity of [-1, 0.5, NaN]) {
  Deno.test(`Pipe({ capacity: ${capacity} }) is refused`, () => {
    assertThrows(() => Pipe({ capacity }), RangeError, "Cannot make a Pipe");
  });
}

Deno.test("Pipe({ capacity }) lets senders wait", async () => {
  const [left, right] = Pipe<number>({ capacity: 1 });
  await left.send(1);
  const sending = spawn(() => left.send(2));
  await settle();
  assertEquals([sending.ready, left.stats().waitingSenders, right.stats().size], [false, 1, 1]);
  assertEquals([await right.recv(), await right.recv()], [1, 2]);
  await sending;
});

Deno.test("Connection.recv() gives what was sent before the other end was closed, then EOFError", async () => {
  const [left, right] = Pipe<number>();
  await left.send(1);
  left.close();
  assertEquals(await right.recv(), 1);
  await assertRejects(async () => await right.recv(), EOFError, "the other end is closed");
  assertEquals(await right.next(), { done: true, value: undefined });
});

Deno.test("Connection.close() wakes who waits at either end", async () => {
  const [left, right] = Pipe<number>({ capacity: 0 });
  const sending = spawn(() => right.send(1));
  const receiving = spawn(() => right.recv());
  const own = spawn(() => left.recv({ timeout: 5000 }));
  await own.get({ timeout: 5000 });
  const waiting = spawn(() => left.recv());
  await settle();
  left.close();
  left.close();
  assertEquals(left.closed, true);
  await sending; // its message was taken by `own`
  await assertRejects(async () => void (await receiving), EOFError);
  await assertRejects(async () => void (await waiting), ChannelClosedError, "it is closed");
});

Deno.test("Connection.send() fails when either end is closed", async () => {
  const [left, right] = Pipe<number>({ capacity: 0, name: "link" });
  const sending = spawn(() => right.send(1));
  await settle();
  left.close();
  await assertRejects(async () => await sending, ChannelClosedError, "the other end is closed");
  await assertRejects(
    async () => await left.send(1),
    ChannelClosedError,
    'Cannot send on <Connection "link, first end" closed>: it is closed',
  );
});

Deno.test("Connection refuses to be read once it is closed, and drops what came", async () => {
  const [left, right] = Pipe<number>();
  await right.send(1);
  left.close();
  assertEquals(left.stats().size, 0);
  await assertRejects(async () => await left.recv(), ChannelClosedError, "it is closed");
  assertThrows(() => left.poll(), ChannelClosedError, "it is closed");
});

Deno.test("Connection.poll() tells at once whether there is something to receive", async () => {
  const [left, right] = Pipe<number>();
  assertEquals(await left.poll(), false);
  await right.send(1);
  assertEquals([await left.poll(), await left.poll({ timeout: 0 })], [true, true]);
  assertEquals(await left.recv(), 1);
  right.close();
  assertEquals(await left.poll(), true);
});

Deno.test("Connection.poll() with a timeout waits for a message and leaves it in", async () => {
  using clock = new ManualClock();
  const [left, right] = Pipe<number>();
  const late = spawn(() => left.poll({ timeout: 10 }));
  await clock.advance(10);
  assertEquals(await late, false);
  assertEquals(left.stats().waitingReceivers, 0);
  const polling = spawn(() => left.poll({ timeout: Infinity }));
  const receiving = spawn(() => left.recv());
  await settle();
  await right.send(1);
  assertEquals([await polling, await receiving], [true, 1]);
  const ending = spawn(() => left.poll({ timeout: 10 }));
  await settle();
  right.close();
  assertEquals(await ending, true);
});

Deno.test("Connection.poll() sees a message that waits to be sent at capacity 0", async () => {
  const [left, right] = Pipe<number>({ capacity: 0 });
  const polling = spawn(() => left.poll({ timeout: Infinity }));
  await settle();
  const sending = spawn(() => right.send(1));
  assertEquals(await polling, true);
  assertEquals(sending.ready, false);
  assertEquals(await left.recv(), 1);
  await sending;
});

Deno.test("Connection.poll() may be an arm of a select", async () => {
  const [left, right] = Pipe<number>();
  assertEquals(await select({ poll: left.poll() }), { key: "poll", value: false });
  await right.send(1);
  const chosen = await select({ poll: left.poll({ timeout: 10 }) });
  assertEquals(chosen, { key: "poll", value: true });
});

Deno.test("Connection can be iterated by for await until the other end is closed", async () => {
  const [left, right] = Pipe<number>();
  for (const item of [1, 2, 3]) await right.send(item);
  right.close();
  assertEquals(await Array.fromAsync(left), [1, 2, 3]);
});

Deno.test("Connection is closed at the end of a using block, which ends the other side", async () => {
  await run(function* () {
    const [left, right] = Pipe<number>();
    const reading = spawn(function* () {
      const got: number[] = [];
      for (let step = yield* right.next(); !step.done; step = yield* right.next()) {
        got.push(step.value);
      }
      return got;
    });
    {
      using end = left;
      yield* end.send(1);
      yield* yieldNow();
      yield* end.send(2);
    }
    assertEquals(yield* reading, [1, 2]);
  });
});

Deno.test("Connection passes messages as they are", async () => {
  const [left, right] = Pipe<object>();
  const message = { of: "any kind" };
  await left.send(message);
  assert(await right.recv() === message);
});

Deno.test("Connection.stats() is a frozen record, and a console shows it readably", async () => {
  const [left, right] = Pipe<number>({ name: "link" });
  await right.send(1);
  assertEquals(left.stats(), { size: 1, closed: false, waitingSenders: 0, waitingReceivers: 0 });
  assert(Object.isFrozen(left.stats()));
  assertEquals(Deno.inspect(left), '<Connection "link, first end" 1 to receive>');
  right.close();
  assertEquals(Deno.inspect(right), '<Connection "link, second end" closed>');
  assertStringIncludes(Deno.inspect(Pipe()[0]), "<Connection 0 to receive>");
});

Deno.test("EOFError is an Error with its own name", () => {
  const error = new EOFError("over");
  assertInstanceOf(error, Error);
  assertEquals(error.name, "EOFError");
});
