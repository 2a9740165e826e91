// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  dump,
  getHub,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { WebSocket, WebSocketClosedError } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";

type Peer = globalThis.WebSocket;

/** A server of WebSockets, which ends with the test. */
class Server implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly url: string;

  constructor(connected: (peer: Peer) => void) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        const { socket, response } = Deno.upgradeWebSocket(request);
        socket.onopen = () => connected(socket);
        return response;
      },
    );
    this.url = `ws://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Sends back in capitals what it gets. */
function shout(peer: Peer): void {
  peer.onmessage = ({ data }) => peer.send(data.toUpperCase());
}

Deno.test("WebSocket opens, sends, receives and closes by yield*", async () => {
  await using server = new Server(shout);
  await run(function* () {
    using socket = new WebSocket(server.url);
    yield* socket.opened();
    socket.send("hello");
    assertEquals(yield* socket.receive(), "HELLO");
    socket.close(1000, "done");
    assertEquals(yield* socket.closed(), { code: 1000, reason: "done", wasClean: true });
  });
});

Deno.test("WebSocket opens, sends, receives and closes by await", async () => {
  await using server = new Server(shout);
  using socket = new WebSocket(server.url);
  await socket.opened();
  socket.send("hello");
  assertEquals(await socket.receive(), "HELLO");
  socket.close();
  assertEquals((await socket.closed()).wasClean, true);
});

Deno.test("WebSocket is one of the platform, with its events", async () => {
  await using server = new Server((peer) => {
    peer.send("hello");
    peer.close(4001, "bye");
  });
  const socket = new WebSocket(server.url, ["a", "b"].slice(2));
  assertInstanceOf(socket, globalThis.WebSocket);
  const got: unknown[] = [];
  socket.onopen = () => got.push("open");
  socket.addEventListener("message", ({ data }) => got.push(data));
  socket.onclose = ({ code, reason }) => got.push([code, reason]);
  await socket.closed();
  assertEquals(got, ["open", "hello", [4001, "bye"]]);
});

Deno.test("messages are kept in order until somebody takes them, text and bytes", async () => {
  await using server = new Server((peer) => {
    for (let i = 0; i < 100; i++) peer.send(i % 2 === 0 ? `${i}` : new Uint8Array([i]));
    peer.close();
  });
  await run(function* () {
    using socket = new WebSocket(server.url);
    yield* socket.closed(); // all have come before anybody asks
    for (let i = 0; i < 100; i++) {
      assertEquals(yield* socket.receive(), i % 2 === 0 ? `${i}` : new Uint8Array([i]));
    }
  });
});

Deno.test("receive() on a closed socket throws the code and the reason", async () => {
  await using server = new Server((peer) => {
    peer.send("last");
    peer.close(4001, "bye");
  });
  using socket = new WebSocket(server.url);
  const waiting = spawn(function* () {
    const last = yield* socket.receive();
    try {
      yield* socket.receive();
    } catch (error) {
      return [last, error] as const;
    }
  });
  const [last, error] = (await waiting)!;
  assertInstanceOf(error, WebSocketClosedError);
  assertEquals([last, error.code, error.reason, error.wasClean], ["last", 4001, "bye", true]);
  assertEquals(
    error.message,
    `Cannot receive from ${server.url}: it was closed with code 4001, bye`,
  );
  await assertRejects(async () => await socket.receive(), WebSocketClosedError);
});

Deno.test("for await and next() end when both sides have closed", async () => {
  await using server = new Server((peer) => {
    peer.send("one");
    peer.send("two");
    peer.close();
  });
  using socket = new WebSocket(server.url);
  assertEquals(await Array.fromAsync(socket), ["one", "two"]);
  assertEquals(await socket.next(), { done: true, value: undefined });
});

Deno.test("leaving a loop over messages leaves the socket open", async () => {
  await using server = new Server((peer) => {
    peer.send("one");
    peer.send("two");
  });
  using socket = new WebSocket(server.url);
  for await (const message of socket) {
    assertEquals(message, "one");
    break;
  }
  assertEquals(await socket.receive(), "two");
  socket.close();
  await socket.closed();
});

Deno.test("opened() throws the host's error when nobody listens there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `ws://127.0.0.1:${listener.addr.port}/`;
  listener.close();
  const error = await assertRejects(async () => {
    using socket = new WebSocket(url);
    await socket.opened();
  }, WebSocketClosedError);
  assertStringIncludes(error.message, `Cannot open ${url}: `);
  assertStringIncludes(error.message, "connect");
  assertEquals(error.code, 1006);
  assert(error.cause instanceof Error);
});

Deno.test("opened() throws when the server knows no WebSockets", async () => {
  await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("no"));
  const url = `ws://127.0.0.1:${server.addr.port}/`;
  await assertRejects(async () => {
    using socket = new WebSocket(url);
    await socket.opened();
  }, WebSocketClosedError);
});

Deno.test("a socket that failed and that nobody waits for is nobody's rejection", async () => {
  await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("no"));
  using socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
  await socket.closed();
  await settle();
});

Deno.test("a bad address is refused at once", () => {
  assertThrows(() => new WebSocket("nonsense"), DOMException);
});

/** A server that takes connections but never answers. */
function deaf(): { url: string; came: Promise<Deno.Conn> } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const came = listener.accept();
  return {
    url: `ws://127.0.0.1:${listener.addr.port}/`,
    came,
    [Symbol.dispose]: () => listener.close(),
  };
}

/** Reads a connection up to its end. */
async function untilGone(connection: Deno.Conn): Promise<void> {
  using _ = connection;
  const buffer = new Uint8Array(1000);
  while (await connection.read(buffer) !== null);
}

Deno.test("a kill in opened() closes the socket, and the server sees it", async () => {
  using server = deaf();
  const opening = spawn(function* () {
    const socket = new WebSocket(server.url);
    yield* socket.opened();
  });
  const connection = await server.came;
  assertStringIncludes(dump(), `waits for open websocket ${server.url}`);
  await opening.kill();
  await untilGone(connection);
  await settle();
});

Deno.test("a Timeout or a lost select in opened() closes the socket", async () => {
  for (const lose of [true, false]) {
    using server = deaf();
    const key = await run(function* () {
      const socket = new WebSocket(server.url);
      yield* until(server.came);
      if (lose) return (yield* select({ open: socket.opened(), late: sleep(5) })).key;
      return yield* withTimeout(5, socket.opened(), { value: "late" });
    });
    assertEquals(key, "late");
    await untilGone(await server.came);
    await settle();
  }
});

Deno.test("a wait for a message that is given up loses none", async () => {
  const { promise: peer, resolve } = Promise.withResolvers<Peer>();
  await using server = new Server(resolve);
  await run(function* () {
    using socket = new WebSocket(server.url);
    yield* socket.opened();
    const killed = spawn(function* () {
      yield* socket.receive();
    });
    yield;
    assertStringIncludes(dump(), "waits for websocket receive");
    yield* killed.kill();
    assertEquals((yield* select({ got: socket.next(), late: sleep(1) })).key, "late");
    try {
      yield* socket.receive({ timeout: 1 });
    } catch (error) {
      assertInstanceOf(error, Timeout);
    }
    (yield* until(peer)).send("hello");
    assertEquals(yield* socket.receive(), "hello");
    socket.close();
    yield* socket.closed();
  });
});

Deno.test("a connection that breaks is an error, also in a loop", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { promise: waiting, resolve: wait } = Promise.withResolvers<void>();
  const serving = listener.accept().then(async (connection) => {
    using _ = connection;
    const buffer = new Uint8Array(4000);
    const request = new TextDecoder().decode(buffer.subarray(0, (await connection.read(buffer))!));
    const key = /sec-websocket-key: (.*)\r/i.exec(request)![1];
    const hash = await crypto.subtle.digest(
      "SHA-1",
      new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`),
    );
    const answer = [
      "HTTP/1.1 101 Switching Protocols",
      "upgrade: websocket",
      "connection: upgrade",
      `sec-websocket-accept: ${new Uint8Array(hash).toBase64()}`,
      "\r\n",
    ];
    await connection.write(new TextEncoder().encode(answer.join("\r\n")));
    await connection.write(new Uint8Array([0x81, 1, 0x61])); // the message "a", and no more
    await waiting;
  });
  using socket = new WebSocket(`ws://127.0.0.1:${listener.addr.port}/`);
  const got: unknown[] = [];
  const error = await assertRejects(async () => {
    for await (const message of socket) {
      got.push(message);
      settle().then(wait); // by then the loop waits for the next
    }
  }, WebSocketClosedError);
  assertEquals([got, error.code, error.wasClean], [["a"], 1006, false]);
  await assertRejects(async () => await socket.next(), WebSocketClosedError);
  await serving;
});

Deno.test("who waits for a message is not taken for deadlocked", async () => {
  const { promise: peer, resolve } = Promise.withResolvers<Peer>();
  await using server = new Server(resolve);
  const { external } = getHub().stats();
  const got = run(function* () {
    using socket = new WebSocket(server.url);
    const message = yield* socket.receive();
    socket.close();
    yield* socket.closed();
    return message;
  });
  const other = await peer;
  await new Promise((resolve) => setTimeout(resolve, 5));
  other.send("hello");
  assertEquals(await got, "hello");
  assertEquals(getHub().stats().external, external);
});
