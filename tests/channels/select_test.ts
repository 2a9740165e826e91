// Copyright 2026 the Tendril authors. MIT license.
// Channel Ops are used again once they have ended: select(), all() and timeouts must know whose one is.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  all,
  Channel,
  Event,
  type Op,
  Pipe,
  race,
  select,
  sleep,
  spawn,
  until,
  type Waitable,
  withTimeout,
} from "@tendril/tendril";
import { fetch } from "@tendril/tendril/io";
import { settle } from "../manual_clock.ts";

const again: Record<string, (channel: Channel<number>) => Waitable<unknown>> = {
  "a receive": (channel) => channel.receive(),
  "a select": (channel) => select({ item: channel.receive() }),
};

for (const [name, op] of Object.entries(again)) {
  Deno.test(`all() that is given up leaves ${name} alone that was one of its Ops before`, async () => {
    const [first, second] = [new Channel<number>(), new Channel<number>()];
    const giving = spawn(function* () {
      yield* all([op(first), sleep(10_000)]);
    });
    await settle();
    first.trySend(1);
    const other = spawn(function* () {
      return yield* all([op(name === "a receive" ? first : second)]);
    });
    const plain = spawn(function* () {
      return name === "a receive"
        ? yield* first.receive()
        : (yield* select({ item: second.receive() })).value;
    });
    await settle();
    await giving.kill();
    const channel = name === "a receive" ? first : second;
    assertEquals(channel.stats().waitingReceivers, 2);
    assert(channel.trySend(2));
    assert(channel.trySend(3));
    await other;
    assertEquals(await plain, 3);
  });
}

Deno.test("all() takes one item for each receive, whoever receives while it parks", async () => {
  const channel = new Channel<number>(3);
  for (const item of [1, 2, 3]) channel.trySend(item);
  const inner: number[] = [];
  const both = spawn(function* () {
    return yield* all([
      until(async () => void inner.push(await channel.receive())),
      channel.receive(),
    ]);
  });
  assertEquals(await both, [undefined, 1]);
  assertEquals([inner, channel.size], [[2], 1]);
});

/** The two ends of something that passes numbers at capacity 0. */
const ends: Record<string, () => [(item: number) => unknown, (timeout?: number) => Op<number>]> = {
  Channel() {
    const channel = new Channel<number>();
    return [
      (item) => channel.trySend(item),
      (timeout) => timeout === undefined ? channel.receive() : channel.receive({ timeout }),
    ];
  },
  Pipe() {
    const [here, there] = Pipe<number>({ capacity: 0 });
    return [
      (item) => there.send(item).poll(),
      (timeout) => timeout === undefined ? here.recv() : here.recv({ timeout }),
    ];
  },
};

for (const [name, make] of Object.entries(ends)) {
  Deno.test(`race() keeps a limited receive of a ${name} apart from one that begins while it parks`, async () => {
    const [send, receive] = make();
    let inner: number | undefined;
    const racing = spawn(function* () {
      const begun = until(() => {
        receive().then((item) => inner = item);
        return new Event().wait();
      });
      return yield* race([begun, receive(10_000)]);
    });
    await settle();
    send(1);
    await settle();
    assertEquals([inner, racing.ready], [1, false]);
    send(2);
    assertEquals(await racing as unknown, 2);
  });
}

Deno.test("select() does no harm to an Op that waits for somebody else", async () => {
  const [busy, ready] = [new Channel<number>(), new Channel<number>(1)];
  const op = busy.receive();
  const waiting = spawn(function* () {
    return yield* op;
  });
  await settle();
  for (let i = 0; i < 20; i++) { // either arm may be looked at first
    ready.trySend(i);
    try {
      await select({ ready: ready.receive(), op });
    } catch (error) {
      assert(error instanceof TypeError);
      ready.tryReceive();
    }
  }
  assertEquals(busy.stats().waitingReceivers, 1);
  assert(busy.trySend(7));
  assertEquals(await waiting, 7);
});

Deno.test("select() takes numbers for keys, and gives them as strings", async () => {
  const chosen = await select({ 1: spawn(() => "one").get() });
  const key: "1" = chosen.key;
  assertEquals([key, chosen.value], ["1", "one"]);
});

/** Passes when the request behind the promise that `use` gets has ended after `use` has failed. */
async function endsRequest(use: (request: Promise<unknown>) => PromiseLike<unknown>) {
  const stop = new AbortController();
  const came = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, signal: stop.signal };
  const server = Deno.serve(options, ({ signal }) => {
    signal.addEventListener("abort", () => gone.resolve());
    came.resolve();
    return new Promise<Response>(() => {});
  });
  const request = fetch(`http://127.0.0.1:${server.addr.port}`);
  try {
    await came.promise;
    await assertRejects(async () => await use(request));
    await withTimeout(10_000, gone.promise);
  } finally {
    stop.abort();
    await server.finished;
  }
}

function closed(): Channel<number> {
  const channel = new Channel<number>();
  channel.close();
  return channel;
}

const failing: Record<string, (request: Promise<unknown>) => PromiseLike<unknown>> = {
  "select() that fails at once": (request) => select({ closed: closed().receive(), request }),
  "all() that fails at once": (request) => all([closed().receive(), request]),
  "race() that fails at once": (request) => race([closed().receive(), request]),
  "race() of an all() that has not begun": (request) =>
    race([closed().receive(), all([request, sleep(1)])]),
  "race() that fails while it parks": (request) =>
    race([
      until(() => {
        throw new RangeError("no");
      }),
      request,
    ]),
};

for (const [name, use] of Object.entries(failing)) {
  Deno.test(`${name} ends the request behind another arm`, () => endsRequest(use));
}
