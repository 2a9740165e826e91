// Copyright 2026 the Tendril authors. MIT license.
/**
 * Connections to somebody who listens.
 *
 * @module
 */
import { checkTransport, hostPort } from "./address.ts";
import { Connection, TcpConnection, TlsConnection } from "./connection.ts";
import { failure } from "./errors.ts";
import { cooperative, type IoPromise } from "./promise.ts";

// The originals, whatever the global ones become.
const host = { connect: Deno.connect, connectTls: Deno.connectTls, startTls: Deno.startTls };

/** What {@linkcode connect} takes. */
export type ConnectOptions = Deno.ConnectOptions | Deno.UnixConnectOptions;

/** What {@linkcode connectTls} takes. */
export type ConnectTlsOptions =
  | Deno.ConnectTlsOptions
  | (Deno.ConnectTlsOptions & Deno.TlsCertifiedKeyPem);

/** What ends the wait for a connection: it is closed when it comes all the same. */
function closeLate(opening: Promise<Disposable>): void {
  opening.then((late) => late[Symbol.dispose](), () => {});
}

/** Opens a connection that can be aborted, on behalf of somebody who may be killed. */
function abortable<C extends Disposable>(
  name: string,
  given: AbortSignal | undefined,
  open: (signal: AbortSignal) => Promise<C>,
): IoPromise<C> {
  const controller = new AbortController();
  const { signal } = controller;
  const opening = open(given === undefined ? signal : AbortSignal.any([given, signal]));
  return cooperative("connect", name, opening, () => {
    controller.abort();
    closeLate(opening);
  });
}

function nameOf({ hostname = "127.0.0.1", port }: { hostname?: string; port: number }): string {
  return hostPort(hostname, port);
}

async function dial(
  name: string,
  options: Deno.ConnectOptions,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  checkTransport(`connect to ${name}`, options.transport, "tcp", "unix");
  try {
    return await host.connect({ ...options, signal });
  } catch (error) {
    throw signal.aborted ? error : failure(`connect to ${name}`, error);
  }
}

async function dialUnix(path: string): Promise<Connection<Deno.UnixAddr>> {
  try {
    return new Connection(await host.connect({ transport: "unix", path }));
  } catch (error) {
    throw failure(`connect to ${path}`, error);
  }
}

async function dialTls(
  name: string,
  options: ConnectTlsOptions,
  signal: AbortSignal,
): Promise<TlsConnection> {
  if ("key" in options || "cert" in options) {
    // Only this call of the host takes a key, but no signal.
    try {
      return new TlsConnection(await host.connectTls(options));
    } catch (error) {
      throw failure(`connect to ${name}`, error);
    }
  }
  return secure(`connect to ${name}`, await dial(name, options, signal), options);
}

/** Puts TLS on a connection of the host, which is used up. */
async function secure(
  action: string,
  conn: Deno.TcpConn,
  options: Deno.StartTlsOptions,
): Promise<TlsConnection> {
  try {
    return new TlsConnection(await host.startTls(conn, options));
  } catch (error) {
    conn[Symbol.dispose]();
    throw failure(action, error);
  }
}

/**
 * Connects over TCP, with the options of `Deno.connect`. When the greenlet that waits is killed or timed
 * out, the attempt is aborted; a connection that comes all the same is closed.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { connect, listen } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using listener = listen({ hostname: "127.0.0.1", port: 0 });
 *   using connection = yield* connect({ port: listener.addr.port });
 *   assertEquals(connection.remoteAddr.port, listener.addr.port);
 * });
 * ```
 *
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.NotFound} If the host name cannot be resolved.
 */
export function connect(options: Deno.ConnectOptions): IoPromise<TcpConnection>;
/**
 * Connects over a Unix socket.
 *
 * @throws {Deno.errors.NotFound} If there is no such socket.
 */
export function connect(options: Deno.UnixConnectOptions): IoPromise<Connection<Deno.UnixAddr>>;
/** Connects over whichever of the two. */
export function connect(options: ConnectOptions): IoPromise<Connection>;
export function connect(options: ConnectOptions): IoPromise<Connection> {
  if (options.transport === "unix") {
    const opening = dialUnix(options.path);
    return cooperative("connect", options.path, opening, () => closeLate(opening));
  }
  const name = nameOf(options);
  return abortable(
    name,
    options.signal,
    async (signal) => new TcpConnection(await dial(name, options, signal)),
  );
}

/**
 * Connects over TLS, with the options of `Deno.connectTls`. Giving up is as with {@linkcode connect}; only
 * with a client's `key` the host goes on trying on its own, and what comes of it is closed.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { connectTls, listenTls, readTextFile } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const cert = yield* readTextFile("tests/runtime/io/tls/localhost.crt");
 *   const key = yield* readTextFile("tests/runtime/io/tls/localhost.key");
 *   using listener = listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
 *   const { port } = listener.addr;
 *   spawn(function* () {
 *     using connection = yield* listener.accept();
 *     yield* connection.write(new TextEncoder().encode("hello"));
 *   });
 *   using connection = yield* connectTls({ hostname: "localhost", port, caCerts: [cert] });
 *   const buffer = new Uint8Array(100);
 *   const count = yield* connection.read(buffer);
 *   assertEquals(new TextDecoder().decode(buffer.subarray(0, count!)), "hello");
 * });
 * ```
 *
 * @throws {Deno.errors.ConnectionRefused} If nobody listens there.
 * @throws {Deno.errors.NotFound} If the host name cannot be resolved.
 * @throws {Deno.errors.InvalidData} If a certificate cannot be read. One that is not trusted is noticed
 * by the first read or write.
 */
export function connectTls(options: ConnectTlsOptions): IoPromise<TlsConnection> {
  const name = nameOf(options);
  return abortable(name, undefined, (signal) => dialTls(name, options, signal));
}

/**
 * Puts TLS on an open connection, with the options of `Deno.startTls`. `connection` is of no use from
 * then on, even if that fails.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { connect, listenTls, readTextFile, startTls } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const cert = yield* readTextFile("tests/runtime/io/tls/localhost.crt");
 *   const key = yield* readTextFile("tests/runtime/io/tls/localhost.key");
 *   using listener = listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
 *   spawn(function* () {
 *     using connection = yield* listener.accept();
 *     yield* connection.write(new Uint8Array([7]));
 *   });
 *   const plain = yield* connect({ port: listener.addr.port });
 *   using connection = yield* startTls(plain, { hostname: "localhost", caCerts: [cert] });
 *   const buffer = new Uint8Array(1);
 *   yield* connection.read(buffer);
 *   assertEquals([buffer[0], plain.closed], [7, true]);
 * });
 * ```
 *
 * @throws {Deno.errors.Busy} If somebody reads or writes, or bytes of a read that was given up are left.
 */
export function startTls(
  connection: TcpConnection,
  options: Deno.StartTlsOptions = {},
): IoPromise<TlsConnection> {
  const { name } = connection;
  const opening = Promise.try(() =>
    secure(`start TLS on ${name}`, connection.surrender(), options)
  );
  return cooperative("start TLS", name, opening, () => closeLate(opening));
}
