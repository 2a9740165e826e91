// Copyright 2026 the Tendril authors. MIT license.
/**
 * Workers that are no workers: greenlets of this isolate, for tests. What goes to them and back is cloned as
 * on its way to a real one.
 *
 * @module
 */
import { CONTROL_WORDS } from "./control.ts";
import type { Link, Listener, Start } from "./link.ts";
import { makeChannel, type NodePort } from "./node_channel.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { Server } from "./server.ts";
import { pack } from "./shared/transport.ts";

let lastPid = 0;

/** Starts a worker in this isolate. */
export function connectInline(start: Start, listener: Listener): Link {
  return new InlineLink(start, listener);
}

class InlineLink implements Link {
  readonly pid = ++lastPid;
  readonly control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  readonly #listener: Listener;
  readonly #ports: [outer: NodePort, inner: NodePort];
  readonly #server: Server;
  #ended = false;

  constructor({ initializer, initArgs }: Start, listener: Listener) {
    this.#listener = listener;
    const transfer: Transferable[] = [];
    // Before there is anything to be ended.
    const args = structuredClone(pack(initArgs, transfer), { transfer });
    const { port1, port2 } = makeChannel();
    this.#ports = [port1, port2];
    this.#server = new Server({
      moves: true,
      hasMailbox: false,
      post: (message, transfer) => port2.postMessage(message, transfer),
      leave: () => this.#leave(),
    }, this.control);
    port1.onmessage = ({ data }: MessageEvent<FromWorker>) => listener.receive(data);
    port2.onmessage = ({ data }: MessageEvent<ToWorker>) => this.#server.receive(data);
    this.release();
    this.#server.begin(initializer, args);
  }

  post(message: ToWorker, transfer: Transferable[]): void {
    this.#ports[0].postMessage(message, transfer);
  }

  hold(): void {
    for (const port of this.#ports) port.ref();
  }

  release(): void {
    for (const port of this.#ports) port.unref();
  }

  /** What was said last has yet to arrive. */
  #leave(): void {
    const [outer, inner] = this.#ports;
    outer.onmessage = ({ data }: MessageEvent<FromWorker | null>) => {
      if (data === null) this.stop();
      else this.#listener.receive(data);
    };
    inner.postMessage(null);
  }

  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#server.abandon();
    for (const port of this.#ports) port.close();
    queueMicrotask(() => this.#listener.gone());
  }
}
