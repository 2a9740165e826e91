// Copyright 2026 the Tendril authors. MIT license.
// Without --unstable-net the sockets are Node's. The last test runs this file again, with the flag.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Coroutine,
  getHub,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  withTimeout,
} from "@tendril/tendril";
import { type DatagramSocket, listenDatagram } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";
import { assertFailure, bytes, text, thrown, waitsFor } from "./sockets.ts";

const ANYWHERE = { hostname: "127.0.0.1", port: 0 };
const isNode = (Deno.listenDatagram as unknown) === undefined;

/** Runs `body` with two sockets, which are closed afterwards. */
async function between<T>(
  body: (near: DatagramSocket<Deno.NetAddr>, far: DatagramSocket<Deno.NetAddr>) => Coroutine<T>,
): Promise<T> {
  using near = listenDatagram(ANYWHERE);
  using far = listenDatagram({ ...ANYWHERE, transport: "udp" });
  return await run(body, near, far);
}

/** Receives once, and gives what came as text. */
function* receiveText(socket: DatagramSocket, buffer?: Uint8Array): Coroutine<string> {
  return text((yield* socket.receive(buffer))[0]);
}

/** Lets a greenlet receive, and kills it. */
function* giveUpReceive(socket: DatagramSocket, buffer?: Uint8Array): Coroutine<void> {
  const receiving = spawn(function* () {
    yield* socket.receive(buffer);
  });
  yield waitsFor(`receive ${socket.name}`);
  yield* receiving.kill();
  assertInstanceOf(receiving.value as unknown, GreenletExit);
}

Deno.test("DatagramSocket sends and receives, with the address of the sender", async () => {
  await between(function* (near, far) {
    assertEquals(yield* far.send(bytes("hello"), near.addr), 5);
    const [content, from] = yield* near.receive();
    assertEquals([text(content), from.port], ["hello", far.addr.port]);
    yield* near.send(bytes("back"), from);
    assertEquals(yield* receiveText(far), "back");
  });
});

Deno.test("DatagramSocket.receive() gives messages in their order, empty ones too", async () => {
  await between(function* (near, far) {
    for (const word of ["one", "", "three"]) yield* far.send(bytes(word), near.addr);
    yield settle();
    for (const word of ["one", "", "three"]) assertEquals(yield* receiveText(near), word);
  });
});

Deno.test("DatagramSocket.receive() puts a message into a buffer, as far as it fits", async () => {
  await between(function* (near, far) {
    const buffer = new Uint8Array(3);
    for (const word of ["hello", "ab"]) yield* far.send(bytes(word), near.addr);
    const [first] = yield* near.receive(buffer);
    assertStrictEquals(first.buffer, buffer.buffer);
    assertEquals(text(first), "hel");
    assertEquals(yield* receiveText(near, buffer), "ab");
    const receiving = spawn(() => receiveText(near, buffer));
    yield waitsFor(`receive ${near.name}`);
    yield* far.send(bytes("xyzzy"), near.addr);
    assertEquals(yield* receiving, "xyz");
  });
});

Deno.test("DatagramSocket can be awaited outside of any greenlet", async () => {
  using near = listenDatagram(ANYWHERE);
  const receiving = near.receive();
  await near.send(bytes("hello"), near.addr);
  assertEquals(text((await receiving)[0]), "hello");
});

Deno.test("a killed receive loses nothing, neither what comes later nor meanwhile", async () => {
  await between(function* (near, far) {
    yield* giveUpReceive(near);
    yield* far.send(bytes("one"), near.addr);
    yield settle();
    yield* far.send(bytes("two"), near.addr);
    assertEquals(yield* receiveText(near), "one");
    assertEquals(yield* receiveText(near), "two");
    yield* giveUpReceive(near);
    yield* giveUpReceive(near);
    const receiving = spawn(() => receiveText(near));
    yield waitsFor(`receive ${near.name}`);
    yield* far.send(bytes("three"), near.addr);
    assertEquals(yield* receiving, "three");
  });
});

Deno.test("what comes for a killed receive is copied out of its buffer", async () => {
  await between(function* (near, far) {
    const buffer = new Uint8Array(10);
    yield* giveUpReceive(near, buffer);
    yield* far.send(bytes("hello"), near.addr);
    while (buffer[0] === 0) yield settle();
    yield settle();
    buffer.fill(0);
    assertEquals(yield* receiveText(near, new Uint8Array(4)), "hell");
  });
});

Deno.test("a receive that times out or loses a select loses nothing", async () => {
  await between(function* (near, far) {
    assertEquals(yield* withTimeout(5, near.receive(), { value: "late" }), "late");
    const limit = Timeout.startNew(5);
    const error = yield* thrown(() => receiveText(near));
    assertStrictEquals(error, limit as unknown as Error);
    assertEquals((yield* select({ message: near.receive(), late: sleep(5) })).key, "late");
    yield* far.send(bytes("hello"), near.addr);
    yield settle();
    const done = spawn(() => 1);
    yield* done;
    for (;;) {
      const won = yield* select({ done: done.get(), message: near.receive() });
      if (won.key === "message") return assertEquals(text(won.value[0]), "hello");
    }
  });
});

Deno.test("`for await` over a DatagramSocket gives messages until it is closed", async () => {
  using near = listenDatagram(ANYWHERE);
  const heard: string[] = [];
  const serving = run(async () => {
    for await (const [content] of near) if (heard.push(text(content)) === 2) near.close();
  });
  for (const word of ["one", "two"]) await near.send(bytes(word), near.addr);
  await serving;
  assertEquals(heard, ["one", "two"]);
});

Deno.test("DatagramSocket.receive() keeps `run` from calling it a deadlock", async () => {
  await between(function* (near, far) {
    setTimeout(() => void far.send(bytes("late"), near.addr), 5);
    const before = getHub().stats().external;
    assertEquals(yield* receiveText(near), "late");
    assertEquals(getHub().stats().external, before);
  });
});

Deno.test("DatagramSocket.send() says what failed, and where to", async () => {
  await between(function* (near) {
    const send = (size: number, to: Omit<Deno.NetAddr, "transport">) => () =>
      function* (): Coroutine<void> {
        yield* near.send(new Uint8Array(size), { transport: "udp", ...to });
      }();
    const unknown = yield* thrown(send(1, { hostname: "nothing.invalid", port: 9 }));
    assertFailure(unknown, Deno.errors.NotFound, "Cannot send to nothing.invalid:9: ");
    const large = yield* thrown(send(70_000, near.addr));
    assertFailure(large, Error, `Cannot send to ${near.name}: `);
    assertEquals((large as Error & { code: string }).code, "EMSGSIZE");
  });
});

Deno.test("DatagramSocket.send() takes a name to send to", async () => {
  await between(function* (near, far) {
    const { port } = near.addr;
    yield* far.send(bytes("hello"), { transport: "udp", hostname: "localhost", port });
    assertEquals(yield* receiveText(near), "hello");
  });
});

Deno.test("DatagramSocket works over IPv6", async () => {
  using near = listenDatagram({ hostname: "::1", port: 0 });
  assertEquals(near.name, `[::1]:${near.addr.port}`);
  await run(function* () {
    yield* near.send(bytes("hello"), near.addr);
    assertEquals(yield* receiveText(near as DatagramSocket), "hello");
  });
});

Deno.test("DatagramSocket tells where it receives, and who does", async () => {
  await between(function* (near) {
    assertEquals(near.name, `127.0.0.1:${near.addr.port}`);
    assertEquals(Deno.inspect(near), `<DatagramSocket ${near.name}>`);
    near.close();
    assertEquals([near.closed, Deno.inspect(near)], [
      true,
      `<DatagramSocket ${near.name}, closed>`,
    ]);
  });
});

Deno.test("listenDatagram() says what failed, and where", () => {
  using socket = listenDatagram(ANYWHERE);
  const { port } = socket.addr;
  const taken = assertThrows(() => listenDatagram({ ...ANYWHERE, port })) as Error;
  assertFailure(taken, Deno.errors.AddrInUse, `Cannot listen on 127.0.0.1:${port}: `);
  const wrong = assertThrows(() => listenDatagram({ port: 99_999 })) as Error;
  assertFailure(wrong, RangeError, "Cannot listen on 0.0.0.0:99999: invalid port");
  // @ts-expect-error there is no such transport
  const transport = assertThrows(() => listenDatagram({ port: 0, transport: "tcp" })) as Error;
  assertInstanceOf(transport, TypeError);
  assertEquals(transport.message.endsWith('must be "udp" or "unixpacket", got "tcp"'), true);
  const unknown = assertThrows(() => listenDatagram({ port: 0, hostname: "nothing.invalid" }));
  const Class = isNode ? Deno.errors.NotSupported : Deno.errors.NotFound;
  assertFailure(unknown as Error, Class, "Cannot listen on nothing.invalid:0: ");
});

Deno.test("listenDatagram() takes localhost, and an address that is to be shared", () => {
  using one = listenDatagram({ port: 0, hostname: "localhost", reuseAddress: true });
  assert(one.addr.port > 0);
});

Deno.test("a socket of Node drops what comes when it holds a MiB for nobody", {
  ignore: !isNode,
}, async () => {
  await between(function* (near, far) {
    const message = new Uint8Array(30_000);
    function* send(): Coroutine<void> {
      yield* far.send(message, near.addr);
      yield* far.send(bytes("echo"), far.addr);
      yield* far.receive(); // time enough for the other one to have come as well
    }
    for (message[0] = 0; message[0] < 50; message[0]++) yield* send();
    const got: number[] = [];
    for (;;) {
      const received = yield* withTimeout(5, near.receive(), { value: null });
      if (received === null) break;
      got.push(received[0][0]!);
    }
    // The system may have dropped some of its own.
    assertEquals(got, got.toSorted((a, b) => a - b));
    assert(got.length > 3 && got.length <= 35);
    for (let i = 0; i < 3; i++) yield* send(); // there is room again
    for (let i = 0; i < 3; i++) yield* near.receive();
  });
});

Deno.test("listenDatagram() over a Unix socket needs the flag, and says so", {
  ignore: !isNode,
}, () => {
  const listen = () => listenDatagram({ transport: "unixpacket", path: "/no/such" });
  const error = assertThrows(listen) as Error;
  const message = "Cannot listen on /no/such: datagrams over a Unix socket need --unstable-net";
  assertFailure(error, Deno.errors.NotSupported, message);
});

Deno.test(
  "listenDatagram() sends and receives over a Unix socket",
  { ignore: isNode },
  async () => {
    const folder = await Deno.makeTempDir();
    await run(function* () {
      using near = listenDatagram({ transport: "unixpacket", path: `${folder}/near` });
      using far = listenDatagram({ transport: "unixpacket", path: `${folder}/far` });
      yield* giveUpReceive(near as DatagramSocket);
      yield* far.send(bytes("hello"), near.addr);
      const [content, from] = yield* near.receive();
      assertEquals([text(content), from.path], ["hello", `${folder}/far`]);
    });
    await Deno.remove(folder, { recursive: true });
  },
);

Deno.test("datagrams do the same over the host's own sockets", { ignore: !isNode }, async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "-A", "--unstable-net", import.meta.filename!],
    env: { NO_COLOR: "1" },
  });
  const { success, stdout } = await command.output();
  assert(success, text(stdout));
  assert(text(stdout).includes("listenDatagram() sends and receives over a Unix socket ... ok"));
});
