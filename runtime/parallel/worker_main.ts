// Copyright 2026 the Tendril authors. MIT license.
/**
 * What a Deno Worker runs: a server on the port that comes with the first message.
 *
 * @module
 */
import { setMaxBlockingTime } from "../hub.ts";
import { becomeProcess, type ProcessInfo } from "./identity.ts";
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
const exit = Deno.exit;

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
  reportErrors(server);
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => server.receive(data);
  server.begin(initializer, initArgs);
};

/** The host tells nobody when a worker ends itself. */
function reportEnd(server: Server): void {
  scope.close = () => server.leave("it closed itself", undefined);
  Deno.exit = (code: number = Deno.exitCode): never => {
    server.leave(`it called Deno.exit(${code})`, code);
    return exit(code);
  };
}

/** An error that nobody caught would end the worker, after it was printed. */
function reportErrors(server: Server): void {
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    server.stray((event as ErrorEvent).error);
  });
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    server.stray((event as PromiseRejectionEvent).reason);
  });
}
