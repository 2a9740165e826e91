// Copyright 2026 the Tendril authors. MIT license.
// A StreamServer over TLS, with clients that trust it, that do not, and that speak no TLS at all.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { type Coroutine, getHub, idle, joinAll, run, spawn } from "@tendril/tendril";
import { connect, type Connection, connectTls, StreamServer } from "@tendril/tendril/io";
import { bytes, cert, key, readText, thrown } from "./sockets.ts";

const hostname = "127.0.0.1";
const trusting = { hostname: "localhost", caCerts: [cert] };

/** Sends back what it gets until the client is done. */
function* echo(client: Connection): Coroutine<void> {
  for (;;) {
    const said = yield* readText(client);
    if (said === null) return;
    yield* client.write(bytes(`you said ${said}`));
  }
}

/** Runs `body` with the port of a server over TLS; gives the errors of its handlers. */
function serving(body: (port: number) => Coroutine<void>): Promise<unknown[]> {
  return run(function* () {
    const hub = getHub();
    const { onError } = hub;
    const errors: unknown[] = [];
    hub.onError = (error) => void errors.push(error);
    const server = new StreamServer({ hostname, port: 0, cert, key }, echo);
    server.start();
    try {
      yield* body(server.port);
    } finally {
      yield* server.stop();
      yield* idle();
      hub.onError = onError;
    }
    return errors;
  });
}

function* say(port: number, what: string): Coroutine<string | null> {
  using connection = yield* connectTls({ ...trusting, port });
  yield* connection.write(bytes(what));
  return yield* readText(connection);
}

Deno.test("a StreamServer with cert and key serves clients over TLS at the same time", async () => {
  await serving(function* (port) {
    const clients = Array.from({ length: 8 }, (_, n) => spawn(say, port, `${n}`));
    yield* joinAll(clients);
    const heard = clients.map((client) => client.value);
    assertEquals(heard, Array.from({ length: 8 }, (_, n) => `you said ${n}`));
  });
});

Deno.test("a client that does not trust the server leaves it unharmed", async () => {
  const [failure, ...more] = await serving(function* (port) {
    const error = yield* thrown(function* () {
      using connection = yield* connectTls({ hostname: "localhost", port });
      yield* connection.write(bytes("hello"));
      yield* readText(connection);
    });
    assertInstanceOf(error, Deno.errors.InvalidData);
    assertEquals(yield* say(port, "hello"), "you said hello");
  });
  assertInstanceOf(failure, Deno.errors.InvalidData);
  assertEquals(more, []);
});

Deno.test("a client that speaks no TLS leaves the server unharmed", async () => {
  const [failure, ...more] = await serving(function* (port) {
    using stranger = yield* connect({ hostname, port });
    yield* stranger.write(bytes("GET / HTTP/1.0\r\n\r\n"));
    while ((yield* readText(stranger)) !== null);
    assertEquals(yield* say(port, "hello"), "you said hello");
  });
  assertInstanceOf(failure, Deno.errors.InvalidData);
  assertEquals(more, []);
});
