// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  ConcurrentObjectUseError,
  type Coroutine,
  dump,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  until,
  withTimeout,
} from "@tendril/tendril";
import { type ByteStream, fetch } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A server whose one response is written by the test, and that tells when the client is gone. */
class Scripted implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #cancelled = Promise.withResolvers<void>();
  #body!: ReadableStreamDefaultController<Uint8Array>;
  readonly url: string;

  constructor(...first: string[]) {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#body = controller;
        for (const piece of first) this.send(piece);
      },
      cancel: () => this.#cancelled.resolve(),
    });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response(body),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Settles when the client has gone away. */
  get cancelled(): Promise<void> {
    return this.#cancelled.promise;
  }

  send(text: string): void {
    this.#body.enqueue(encoder.encode(text));
  }

  end(): void {
    this.#body.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function* bodyOf(server: Scripted): Coroutine<ByteStream> {
  return (yield* fetch(server.url)).body!;
}

/** Gives the host time for a piece to come alone; when it does not, the test proves less. */
async function pieceArrives(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until some greenlet waits for a body. */
async function untilRead(): Promise<void> {
  while (!dump().includes("waits for body of")) await settle();
}

Deno.test("body.read() gives the pieces and then null", async () => {
  await using server = new Scripted("one");
  await run(function* () {
    const { body } = yield* fetch(server.url);
    assertEquals(decoder.decode((yield* body!.read())!), "one");
    server.send("two");
    assertEquals(decoder.decode((yield* body!.read())!), "two");
    server.end();
    assertEquals(yield* body!.read(), null);
    assertEquals(yield* body!.read(), null);
  });
});

Deno.test("body.read() can be awaited", async () => {
  await using server = new Scripted("one");
  const { body } = await fetch(server.url);
  assertEquals(decoder.decode((await body!.read())!), "one");
  server.end();
  assertEquals(await body!.read(), null);
});

Deno.test("the body is one ReadableStream, for code that knows nothing of greenlets", async () => {
  await using server = new Scripted("one");
  const response = await fetch(server.url);
  const { body } = response;
  assertInstanceOf(body, ReadableStream);
  assertStrictEquals(response.body, body);
  assertEquals(decoder.decode((await body!.read())!), "one");
  server.send("two");
  server.end();
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "two");
  assertEquals((await reader.read()).done, true);
});

Deno.test("a body can be the body of another response, or be read twice by a clone", async () => {
  await using server = new Scripted("one");
  server.end();
  const response = await fetch(server.url);
  const copy = response.clone();
  assertEquals(await new Response(response.body).text(), "one");
  assertEquals(decoder.decode((await copy.body!.read())!), "one");
});

Deno.test("a response without a body has none", async () => {
  await using server = Deno.serve(
    { port: 0, onListen() {} },
    () => new Response(null, { status: 204 }),
  );
  assertEquals((await fetch(`http://127.0.0.1:${server.addr.port}/`)).body, null);
});

Deno.test("for await reads the pieces of a body", async () => {
  await using server = new Scripted("one");
  await run(async () => {
    const got: string[] = [];
    for await (const piece of (await fetch(server.url)).body!) {
      got.push(decoder.decode(piece));
      if (got.length === 1) server.send("two");
      else server.end();
    }
    assertEquals(got, ["one", "two"]);
  });
});

Deno.test("leaving a loop over a body cancels it, and the server sees it", async () => {
  await using server = new Scripted("one");
  const { body } = await fetch(server.url);
  for await (const _piece of body!) break;
  await server.cancelled;
});

Deno.test("leaving a loop with preventCancel leaves the rest to be read", async () => {
  await using server = new Scripted("one");
  const { body } = await fetch(server.url);
  for await (const _piece of body!.values({ preventCancel: true })) break;
  server.send("two");
  assertEquals(decoder.decode((await body!.read())!), "two");
  server.end();
  assertEquals(await body!.read(), null);
});

Deno.test("an iterator over a body stays at its end", async () => {
  await using server = new Scripted();
  server.end();
  const pieces = (await fetch(server.url)).body!.values();
  assertEquals(await pieces.next(), { done: true, value: undefined });
  assertEquals(await pieces.next(), { done: true, value: undefined });
});

Deno.test("a kill in body.read() aborts the request, and the server sees it", async () => {
  await using server = new Scripted("one");
  const reading = spawn(function* () {
    const body = yield* bodyOf(server);
    while ((yield* body.read()) !== null);
  });
  await untilRead();
  assertStringIncludes(dump(), `waits for body of ${server.url}`);
  await reading.kill();
  assertInstanceOf(reading.value as unknown, GreenletExit);
  await server.cancelled;
});

Deno.test("a kill in a loop over a body aborts the request, and the server sees it", async () => {
  await using server = new Scripted("one");
  const seen = Promise.withResolvers<unknown>();
  const reading = spawn(async () => {
    try {
      for await (const _piece of (await fetch(server.url)).body!);
    } catch (error) {
      seen.resolve(error);
      throw error;
    }
  });
  await untilRead();
  await reading.kill();
  assertInstanceOf(await seen.promise, GreenletExit);
  await server.cancelled;
});

Deno.test("a Timeout in body.read() aborts the request, and the server sees it", async () => {
  await using server = new Scripted();
  const got = await run(function* () {
    const body = yield* bodyOf(server);
    return yield* withTimeout(20, body.read(), { value: "late" });
  });
  assertEquals(got, "late");
  await server.cancelled;
});

Deno.test("body.read() that loses a select aborts the request, and the server sees it", async () => {
  await using server = new Scripted();
  const got = await run(function* () {
    const body = yield* bodyOf(server);
    return (yield* select({ piece: body.read(), late: sleep(20) })).key;
  });
  assertEquals(got, "late");
  await server.cancelled;
});

Deno.test("a second reader of a body is refused by an error that names the first", async () => {
  await using server = new Scripted();
  await run(function* () {
    const body = yield* bodyOf(server);
    const first = spawn(function* () {
      return yield* body.read();
    });
    yield;
    const error = yield* until(
      assertRejects(async () => await body.read(), ConcurrentObjectUseError),
    );
    assertStringIncludes(error.message, `${first.name} reads it`);
    assertStringIncludes(error.message, server.url);
    server.send("one");
    assertEquals(decoder.decode((yield* first)!), "one");
    server.end();
    assertEquals(yield* body.read(), null);
  });
});

Deno.test("body.text() gives all that is left, and gives it again", async () => {
  await using server = new Scripted("one ");
  await run(function* () {
    const body = yield* bodyOf(server);
    yield* body.read();
    server.send("two ");
    server.send("three");
    server.end();
    assertEquals(yield* body.text(), "two three");
    assertEquals(yield* body.text(), "two three");
    assertEquals(yield* body.bytes(), encoder.encode("two three"));
  });
});

Deno.test("body.pipeTo() sends a body on", async () => {
  await using server = new Scripted("one");
  server.end();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const text = new Response(readable).text();
  await run(function* () {
    yield* (yield* bodyOf(server)).pipeTo(writable);
  });
  assertEquals(await text, "one");
});

Deno.test("a kill in body.pipeTo() aborts the request, and the server sees it", async () => {
  await using server = new Scripted("one");
  const aborted = Promise.withResolvers<void>();
  const writable = new WritableStream<Uint8Array>({ abort: () => aborted.resolve() });
  const piping = spawn(function* () {
    yield* (yield* bodyOf(server)).pipeTo(writable);
  });
  await untilRead();
  await piping.kill();
  await aborted.promise;
  await server.cancelled;
});

Deno.test("body.cancel() gives the rest up, and the server sees it", async () => {
  await using server = new Scripted("one");
  await run(function* () {
    yield* (yield* bodyOf(server)).cancel();
  });
  await server.cancelled;
});

Deno.test("body.lines() gives lines, whatever pieces they come in", async () => {
  await using server = new Scripted("one\ntw", "o\r", "\n\nf\u00f6ur\nfi");
  await run(function* () {
    using lines = (yield* bodyOf(server)).lines();
    const got: string[] = [];
    for (let i = 0; i < 4; i++) got.push((yield* lines.next()).value!);
    const last = spawn(function* () {
      return (yield* lines.next()).value!;
    });
    yield pieceArrives();
    server.send("ve\r");
    yield pieceArrives();
    server.send("\n\n");
    server.end();
    got.push(yield* last, (yield* lines.next()).value!);
    assertEquals(got, ["one", "two", "", "f\u00f6ur", "five", ""]);
    assertEquals((yield* lines.next()).done, true);
  });
});

Deno.test("leaving a loop over the lines of a body cancels it, and the server sees it", async () => {
  await using server = new Scripted("one\ntwo\n");
  for await (const line of (await fetch(server.url)).body!.lines()) {
    assertEquals(line, "one");
    break;
  }
  await server.cancelled;
});

Deno.test("a kill in lines.next() aborts the request, and the server sees it", async () => {
  await using server = new Scripted("one");
  const reading = spawn(function* () {
    yield* (yield* bodyOf(server)).lines().next();
  });
  await untilRead();
  await reading.kill();
  await server.cancelled;
});

Deno.test("a body that is aborted by its own signal fails with the reason of that", async () => {
  await using server = new Scripted("one");
  const controller = new AbortController();
  const { body } = await fetch(server.url, { signal: controller.signal });
  await body!.read();
  const reason = new TypeError("changed my mind");
  const reading = body!.read();
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => reading), reason);
  assertStrictEquals(await assertRejects(() => body!.read()), reason);
  await server.cancelled;
});

Deno.test("a body that breaks off fails with the address and the host's error", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for (let i = 0; i < 3; i++) {
      using connection = await listener.accept();
      await connection.read(new Uint8Array(2000));
      await connection.write(encoder.encode("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"));
    }
  })();
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const readers: ((body: ByteStream) => Coroutine<unknown>)[] = [
    function* (body) {
      while ((yield* body.read()) !== null);
    },
    function* (body) {
      yield* body.text();
    },
    function* (body) {
      using lines = body.lines();
      while (!(yield* lines.next()).done);
    },
  ];
  for (const read of readers) {
    const error = await assertRejects(
      () =>
        run(function* () {
          yield* read((yield* fetch(url)).body!);
        }),
      TypeError,
      `Cannot read the body of ${url}`,
    );
    assert(error.cause instanceof Error);
  }
  await serving;
});
