// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a Deno Worker runs: a server on the port that comes with the first message.
 *
 * @module
 */
import { setMaxBlockingTime } from "../hub.ts";
import { becomeProcess, type ProcessInfo } from "./identity.ts";
import { reportEnd } from "./report_end.ts";
import { Server } from "./server.ts";
import { enterWorker, type WorkerPass } from "./shared/liveness.ts";
import type { Start } from "./link.ts";
import type { ToWorker } from "./protocol.ts";

/** The first message to a worker. */
export interface WorkerStart extends Pick<Start, "initializer"> {
  /** Who it is. */
  readonly self: ProcessInfo;
  /** Who makes it. */
  readonly parent: ProcessInfo;
  /** Its end of the channel to the pool. */
  readonly port: MessagePort;
  /** The memory it shares with the pool. */
  readonly control: Int32Array;
  /** Its place among those who share something. */
  readonly pass: WorkerPass;
  /** The arguments of the initializer, packed. */
  readonly initArgs: unknown;
}

/** The global scope of a worker, of which the types of Deno know nothing outside of one. */
interface WorkerScope extends EventTarget {
  onmessage: ((event: MessageEvent<WorkerStart>) => void) | null;
  close(): void;
}

setMaxBlockingTime(Infinity); // that is what workers are for

const scope = globalThis as unknown as WorkerScope;
const close = scope.close.bind(scope);

// At once, and not after an await: messages that find no handler are lost.
scope.onmessage = ({ data: { self, parent, port, control, pass, initializer, initArgs } }) => {
  scope.onmessage = null;
  becomeProcess(self, parent);
  enterWorker(pass);
  const server = new Server({
    moves: true,
    hasMailbox: true,
    post: (message, transfer) => port.postMessage(message, transfer),
    leave: close,
  }, control);
  reportEnd(server);
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => server.receive(data);
  server.begin(initializer, initArgs);
};
