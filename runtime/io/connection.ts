// Copyright 2026 the Tendril authors. MIT license.
/**
 * An open connection whose calls yield in a greenlet.
 *
 * @module
 */
import { showAddress } from "./address.ts";
import { failure } from "./errors.ts";
import { Intake } from "./intake.ts";
import { Outlet } from "./outlet.ts";
import { cooperative, type IoPromise } from "./promise.ts";
import type { Target } from "./side.ts";

/** How much is taken at a time of what a read that was given up had left. */
const CHUNK = 16 * 1024;

/** Reads of a connection; what is kept are bytes, or null for the end. */
class Reads extends Intake<Uint8Array, number | null, number | null, Uint8Array | null> {
  declare protected readonly host: Deno.Conn;

  constructor(target: Target, host: Deno.Conn) {
    super(target, "read", host);
  }

  protected begin(buffer: Uint8Array): Promise<number | null> {
    return this.host.read(buffer);
  }

  protected convert(count: number | null): number | null {
    return count;
  }

  protected pack(count: number | null, buffer: Uint8Array): Uint8Array | null {
    return count === null ? null : new Uint8Array(buffer.subarray(0, count));
  }

  protected unpack(kept: Uint8Array | null, buffer: Uint8Array): number | null {
    if (kept === null) return null;
    const fitting = kept.subarray(0, buffer.length);
    buffer.set(fitting);
    if (fitting.length < kept.length) this.putFirst({ value: kept.subarray(fitting.length) });
    return fitting.length;
  }

  protected discard(): void {}
}

/**
 * A connection over TCP, TLS or a Unix socket. Its calls yield in a greenlet.
 *
 * One greenlet at a time may read, and one may write; the async functions outside of any greenlet count
 * as one, `main`. Another one gets a {@linkcode ConcurrentObjectUseError}. When it is closed while
 * somebody reads or writes, that call throws a `Deno.errors.BadResource`.
 *
 * The host cannot take back a read or a write, so a greenlet that is killed or timed out leaves one
 * behind:
 *
 * - What a read that was given up brings goes to the next read, copied into its buffer; what that has
 *   no room for goes to the one after. The abandoned buffer stays in use until something has come in
 *   or the connection is closed: do not use it for anything but reading from this connection.
 * - Of a write that was given up, a part may have been sent. It ends with what the host has of it at
 *   that moment, and the next write waits for that; so the bytes of two never mix, but those of the
 *   first may be cut short. Its buffer stays in use until the next write, or the close, is done.
 *
 * @example Usage
 * ```ts
 * import { run, spawn } from "@tendril/tendril";
 * import { connect, listen } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using listener = listen({ hostname: "127.0.0.1", port: 0 });
 *   spawn(function* () {
 *     using connection = yield* listener.accept();
 *     yield* connection.write(new TextEncoder().encode("hello"));
 *   });
 *   using connection = yield* connect({ port: listener.addr.port });
 *   const buffer = new Uint8Array(100);
 *   const count = yield* connection.read(buffer);
 *   assertEquals(new TextDecoder().decode(buffer.subarray(0, count!)), "hello");
 * });
 * ```
 *
 * @typeParam A The kind of address.
 */
export class Connection<A extends Deno.Addr = Deno.Addr> implements Disposable {
  readonly #conn: Deno.Conn<A>;
  readonly #reads: Reads;
  readonly #outlet: Outlet;
  #gone: string | null = null;

  /** Wraps a connection of the host, which nobody else is to use from then on. */
  constructor(conn: Deno.Conn<A>) {
    this.#conn = conn;
    this.#reads = new Reads(this, conn);
    this.#outlet = new Outlet(this, conn);
  }

  /** The address of this end. */
  get localAddr(): A {
    return this.#conn.localAddr;
  }

  /** The address of the other end. */
  get remoteAddr(): A {
    return this.#conn.remoteAddr;
  }

  /** The address of the other end as text; of a Unix socket, the path of whichever end has one. */
  get name(): string {
    return showAddress(this.remoteAddr) || showAddress(this.localAddr);
  }

  /** Whether it was closed, or handed to `startTls`. */
  get closed(): boolean {
    return this.#gone !== null;
  }

  /** @internal */
  get gone(): string | null {
    return this.#gone;
  }

  /**
   * Reads into `buffer` what has come in, at least one byte. Gives how many bytes that are, or null at
   * the end.
   *
   * @throws {ConcurrentObjectUseError} If another greenlet reads.
   * @throws {Deno.errors.BadResource} If the connection is closed, before or meanwhile.
   * @throws {Deno.errors.ConnectionReset} If the other end broke it off.
   */
  read(buffer: Uint8Array): IoPromise<number | null> {
    return this.#reads.take(buffer);
  }

  /**
   * Writes all of `bytes`.
   *
   * @throws {ConcurrentObjectUseError} If another greenlet writes.
   * @throws {Deno.errors.BadResource} If the connection is closed, before or meanwhile.
   * @throws {Deno.errors.BrokenPipe} If the other end is closed.
   */
  write(bytes: Uint8Array): IoPromise<void> {
    return this.#outlet.write(bytes);
  }

  /**
   * Tells the other end that no more will come; reading goes on.
   *
   * @throws {ConcurrentObjectUseError} If another greenlet writes.
   */
  closeWrite(): IoPromise<void> {
    return this.#outlet.close();
  }

  /**
   * What comes in, as a stream of the host, with what a read that was given up had left first. From
   * then on leave reading to the stream; reading it to the end closes the connection.
   *
   * @throws {ConcurrentObjectUseError} If a greenlet reads.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#reads.checkFree();
    return this.#reads.idle ? this.#conn.readable : ReadableStream.from(this.#chunks());
  }

  async *#chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    while (!this.#reads.idle) {
      const buffer = new Uint8Array(CHUNK);
      const count = await this.#reads.take(buffer);
      if (count === null) return this.close();
      yield buffer.subarray(0, count);
    }
    yield* this.#conn.readable;
  }

  /**
   * A stream of the host that writes; closing that closes the connection. From then on leave writing
   * to it.
   *
   * @throws {ConcurrentObjectUseError} If a greenlet writes.
   */
  get writable(): WritableStream<Uint8Array<ArrayBufferLike>> {
    this.#outlet.checkFree();
    return this.#conn.writable;
  }

  /** Closes it; again: no effect. */
  close(): void {
    this.leave("the connection is closed");
    this.#conn[Symbol.dispose]();
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal */
  protected leave(why: string): void {
    this.#gone ??= why;
    this.#reads.clear();
  }

  /** @internal */
  protected get idle(): boolean {
    return this.#reads.idle && this.#outlet.idle;
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const users = [["read", this.#reads.user], ["written", this.#outlet.user]] as const;
    const uses = users.flatMap(([use, user]) => user === null ? [] : [`, ${use} by ${user.name}`]);
    const state = this.#gone === null ? uses.join("") : ", closed";
    const ends = [this.localAddr, this.remoteAddr].map(showAddress).filter((end) => end !== "");
    return `<${this.constructor.name} ${ends.join(" to ")}${state}>`;
  }
}

/**
 * A connection over TCP.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { connect, listen, type TcpConnection } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using listener = listen({ hostname: "127.0.0.1", port: 0 });
 *   using connection: TcpConnection = yield* connect({ port: listener.addr.port });
 *   connection.setKeepAlive();
 *   assertEquals(connection.remoteAddr.port, listener.addr.port);
 * });
 * ```
 */
export class TcpConnection extends Connection<Deno.NetAddr> {
  readonly #conn: Deno.TcpConn;

  /** Wraps a connection of the host, which nobody else is to use from then on. */
  constructor(conn: Deno.TcpConn) {
    super(conn);
    this.#conn = conn;
  }

  /** Whether small writes are sent at once, instead of being collected; true at first. */
  setNoDelay(noDelay = true): void {
    this.#set("no delay", () => this.#conn.setNoDelay(noDelay));
  }

  /** Whether the host probes now and then that the other end is still there. */
  setKeepAlive(keepAlive = true): void {
    this.#set("keep alive", () => this.#conn.setKeepAlive(keepAlive));
  }

  #set(what: string, setter: () => void): void {
    try {
      setter();
    } catch (error) {
      throw failure(`set ${what} of ${this.name}`, error, this.gone);
    }
  }

  /**
   * Gives the connection of the host away, to `startTls`.
   *
   * @internal
   */
  surrender(): Deno.TcpConn {
    if (this.gone === null && !this.idle) {
      throw new Deno.errors.Busy(
        `Cannot start TLS on ${
          Deno.inspect(this)
        }: somebody reads or writes, or has left that undone`,
      );
    }
    this.leave("startTls() took it over");
    return this.#conn;
  }
}

/**
 * A connection over TLS. The handshake happens with the first read or write, or by itself.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { connectTls, listenTls, readTextFile, type TlsConnection } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const cert = yield* readTextFile("tests/runtime/io/tls/localhost.crt");
 *   const key = yield* readTextFile("tests/runtime/io/tls/localhost.key");
 *   const alpnProtocols = ["http/1.1"];
 *   using listener = listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols });
 *   using near: TlsConnection = yield* connectTls({
 *     hostname: "localhost",
 *     port: listener.addr.port,
 *     caCerts: [cert],
 *     alpnProtocols,
 *   });
 *   using _far = yield* listener.accept();
 *   const { alpnProtocol } = yield* near.handshake();
 *   assertEquals(alpnProtocol, "http/1.1");
 * });
 * ```
 */
export class TlsConnection extends Connection<Deno.NetAddr> {
  readonly #conn: Deno.TlsConn;

  /** Wraps a connection of the host, which nobody else is to use from then on. */
  constructor(conn: Deno.TlsConn) {
    super(conn);
    this.#conn = conn;
  }

  /**
   * Waits until both ends trust each other. Given up, it goes on with the next read or write.
   *
   * @throws {Deno.errors.InvalidData} If one does not trust the other.
   */
  handshake(): IoPromise<Deno.TlsHandshakeInfo> {
    const { name } = this;
    const shaken = this.#conn.handshake().catch((error) => {
      throw failure(`shake hands with ${name}`, error, this.gone);
    });
    return cooperative("handshake", name, shaken, () => {});
  }
}
