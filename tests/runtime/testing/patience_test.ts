// Copyright 2026 the Tendril authors. MIT license.
// Virtual time while something outside is awaited.

import { assertEquals, assertStrictEquals } from "@std/assert";
import { run, sleep, spawn, Timeout, until } from "@tendril/tendril";
import { connect, fetch, listen } from "@tendril/tendril/io";
import { virtualTime } from "@tendril/tendril/testing";

const HOUR = 3_600_000;

/** What somebody outside settles when the test says so. */
function outside(): { promise: Promise<void>; settle: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, settle: resolve };
}

Deno.test("virtualTime() does not jump while a promise is awaited", async () => {
  const { promise, settle } = outside();
  const said: string[] = [];
  const running = virtualTime(function* (time) {
    spawn(function* () {
      yield* sleep(HOUR);
      said.push(`slept until ${time.now}`);
    });
    yield* until(promise);
    said.push(`promise at ${time.now}`);
  }, { patience: Infinity });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(said, []);
  settle();
  await running;
  assertEquals(said, ["promise at 0", `slept until ${HOUR}`]);
});

Deno.test("virtualTime() does not jump while an async function awaits something unknown", async () => {
  const { promise, settle } = outside();
  const running = virtualTime(async (time) => {
    spawn(() => sleep(HOUR));
    await promise;
    assertEquals(time.now, 0);
  }, { patience: Infinity });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  settle();
  await running;
});

Deno.test("virtualTime() does not jump over IO", async () => {
  await virtualTime(function* (time) {
    using listener = listen({ hostname: "127.0.0.1", port: 0 });
    spawn(function* () {
      using connection = yield* listener.accept();
      yield* connection.write(new TextEncoder().encode("hello"));
    });
    const { port } = listener.addr as Deno.NetAddr;
    const limit = Timeout.startNew(1);
    using connection = yield* connect({ hostname: "127.0.0.1", port });
    const buffer = new Uint8Array(5);
    assertEquals(yield* connection.read(buffer), 5);
    limit.close();
    assertEquals(time.now, 0);
  }, { patience: Infinity });
});

Deno.test("virtualTime() jumps when nothing has come from outside for too long", async () => {
  await virtualTime(function* (time) {
    using listener = listen({ hostname: "127.0.0.1", port: 0 }); // never accepts
    const { port } = listener.addr as Deno.NetAddr;
    const limit = Timeout.startNew(HOUR);
    try {
      yield* fetch(`http://127.0.0.1:${port}/`);
    } catch (error) {
      assertStrictEquals(error, limit);
    }
    assertEquals(time.now, HOUR);
  }, { patience: 20 });
});

Deno.test("virtualTime() loses patience once, not at each deadline", async () => {
  const { promise, settle } = outside();
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, "setTimeout")!;
  const host = globalThis.setTimeout;
  let waits = 0;
  const counting = (callback: () => void, ms: number) => {
    waits++;
    return host(callback, ms);
  };
  Object.defineProperty(globalThis, "setTimeout", { value: counting, configurable: true });
  try {
    await virtualTime(function* (time) {
      spawn(function* () {
        for (let i = 0; i < 10; i++) yield* sleep(HOUR);
        settle();
      });
      yield* until(promise);
      assertEquals(time.now, 10 * HOUR);
    }, { patience: 1 });
  } finally {
    Object.defineProperty(globalThis, "setTimeout", descriptor);
  }
  assertEquals(waits, 1);
});

Deno.test("a change outside renews the patience", async () => {
  const first = outside();
  const second = outside();
  const said: string[] = [];
  const running = virtualTime(function* (time) {
    yield* until(first.promise);
    said.push(`first at ${time.now}`);
    spawn(() => sleep(HOUR));
    yield* until(second.promise);
    said.push(`second at ${time.now}`);
  }, { patience: Infinity });
  first.settle();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(said, ["first at 0"]);
  second.settle();
  await running;
  assertEquals(said, ["first at 0", "second at 0"]);
});

Deno.test("virtualTime() leaves no timer of the host behind", async () => {
  const { promise, settle } = outside();
  const running = virtualTime(function* () {
    spawn(() => sleep(HOUR));
    yield* until(promise);
  }, { patience: 60_000 });
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  settle();
  await running; // or the sanitizer complains
  await run(() => {});
});
