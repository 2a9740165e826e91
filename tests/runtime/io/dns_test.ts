// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import {
  type Coroutine,
  getHub,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { type DatagramSocket, listenDatagram, resolveDns } from "@tendril/tendril/io";
import { assertFailure, thrown, waitsFor } from "./sockets.ts";

/** Runs `body` with options that ask a name server of the test, which it gets as well. */
async function asking(
  body: (
    options: Deno.ResolveDnsOptions,
    server: DatagramSocket<Deno.NetAddr>,
  ) => Coroutine<void>,
): Promise<void> {
  using server = listenDatagram({ hostname: "127.0.0.1", port: 0 });
  await run(body, { nameServer: { ipAddr: "127.0.0.1", port: server.addr.port } }, server);
}

/** Answers one question with a record of `data`, or without data that there is none. */
function* answer(server: DatagramSocket<Deno.NetAddr>, data?: number[]): Coroutine<void> {
  const [question, from] = yield* server.receive();
  // The question's own section ends after a name, its end, a type and a class.
  const end = question.indexOf(0, 12) + 5;
  const head = question.slice(0, end);
  const found = data === undefined ? 0 : 1;
  head.set([0x81, data === undefined ? 0x83 : 0x80, 0, 1, 0, found, 0, 0, 0, 0], 2);
  const [type1, type2] = question.subarray(end - 4);
  const record = [0xc0, 12, type1!, type2!, 0, 1, 0, 0, 0, 60, 0, data?.length ?? 0, ...data ?? []];
  const reply = new Uint8Array([...head, ...(data === undefined ? [] : record)]);
  yield* server.send(reply, from);
}

Deno.test("resolveDns() knows localhost", async () => {
  await run(function* () {
    assertEquals(yield* resolveDns("localhost", "A"), ["127.0.0.1"]);
  });
  assertEquals(await resolveDns("localhost", "AAAA"), ["::1"]);
});

Deno.test("resolveDns() gives the records that a name server has", async () => {
  await asking(function* (options, server) {
    const answering = spawn(answer, server, [10, 1, 2, 3]);
    assertEquals(yield* resolveDns("example.test.", "A", options), ["10.1.2.3"]);
    yield* answering;
    const mail = spawn(answer, server, [0, 7, 1, 109, 0]);
    const records: Deno.MxRecord[] = yield* resolveDns("example.test.", "MX", options);
    assertEquals(records, [{ preference: 7, exchange: "m." }]);
    yield* mail;
  });
});

Deno.test("resolveDns() throws a NotFound that names what was asked for", async () => {
  await asking(function* (options, server) {
    const answering = spawn(answer, server);
    const error = yield* thrown(function* () {
      yield* resolveDns("example.test.", "A", options);
    });
    assertFailure(error, Deno.errors.NotFound, "Cannot resolve example.test. A: ");
    yield* answering;
  });
});

Deno.test("resolveDns() names what is wrong with its arguments", async () => {
  // @ts-expect-error there is no such type of record
  const wrong = await assertRejects(() => resolveDns("localhost", "FOO"), TypeError);
  assertFailure(wrong, TypeError, "Cannot resolve localhost FOO: unknown variant");
});

Deno.test("a kill ends resolveDns(), and the wait has a reason", async () => {
  await asking(function* (options, server) {
    const { external } = getHub().stats();
    const resolving = spawn(function* () {
      yield* resolveDns("example.test.", "A", options);
    });
    yield waitsFor("resolve example.test. A");
    yield* server.receive();
    yield* resolving.kill();
    assertInstanceOf(resolving.value as unknown, GreenletExit);
    assertEquals(getHub().stats().external, external);
  });
});

Deno.test("a Timeout and a lost select end resolveDns()", async () => {
  await asking(function* (options) {
    const limit = Timeout.startNew(5);
    const error = yield* thrown(function* () {
      yield* resolveDns("example.test.", "A", options);
    });
    assertStrictEquals(error, limit as unknown as Error);
    const answer = resolveDns("example.test.", "A", options);
    assertEquals((yield* select({ answer, late: sleep(5) })).key, "late");
  });
});

Deno.test("resolveDns() keeps to its own signal, and rejects with the reason of that", async () => {
  await asking(function* (options, server) {
    const controller = new AbortController();
    const reason = new RangeError("changed my mind");
    const { signal } = controller;
    const resolving = spawn(() => resolveDns("example.test.", "A", { ...options, signal }));
    yield* server.receive();
    controller.abort(reason);
    const error = yield* thrown(function* () {
      yield* resolving;
    });
    assertStrictEquals(error, reason);
  });
});
