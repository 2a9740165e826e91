// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import {
  type Coroutine,
  Event,
  getCurrent,
  getHub,
  GreenletError,
  joinAll,
  run,
  spawn,
} from "@tendril/tendril";
import { DatagramServer, listenDatagram } from "@tendril/tendril/io";

const hostname = "127.0.0.1";
const ANYWHERE = { hostname, port: 0 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A server that answers in capitals. */
function shouter(): DatagramServer {
  return new DatagramServer(ANYWHERE, function* (message, from, server) {
    yield* server.send(encoder.encode(decoder.decode(message).toUpperCase()), from);
  });
}

/** Sends a message and gives the answer to it. */
function* ask(server: DatagramServer, question: string): Coroutine<string> {
  using socket = listenDatagram(ANYWHERE);
  yield* socket.send(encoder.encode(question), server.addr!);
  const [answer] = yield* socket.receive();
  return decoder.decode(answer);
}

Deno.test("DatagramServer answers many clients from its own address", async () => {
  await run(function* () {
    const server = shouter();
    server.start();
    const clients = Array.from({ length: 50 }, (_, i) => spawn(ask, server, `client ${i}`));
    yield* joinAll(clients, { raiseError: true });
    assertEquals(clients.map((each) => each.value), clients.map((_, i) => `CLIENT ${i}`));
    yield* server.stop();
  });
});

Deno.test("DatagramServer runs a greenlet for each message, named after its sender", async () => {
  await run(function* () {
    const server = new DatagramServer(ANYWHERE, function* (_message, from, server) {
      yield* server.send(encoder.encode(getCurrent().name), from);
    });
    server.start();
    using client = listenDatagram(ANYWHERE);
    yield* client.send(new Uint8Array(), server.addr!);
    const [answer, from] = yield* client.receive();
    assertEquals(decoder.decode(answer), `message from ${hostname}:${client.addr.port}`);
    assertEquals(from.port, server.port);
    yield* server.stop();
  });
});

Deno.test("DatagramServer goes on after a handler that failed, which is reported", async () => {
  const hub = getHub();
  const { onError } = hub;
  const errors: unknown[] = [];
  hub.onError = (error) => errors.push(String(error));
  try {
    await run(function* () {
      const broken = new Event();
      const server = new DatagramServer(ANYWHERE, function* (message, from, server) {
        if (message.length === 0) {
          broken.set();
          throw new RangeError("nothing in it");
        }
        yield* server.send(message, from);
      });
      server.start();
      using client = listenDatagram(ANYWHERE);
      yield* client.send(new Uint8Array(), server.addr!);
      yield* broken.wait();
      assertEquals(yield* ask(server, "again"), "again");
      yield* server.stop();
    });
  } finally {
    hub.onError = onError;
  }
  assertEquals(errors, ["RangeError: nothing in it"]);
});

Deno.test("DatagramServer handles no more messages at a time than there is room for", async () => {
  let busy = 0;
  let most = 0;
  await run(function* () {
    const go = new Event();
    const server = new DatagramServer(ANYWHERE, function* (message, from, server) {
      most = Math.max(most, ++busy);
      yield* go.wait();
      yield* server.send(message, from);
      busy--;
    }, { spawn: 2 });
    server.start();
    const clients = Array.from({ length: 6 }, () => spawn(ask, server, "x"));
    while (busy < 2) yield;
    go.set();
    yield* joinAll(clients, { raiseError: true });
    yield* server.stop();
  });
  assertEquals(most, 2);
});

Deno.test("DatagramServer.stop() kills handlers that do not end in time", async () => {
  await run(function* () {
    const begun = new Event();
    let cleaned = false;
    const server = new DatagramServer(ANYWHERE, function* () {
      try {
        begun.set();
        yield* new Event().wait();
      } finally {
        cleaned = true;
      }
    });
    server.start();
    const client = spawn(ask, server, "x");
    yield* begun.wait();
    yield* server.stop({ timeout: 0 });
    assertEquals([cleaned, server.size, server.closed], [true, 0, true]);
    yield* client.kill();
  });
});

Deno.test("DatagramServer tells its port and sends only once it has started", async () => {
  const server = shouter();
  assertThrows(() => server.port, GreenletError, "call start() first");
  assertThrows(
    () => server.send(new Uint8Array(), { transport: "udp", hostname, port: 9 }),
    GreenletError,
  );
  server.start();
  assertEquals(Deno.inspect(server), `<DatagramServer ${hostname}:${server.port} handlers=0>`);
  await server.stop();
});
