// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a child process runs: a server on the channel to its parent.
 *
 * @module
 */
import { CONTROL_WORDS } from "./control.ts";
import { becomeProcess } from "./identity.ts";
import type { ProcessStart } from "./process_backend.ts";
import { read, write } from "./process_wire.ts";
import { HEARD, type ToWorker } from "./protocol.ts";
import { setMaxBlockingTime } from "../hub.ts";
import { reportEnd } from "./report_end.ts";
import { Server } from "./server.ts";

/** The part of Node's process that is used here. */
interface ChildSide {
  send(message: unknown, callback?: () => void): boolean;
  on(event: "message", listener: (bytes: unknown) => void): void;
  on(event: "disconnect", listener: () => void): void;
}

const { process } = globalThis as unknown as { process: ChildSide };
const exit = Deno.exit;

setMaxBlockingTime(Infinity); // that is what workers are for

let server: Server | null = null;
// Nobody takes part in its claims, and they cost little.
const control = new Int32Array(CONTROL_WORDS);

process.on("message", (bytes) => {
  const message = read(bytes);
  if (server !== null) return server.receive(message as ToWorker);
  const { name, daemon, parent, initializer, initArgs } = message as ProcessStart;
  becomeProcess({ name, pid: Deno.pid, daemon }, parent);
  server = new Server({
    moves: false,
    hasMailbox: false,
    post: (message) => process.send(write(message)),
    // What was said last goes out first.
    leave: () => process.send(write([HEARD, -1]), () => exit(0)),
  }, control);
  reportEnd(server);
  server.begin(initializer, initArgs);
});

// The parent is gone, and so is whoever waits for results.
process.on("disconnect", () => exit(1));
