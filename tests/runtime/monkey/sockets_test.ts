// Copyright 2026 the Tendril authors. MIT license.
// Patched sockets: what is closed, what is kept for the next, what belongs to whom.

import { EventEmitter, once } from "node:events";
import http from "node:http";
import net from "node:net";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  dump,
  GreenletExit,
  run,
  sleep,
  spawn,
  spawnWith,
  until,
  withTimeout,
} from "@tendril/tendril";
import { patchAll, unpatchAll } from "@tendril/tendril/monkey";
import { settle } from "../../manual_clock.ts";
import { bytes, eventually, text, waitsFor } from "../io/sockets.ts";

const local = { hostname: "127.0.0.1", port: 0 } as const;

/** Two ends of a connection, which are closed afterwards. */
async function between(use: (conn: Deno.Conn, peer: Deno.Conn) => Promise<void>): Promise<void> {
  using listener = Deno.listen(local);
  const accepting = listener.accept();
  using conn = await Deno.connect({ ...local, port: listener.addr.port });
  using peer = await accepting;
  await use(conn, peer);
}

/** Reads once, at most that much. */
async function readText(conn: Deno.Conn, most = 100): Promise<string | null> {
  const buffer = new Uint8Array(most);
  const count = await conn.read(buffer);
  return count === null ? null : text(buffer.subarray(0, count));
}

/** Begins to wait for something in a greenlet, and gives that up. */
async function giveUp(call: () => Promise<unknown>): Promise<void> {
  const late = await spawn(() => withTimeout(1, until(call), { value: "late" }));
  assertEquals(late, "late");
}

Deno.test("what comes for a read that timed out goes to the next read", async () => {
  using _ = patchAll();
  await between(async (conn, peer) => {
    await giveUp(() => readText(conn));
    await peer.write(bytes("hello"));
    assertEquals(await spawn(() => readText(conn)), "hello");
    await peer.write(bytes("more"));
    assertEquals(await spawn(() => readText(conn)), "more");
  });
});

Deno.test("what comes for a read that timed out is there outside of greenlets, too", async () => {
  using _ = patchAll();
  await between(async (conn, peer) => {
    await giveUp(() => readText(conn));
    await peer.write(bytes("hello"));
    assertEquals(await readText(conn), "hello");
  });
});

Deno.test("what has no room in the next buffer goes to the one after", async () => {
  using _ = patchAll();
  await between(async (conn, peer) => {
    await giveUp(() => readText(conn));
    await peer.write(bytes("hello"));
    assertEquals(await spawn(() => readText(conn, 2)), "he");
    assertEquals(await spawn(() => readText(conn, 2)), "ll");
    await peer.write(bytes("!"));
    assertEquals(await spawn(() => readText(conn, 2)), "o");
    assertEquals(await spawn(() => readText(conn, 2)), "!");
  });
});

Deno.test("several reads that timed out lose nothing", async () => {
  using _ = patchAll();
  await between(async (conn, peer) => {
    for (let most = 4; most > 0; most--) await giveUp(() => readText(conn, most));
    assertEquals(await spawn(() => readText(conn, 0)), "");
    await peer.write(bytes("hello"));
    peer.close();
    await settle();
    let received = "";
    for (let part; (part = await spawn(() => readText(conn, 3))) !== null;) received += part;
    assertEquals(received, "hello");
  });
});

Deno.test("a connection that comes for an accept() that timed out goes to the next", async () => {
  using _ = patchAll();
  using listener = Deno.listen(local);
  await giveUp(() => listener.accept());
  using _conn = await Deno.connect({ ...local, port: listener.addr.port });
  using accepted = await spawn(() => listener.accept());
  assertEquals(accepted.localAddr, listener.addr);
});

Deno.test("a chunk that comes for a read of a stream that timed out goes to the next", async () => {
  using _ = patchAll();
  let enqueue!: (chunk: string) => void;
  const stream = new ReadableStream<string>({
    start: (controller) => void (enqueue = (chunk) => controller.enqueue(chunk)),
  });
  const reader = stream.getReader();
  await giveUp(() => reader.read());
  enqueue("hello");
  assertEquals((await spawn(() => reader.read())).value, "hello");
});

Deno.test("a killed reader's connection may be closed again", async () => {
  using _ = patchAll();
  await between(async (conn, peer) => {
    const exit = new GreenletExit();
    const reader = spawn(async () => {
      try {
        await readText(conn);
      } finally {
        conn.close();
      }
    });
    await waitsFor("read 127.0.0.1:");
    await reader.kill(exit);
    assertStrictEquals(reader.value as unknown, exit);
    assertEquals(await readText(peer), null);
  });
});

Deno.test("a kill that comes before the call closes the connection all the same", async () => {
  using _ = patchAll();
  await between(async (conn, peer) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const reader = spawn(async () => {
      await promise;
      await readText(conn);
    });
    await settle();
    reader.kill();
    resolve();
    await reader.join();
    assertEquals(await readText(peer), null);
  });
});

Deno.test("a loop over a listener that is killed frees the port", async () => {
  using _ = patchAll();
  const listener = Deno.listen(local);
  const server = spawn(async () => {
    for await (const conn of listener) conn.close();
  });
  await waitsFor("accept 127.0.0.1:");
  (await Deno.connect({ ...local, port: listener.addr.port })).close();
  await server.kill();
  assertEquals(server.successful, true);
  // The host lets go of the port a moment later.
  await eventually(() => {
    try {
      Deno.listen({ ...local, port: listener.addr.port }).close();
      return true;
    } catch (error) {
      assertInstanceOf(error, Deno.errors.AddrInUse);
      return false;
    }
  });
});

/** A server of node:net that notes who is there. */
class NodeServer implements AsyncDisposable {
  readonly sockets = new Set<net.Socket>();
  readonly #server = net.createServer((socket) => {
    this.sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.on("close", () => this.sockets.delete(socket));
  });

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as net.AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.#server, "close");
  }
}

/** A client that knows nothing of greenlets: it answers a question with what comes, by events. */
class Client extends EventEmitter {
  readonly socket: net.Socket;
  /** Set when the socket broke. */
  retry: ReturnType<typeof setTimeout> | undefined;

  constructor(port: number) {
    super();
    this.socket = net.connect(port, "127.0.0.1");
    this.socket.on("data", (data) => this.emit("answer", data));
    this.socket.on("error", (error) => {
      this.retry = setTimeout(() => {}, 1_000_000);
      this.emit("failed", error);
    });
  }

  ask(): Promise<unknown> {
    this.socket.write("?");
    return new Promise((resolve, reject) => {
      this.once("answer", resolve);
      this.once("failed", reject);
    });
  }
}

Deno.test("a kill destroys the node:net sockets of an async body, whose promise rejects by that", async () => {
  await using server = new NodeServer();
  using _ = patchAll();
  const port = await server.listen();
  const exit = new GreenletExit();
  let client!: Client;
  const greenlet = spawnWith({ name: "asker" }, async () => {
    client = new Client(port);
    await client.ask();
  });
  await eventually(() => server.sockets.size === 1);
  assert(dump().includes(`asker: waits for socket 127.0.0.1:${port}`));
  await greenlet.kill(exit);
  assertStrictEquals(greenlet.value as unknown, exit);
  assert(client.socket.destroyed);
  await eventually(() => server.sockets.size === 0);
  await eventually(() => client.retry !== undefined);
  clearTimeout(client.retry);
});

Deno.test("what a library does about its lost socket belongs to nobody", async () => {
  await using server = new NodeServer();
  using _ = patchAll();
  const port = await server.listen();
  let client!: Client;
  const asker = spawn(async () => {
    client = new Client(port);
    await client.ask();
  });
  await eventually(() => server.sockets.size === 1);
  const killer = spawn(async () => {
    await asker.kill();
    await sleep(1_000_000);
  });
  await eventually(() => client?.retry !== undefined);
  assertEquals(killer.waits.map((wait) => wait.reason), ["sleep"]);
  await killer.kill();
  clearTimeout(client.retry);
});

Deno.test("the sockets of an http.Agent outlive the greenlet that asked first", async () => {
  await using server = Deno.serve({ ...local, onListen() {} }, () => new Response("text"));
  using _ = patchAll();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const ask = async () => {
    const request = http.get(url, { agent });
    const [response] = await once(request, "response");
    response.resume();
    await once(response, "close");
    return request.reusedSocket;
  };
  const first = spawn(async () => {
    await ask();
    await sleep(1_000_000);
  });
  await eventually(() => first.waits[0]?.reason === "sleep" && first.waits.length === 1);
  await first.kill();
  assertEquals(await spawn(ask), true);
  agent.destroy();
  await settle();
});

Deno.test("a node:net socket without an error listener is destroyed without an error", async () => {
  await using server = new NodeServer();
  using _ = patchAll();
  const port = await server.listen();
  const greenlet = spawn(async () => {
    const socket = net.connect(port, "127.0.0.1");
    await new Promise((resolve) => socket.on("close", resolve));
    return "closed";
  });
  await eventually(() => server.sockets.size === 1);
  await greenlet.kill();
  assertEquals(greenlet.value, "closed");
  await eventually(() => server.sockets.size === 0);
});

Deno.test("a Timeout destroys the sockets of the function it limits", async () => {
  await using server = new NodeServer();
  using _ = patchAll();
  const port = await server.listen();
  let client!: Client;
  await run(function* () {
    const ask = () => (client = new Client(port)).ask();
    assertEquals(yield* withTimeout(50, until(ask), { value: "late" }), "late");
  });
  await eventually(() => server.sockets.size === 0);
  await eventually(() => client.retry !== undefined);
  clearTimeout(client.retry);
});

Deno.test("a greenlet that ends normally leaves its sockets open", async () => {
  await using server = new NodeServer();
  using _ = patchAll();
  const port = await server.listen();
  const socket = await run(async () => {
    const socket = net.connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  });
  await settle();
  assertEquals(socket.destroyed, false);
  socket.destroy();
  await once(socket, "close");
});

Deno.test("a kill destroys the sockets that a generator connected", async () => {
  await using server = new NodeServer();
  using _ = patchAll();
  const port = await server.listen();
  const greenlet = spawn(function* () {
    net.connect(port, "127.0.0.1");
    yield* sleep(100_000);
  });
  await eventually(() => server.sockets.size === 1);
  await greenlet.kill();
  await eventually(() => server.sockets.size === 0);
});

Deno.test("a connection that a killed greenlet asked for is closed when it comes", async () => {
  using listener = Deno.listen(local);
  const accepting = listener.accept();
  using _ = patchAll();
  const greenlet = spawn(() => Deno.connect({ ...local, port: listener.addr.port }));
  for (let i = 0; i < 100 && greenlet.waits.length === 0; i++) await Promise.resolve();
  await greenlet.kill();
  unpatchAll();
  // Whether it came about at all is up to the host.
  const other = await Deno.connect({ ...local, port: listener.addr.port });
  other.close();
  const accepted = await accepting;
  assertEquals(await accepted.read(new Uint8Array(1)).catch(() => null), null);
  accepted.close();
});

Deno.test("a connection outside any greenlet is not touched", async () => {
  using _ = patchAll();
  await between(async (conn, peer) => {
    const reading = readText(conn);
    await spawn(async () => await sleep(0));
    await peer.write(bytes("hello"));
    assertEquals(await reading, "hello");
    conn.close();
    await assertRejects(() => readText(conn), Deno.errors.BadResource);
  });
});
