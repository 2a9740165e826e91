// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Coroutine,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from "@tendril/tendril";
import { connect, listen, type Listener, listenTls, TcpConnection } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import { assertFailure, bytes, cert, key, readText, thrown, waitsFor } from "./sockets.ts";

const ANYWHERE = { hostname: "127.0.0.1", port: 0 };

/** Runs `body` with a listener, which is closed afterwards. */
async function listening<T>(body: (listener: Listener) => Coroutine<T>): Promise<T> {
  using listener = listen(ANYWHERE);
  return await run(body, listener as Listener);
}

/** Connects, says `word` and closes. */
function* say(listener: Listener, word: string): Coroutine<void> {
  using connection = yield* connect({ port: (listener.addr as Deno.NetAddr).port });
  yield* connection.write(bytes(word));
}

/** Lets a greenlet accept, and kills it. */
function* giveUpAccept(listener: Listener): Coroutine<void> {
  const accepting = spawn(function* () {
    yield* listener.accept();
  });
  yield waitsFor(`accept ${listener.name}`);
  yield* accepting.kill();
  assertInstanceOf(accepting.value as unknown, GreenletExit);
}

Deno.test("Listener.accept() gives connections in their order", async () => {
  await listening(function* (listener) {
    for (const word of ["one", "two", "three"]) yield* say(listener, word);
    for (const word of ["one", "two", "three"]) {
      using connection = yield* listener.accept();
      assertInstanceOf(connection, TcpConnection);
      assertEquals(yield* readText(connection), word);
    }
  });
});

Deno.test("a killed accept loses nothing: the next one gets what comes", async () => {
  await listening(function* (listener) {
    yield* giveUpAccept(listener);
    yield* giveUpAccept(listener);
    const accepting = spawn(() => listener.accept());
    yield waitsFor(`accept ${listener.name}`);
    yield* say(listener, "hello");
    using connection = yield* accepting;
    assertEquals(yield* readText(connection), "hello");
  });
});

Deno.test("a killed accept loses nothing that comes while nobody accepts", async () => {
  await listening(function* (listener) {
    yield* giveUpAccept(listener);
    yield* say(listener, "one");
    yield settle();
    yield* say(listener, "two");
    for (const word of ["one", "two"]) {
      using connection = yield* listener.accept();
      assertEquals(yield* readText(connection), word);
    }
  });
});

Deno.test("an accept that times out or loses a select loses nothing", async () => {
  await listening(function* (listener) {
    assertEquals(yield* withTimeout(5, listener.accept(), { value: "late" }), "late");
    const limit = Timeout.startNew(5);
    const error = yield* thrown(function* () {
      yield* listener.accept();
    });
    assertStrictEquals(error, limit as unknown as Error);
    const { key } = yield* select({ client: listener.accept(), late: sleep(5) });
    assertEquals(key, "late");
    yield* say(listener, "hello");
    using connection = yield* listener.accept();
    assertEquals(yield* readText(connection), "hello");
  });
});

Deno.test("an accept that is done and loses a select at once puts its connection back", async () => {
  await listening(function* (listener) {
    yield* giveUpAccept(listener);
    yield* say(listener, "hello");
    yield settle();
    const done = spawn(() => 1);
    yield* done;
    for (;;) {
      const won = yield* select({ done: done.get(), client: listener.accept() });
      if (won.key === "done") continue;
      using connection = won.value;
      return assertEquals(yield* readText(connection), "hello");
    }
  });
});

Deno.test("a kill of an async greenlet gives its accept up, and nothing is lost", async () => {
  await listening(function* (listener) {
    const accepting = spawn(async () => void await listener.accept());
    yield waitsFor(`accept ${listener.name}`);
    yield* accepting.kill();
    yield* say(listener, "hello");
    using connection = yield* listener.accept();
    assertEquals(yield* readText(connection), "hello");
  });
});

Deno.test("`for await` over a Listener gives connections until it is closed", async () => {
  using listener = listen(ANYWHERE);
  const heard: (string | null)[] = [];
  const serving = run(async () => {
    for await (using connection of listener) {
      heard.push(await run(() => readText(connection)));
      if (heard.length === 2) setTimeout(() => listener.close(), 0);
    }
  });
  await run(() => say(listener as Listener, "one"));
  await run(() => say(listener as Listener, "two"));
  await serving;
  assertEquals(heard, ["one", "two"]);
});

Deno.test("leaving a `for await` over a Listener closes it", async () => {
  using listener = listen(ANYWHERE);
  using client = await connect({ port: listener.addr.port });
  for await (const connection of listener) {
    connection.close();
    break;
  }
  assertEquals(listener.closed, true);
  assertEquals(await client.read(new Uint8Array(1)), null);
});

Deno.test("a Listener tells where it listens and who accepts", async () => {
  await listening(function* (listener) {
    const { port } = listener.addr as Deno.NetAddr;
    assertEquals(listener.name, `127.0.0.1:${port}`);
    assertEquals(Deno.inspect(listener), `<Listener 127.0.0.1:${port}>`);
    listener.close();
    assertEquals(Deno.inspect(listener), `<Listener 127.0.0.1:${port}, closed>`);
  });
});

Deno.test("an IPv6 address is shown in brackets", async () => {
  using listener = listen({ hostname: "::1", port: 0 });
  assertEquals(listener.name, `[::1]:${listener.addr.port}`);
  using connection = await connect(listener.addr as { hostname: string; port: number });
  assertEquals(connection.name, listener.name);
});

Deno.test("listen() on a port that is taken throws an AddrInUse", () => {
  using listener = listen(ANYWHERE);
  const { port } = listener.addr;
  const error = assertThrows(() => listen({ ...ANYWHERE, port })) as Error;
  const message = `Cannot listen on 127.0.0.1:${port}: address already in use`;
  assertFailure(error, Deno.errors.AddrInUse, message);
});

Deno.test("listen() and listenTls() name what is wrong with their options", () => {
  const port = assertThrows(() => listen({ port: 99_999 })) as Error;
  assertFailure(port, RangeError, "Cannot listen on 0.0.0.0:99999: invalid port");
  // @ts-expect-error there is no such transport
  const transport = assertThrows(() => listen({ ...ANYWHERE, transport: "pigeon" })) as Error;
  assertInstanceOf(transport, TypeError);
  assertStringIncludes(transport.message, 'transport must be "tcp" or "unix", got "pigeon"');
  const path = assertThrows(() => listen({ transport: "unix", path: "/no/such/socket" })) as Error;
  assertFailure(path, Deno.errors.NotFound, "Cannot listen on /no/such/socket: no such file");
  const host = assertThrows(() => listen({ hostname: "nothing.invalid", port: 80 })) as Error;
  assertFailure(host, Deno.errors.NotFound, "Cannot listen on nothing.invalid:80: failed to");
  const tls = { ...ANYWHERE, cert: "no certificate", key };
  const error = assertThrows(() => listenTls(tls)) as Error;
  assertFailure(error, Deno.errors.InvalidData, "Cannot listen on 127.0.0.1:0: ");
});

Deno.test("a TLS listener survives a client that does not speak TLS", async () => {
  await run(function* () {
    using listener = listenTls({ ...ANYWHERE, cert, key });
    using client = yield* connect({ port: listener.addr.port });
    yield* client.write(bytes("GET / HTTP/1.0\r\n\r\n"));
    using connection = yield* listener.accept();
    const error = yield* thrown(() => readText(connection));
    assertFailure(error, Deno.errors.InvalidData, `Cannot read ${connection.name}: `);
  });
});

Deno.test(
  "listen() without permission says what is missing",
  { permissions: { net: false } },
  () => {
    const error = assertThrows(() => listen(ANYWHERE)) as Error;
    const message = "Cannot listen on 127.0.0.1:0: requires net access";
    assertFailure(error, Deno.errors.NotCapable, message);
  },
);
