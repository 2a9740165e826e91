// Copyright 2026 the Tendril authors. MIT license.
// The rows of sockets and names.

import dgram from "node:dgram";
import dns from "node:dns/promises";
import http from "node:http";
import net from "node:net";
import { once } from "node:events";
import { assertRejects } from "@std/assert";
import { settle } from "../../manual_clock.ts";
import { cert, key } from "../io/sockets.ts";
import { type Case, recorded, row } from "./table.ts";

const local = { hostname: "127.0.0.1", port: 0 } as const;
const closed = (peer: Deno.Conn) => async () => {
  // The end, or a reset when something was left unread.
  const buffer = new Uint8Array(65536);
  while (await peer.read(buffer).catch(() => null) !== null);
};

/** Two ends of a connection. */
async function pair(
  make: (conn: Deno.Conn, peer: Deno.Conn) => Case | Promise<Case>,
): Promise<Case> {
  using listener = Deno.listen(local);
  const [conn, peer] = await Promise.all([dial(listener.addr), listener.accept()]);
  const made = await make(conn, peer);
  return {
    ended: closed(peer),
    ...made,
    close() {
      conn[Symbol.dispose]();
      peer[Symbol.dispose]();
    },
  };
}

const hello = new TextEncoder().encode("hello");
row("Deno.Conn.prototype.read", () =>
  pair((conn, peer) => ({
    quick: () => conn.read(new Uint8Array(10)),
    finish: () => peer.write(hello),
    reason: "read 127.0.0.1:",
  })));
row("Deno.Conn.prototype.write", () =>
  pair(async (conn, peer) => {
    await fill(conn);
    const write = async () => {
      await conn.write(hello);
      conn.close();
    };
    return { quick: write, finish: closed(peer), reason: "write 127.0.0.1:" };
  }));
/** Writes until the host takes no more. */
async function fill(conn: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(1_000_000);
  let isFull = false;
  while (!isFull) {
    const written = conn.write(bytes).then(() => false, () => false);
    isFull = await Promise.race([written, settle().then(() => true)]);
  }
}
recorded("Deno.Conn.prototype.closeWrite", () =>
  pair((conn) => ({
    quick: () => conn.closeWrite(),
    reason: "close the writing side of 127.0.0.1:",
  })));

/** A listener, or a function that makes one. */
function listening(listen: () => Deno.Listener): Case {
  const listener = listen();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    quick: async () => (await listener.accept()).close(),
    finish: async () => (await Deno.connect({ ...local, port })).close(),
    // The host lets go of the port a moment later.
    async ended() {
      for (let isOpen = true; isOpen;) {
        isOpen = await dial({ ...local, port }).then((conn) => (conn.close(), true), () => false);
      }
    },
    reason: `accept 127.0.0.1:${port}`,
    close: () => listener[Symbol.dispose](),
  };
}
row("Deno.listen", () => listening(() => Deno.listen(local)));
row("Deno.Listener.prototype.accept", () => listening(() => Deno.listen(local)));
const listenTls = () => Deno.listenTls({ ...local, cert, key });
row("Deno.listenTls", () => listening(listenTls));
row("Deno.TlsListener.prototype.accept", () => listening(listenTls));

/** A connection that is made with a greenlet: who is killed meanwhile closes it. */
function connecting(connect: (addr: Deno.NetAddr) => Promise<Deno.Conn>, verb = "connect"): Case {
  const listener = Deno.listen(local);
  return {
    quick: async () => (await connect(listener.addr)).close(),
    reason: `${verb} 127.0.0.1:${listener.addr.port}`,
    close: () => listener.close(),
  };
}
row("Deno.connect", () => connecting(dial));

/** A server with TLS that takes its time. */
function securing(
  connect: (addr: Deno.NetAddr) => Promise<Deno.TlsConn>,
  reason: string,
): Case {
  const listener = listenTls();
  const accepted = listener.accept();
  const handshake = accepted.then(async (conn) => {
    await conn.handshake().catch(() => {});
    conn.close();
  });
  return {
    quick: async () => {
      const conn = await connect(listener.addr as Deno.NetAddr);
      conn.close();
    },
    reason,
    async close() {
      await handshake.catch(() => {});
      listener.close();
    },
  };
}
const options = { hostname: "localhost", caCerts: [cert] };
recorded(
  "Deno.connectTls",
  () => securing(({ port }) => Deno.connectTls({ ...options, port }), "connect localhost:"),
);
recorded(
  "Deno.startTls",
  () => securing(async (addr) => await Deno.startTls(await dial(addr), options), "start TLS"),
);
/** Connects to a port of this machine. */
async function dial({ port }: { port: number }): Promise<Deno.TcpConn> {
  return await Deno.connect({ ...local, port });
}
row("Deno.TlsConn.prototype.handshake", async () => {
  const listener = Deno.listen(local); // it never answers the handshake
  const [conn, peer] = await Promise.all([dial(listener.addr), listener.accept()]);
  const secured = await Deno.startTls(conn, options);
  return {
    quick: () => secured.handshake().catch(onlyHost),
    finish: () => peer.close(),
    // The host closes it, but tells the other end only when the handshake is over.
    ended: () => assertRejects(() => secured.closeWrite(), Deno.errors.BadResource),
    reason: "TLS handshake with 127.0.0.1:",
    close() {
      secured[Symbol.dispose]();
      peer[Symbol.dispose]();
      listener.close();
    },
  };
});

function onlyHost(error: unknown): void {
  if (!(error instanceof Deno.errors.UnexpectedEof)) throw error;
}

/** A datagram socket, or the function that makes one. */
function datagrams(): Case {
  const socket = Deno.listenDatagram({ ...local, transport: "udp" });
  const other = Deno.listenDatagram({ ...local, transport: "udp" });
  return {
    quick: () => socket.receive(),
    finish: () => other.send(hello, socket.addr),
    ended: async () => {
      const { receive } = socket;
      await receive.call(socket).then(() => Promise.reject(new Error("it is open")), () => {});
    },
    reason: "receive 127.0.0.1:",
    close() {
      socket.close();
      other.close();
    },
  };
}
const needsMore = true;
row("Deno.listenDatagram", datagrams, { needsMore });
row("Deno.DatagramConn.prototype.receive", datagrams, { needsMore });
recorded("Deno.DatagramConn.prototype.send", () => {
  const socket = Deno.listenDatagram({ ...local, transport: "udp" });
  return {
    quick: () => socket.send(hello, socket.addr),
    reason: "send from 127.0.0.1:",
    close: () => socket.close(),
  };
}, { needsMore });

/** A name server that does not answer before `finish`. */
async function silentDns(resolve: (port: number) => Promise<unknown>): Promise<Case> {
  const socket = dgram.createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const asked = once(socket, "message");
  const { port } = socket.address();
  return {
    quick: () => resolve(port).catch(() => {}),
    slow: () => resolve(port),
    async finish() {
      const [question, from] = await asked;
      const answer = Uint8Array.from(question);
      answer.set([0x81, 0x83], 2); // an answer: no such name
      socket.send(answer, from.port, from.address);
    },
    begun: () => asked,
    reason: "resolve unknown.example",
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}
row("Deno.resolveDns", () =>
  silentDns((port) => {
    const nameServer = { ipAddr: "127.0.0.1", port };
    return Deno.resolveDns("unknown.example.", "A", { nameServer });
  }));

row("node:net.Socket.prototype.connect", () => {
  const listener = Deno.listen(local);
  const accepted = listener.accept();
  return {
    async quick() {
      const socket = net.connect(listener.addr.port, "127.0.0.1");
      await once(socket, "data");
      socket.destroy();
      await once(socket, "close");
    },
    finish: async () => void await (await accepted).write(hello),
    begun: () => accepted,
    ended: async () => await closed(await accepted)(),
    reason: `socket 127.0.0.1:${listener.addr.port}`,
    async close() {
      (await accepted).close();
      listener.close();
    },
  };
});

row("node:http.Agent.prototype.addRequest", () => {
  const listener = Deno.listen(local);
  const accepted = listener.accept();
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  return {
    async quick() {
      const [response] = await once(http.get(url, { agent: new http.Agent() }), "response");
      response.resume();
      await once(response, "close");
    },
    async finish() {
      const answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
      await (await accepted).write(new TextEncoder().encode(answer));
      await closed(await accepted)();
    },
    begun: () => accepted,
    ended: async () => await closed(await accepted)(),
    reason: `GET ${url}`,
    async close() {
      (await accepted).close();
      listener.close();
    },
  };
});

const QUERIES = ["resolve", "resolve4", "resolve6", "resolveAny", "resolveCaa", "resolveCname"]
  .concat(["resolveMx", "resolveNaptr", "resolveNs", "resolvePtr", "resolveSoa", "resolveSrv"])
  .concat(["resolveTxt", "reverse"]);
type Resolve = Record<string, (name: string) => Promise<unknown>>;
for (const name of QUERIES) {
  const what = name === "reverse" ? "127.0.0.1" : "localhost";
  recorded(`node:dns/promises.${name}`, () => ({
    quick: () => (dns as unknown as Resolve)[name]!(what).catch(() => {}),
    slow: () => (dns as unknown as Resolve)[name]!(what),
    reason: `resolve ${what}`,
  }));
  recorded(`node:dns/promises.Resolver.prototype.${name}`, () => {
    const resolver = new dns.Resolver() as unknown as Resolve;
    return {
      quick: () => resolver[name]!(what).catch(() => {}),
      slow: () => resolver[name]!(what),
      reason: `resolve ${what}`,
    };
  });
}
recorded("node:dns/promises.lookup", () => ({
  quick: () => dns.lookup("localhost"),
  reason: "resolve localhost",
}));
recorded("node:dns/promises.lookupService", () => ({
  quick: () => dns.lookupService("127.0.0.1", 80),
  reason: "resolve 127.0.0.1",
}));
