// Copyright 2026 the Tendril authors. MIT license.
/**
 * A server of UDP messages with a greenlet for each message.
 *
 * @module
 */
import type { Coroutine, Runnable } from "../body.ts";
import { GreenletError } from "../errors.ts";
import { showAddress } from "./address.ts";
import { DatagramSocket, listenDatagram } from "./datagram.ts";
import type { IoPromise } from "./promise.ts";
import { Server, type ServerOptions, type Work } from "./server.ts";
import type { UdpOptions } from "./udp.ts";

/** Does what a message asks for, in a greenlet of its own: gets the message, who sent it, and the server. */
export type MessageHandler = Runnable<
  [message: Uint8Array<ArrayBuffer>, from: Deno.NetAddr, server: DatagramServer],
  unknown
>;

/**
 * A server with a greenlet for each message that comes, as gevent's `DatagramServer`. With `spawn`, a pool
 * or a number, it takes no more messages than there is room for; the host drops what it cannot keep
 * meanwhile. A handler that fails never harms the server; its error is reported like that of any greenlet.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { DatagramServer, listenDatagram } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const server = new DatagramServer({ port: 0 }, function* (message, from, server) {
 *     yield* server.send(message.reverse(), from);
 *   });
 *   server.start();
 *   using client = listenDatagram({ port: 0 });
 *   yield* client.send(new Uint8Array([1, 2, 3]), server.addr!);
 *   const [answer] = yield* client.receive();
 *   assertEquals([...answer], [3, 2, 1]);
 *   yield* server.stop();
 * });
 * ```
 */
export class DatagramServer extends Server<DatagramSocket<Deno.NetAddr>> {
  readonly #where: UdpOptions | DatagramSocket<Deno.NetAddr>;

  /**
   * Makes a server that does not listen yet.
   *
   * @param where What `listenDatagram` takes, or a socket.
   * @throws {TypeError} If `handler` is no function.
   */
  constructor(
    where: UdpOptions | DatagramSocket<Deno.NetAddr>,
    handler: MessageHandler,
    options: ServerOptions = {},
  ) {
    super(handler, options);
    this.#where = where;
  }

  /** Where it listens; `undefined` before the start. */
  override get addr(): Deno.NetAddr | undefined {
    return this.socket?.addr;
  }

  /**
   * Sends a message from the address of the server, and gives how many bytes it has.
   *
   * @throws {GreenletError} If the server was not started.
   */
  send(bytes: Uint8Array, to: Deno.NetAddr): IoPromise<number> {
    if (this.socket !== null) return this.socket.send(bytes, to);
    throw new GreenletError(`Cannot send from ${Deno.inspect(this)}: call start() first`);
  }

  /** Begins to listen. */
  protected override bind(): DatagramSocket<Deno.NetAddr> {
    return this.#where instanceof DatagramSocket ? this.#where : listenDatagram(this.#where);
  }

  /** Waits for the next message. */
  protected override *take(socket: DatagramSocket<Deno.NetAddr>): Coroutine<Work> {
    const [bytes, from] = yield* socket.receive();
    return {
      name: `message from ${showAddress(from)}`,
      args: [bytes, from, this],
      connection: null,
    };
  }
}
