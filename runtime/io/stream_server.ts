// Copyright 2026 the Tendril authors. MIT license.
/**
 * A server of TCP, TLS or Unix sockets with a greenlet for each connection.
 *
 * @module
 */
import type { Coroutine, Runnable } from "../body.ts";
import type { Connection } from "./connection.ts";
import { listen, Listener, listenTls } from "./listen.ts";
import { Server, type ServerOptions, type Work } from "./server.ts";

/** Serves one client, in a greenlet of its own. */
export type ConnectionHandler = Runnable<[Connection], unknown>;

/** Where a {@linkcode StreamServer} listens: what `listen` or `listenTls` take, or a listener. */
export type StreamServerAddress =
  | Deno.TcpListenOptions
  | (Deno.UnixListenOptions & { transport: "unix" })
  | (Deno.ListenTlsOptions & Deno.TlsCertifiedKeyPem)
  | Listener;

/**
 * A server with a greenlet for each connection, as gevent's `StreamServer`: TCP, TLS when it is given
 * `cert` and `key`, or Unix sockets. A connection is closed when its handler ends. A client or a handler
 * that fails never harms the server; the error of a handler is reported like that of any greenlet.
 *
 * With `spawn`, a pool or a number, it takes no more connections than there is room for: the others wait.
 * After an error of the host, such as too many open files, it rests for 10 ms, at most for a second, and
 * tries again. All its greenlets are daemons: a `run` around it ends without waiting for clients.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { connect, StreamServer } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const server = new StreamServer({ hostname: "127.0.0.1", port: 0 }, function* (client) {
 *     yield* client.write(new TextEncoder().encode("hello"));
 *   });
 *   server.start();
 *   const connection = yield* connect({ hostname: "127.0.0.1", port: server.port });
 *   const buffer = new Uint8Array(100);
 *   const length = yield* connection.read(buffer);
 *   assertEquals(new TextDecoder().decode(buffer.subarray(0, length!)), "hello");
 *   connection.close();
 *   yield* server.stop();
 * });
 * ```
 */
export class StreamServer extends Server<Listener> {
  readonly #address: StreamServerAddress;

  /**
   * Makes a server that does not listen yet.
   *
   * @throws {TypeError} If `handler` is no function.
   */
  constructor(
    address: StreamServerAddress,
    handler: ConnectionHandler,
    options: ServerOptions = {},
  ) {
    super(handler, options);
    this.#address = address;
  }

  /** Begins to listen. */
  protected override bind(): Listener {
    const address = this.#address;
    if (address instanceof Listener) return address;
    return "cert" in address ? listenTls(address) : listen(address);
  }

  /** Waits for the next client. */
  protected override *take(listener: Listener): Coroutine<Work> {
    const connection = yield* listener.accept();
    return { name: `serve ${connection.name}`, args: [connection], connection };
  }
}
