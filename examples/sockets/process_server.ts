#!/usr/bin/env -S deno run --allow-net=127.0.0.1 --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A TCP server with a process for each client. A socket cannot be given to another thread of Deno, so a
 * greenlet keeps it and passes on what comes, through a pipe. Ctrl-C ends it.
 *
 *     deno task example:process_server [port]
 *
 * @module
 */
import { type Coroutine, EOFError, main } from "@tendril/tendril";
import { type Connection, StreamServer } from "@tendril/tendril/io";
import { Process, type SharedConnection, SharedPipe, task } from "@tendril/tendril/parallel";

export const shout = task(import.meta, function shout(end: SharedConnection<string>): void {
  try {
    for (;;) end.sendSync(end.recvSync().toUpperCase());
  } catch (error) {
    if (!(error instanceof EOFError)) throw error; // the client has left
  }
});

function* serve(client: Connection): Coroutine {
  const [here, there] = SharedPipe<string>();
  const process = new Process({ target: shout, args: [there], daemon: true });
  process.start();
  console.log(`${client.name} came, ${process.name} serves it`);
  try {
    const buffer = new Uint8Array(1024);
    for (let size; (size = yield* client.read(buffer)) !== null;) {
      yield* here.send(new TextDecoder().decode(buffer.subarray(0, size)));
      yield* client.write(new TextEncoder().encode(yield* here.recv()));
    }
  } finally {
    here.close();
  }
  console.log(`${client.name} left`);
}

if (import.meta.main) {
  await main(function* () {
    const port = Number(Deno.args[0] ?? 9999);
    const server = new StreamServer({ hostname: "127.0.0.1", port }, serve);
    server.start();
    console.log(`Listening on port ${server.port}`);
    yield* server.serveForever();
  });
}
