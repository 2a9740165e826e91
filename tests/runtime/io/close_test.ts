// Copyright 2026 the Tendril authors. MIT license.
// Closing a socket in every state. The sanitizers tell of what stays open, and Deno of a rejection that
// nobody handles.

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type Coroutine, GreenletExit, run, spawn } from "@tendril/tendril";
import { connect, Connection, listen, listenDatagram, Listener } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import {
  assertFailure,
  between,
  bytes,
  eventually,
  readText,
  thrown,
  waitsFor,
} from "./sockets.ts";

Deno.test("close() after a read was given up ends that silently", async () => {
  await between(function* ({ near }) {
    const reading = spawn(() => readText(near));
    yield waitsFor(`read ${near.name}`);
    yield* reading.kill();
    near.close();
    yield settle();
    const error = yield* thrown(() => readText(near));
    assertFailure(error, Deno.errors.BadResource, "the connection is closed");
  });
});

Deno.test("close() drops what was kept of a read that was given up", async () => {
  await between(function* ({ near, far }) {
    const buffer = new Uint8Array(10);
    const reading = spawn(function* () {
      yield* near.read(buffer);
    });
    yield waitsFor(`read ${near.name}`);
    yield* reading.kill();
    yield far.write(bytes("hello"));
    yield eventually(() => buffer[0] !== 0);
    yield settle();
    near.close();
    const error = yield* thrown(() => readText(near));
    assertFailure(error, Deno.errors.BadResource, "the connection is closed");
  });
});

Deno.test("close() tells a read that waits for one that was given up", async () => {
  await between(function* ({ near }) {
    const lost = spawn(() => readText(near));
    yield waitsFor(`read ${near.name}`);
    yield* lost.kill();
    const reading = spawn(() => thrown(() => readText(near)));
    yield waitsFor(`read ${near.name}`);
    near.close();
    assertFailure(yield* reading, Deno.errors.BadResource, "the connection is closed");
  });
});

Deno.test("the promise of a read that was given up rejects if somebody looks at it", async () => {
  await between(function* ({ near, far }) {
    let promise = Promise.resolve<number | null>(0);
    const reading = spawn(function* () {
      const read = near.read(new Uint8Array(10));
      promise = read.then((count) => count);
      yield* read;
    });
    yield waitsFor(`read ${near.name}`);
    yield* reading.kill();
    const looked = assertRejects(() => promise, GreenletExit, "no longer waits for it");
    yield far.write(bytes("hello"));
    assertEquals(yield* readText(near), "hello");
    yield looked;
  });
});

Deno.test("close() after a write was given up ends that silently", async () => {
  await between(function* ({ near }) {
    const writing = spawn(function* () {
      yield* near.write(new Uint8Array(20_000_000));
    });
    yield waitsFor(`write ${near.name}`);
    yield* writing.kill();
    const next = spawn(() =>
      thrown(function* () {
        yield* near.write(bytes("x"));
      })
    );
    yield waitsFor(`write ${near.name} (after a write that was given up)`);
    near.close();
    assertFailure(yield* next, Deno.errors.BadResource, "the connection is closed");
  });
});

Deno.test("Listener.close() ends an accept of another greenlet with a BadResource", async () => {
  await run(function* () {
    using listener = listen({ hostname: "127.0.0.1", port: 0 });
    const accept = function* (): Coroutine<void> {
      yield* listener.accept();
    };
    const accepting = spawn(() => thrown(accept));
    yield waitsFor(`accept ${listener.name}`);
    listener.close();
    listener.close();
    const message = `Cannot accept ${listener.name}: the listener is closed`;
    assertFailure(yield* accepting, Deno.errors.BadResource, message);
    assertFailure(yield* thrown(accept), Deno.errors.BadResource, message);
  });
});

Deno.test("Listener.close() after an accept was given up ends that silently", async () => {
  await run(function* () {
    using listener = listen({ hostname: "127.0.0.1", port: 0 });
    const accepting = spawn(function* () {
      yield* listener.accept();
    });
    yield waitsFor(`accept ${listener.name}`);
    yield* accepting.kill();
    listener.close();
    yield settle();
    assertInstanceOf(accepting.value as unknown, GreenletExit);
  });
});

Deno.test("Listener.close() closes a connection that was accepted for nobody", async () => {
  await run(function* () {
    using listener = listen({ hostname: "127.0.0.1", port: 0 });
    const accepting = spawn(function* () {
      yield* listener.accept();
    });
    yield waitsFor(`accept ${listener.name}`);
    yield* accepting.kill();
    using connection = yield* connect({ port: listener.addr.port });
    yield settle();
    listener.close();
    assertEquals(yield* readText(connection), null);
  });
});

Deno.test("a connection that is accepted in the moment of Listener.close() is closed", async () => {
  // The host cannot be made to do that at will, so this listener only looks like one.
  const { promise, resolve } = Promise.withResolvers<Deno.Conn>();
  let closed = 0;
  const fake = { accept: () => promise, ref() {}, unref() {}, [Symbol.dispose]() {} };
  const conn = { [Symbol.dispose]: () => closed++ };
  await run(function* () {
    const listener = new Listener(
      { ...fake, addr: { transport: "unix", path: "fake" } } as unknown as Deno.UnixListener,
      (conn) => new Connection(conn),
    );
    const accepting = spawn(function* () {
      yield* listener.accept();
    });
    yield waitsFor("accept fake");
    yield* accepting.kill();
    listener.close();
    resolve(conn as unknown as Deno.Conn);
    yield settle();
  });
  assertEquals(closed, 1);
});

Deno.test("DatagramSocket.close() ends a receive of another greenlet with a BadResource", async () => {
  await run(function* () {
    using socket = listenDatagram({ hostname: "127.0.0.1", port: 0 });
    const receive = function* (): Coroutine<void> {
      yield* socket.receive();
    };
    const receiving = spawn(() => thrown(receive));
    yield waitsFor(`receive ${socket.name}`);
    socket.close();
    socket.close();
    const message = `Cannot receive ${socket.name}: the socket is closed`;
    assertFailure(yield* receiving, Deno.errors.BadResource, message);
    assertFailure(yield* thrown(receive), Deno.errors.BadResource, message);
    const error = yield* thrown(function* () {
      yield* socket.send(bytes("x"), socket.addr);
    });
    assertFailure(error, Deno.errors.BadResource, `Cannot send to ${socket.name}: the socket is`);
  });
});

Deno.test("DatagramSocket.close() after a receive was given up ends that silently", async () => {
  await run(function* () {
    using socket = listenDatagram({ hostname: "127.0.0.1", port: 0 });
    const receiving = spawn(function* () {
      yield* socket.receive();
    });
    yield waitsFor(`receive ${socket.name}`);
    yield* receiving.kill();
    socket.close();
    yield settle();
    assertInstanceOf(receiving.value as unknown, GreenletExit);
  });
});

Deno.test("what was given up and not closed does not keep a program alive", async () => {
  const program = `
    import { run, sleep, spawn } from "@tendril/tendril";
    import { connect, Connection, listen, listenDatagram, Listener } from "@tendril/tendril/io";
    await run(function* () {
      const listener = listen({ hostname: "127.0.0.1", port: 0 });
      const connection = yield* connect({ port: listener.addr.port });
      const socket = listenDatagram({ hostname: "127.0.0.1", port: 0 });
      const first = spawn(() => listener.accept());
      yield* first;
      const jobs = [
        spawn(() => listener.accept()),
        spawn(() => connection.read(new Uint8Array(1))),
        spawn(() => socket.receive()),
      ];
      yield* sleep(0);
      for (const job of jobs) yield* job.kill();
    });
    console.log("done");
  `;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net", "--ext=ts", "-"],
    cwd: new URL("../../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  });
  await using child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(bytes(program));
  await writer.close();
  const said = await new Response(child.stdout).text();
  assertEquals([said, (await child.status).success], ["done\n", true]);
});
