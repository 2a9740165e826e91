// Copyright 2026 the Tendril authors. MIT license.
/**
 * Listeners whose calls yield in a greenlet.
 *
 * @module
 */
import { checkTransport, hostPort, showAddress } from "./address.ts";
import { Connection, TcpConnection, TlsConnection } from "./connection.ts";
import { failure } from "./errors.ts";
import { Intake } from "./intake.ts";
import type { IoPromise } from "./promise.ts";
import type { Target } from "./side.ts";

// The originals, whatever the global ones become.
const host = { listen: Deno.listen, listenTls: Deno.listenTls };

/** Makes a connection of one of the host. */
type Wrap = (conn: Deno.Conn) => Connection;

/** Accepts of a listener; what is kept are connections. */
class Accepts extends Intake<undefined, Deno.Conn, Connection, Connection> {
  declare protected readonly host: Deno.Listener;
  declare readonly convert: Wrap;

  constructor(target: Target, host: Deno.Listener, wrap: Wrap) {
    super(target, "accept", host);
    this.convert = wrap;
  }

  protected begin(): Promise<Deno.Conn> {
    return this.host.accept();
  }

  protected pack(connection: Connection): Connection {
    return connection;
  }

  protected unpack(connection: Connection): Connection {
    return connection;
  }

  protected discard(connection: Connection): void {
    connection.close();
  }
}

/** What {@linkcode listen} takes. */
export type ListenOptions =
  | Deno.TcpListenOptions & { transport?: "tcp" }
  | Deno.UnixListenOptions & { transport: "unix" };

/**
 * Takes connections. One greenlet at a time may accept, as one may read a {@linkcode Connection}.
 *
 * The host cannot take back an accept, so when a greenlet that accepts is killed or timed out, the
 * connection that comes next goes to the next `accept`; closing the listener closes it.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { connect, listen } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using listener = listen({ hostname: "127.0.0.1", port: 0 });
 *   const client = spawn(function* () {
 *     using connection = yield* connect({ port: listener.addr.port });
 *     return yield* connection.read(new Uint8Array(10));
 *   });
 *   (yield* listener.accept()).close();
 *   assertEquals(yield* client, null);
 * });
 * ```
 *
 * @typeParam C What it gives.
 * @typeParam A The kind of address.
 */
export class Listener<C extends Connection = Connection, A extends Deno.Addr = Deno.Addr>
  implements Disposable {
  readonly #listener: Deno.Listener<Deno.Conn, A>;
  readonly #accepts: Accepts;
  #gone: string | null = null;

  /** Wraps a listener of the host, which nobody else is to use from then on; `wrap` makes connections. */
  constructor(listener: Deno.Listener<Deno.Conn, A>, wrap: (conn: Deno.Conn) => C) {
    this.#listener = listener;
    this.#accepts = new Accepts(this, listener, wrap);
  }

  /** Where it listens. */
  get addr(): A {
    return this.#listener.addr;
  }

  /** Where it listens, as text. */
  get name(): string {
    return showAddress(this.addr);
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#gone !== null;
  }

  /** @internal */
  get gone(): string | null {
    return this.#gone;
  }

  /**
   * Waits for the next connection.
   *
   * @throws {ConcurrentObjectUseError} If another greenlet accepts.
   * @throws {Deno.errors.BadResource} If the listener is closed, before or meanwhile.
   */
  accept(): IoPromise<C> {
    return this.#accepts.take(undefined) as IoPromise<Connection> as IoPromise<C>;
  }

  /** Gives the connections that come, until it is closed; leaving the loop closes it, as in the host. */
  async *[Symbol.asyncIterator](): AsyncGenerator<C, void, void> {
    try {
      while (this.#gone === null) yield await this.accept();
    } catch (error) {
      if (this.#gone === null) throw error;
    } finally {
      this.close();
    }
  }

  /** Closes it; again: no effect. The connections that were accepted stay open. */
  close(): void {
    this.#gone ??= "the listener is closed";
    this.#accepts.clear();
    this.#listener[Symbol.dispose]();
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { user } = this.#accepts;
    const use = user === null ? "" : `, accepted from by ${user.name}`;
    return `<${this.constructor.name} ${this.name}${this.#gone === null ? use : ", closed"}>`;
  }
}

function nameOf({ hostname = "0.0.0.0", port = 0 }: Deno.ListenOptions): string {
  return hostPort(hostname, port);
}

/** Does what may fail, and then says at which address. */
function opening<L>(name: string, open: () => L): L {
  try {
    return open();
  } catch (error) {
    throw failure(`listen on ${name}`, error);
  }
}

/**
 * Listens for connections over TCP, with the options of `Deno.listen`.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { connect, listen } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using listener = listen({ hostname: "127.0.0.1", port: 0 });
 *   using near = yield* connect({ port: listener.addr.port });
 *   using far = yield* listener.accept();
 *   assertEquals(far.remoteAddr, near.localAddr);
 * });
 * ```
 *
 * @throws {Deno.errors.AddrInUse} If somebody listens there already.
 */
export function listen(
  options: Deno.TcpListenOptions & { transport?: "tcp" },
): Listener<TcpConnection, Deno.NetAddr>;
/** Listens for connections over a Unix socket. */
export function listen(
  options: Deno.UnixListenOptions & { transport: "unix" },
): Listener<Connection<Deno.UnixAddr>, Deno.UnixAddr>;
/** Listens for connections over whichever of the two. */
export function listen(options: ListenOptions): Listener;
export function listen(options: ListenOptions): Listener {
  if (options.transport === "unix") {
    return new Listener(
      opening(options.path, () => host.listen(options)),
      (conn) => new Connection(conn as Deno.UnixConn),
    );
  }
  const name = nameOf(options);
  checkTransport(`listen on ${name}`, options.transport, "tcp", "unix");
  return new Listener(
    opening(name, () => host.listen(options)),
    (conn) => new TcpConnection(conn as Deno.TcpConn),
  );
}

/**
 * Listens for connections over TLS, with the options of `Deno.listenTls`. The handshake happens with the
 * first read or write of a connection, so that is where a client that fails it is noticed.
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
 *   const client = spawn(function* () {
 *     using connection = yield* connectTls({ hostname: "localhost", port, caCerts: [cert] });
 *     yield* connection.write(new Uint8Array([7]));
 *   });
 *   using connection = yield* listener.accept();
 *   const buffer = new Uint8Array(1);
 *   yield* connection.read(buffer);
 *   assertEquals(buffer[0], 7);
 *   yield* client;
 * });
 * ```
 *
 * @throws {Deno.errors.AddrInUse} If somebody listens there already.
 * @throws {Deno.errors.InvalidData} If key or certificate cannot be read.
 */
export function listenTls(
  options: Deno.ListenTlsOptions & Deno.TlsCertifiedKeyPem,
): Listener<TlsConnection, Deno.NetAddr> {
  return new Listener(
    opening(nameOf(options), () => host.listenTls(options)),
    (conn) => new TlsConnection(conn as Deno.TlsConn),
  );
}
