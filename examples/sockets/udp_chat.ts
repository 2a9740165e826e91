#!/usr/bin/env -S deno run --allow-net=127.0.0.1
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A chat over UDP: one greenlet shows what comes, while another sends what is typed, to the friend on
 * the other port. An empty line or the end of the input ends it.
 *
 *     deno task example:udp_chat 7890 7891
 *     deno task example:udp_chat 7891 7890    # in another terminal
 *
 * @module
 */
import { type Coroutine, EOFError, main, spawnWith } from "@tendril/tendril";
import { type DatagramSocket, input, listenDatagram } from "@tendril/tendril/io";

const hostname = "127.0.0.1";

function* show(socket: DatagramSocket<Deno.NetAddr>): Coroutine {
  for (;;) {
    const [bytes, from] = yield* socket.receive();
    console.log(`>>>${from.port}: ${new TextDecoder().decode(bytes)}`);
  }
}

function* send(socket: DatagramSocket<Deno.NetAddr>, port: number): Coroutine {
  for (let line; (line = yield* input()) !== "";) {
    yield* socket.send(new TextEncoder().encode(line), { transport: "udp", hostname, port });
  }
}

await main(function* () {
  const [own = 7890, friend = 7891] = Deno.args.map(Number);
  using socket = listenDatagram({ hostname, port: own });
  console.log(`Here is ${socket.addr.port}; type, and ${friend} reads it`);
  // A daemon: the program ends although somebody may still say something.
  spawnWith({ name: "show", daemon: true }, show, socket);
  try {
    yield* send(socket, friend);
  } catch (error) {
    if (!(error instanceof EOFError)) throw error;
  }
});
