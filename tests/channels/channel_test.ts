// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  all,
  Channel,
  ChannelClosedError,
  DeadlockError,
  dump,
  run,
  select,
  spawn,
  spawnWith,
  yieldNow,
} from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

for (const capacity of [-1, 1.5, NaN, "3", null, {}]) {
  Deno.test(`Channel refuses the capacity ${JSON.stringify(capacity)}`, () => {
    const error = assertThrows(() => new Channel(capacity as number), RangeError);
    assertStringIncludes(error.message, "must be a whole number of at least 0, got");
  });
}

Deno.test("Channel tells its capacity, its size and whether it is closed", () => {
  const channel = new Channel<number>(2);
  channel.trySend(1);
  assertEquals([channel.capacity, channel.size, channel.closed], [2, 1, false]);
  channel.close();
  assertEquals([channel.capacity, channel.size, channel.closed], [2, 1, true]);
  assertEquals(new Channel().capacity, 0);
});

Deno.test("Channel.send() at capacity 0 is done only when the item was taken", async () => {
  const log: string[] = [];
  await run(function* () {
    const channel = new Channel<string>();
    spawn(function* () {
      yield* channel.send("item");
      log.push("sent");
    });
    yield* yieldNow();
    log.push("receiving");
    log.push(yield* channel.receive());
    yield* yieldNow();
  });
  assertEquals(log, ["receiving", "item", "sent"]);
});

Deno.test("Channel.send() at capacity 0 goes on at once when somebody waits to receive", async () => {
  const log: string[] = [];
  await run(function* () {
    const channel = new Channel<string>();
    spawn(function* () {
      log.push(yield* channel.receive());
    });
    yield* yieldNow();
    yield* channel.send("item");
    log.push("sent");
  });
  assertEquals(log, ["sent", "item"]);
});

Deno.test("Channel.close() gives its reason as the cause of every error", async () => {
  const reason = new RangeError("enough");
  const channel = new Channel<number>(1);
  const receiving = assertRejects(async () => await channel.receive(), ChannelClosedError);
  await settle();
  channel.close(reason);
  channel.close("too late");
  assertStrictEquals((await receiving).cause, reason);
  const sending = await assertRejects(async () => await channel.send(1), ChannelClosedError);
  assertStrictEquals(sending.cause, reason);
  const trying = [() => channel.trySend(1), () => channel.tryReceive()];
  for (const act of trying) assertStrictEquals(assertThrows(act, ChannelClosedError).cause, reason);
});

Deno.test("Channel.close() without a reason leaves the errors without a cause", async () => {
  const channel = new Channel<number>();
  channel.close();
  const error = await assertRejects(async () => await channel.receive(), ChannelClosedError);
  assertEquals("cause" in error, false);
});

Deno.test("ChannelClosedError names the channel and what was tried", async () => {
  const channel = new Channel<number>(3, { name: "jobs" });
  channel.close();
  await assertRejects(
    async () => await channel.send(1),
    ChannelClosedError,
    'Cannot send on <Channel "jobs" 0 of 3 closed>: it is closed',
  );
  await assertRejects(
    async () => await channel.receive(),
    ChannelClosedError,
    'Cannot receive from <Channel "jobs" 0 of 3 closed>: it is closed and drained',
  );
});

Deno.test("Channel can be iterated by for await, and goes on after a break", async () => {
  const channel = new Channel<number>(5);
  for (const item of [1, 2, 3]) channel.trySend(item);
  for await (const item of channel) {
    assertEquals(item, 1);
    break;
  }
  assertEquals(channel.closed, false);
  channel.close();
  assertEquals(await Array.fromAsync(channel), [2, 3]);
});

Deno.test("Channel is closed at the end of a using block", () => {
  let kept: Channel<number>;
  {
    using channel = new Channel<number>();
    kept = channel;
  }
  assertEquals(kept.closed, true);
});

Deno.test("Channel passes undefined and null like any other item", async () => {
  const channel = new Channel<unknown>(2);
  await channel.send(undefined);
  await channel.send(null);
  assertEquals([await channel.receive(), await channel.receive()], [undefined, null]);
});

Deno.test("Channel.stats() is a frozen record of the moment", async () => {
  const channel = new Channel<number>(1);
  channel.trySend(1);
  const sending = channel.send(2).then(() => {});
  await settle();
  const stats = channel.stats();
  assertEquals(stats, {
    size: 1,
    capacity: 1,
    closed: false,
    waitingSenders: 1,
    waitingReceivers: 0,
  });
  assert(Object.isFrozen(stats));
  await channel.receive();
  await sending;
  assertEquals(stats.size, 1);
});

Deno.test("Channel looks readable in a console", async () => {
  const channel = new Channel<number>(4, { name: "jobs" });
  channel.trySend(1);
  assertEquals(Deno.inspect(channel), '<Channel "jobs" 1 of 4>');
  const plain = new Channel<number>();
  const receiving = plain.receive().then(() => {});
  await settle();
  assertEquals(Deno.inspect(plain), "<Channel 0 of 0, 1 waiting>");
  plain.trySend(1);
  await receiving;
});

Deno.test("Channel shows in dumps and deadlock reports who waits for it and why", async () => {
  const channel = new Channel<number>(0, { name: "jobs" });
  const error = await assertRejects(
    () =>
      run(function* () {
        spawnWith({ name: "sender" }, function* () {
          yield* channel.send(1);
        });
        yield* yieldNow();
        assertStringIncludes(dump(), 'sender: waits for channel send <Channel "jobs"');
        yield* new Channel(0, { name: "results" }).receive();
      }),
    DeadlockError,
  );
  assertStringIncludes(error.message, 'waits for channel receive <Channel "results"');
});

Deno.test("select() commits exactly one of many sends and receives", async () => {
  const rounds = 200;
  const channels = Array.from({ length: 4 }, () => new Channel<number>());
  const got: number[] = [];
  await run(function* () {
    for (const channel of channels) {
      spawn(function* () {
        for (let i = 0; i < rounds; i++) {
          const { key, value } = yield* select({
            put: channel.send(1),
            got: channel.receive(),
          });
          got.push(key === "put" ? 0 : value);
        }
      });
      spawn(function* () {
        for (let i = 0; i < rounds; i++) {
          const { key, value } = yield* select({
            got: channel.receive(),
            put: channel.send(1),
          });
          got.push(key === "put" ? 0 : value);
        }
      });
    }
  });
  assertEquals(got.length, 8 * rounds);
  assertEquals(got.filter((value) => value === 1).length, 4 * rounds);
  for (const channel of channels) {
    assertEquals(channel.stats(), {
      size: 0,
      capacity: 0,
      closed: false,
      waitingSenders: 0,
      waitingReceivers: 0,
    });
  }
});

Deno.test("all() lets both ends of one channel meet", async () => {
  const channel = new Channel<number>();
  await run(function* () {
    assertEquals(yield* all([channel.send(7), channel.receive()]), [undefined, 7]);
    assertEquals(yield* all([channel.receive(), channel.send(8)]), [8, undefined]);
  });
  assertEquals(await all([channel.receive(), channel.send(9)]), [9, undefined]);
});

Deno.test("select() fails when the channel of an arm is closed, and takes back the others", async () => {
  const [open, closing] = [new Channel<number>(), new Channel<number>()];
  const waiting = spawn(function* () {
    try {
      yield* select({ a: open.receive(), b: closing.receive() });
    } catch (error) {
      return error;
    }
  });
  await settle();
  closing.close();
  assertInstanceOf(await waiting, ChannelClosedError);
  assertEquals(open.stats().waitingReceivers, 0);
});
