#!/usr/bin/env -S deno run --allow-net=127.0.0.1
// Copyright 2026 the Tendril authors. MIT license.
/**
 * 400 clients at a time for `echo_server.ts`, a greenlet each: every one sends ten lines and checks what
 * comes back.
 *
 *     deno task example:echo_clients [port] [clients]
 *
 * @module
 */
import { type Coroutine, getCurrent, joinAll, main, spawnWith } from "@tendril/tendril";
import { connect } from "@tendril/tendril/io";

const [port = 9999, clients = 400] = Deno.args.map(Number);

/** Gives how many answers were right. */
function* chat(): Coroutine<number> {
  using connection = yield* connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(1024);
  let right = 0;
  for (let number = 0; number < 10; number++) {
    const text = `${getCurrent().name} ${number}`;
    yield* connection.write(new TextEncoder().encode(text));
    const size = yield* connection.read(buffer);
    const answer = new TextDecoder().decode(buffer.subarray(0, size ?? 0));
    if (answer === text.toUpperCase()) right++;
  }
  return right;
}

await main(function* () {
  const all = Array.from({ length: clients }, (_, i) => spawnWith({ name: `client ${i}` }, chat));
  yield* joinAll(all, { raiseError: true });
  const right = all.reduce((sum, client) => sum + (client.value ?? 0), 0);
  console.log(`${clients} clients got ${right} right answers`);
});
