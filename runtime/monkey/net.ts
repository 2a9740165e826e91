// Copyright 2026 the Tendril authors. MIT license.
/**
 * Sockets and names: `Deno` and `node:dns/promises`.
 *
 * A connection, listener or datagram socket at which a killed greenlet waits is closed; after a timeout it
 * stays open, and what comes in then goes to the next who asks.
 *
 * @module
 */
import { blocking, hostCall, insideGreenlet } from "./call.ts";
import { closeOnce, intake, isKilled } from "./leftover.ts";
import { builtin, defineAll, learn, learnedAs, type Wrap } from "./registry.ts";
import { getCurrent } from "../greenlet.ts";

interface Endpoint {
  hostname?: string;
  port?: number;
  path?: string;
}

type Listening = Deno.Listener | Deno.DatagramConn;

function address({ path, hostname = "127.0.0.1", port }: Endpoint): string {
  return path ?? `${hostname}:${port}`;
}

const nameOfConn = (conn: Deno.Conn) => address(conn.remoteAddr as Endpoint);
const nameOfListener = (listener: Listening) => address(listener.addr as Endpoint);

/** Learns the classes of what a promise brings, once. */
function learning(...classes: string[]): (opening: Promise<object>) => Promise<object> {
  return (opening) =>
    classes.every((name) => learnedAs(`Deno.${name}.prototype`)() !== undefined)
      ? opening
      : opening.then(learn);
}

const learnResult: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    return learn(Reflect.apply(original, this, args));
  };

const dispose = (conn: Disposable) => conn[Symbol.dispose]();

defineAll("net", "Deno", () => Deno, {
  connect: blocking({
    verb: "connect",
    name: (_, [options]) => address(options),
    signal: 0,
    late: dispose,
    learn: learning("Conn", "TcpConn"),
  }),
  connectTls: blocking({
    verb: "connect",
    name: (_, [options]) => address(options),
    late: dispose,
    learn: learning("Conn", "TlsConn"),
  }),
  startTls: blocking({
    verb: "start TLS",
    name: (_, [conn]) => nameOfConn(conn),
    late: dispose,
    learn: learning("Conn", "TlsConn"),
  }),
  resolveDns: blocking({ verb: "resolve", signal: 2 }),
  listen: learnResult,
  listenTls: learnResult,
  listenDatagram: learnResult,
});

/** Sending something; a connection that a killed greenlet sends over is closed. */
function output<S extends { close(): void }>(verb: string, name: (self: S) => string): Wrap {
  return (original) =>
    function (this: S, ...args: unknown[]): unknown {
      if (!insideGreenlet(this)) return Reflect.apply(original, this, args);
      const greenlet = getCurrent();
      const giveUp = () => {
        if (isKilled(greenlet)) closeOnce(this);
      };
      const start = () => Reflect.apply(original, this, args);
      return hostCall(verb, name(this), start, giveUp, giveUp);
    };
}

const input = <S extends { close(): void }>(verb: string, name: (self: S) => string): Wrap =>
  intake<S>({ verb, name, close: closeOnce });

/** Methods of a class that the host shows only by its objects. */
function ofClass(name: string, methods: Record<string, Wrap>): void {
  const path = `Deno.${name}.prototype`;
  defineAll("net", path, learnedAs(path), methods);
}

ofClass("Conn", {
  read: intake<Deno.Conn>({ verb: "read", name: nameOfConn, close: closeOnce, fills: true }),
  write: output("write", nameOfConn),
  closeWrite: output("close the writing side of", nameOfConn),
});
ofClass("TlsConn", { handshake: output("TLS handshake with", nameOfConn) });
ofClass("Listener", { accept: input<Listening>("accept", nameOfListener) });
ofClass("TlsListener", { accept: input<Listening>("accept", nameOfListener) });
ofClass("DatagramConn", {
  receive: input<Listening>("receive", nameOfListener),
  send: output<Listening>("send from", nameOfListener),
});

const QUERIES = ("resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx " +
  "resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTxt reverse").split(" ");
const queries = Object.fromEntries(QUERIES.map((name) => [name, blocking({ verb: "resolve" })]));
const dns = builtin("node:dns/promises");

defineAll("net", "node:dns/promises", dns, {
  lookup: blocking({ verb: "resolve" }),
  lookupService: blocking({ verb: "resolve" }),
  ...queries,
});
defineAll(
  "net",
  "node:dns/promises.Resolver.prototype",
  () => (dns() as unknown as { Resolver: { prototype: object } }).Resolver.prototype,
  queries,
);
