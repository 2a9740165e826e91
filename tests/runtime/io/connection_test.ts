// Copyright 2026 the Tendril authors. MIT license.

import { Buffer } from "node:buffer";
import { createServer } from "node:net";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ConcurrentObjectUseError, run, spawn } from "@tendril/tendril";
import { connect, connectTls, listen, listenTls } from "@tendril/tendril/io";
import {
  assertFailure,
  between,
  bytes,
  cert,
  eventually,
  key,
  readAll,
  readText,
  text,
  thrown,
  waitsFor,
} from "./sockets.ts";

Deno.test("Connection.read() gives what the other end wrote, and null at the end", async () => {
  await between(function* ({ near, far }) {
    yield far.write(bytes("hello"));
    assertEquals(yield* readText(near), "hello");
    far.close();
    assertEquals(yield* readText(near), null);
    assertEquals(yield* readText(near), null);
  });
});

Deno.test("Connection.write() writes all of a large buffer", async () => {
  await between(function* ({ near, far }) {
    const sent = new Uint8Array(9_000_000);
    for (let i = 0; i < sent.length; i += 1000) sent[i] = i / 1000 % 251;
    const received = readAll(far);
    yield* near.write(sent);
    near.close();
    assert(Buffer.compare(sent, (yield received) as Uint8Array) === 0);
  });
});

Deno.test("Connection.write() writes nothing of an empty buffer", async () => {
  await between(function* ({ near, far }) {
    yield* near.write(new Uint8Array());
    yield* near.write(bytes("x"));
    near.close();
    assertEquals(text((yield readAll(far)) as Uint8Array), "x");
  });
});

Deno.test("Connection.read() and write() can be awaited outside of any greenlet", async () => {
  using listener = listen({ hostname: "127.0.0.1", port: 0 });
  using near = await connect({ port: listener.addr.port });
  using far = await listener.accept();
  const buffer = new Uint8Array(10);
  const reading = near.read(buffer);
  await far.write(bytes("hello"));
  assertEquals(await reading.then((count) => text(buffer.subarray(0, count!))), "hello");
});

Deno.test("Connection.read() and write() can be awaited in an async greenlet", async () => {
  await between(function* ({ near, far }) {
    const echo = spawn(async () => {
      const buffer = new Uint8Array(10);
      const count = await near.read(buffer);
      await near.write(buffer.subarray(0, count!));
    });
    yield far.write(bytes("hello"));
    yield* echo;
    near.close();
    assertEquals(text((yield readAll(far)) as Uint8Array), "hello");
  });
});

Deno.test("Connection.closeWrite() tells the other end, and reading goes on", async () => {
  await between(function* ({ near, far }) {
    yield* near.write(bytes("question"));
    yield* near.closeWrite();
    const buffer = new Uint8Array(10);
    assertEquals(yield far.read(buffer), 8);
    assertEquals(yield far.read(buffer), null);
    yield far.write(bytes("answer"));
    assertEquals(yield* readText(near), "answer");
  });
});

Deno.test("Connection.closeWrite() of a closed connection fails, and says so", async () => {
  await between(function* ({ near }) {
    near.close();
    const error = yield* thrown(function* () {
      yield* near.closeWrite();
    });
    const message = `Cannot close the writing side of ${near.name}: the connection is closed`;
    assertFailure(error, Deno.errors.BadResource, message);
  });
});

Deno.test("Connection.close() can be called again, and `using` closes", async () => {
  await between(function* ({ near, far }) {
    {
      using connection = near;
      assertEquals(connection.closed, false);
    }
    near.close();
    assertEquals(near.closed, true);
    assertEquals(yield far.read(new Uint8Array(1)), null);
  });
});

Deno.test("Connection tells its addresses, its name and what it does", async () => {
  using listener = listen({ hostname: "127.0.0.1", port: 0 });
  using near = await connect({ port: listener.addr.port });
  using far = await listener.accept();
  assertEquals(near.remoteAddr, far.localAddr);
  assertEquals(near.name, listener.name);
  const ends = `127.0.0.1:${near.localAddr.port} to ${listener.name}`;
  assertEquals(Deno.inspect(near), `<TcpConnection ${ends}>`);
  await run(function* () {
    const reading = spawn(() => near.read(new Uint8Array(1)));
    reading.name = "reader";
    yield waitsFor(`read ${near.name}`);
    assertEquals(Deno.inspect(near), `<TcpConnection ${ends}, read by reader>`);
    yield* reading.kill();
  });
  near.close();
  assertEquals(Deno.inspect(near), `<TcpConnection ${ends}, closed>`);
});

Deno.test("TcpConnection.setNoDelay() and setKeepAlive() act on an open connection only", async () => {
  using listener = listen({ hostname: "127.0.0.1", port: 0 });
  using connection = await connect({ port: listener.addr.port });
  connection.setNoDelay(false);
  connection.setKeepAlive();
  connection.close();
  const error = assertThrows(() => connection.setNoDelay()) as Error;
  assertFailure(error, Deno.errors.BadResource, `Cannot set no delay of ${connection.name}`);
});

Deno.test("Connection.read() keeps `run` from calling it a deadlock", async () => {
  await between(function* ({ near, far }) {
    setTimeout(() => far.write(bytes("late")), 5);
    assertEquals(yield* readText(near), "late");
  });
});

Deno.test("Connection.close() ends a read of another greenlet with a BadResource", async () => {
  await between(function* ({ near }) {
    const reading = spawn(() => thrown(() => readText(near)));
    yield waitsFor(`read ${near.name}`);
    near.close();
    const message = `Cannot read ${near.name}: the connection is closed`;
    assertFailure(yield* reading, Deno.errors.BadResource, message);
  });
});

Deno.test("Connection.close() ends a write of another greenlet with a BadResource", async () => {
  await between(function* ({ near }) {
    const writing = spawn(() =>
      thrown(function* () {
        yield* near.write(new Uint8Array(20_000_000));
      })
    );
    yield waitsFor(`write ${near.name}`);
    near.close();
    const message = `Cannot write ${near.name}: the connection is closed`;
    assertFailure(yield* writing, Deno.errors.BadResource, message);
  });
});

Deno.test("Connection.read() and write() of a closed connection throw a BadResource", async () => {
  await between(function* ({ near }) {
    near.close();
    const message = `${near.name}: the connection is closed`;
    const read = yield* thrown(() => readText(near));
    assertFailure(read, Deno.errors.BadResource, `Cannot read ${message}`);
    const write = yield* thrown(function* () {
      yield* near.write(bytes("x"));
    });
    assertFailure(write, Deno.errors.BadResource, `Cannot write ${message}`);
  });
});

Deno.test("Connection.read() throws a ConnectionReset that names the other end", async () => {
  // Only Node's sockets can be made to break a connection off.
  const server = createServer((socket) => void socket.on("data", () => socket.resetAndDestroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await run(function* () {
    using near = yield* connect({ port: (server.address() as { port: number }).port });
    yield* near.write(bytes("go"));
    const error = yield* thrown(() => readText(near));
    assertFailure(error, Deno.errors.ConnectionReset, `Cannot read ${near.name}: connection reset`);
    assertEquals((error as Error & { code: string }).code, "ECONNRESET");
  });
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("Connection.write() throws a BrokenPipe that names the other end", async () => {
  await between(function* ({ near, far }) {
    yield* near.closeWrite();
    const error = yield* thrown(function* () {
      yield* near.write(bytes("x"));
    });
    assertFailure(error, Deno.errors.BrokenPipe, `Cannot write ${near.name}: broken pipe`);
    far.close();
  });
});

Deno.test("Connection.readable and writable are its streams", async () => {
  await between(function* ({ near, far }) {
    yield far.write(bytes("in"));
    yield far.closeWrite();
    assertEquals(yield new Response(near.readable).text(), "in");
  });
  await between(function* ({ near, far }) {
    yield new Response("out").body!.pipeTo(near.writable);
    assertEquals(text((yield readAll(far)) as Uint8Array), "out");
  });
});

Deno.test("Connection.readable begins with what a read that was given up had left", async () => {
  await between(function* ({ near, far }) {
    const buffer = new Uint8Array(10);
    const reading = spawn(() => near.read(buffer));
    yield waitsFor(`read ${near.name}`);
    yield* reading.kill();
    yield far.write(bytes("one"));
    yield eventually(() => buffer[0] !== 0);
    const content = new Response(near.readable).text();
    yield far.write(bytes(" two"));
    far.close();
    assertEquals(yield content, "one two");
  });
});

Deno.test("Connection.readable and writable are refused while somebody reads or writes", async () => {
  await between(function* ({ near }) {
    const reading = spawn(() => near.read(new Uint8Array(1)));
    const writing = spawn(() => near.write(new Uint8Array(20_000_000)));
    yield waitsFor(`write ${near.name}`);
    assertThrows(() => near.readable, ConcurrentObjectUseError, reading.name);
    assertThrows(() => near.writable, ConcurrentObjectUseError, writing.name);
    yield* reading.kill();
    yield* writing.kill();
  });
});

Deno.test("TlsConnection reads, writes and shakes hands", async () => {
  await run(function* () {
    using listener = listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    const server = spawn(function* () {
      using connection = yield* listener.accept();
      yield* connection.write(bytes((yield* readText(connection))!.toUpperCase()));
      yield* connection.closeWrite();
    });
    const { port } = listener.addr;
    using client = yield* connectTls({ hostname: "localhost", port, caCerts: [cert] });
    const handshake = client.handshake();
    yield* client.write(bytes("hello"));
    assertEquals((yield* handshake).alpnProtocol, null);
    assertEquals(yield* readText(client), "HELLO");
    assertEquals(yield* readText(client), null);
    assertMatch(Deno.inspect(client), /^<TlsConnection 127/);
    yield* server;
  });
});

Deno.test("TlsConnection.handshake() fails with an InvalidData where there is no trust", async () => {
  await run(function* () {
    using listener = listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    const server = spawn(function* () {
      using connection = yield* listener.accept();
      return yield* thrown(() => readText(connection));
    });
    using client = yield* connectTls({ hostname: "localhost", port: listener.addr.port });
    const failed = yield* thrown(function* () {
      yield* client.handshake();
    });
    const message = `Cannot shake hands with ${client.name}: invalid peer certificate`;
    assertFailure(failed, Deno.errors.InvalidData, message);
    client.close();
    assertFailure(yield* server, Deno.errors.InvalidData, "Cannot read 127.0.0.1:");
  });
});
