#!/usr/bin/env -S deno run --allow-net=127.0.0.1
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Sends what is typed to one of the echo servers and shows what comes back, until somebody types "q".
 *
 *     deno task example:typing_client [port]
 *
 * @module
 */
import { main } from "@tendril/tendril";
import { connect, input } from "@tendril/tendril/io";

await main(function* () {
  const port = Number(Deno.args[0] ?? 9999);
  using connection = yield* connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(1024);
  for (let line; (line = yield* input("client: ")) !== "q";) {
    if (line === "") continue; // nothing to send, so nothing would come back
    yield* connection.write(new TextEncoder().encode(line));
    const size = yield* connection.read(buffer);
    if (size === null) break;
    console.log(new TextDecoder().decode(buffer.subarray(0, size)));
  }
});
