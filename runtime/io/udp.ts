// Copyright 2026 the Tendril authors. MIT license.
/**
 * UDP where the host keeps `Deno.listenDatagram` to itself: without `--unstable-net` it offers Node's
 * sockets only. This makes one of those look like a socket of Deno.
 *
 * Node's sockets receive before they are asked to. What nobody has asked for yet is held up to CAPACITY
 * bytes; what comes on top of that is dropped, as the system drops it when its own buffer is full.
 *
 * @module
 */
// The originals, whatever the global ones become.
const { setInterval, clearInterval } = globalThis;

/** A message, and where it came from. */
export type Received = [Uint8Array<ArrayBuffer>, Deno.Addr];

/** A datagram socket of the host. */
export interface HostDatagram {
  /** Where it receives. */
  readonly addr: Deno.Addr;
  /** Waits for the next message. */
  receive(buffer?: Uint8Array): Promise<[Uint8Array<ArrayBuffer>, Deno.Addr]>;
  /** Sends a message, and gives how many bytes it has. */
  send(bytes: Uint8Array, addr: Deno.Addr): Promise<number>;
  /** Closes it. */
  close(): void;
  /** From now on a receive keeps the program alive. */
  ref(): void;
  /** From now on it does not. */
  unref(): void;
}

/** Options of {@linkcode listenDatagram} for UDP, those of Deno. */
export interface UdpOptions {
  /** The kind of socket; default: "udp". */
  transport?: "udp";
  /** The port to receive at; 0 for any free one. */
  port: number;
  /** The address to receive at; default: 0.0.0.0. */
  hostname?: string;
  /** Whether to take the address even if somebody else has it; default: false. */
  reuseAddress?: boolean;
  /** Whether multicast messages come back to the socket that sent them; default: false. */
  loopback?: boolean;
}

// The part of Node's socket that is used here.
type Lookup = (
  hostname: string,
  options: unknown,
  callback: (error: Error | null, address: string, family: number) => void,
) => void;
interface NodeSocket {
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "message", listener: (bytes: Uint8Array, from: NodeAddress) => void): void;
  bind(options: { address: string; port: number }): void;
  address(): NodeAddress;
  setMulticastLoopback(on: boolean): void;
  unref(): void;
  send(
    bytes: Uint8Array,
    port: number,
    address: string,
    callback: (error: Error | null, count: number) => void,
  ): void;
  close(): void;
}
interface NodeAddress {
  address: string;
  port: number;
}
interface NodeOptions {
  type: "udp4" | "udp6";
  reuseAddr: boolean;
  lookup: Lookup;
}
interface NodeModules {
  process: {
    getBuiltinModule(name: "node:dgram"): { createSocket(options: NodeOptions): NodeSocket };
    getBuiltinModule(name: "node:dns"): { lookup: Lookup };
    getBuiltinModule(name: "node:net"): { isIP(text: string): number };
  };
}

const CAPACITY = 1024 * 1024;
/** What a held message counts for beside its bytes. */
const MESSAGE_COST = 100;

const ERROR_CLASSES: Record<string, new (message: string, options: ErrorOptions) => Error> = {
  EADDRINUSE: Deno.errors.AddrInUse,
  EADDRNOTAVAIL: Deno.errors.AddrNotAvailable,
  EACCES: Deno.errors.PermissionDenied,
  ENOTFOUND: Deno.errors.NotFound,
};

/** The error that Deno's own socket would give. */
function asHostError(error: Error & { code?: string }): Error {
  const Class = ERROR_CLASSES[error.code ?? ""];
  return Class === undefined ? error : new Class(error.message, { cause: error });
}

function node(): NodeModules["process"] {
  return (globalThis as unknown as NodeModules).process;
}

/** What waits for the next message. */
interface Receiver extends PromiseWithResolvers<Received> {
  readonly buffer: Uint8Array | undefined;
}

/** Makes `bytes` fit in `buffer`, if there is one; what is too much is lost, as ever with datagrams. */
export function fit(bytes: Uint8Array, buffer: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  if (buffer === undefined) return bytes as Uint8Array<ArrayBuffer>;
  const fitting = bytes.subarray(0, buffer.length);
  buffer.set(fitting);
  return buffer.subarray(0, fitting.length) as Uint8Array<ArrayBuffer>;
}

/** A UDP socket of Node with the methods of one of Deno. */
export class NodeUdp implements HostDatagram {
  readonly addr: Deno.NetAddr;
  readonly #socket: NodeSocket;
  readonly #inbox: Received[] = [];
  #held = 0;
  #receiver: Receiver | null = null;
  #closed = false;
  #hold: ReturnType<typeof setInterval> | null = null;

  /** Makes a socket that receives. */
  constructor({ port, hostname = "0.0.0.0", reuseAddress, loopback }: UdpOptions) {
    const { isIP } = node().getBuiltinModule("node:net");
    const ip = hostname === "localhost" ? "127.0.0.1" : hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(ip) === 0) {
      throw new Deno.errors.NotSupported(
        "without --unstable-net the host name must be localhost or an IP address",
      );
    }
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new RangeError(`Invalid port (out of range): ${port}`);
    }
    this.#socket = node().getBuiltinModule("node:dgram").createSocket({
      type: isIP(ip) === 6 ? "udp6" : "udp4",
      reuseAddr: reuseAddress ?? false,
      // Called for names to send to as well. An address has to be known at once.
      lookup: (name, options, callback) =>
        isIP(name) > 0
          ? callback(null, name, isIP(name))
          : node().getBuiltinModule("node:dns").lookup(name, options, callback),
    });
    let failure: Error | null = null;
    this.#socket.on("error", (error) => {
      failure = asHostError(error);
      this.#receiver?.reject(failure);
      this.#receiver = null;
      this.unref();
    });
    this.#socket.on("message", (bytes, from) => this.#arrived(bytes, from));
    this.#socket.unref(); // an open socket keeps no program alive, see ref()
    this.#socket.bind({ address: ip, port }); // tells of its errors before it returns
    if (failure !== null) throw failure;
    if (loopback !== undefined) this.#socket.setMulticastLoopback(loopback);
    this.addr = netAddr(this.#socket.address());
  }

  #arrived(bytes: Uint8Array, from: NodeAddress): void {
    const addr = netAddr(from);
    const receiver = this.#receiver;
    if (receiver !== null) {
      this.#receiver = null;
      this.unref();
      const { buffer } = receiver;
      receiver.resolve([buffer === undefined ? new Uint8Array(bytes) : fit(bytes, buffer), addr]);
    } else if (this.#held < CAPACITY) {
      this.#inbox.push([new Uint8Array(bytes), addr]); // a copy: Node keeps 64 KiB for each
      this.#held += bytes.length + MESSAGE_COST;
    }
  }

  receive(buffer?: Uint8Array): Promise<Received> {
    const first = this.#inbox.shift();
    if (first !== undefined) {
      this.#held -= first[0].length + MESSAGE_COST;
      return Promise.resolve([fit(first[0], buffer), first[1]]);
    }
    if (this.#closed) return Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
    this.#receiver = { ...Promise.withResolvers<Received>(), buffer };
    this.ref();
    return this.#receiver.promise;
  }

  send(bytes: Uint8Array, addr: Deno.Addr): Promise<number> {
    const { hostname = "127.0.0.1", port } = addr as Deno.NetAddr;
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, port, hostname, (error, count) => {
        if (error === null) resolve(count);
        else reject(asHostError(error));
      });
    });
  }

  /** Keeps the program alive while somebody receives: Node heeds its own `ref` too late for that. */
  ref(): void {
    if (this.#receiver === null) return;
    if (this.#hold === null) this.#hold = setInterval(() => {}, 2 ** 31 - 1);
    else this.#hold.ref();
  }

  unref(): void {
    this.#hold?.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox.length = 0;
    this.#socket.close();
    if (this.#hold !== null) clearInterval(this.#hold);
    this.#hold = null;
    this.#receiver?.reject(new Deno.errors.Interrupted("operation canceled"));
    this.#receiver = null;
  }
}

function netAddr({ address, port }: NodeAddress): Deno.NetAddr {
  return { transport: "udp", hostname: address, port };
}
