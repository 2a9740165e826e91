#!/usr/bin/env -S deno run --allow-net=127.0.0.1
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A TCP server that sends everything back in capitals, with a greenlet for each client. Ctrl-C ends it.
 *
 *     deno task example:echo_server [port]
 *
 * @module
 */
import { type Coroutine, main } from "@tendril/tendril";
import { type Connection, StreamServer } from "@tendril/tendril/io";

function* shoutBack(client: Connection): Coroutine {
  console.log(`${client.name} came`);
  const buffer = new Uint8Array(1024);
  for (let size; (size = yield* client.read(buffer)) !== null;) {
    const text = new TextDecoder().decode(buffer.subarray(0, size));
    yield* client.write(new TextEncoder().encode(text.toUpperCase()));
  }
  console.log(`${client.name} left`);
}

await main(function* () {
  const port = Number(Deno.args[0] ?? 9999);
  const server = new StreamServer({ hostname: "127.0.0.1", port }, shoutBack);
  server.start();
  console.log(`Listening on port ${server.port}`);
  yield* server.serveForever();
});
