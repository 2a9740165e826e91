// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  type Coroutine,
  getHub,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import {
  connect,
  connectTls,
  type IoPromise,
  listen,
  listenTls,
  startTls,
  TcpConnection,
  TlsConnection,
} from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import { assertFailure, bytes, cert, key, readText, thrown, waitsFor } from "./sockets.ts";

const hostname = "127.0.0.1";

/** Runs `body` with a listener of the host. */
async function listening<T>(body: (listener: Deno.TcpListener) => Coroutine<T>): Promise<T> {
  using listener = Deno.listen({ hostname, port: 0 });
  return await run(body, listener);
}

/** What a call fails with. */
function* failing<T>(open: () => IoPromise<T>): Coroutine<Error> {
  return yield* thrown(function* () {
    yield* open();
  });
}

Deno.test("connect() gives a connection over TCP", async () => {
  await listening(function* ({ addr }) {
    using connection = yield* connect({ port: addr.port });
    assertInstanceOf(connection, TcpConnection);
    assertEquals(connection.remoteAddr.port, addr.port);
  });
});

Deno.test("connect() gives a connection over a Unix socket", async () => {
  const path = `${await Deno.makeTempDir()}/socket`;
  await run(function* () {
    using listener = listen({ transport: "unix", path });
    using near = yield* connect({ transport: "unix", path });
    using far = yield* listener.accept();
    yield* near.write(bytes("hello"));
    assertEquals(yield* readText(far), "hello");
    assertEquals([near.name, far.name, listener.name], [path, path, path]);
    assertEquals(Deno.inspect(near), `<Connection ${path}>`);
  });
  await Deno.remove(path.slice(0, path.lastIndexOf("/")), { recursive: true });
});

Deno.test("connect() to a port where nobody listens throws a ConnectionRefused", async () => {
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr;
  listener.close();
  await run(function* () {
    const error = yield* failing(() => connect({ port }));
    const message = `Cannot connect to 127.0.0.1:${port}: connection refused (os error`;
    assertFailure(error, Deno.errors.ConnectionRefused, message);
    assertEquals((error as Error & { code: string }).code, "ECONNREFUSED");
  });
});

Deno.test("connect() to an unknown host throws a NotFound", async () => {
  await run(function* () {
    const error = yield* failing(() => connect({ hostname: "nothing.invalid", port: 80 }));
    const message = "Cannot connect to nothing.invalid:80: failed to lookup";
    assertFailure(error, Deno.errors.NotFound, message);
  });
});

Deno.test("connect() to a socket that is not there throws a NotFound", async () => {
  await run(function* () {
    const error = yield* failing(() => connect({ transport: "unix", path: "/no/such" }));
    assertFailure(error, Deno.errors.NotFound, "Cannot connect to /no/such: no such file");
  });
});

Deno.test("connect() names what is wrong with its options", async () => {
  await run(function* () {
    const port = yield* failing(() => connect({ port: 99_999 }));
    assertFailure(port, RangeError, "Cannot connect to 127.0.0.1:99999: invalid port");
    const host = yield* failing(() => connect({ hostname: "a b", port: 80 }));
    assertFailure(host, URIError, "Cannot connect to a b:80: invalid host");
    // @ts-expect-error there is no such transport
    const transport = yield* failing(() => connect({ port: 80, transport: "pigeon" }));
    assertInstanceOf(transport, TypeError);
    assertEquals(
      transport.message,
      'Cannot connect to 127.0.0.1:80: transport must be "tcp" or "unix", got "pigeon"',
    );
  });
});

Deno.test("connect() keeps to its own signal, and rejects with the reason of that", async () => {
  await listening(function* ({ addr }) {
    const reason = new RangeError("changed my mind");
    const aborted = { port: addr.port, signal: AbortSignal.abort(reason) };
    assertStrictEquals(yield* failing(() => connect(aborted)), reason);
    const controller = new AbortController();
    const opening = connect({ port: addr.port, signal: controller.signal });
    controller.abort(reason);
    assertStrictEquals(yield* failing(() => opening), reason);
    const unused = { port: addr.port, signal: new AbortController().signal };
    (yield* connect(unused)).close();
  });
});

Deno.test("a kill at once ends connect(), and leaves nothing open", async () => {
  await listening(function* (listener) {
    const { external } = getHub().stats();
    const opening = spawn(() => connect({ port: listener.addr.port }));
    yield;
    yield* opening.kill();
    assertInstanceOf(opening.value, GreenletExit);
    assertEquals(getHub().stats().external, external);
  });
});

Deno.test("a connection over a Unix socket that comes too late is closed", async () => {
  const path = `${await Deno.makeTempDir()}/socket`;
  using listener = Deno.listen({ transport: "unix", path });
  await run(function* () {
    const opening = spawn(async () => await connect({ transport: "unix", path }));
    yield;
    yield* opening.kill();
    using other = (yield listener.accept()) as Deno.Conn;
    const end: unknown = yield other.read(new Uint8Array(1));
    assertEquals(end, null);
  });
  await Deno.remove(path.slice(0, path.lastIndexOf("/")), { recursive: true });
});

/** Runs `body` with a port where connecting takes long, because nobody accepts. */
async function stuck(body: (port: number) => Coroutine<void>): Promise<void> {
  using listener = Deno.listen({ hostname, port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  using _first = await Deno.connect({ hostname, port });
  using _second = await Deno.connect({ hostname, port });
  await run(body, port);
}
const linux = { ignore: Deno.build.os !== "linux" };

Deno.test("a kill ends connect() and connectTls() where nobody accepts", linux, async () => {
  await stuck(function* (port) {
    for (const open of [connect, connectTls]) {
      const opening = spawn(function* () {
        yield* open({ port }) as IoPromise<TcpConnection>;
      });
      yield waitsFor(`connect 127.0.0.1:${port}`);
      yield* opening.kill();
      assertInstanceOf(opening.value as unknown, GreenletExit);
    }
  });
});

Deno.test("a kill ends connect() in an async greenlet", linux, async () => {
  await stuck(function* (port) {
    const opening = spawn(async () => void await connect({ port }));
    yield waitsFor(`connect 127.0.0.1:${port}`);
    yield* opening.kill();
    assertInstanceOf(opening.value as unknown, GreenletExit);
  });
});

Deno.test("a Timeout ends connect()", linux, async () => {
  await stuck(function* (port) {
    const limit = Timeout.startNew(5);
    assertStrictEquals(yield* failing(() => connect({ port })), limit as unknown as Error);
  });
});

Deno.test("connect() that loses a select is ended", linux, async () => {
  await stuck(function* (port) {
    assertEquals((yield* select({ open: connect({ port }), late: sleep(5) })).key, "late");
    const done = spawn(() => 1);
    yield* done;
    assertEquals((yield* select({ done: done.get(), open: connect({ port }) })).key, "done");
  });
});

Deno.test("connect() fails without an unhandled rejection when it was given up", async () => {
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr;
  listener.close();
  for (const open of [() => connect({ port }), () => connect({ transport: "unix", path: "/no" })]) {
    const opening = spawn(() => open() as IoPromise<unknown>);
    await Promise.resolve();
    await opening.kill();
  }
  await settle();
});

Deno.test("connectTls() gives a connection over TLS, with a key of the client as well", async () => {
  await run(function* () {
    using listener = listenTls({ hostname, port: 0, cert, key });
    const { port } = listener.addr;
    const options = { hostname: "localhost", port, caCerts: [cert] };
    for (const client of [options, { ...options, cert, key }]) {
      using near = yield* connectTls(client);
      using far = yield* listener.accept();
      const greeting = spawn(() => far.write(bytes("hello")));
      assertInstanceOf(near, TlsConnection);
      assertEquals(yield* readText(near), "hello");
      yield* greeting;
    }
  });
});

Deno.test("connectTls() fails like connect(), with and without a key", async () => {
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr;
  listener.close();
  await run(function* () {
    const message = `Cannot connect to 127.0.0.1:${port}: connection refused`;
    const plain = yield* failing(() => connectTls({ port }));
    assertFailure(plain, Deno.errors.ConnectionRefused, message);
    const keyed = yield* failing(() => connectTls({ port, cert, key }));
    assertFailure(keyed, Deno.errors.ConnectionRefused, message);
  });
});

Deno.test("connectTls() with a certificate that cannot be read leaves nothing open", async () => {
  const broken = "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n";
  await listening(function* ({ addr }) {
    const error = yield* failing(() => connectTls({ port: addr.port, caCerts: [broken] }));
    assert(error.message.startsWith(`Cannot connect to 127.0.0.1:${addr.port}: `));
  });
});

Deno.test("startTls() puts TLS on a connection, which is of no use then", async () => {
  await run(function* () {
    using listener = listenTls({ hostname, port: 0, cert, key });
    using plain = yield* connect({ port: listener.addr.port });
    using far = yield* listener.accept();
    using near = yield* startTls(plain, { hostname: "localhost", caCerts: [cert] });
    const greeting = spawn(() => far.write(bytes("hello")));
    assertEquals(yield* readText(near), "hello");
    yield* greeting;
    assertEquals(plain.closed, true);
    const error = yield* thrown(() => readText(plain));
    assertFailure(error, Deno.errors.BadResource, "startTls() took it over");
    const again = yield* failing(() => startTls(plain));
    assertFailure(again, Deno.errors.BadResource, `Cannot start TLS on ${plain.name}: `);
  });
});

Deno.test("startTls() that fails closes the connection", async () => {
  await listening(function* (listener) {
    using near = yield* connect({ port: listener.addr.port });
    using far = (yield listener.accept()) as Deno.TcpConn;
    const error = yield* failing(() => startTls(near, { hostname: "a b" }));
    assertFailure(error, TypeError, `Cannot start TLS on ${near.name}: invalid hostname`);
    const end: unknown = yield far.read(new Uint8Array(1));
    assertEquals([near.closed, end], [true, null]);
  });
});

Deno.test("startTls() is refused while somebody reads, or has left a read", async () => {
  await listening(function* (listener) {
    using near = yield* connect({ port: listener.addr.port });
    using far = (yield listener.accept()) as Deno.TcpConn;
    const reading = spawn(() => readText(near));
    yield waitsFor(`read ${near.name}`);
    assertInstanceOf(yield* failing(() => startTls(near)), Deno.errors.Busy);
    yield* reading.kill();
    assertInstanceOf(yield* failing(() => startTls(near)), Deno.errors.Busy);
    yield far.write(bytes("hello"));
    assertEquals(yield* readText(near), "hello");
  });
});

Deno.test("connections can be awaited outside of any greenlet", async () => {
  using listener = Deno.listen({ hostname, port: 0 });
  using connection = await connect({ port: listener.addr.port });
  assertEquals(connection.closed, false);
  await assertRejects(() => connect({ port: -1 }), RangeError, "Cannot connect to 127.0.0.1:-1");
});
