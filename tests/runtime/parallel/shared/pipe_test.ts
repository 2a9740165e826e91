// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ChannelClosedError, EOFError, run } from "@tendril/tendril";
import { SharedPipe } from "@tendril/tendril/parallel";
import { Crew, eventually } from "./crew.ts";

const JOBS = import.meta.resolve("./queue_jobs.ts");

for (const job of ["echoSync", "echo"]) {
  Deno.test(`SharedPipe passes messages both ways, whole and in order (${job})`, async () => {
    using crew = new Crew(1, JOBS);
    const [here, there] = SharedPipe<unknown>();
    const echoing = crew.hands[0]!.call(job, there);
    const messages = Array.from({ length: 500 }, (_, n) => [n, "x".repeat(n), new Uint8Array(n)]);
    await run(function* () {
      for (const message of messages) {
        yield* here.send(message);
        assertEquals(yield* here.recv(), message);
      }
    });
    here.close();
    assertEquals(await echoing, 500);
  });
}

Deno.test("SharedPipe of one direction refuses the other", async () => {
  using crew = new Crew(1, JOBS);
  const [reader, writer] = SharedPipe<unknown>({ duplex: false });
  assertEquals([reader.readable, reader.writable, writer.readable, writer.writable], [
    true,
    false,
    false,
    true,
  ]);
  assertThrows(() => reader.send(1), TypeError, "it only receives; send on the other end");
  assertThrows(() => writer.recv(), TypeError, "it only sends; receive from the other end");
  assertThrows(() => writer.poll(), TypeError);
  await crew.hands[0]!.call("sendSync", writer, "hello");
  assertEquals(await reader.recv(), "hello");
});

Deno.test("SharedConnection.close lets the other end receive what was sent, and then says so", async () => {
  using crew = new Crew(1, JOBS);
  const [here, there] = SharedPipe<unknown>();
  await crew.hands[0]!.call("sendSync", there, "last");
  await crew.hands[0]!.call("close", there);
  assertEquals(await here.recv(), "last");
  await assertRejects(async () => await here.recv(), EOFError, "the other end is closed");
  await assertRejects(
    async () => await here.send(1),
    ChannelClosedError,
    "the other end is closed",
  );
  assertEquals(await here.next(), { done: true, value: undefined });
  assertEquals(await here.poll(), true);
  here.close();
  here.close();
  await assertRejects(async () => await here.recv(), ChannelClosedError, "it is closed");
  assertThrows(() => here.poll(), ChannelClosedError);
});

Deno.test("SharedConnection.close ends the waits of the other end", async () => {
  using crew = new Crew(1, JOBS);
  const [here, there] = SharedPipe<unknown>();
  const receiving = crew.hands[0]!.call("recvSync", there).catch((error) => error.name);
  const mine = Promise.resolve(here.recv()).catch((error) => error.name);
  await eventually(() => here.stats().waitingReceivers === 1);
  here.close();
  assertEquals([await receiving, await mine], ["EOFError", "ChannelClosedError"]);
});

Deno.test("SharedConnection is at its end when the worker with the other end has died", async () => {
  using crew = new Crew(1, JOBS);
  const [here, there] = SharedPipe<unknown>();
  await crew.hands[0]!.call("sendSync", there, "last");
  const waiting = (async () => [await here.recv(), await here.recv()])();
  await crew.hands[0]!.leave();
  crew.hands[0]!.kill();
  await assertRejects(() => waiting, EOFError, "the worker that has the other end is dead");
  await assertRejects(async () => await here.send(1), ChannelClosedError, "is dead");
});

Deno.test("SharedConnection.recvSync is at its end when the worker with the other end has died", async () => {
  using crew = new Crew(2, JOBS);
  const [here, there] = SharedPipe<unknown>();
  await crew.hands[0]!.call("have", there);
  const receiving = crew.hands[1]!.call("recvSync", here).catch((error) => error.name);
  crew.hands[0]!.kill();
  assertEquals(await receiving, "EOFError");
});

Deno.test("SharedConnection.poll tells whether there is a message", async () => {
  using crew = new Crew(1, JOBS);
  const [here, there] = SharedPipe<unknown>();
  assertEquals(await here.poll(), false);
  assertEquals(await crew.hands[0]!.call("pollSync", there, 0), false);
  assertEquals(await crew.hands[0]!.call("pollSync", there, 60), false);
  const polling = crew.hands[0]!.call("pollSync", there, 1e9);
  await here.send("x");
  assertEquals(await polling, true);
  await crew.hands[0]!.call("sendSync", there, "y");
  assertEquals(await here.poll(), true);
});

Deno.test("SharedConnection.recvSync throws a Timeout when its time is over", async () => {
  using crew = new Crew(1, JOBS);
  const [, there] = SharedPipe<unknown>();
  const error = await crew.hands[0]!.call("recvSync", there, 60).catch((error) => error);
  assertEquals([error.name, error.message], ["Timeout", "Timed out after 60 ms"]);
});

Deno.test("SharedPipe with a capacity makes senders wait", async () => {
  using crew = new Crew(1, JOBS);
  const [here, there] = SharedPipe<unknown>({ capacity: 1 });
  await here.send(1);
  const second = Promise.resolve(here.send(2));
  await eventually(() => here.stats().waitingSenders === 1);
  assertEquals(await crew.hands[0]!.call("recvSync", there), 1);
  await second;
  assertEquals(await crew.hands[0]!.call("recvSync", there), 2);
});

Deno.test("SharedPipe refuses a capacity that makes no sense", () => {
  for (const capacity of [0, -1, 1.5, NaN, 2 ** 31]) {
    assertThrows(() => SharedPipe({ capacity }), RangeError, "Cannot make a SharedPipe");
  }
});

Deno.test("SharedConnection can be read by for await, and shows what it has", async () => {
  const [here, there] = SharedPipe<number>({ name: "p" });
  assertEquals(Deno.inspect(there), '<SharedConnection "p, second end" 0 to receive>');
  await here.send(1);
  await here.send(2);
  here.close();
  const got: number[] = [];
  for await (const message of there) got.push(message);
  assertEquals(got, [1, 2]);
  assertEquals(Deno.inspect(here), '<SharedConnection "p, first end" closed>');
});
