// Copyright 2026 the Tendril authors. MIT license.
/**
 * Datagram sockets whose calls yield in a greenlet.
 *
 * @module
 */
import { checkTransport, hostPort, showAddress } from "./address.ts";
import { failure } from "./errors.ts";
import { Intake } from "./intake.ts";
import { cooperative, type IoPromise } from "./promise.ts";
import type { Target } from "./side.ts";
import { fit, type HostDatagram, NodeUdp, type Received, type UdpOptions } from "./udp.ts";

// The original, whatever the global one becomes; the host has it only with --unstable-net.
const hostListen = Deno.listenDatagram as undefined | typeof Deno.listenDatagram;

/** Options of {@linkcode listenDatagram} for a Unix socket, those of Deno. */
export interface UnixDatagramOptions {
  /** The kind of socket. */
  transport: "unixpacket";
  /** Where to receive; default: nowhere, it only sends. */
  path?: string;
}

/** What {@linkcode listenDatagram} takes. */
export type DatagramOptions = UdpOptions | UnixDatagramOptions;

/** Receives of a socket; what is kept are messages. */
class Receives extends Intake<Uint8Array | undefined, Received, Received, Received> {
  declare protected readonly host: HostDatagram;

  constructor(target: Target, host: HostDatagram) {
    super(target, "receive", host);
  }

  protected begin(buffer: Uint8Array | undefined): Promise<Received> {
    return this.host.receive(buffer);
  }

  protected convert(received: Received): Received {
    return received;
  }

  protected pack([bytes, from]: Received, buffer: Uint8Array | undefined): Received {
    return [buffer === undefined ? bytes : new Uint8Array(bytes), from];
  }

  protected unpack([bytes, from]: Received, buffer: Uint8Array | undefined): Received {
    return [fit(bytes, buffer), from];
  }

  protected discard(): void {}
}

/**
 * A socket for messages: UDP or, with `--unstable-net`, a Unix socket. One greenlet at a time may
 * receive; any number may send.
 *
 * The host cannot take back a receive, so when a greenlet that receives is killed or timed out, the
 * message that comes next goes to the next `receive`. A buffer it gave stays in use until then.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { listenDatagram } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using server = listenDatagram({ hostname: "127.0.0.1", port: 0 });
 *   using client = listenDatagram({ hostname: "127.0.0.1", port: 0 });
 *   yield* client.send(new TextEncoder().encode("hello"), server.addr);
 *   const [bytes, from] = yield* server.receive();
 *   assertEquals(new TextDecoder().decode(bytes), "hello");
 *   assertEquals(from.port, client.addr.port);
 * });
 * ```
 *
 * @typeParam A The kind of address.
 */
export class DatagramSocket<A extends Deno.Addr = Deno.Addr> implements Disposable {
  readonly #socket: HostDatagram;
  readonly #receives: Receives;
  #gone: string | null = null;

  /** Wraps a socket of the host, which nobody else is to use from then on. */
  constructor(socket: HostDatagram) {
    this.#socket = socket;
    this.#receives = new Receives(this, socket);
  }

  /** Where it receives. */
  get addr(): A {
    return this.#socket.addr as A;
  }

  /** Where it receives, as text. */
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
   * Waits for the next message and gives it with the address it came from. With a `buffer` it is put
   * there, and cut off if it does not fit.
   *
   * @throws {ConcurrentObjectUseError} If another greenlet receives.
   * @throws {Deno.errors.BadResource} If the socket is closed, before or meanwhile.
   */
  receive(buffer?: Uint8Array): IoPromise<[Uint8Array<ArrayBuffer>, A]> {
    const received: IoPromise<Received> = this.#receives.take(buffer);
    return received as IoPromise<[Uint8Array<ArrayBuffer>, Deno.Addr]> as IoPromise<
      [Uint8Array<ArrayBuffer>, A]
    >;
  }

  /**
   * Sends a message and gives how many bytes it has. One that was given up may have been sent.
   *
   * @throws {Deno.errors.NotFound} If the host name cannot be resolved.
   * @throws {Deno.errors.BadResource} If the socket is closed.
   */
  send(bytes: Uint8Array, addr: A): IoPromise<number> {
    const to = showAddress(addr);
    const sent = this.#socket.send(bytes, addr).catch((error): never => {
      throw failure(`send to ${to}`, error, this.#gone);
    });
    return cooperative("send to", to, sent, () => {});
  }

  /** Gives the messages that come, until it is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[Uint8Array<ArrayBuffer>, A], void, void> {
    try {
      while (this.#gone === null) yield await this.receive();
    } catch (error) {
      if (this.#gone === null) throw error;
    }
  }

  /** Closes it; again: no effect. */
  close(): void {
    if (this.#gone !== null) return;
    this.#gone = "the socket is closed";
    this.#receives.clear();
    this.#socket.close();
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What `Deno.inspect` and `console.log` show. */
  [Symbol.for("Deno.customInspect")](): string {
    const { user } = this.#receives;
    const use = user === null ? "" : `, received by ${user.name}`;
    return `<DatagramSocket ${this.name}${this.#gone === null ? use : ", closed"}>`;
  }
}

function bind(options: DatagramOptions): HostDatagram {
  if (hostListen !== undefined) {
    const socket = options.transport === "unixpacket"
      ? hostListen(options)
      : hostListen({ ...options, transport: "udp" });
    return socket as Deno.DatagramConn & HostDatagram;
  }
  if (options.transport !== "unixpacket") return new NodeUdp(options);
  throw new Deno.errors.NotSupported("datagrams over a Unix socket need --unstable-net");
}

/**
 * Makes a socket for UDP messages, with the options of `Deno.listenDatagram`. Without `--unstable-net`
 * it is one of Node, whose host name has to be an IP address or localhost.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { listenDatagram } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   using socket = listenDatagram({ hostname: "127.0.0.1", port: 0 });
 *   yield* socket.send(new TextEncoder().encode("note to self"), socket.addr);
 *   const [bytes] = yield* socket.receive();
 *   assertEquals(new TextDecoder().decode(bytes), "note to self");
 * });
 * ```
 *
 * @throws {Deno.errors.AddrInUse} If somebody else has that port.
 */
export function listenDatagram(options: UdpOptions): DatagramSocket<Deno.NetAddr>;
/**
 * Makes a socket for messages over a Unix socket.
 *
 * @throws {Deno.errors.NotSupported} Without `--unstable-net`.
 */
export function listenDatagram(options: UnixDatagramOptions): DatagramSocket<Deno.UnixAddr>;
/** Makes a socket of whichever kind. */
export function listenDatagram(options: DatagramOptions): DatagramSocket;
export function listenDatagram(options: DatagramOptions): DatagramSocket {
  const name = options.transport === "unixpacket"
    ? options.path ?? "no path"
    : hostPort(options.hostname ?? "0.0.0.0", options.port);
  checkTransport(`listen on ${name}`, options.transport, "udp", "unixpacket");
  try {
    return new DatagramSocket(bind(options));
  } catch (error) {
    throw failure(`listen on ${name}`, error);
  }
}
