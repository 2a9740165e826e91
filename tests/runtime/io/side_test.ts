// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ConcurrentObjectUseError,
  type Coroutine,
  GreenletExit,
  run,
  spawn,
  spawnWith,
} from "@tendril/tendril";
import { connect, listen, listenDatagram } from "@tendril/tendril/io";
import { between, bytes, readAll, readText, text, thrown, waitsFor } from "./sockets.ts";

/** Starts `use` in a greenlet named first and, while that waits, in one named second, which must fail. */
function* collide(use: () => Coroutine<unknown>, reason: string, object: string): Coroutine<void> {
  const first = spawnWith({ name: "first" }, use);
  yield waitsFor(reason);
  const second = spawnWith({ name: "second" }, () => thrown(use));
  const error = yield* second;
  assertInstanceOf(error, ConcurrentObjectUseError);
  assertStringIncludes(error.message, `${object}`);
  assertStringIncludes(error.message, " in second: first is at it; let one greenlet do it");
  yield* first.kill();
  assertInstanceOf(first.value, GreenletExit);
}

Deno.test("two greenlets that read one connection: the second is told of the first", async () => {
  await between(function* ({ near, far }) {
    const object = `Cannot read <TcpConnection 127.0.0.1:${
      (near.localAddr as Deno.NetAddr).port
    } to`;
    yield* collide(() => readText(near), `read ${near.name}`, object);
    yield far.write(bytes("x"));
    assertEquals(yield* readText(near), "x");
  });
});

Deno.test("two greenlets that write one connection: the second is told of the first", async () => {
  await between(function* ({ near }) {
    yield* collide(
      function* () {
        yield* near.write(new Uint8Array(20_000_000));
      },
      `write ${near.name}`,
      "Cannot write <TcpConnection 127.0.0.1:",
    );
  });
});

Deno.test("Connection.closeWrite() is refused while another greenlet writes", async () => {
  await between(function* ({ near }) {
    const writing = spawn(() => near.write(new Uint8Array(20_000_000)));
    yield waitsFor(`write ${near.name}`);
    const error = yield* thrown(function* () {
      yield* near.closeWrite();
    });
    assertInstanceOf(error, ConcurrentObjectUseError);
    assertStringIncludes(error.message, writing.name);
    yield* writing.kill();
  });
});

Deno.test("two greenlets that accept on one listener: the second is told of the first", async () => {
  await run(function* () {
    using listener = listen({ hostname: "127.0.0.1", port: 0 });
    const object = `Cannot accept <Listener ${listener.name}, accepted from by first>`;
    yield* collide(
      function* () {
        yield* listener.accept();
      },
      `accept ${listener.name}`,
      object,
    );
  });
});

Deno.test("two greenlets that receive on one socket: the second is told of the first", async () => {
  await run(function* () {
    using socket = listenDatagram({ hostname: "127.0.0.1", port: 0 });
    const object = `Cannot receive <DatagramSocket ${socket.name}, received by first>`;
    yield* collide(
      function* () {
        yield* socket.receive();
      },
      `receive ${socket.name}`,
      object,
    );
  });
});

Deno.test("one greenlet may read while another writes", async () => {
  await between(function* ({ near, far }) {
    const reading = spawn(() => readText(near));
    yield waitsFor(`read ${near.name}`);
    yield* near.write(bytes("out"));
    yield far.write(bytes("in"));
    assertEquals(yield* reading, "in");
    near.close();
    assertEquals(text((yield readAll(far)) as Uint8Array), "out");
  });
});

Deno.test("async functions outside of any greenlet count as main", async () => {
  using listener = listen({ hostname: "127.0.0.1", port: 0 });
  using near = await connect({ port: listener.addr.port });
  using far = await listener.accept();
  const reading = near.read(new Uint8Array(1));
  const told = " in main: main is at it";
  await assertRejects(() => near.read(new Uint8Array(1)), ConcurrentObjectUseError, told);
  const other = run(() => near.read(new Uint8Array(1)));
  const by = /in Greenlet-\d+: main is at it/;
  const error = await assertRejects(() => other, ConcurrentObjectUseError);
  assertEquals(by.test(error.message), true);
  await far.write(bytes("x"));
  assertEquals(await reading, 1);
});

Deno.test("an async greenlet is named when it reads at the same time", async () => {
  await between(function* ({ near }) {
    const reading = spawnWith({ name: "async reader" }, async () => {
      await near.read(new Uint8Array(1));
    });
    yield waitsFor(`read ${near.name}`);
    const error = yield* thrown(() => readText(near));
    assertStringIncludes(error.message, "async reader is at it");
    yield* reading.kill();
  });
});

Deno.test("a greenlet may read when another one has read or was killed", async () => {
  await between(function* ({ near, far }) {
    for (const [index, word] of ["one", "two", "three"].entries()) {
      const reading = spawn(() => readText(near));
      yield waitsFor(`read ${near.name}`);
      if (index === 1) yield* reading.kill();
      yield far.write(bytes(word));
      if (index === 1) assertEquals(yield* readText(near), "two");
      else assertEquals(yield* reading, word);
    }
  });
});
