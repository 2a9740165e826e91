// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  type Coroutine,
  dump,
  getHub,
  GreenletExit,
  Pool,
  run,
  select,
  sleep,
  spawn,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { CooperativeResponse, fetch } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";

/** A server on a loopback port, which ends with the test. */
class Server implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly url: string;

  constructor(handler: (request: Request) => Response | Promise<Response>) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, signal: this.#stop.signal },
      handler,
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#server.finished;
  }
}

/** A server that answers only when it is told to, and notes who came and who went. */
class SlowServer extends Server {
  readonly came: Promise<void>;
  readonly gone: Promise<void>;
  readonly counts: { came: number; gone: number };

  constructor(respond: () => Response | Promise<Response> = () => new Promise(() => {})) {
    const came = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const counts = { came: 0, gone: 0 };
    super((request) => {
      counts.came++;
      request.signal.addEventListener("abort", () => {
        counts.gone++;
        gone.resolve();
      });
      came.resolve();
      return respond();
    });
    this.came = came.promise;
    this.gone = gone.promise;
    this.counts = counts;
  }
}

/** A body whose first bytes come at once and whose rest never does; tells when it is cancelled. */
function endlessBody(): { response: () => Response; cancelled: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const response = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(10)),
        cancel: () => resolve(),
      }),
    );
  return { response, cancelled: promise };
}

Deno.test("fetch() gives a response and its body by yield*", async () => {
  await using server = new Server(() => new Response("hello", { status: 201 }));
  await run(function* () {
    const response = yield* fetch(server.url);
    assertInstanceOf(response, CooperativeResponse);
    assertEquals([response.status, yield* response.text()], [201, "hello"]);
  });
});

Deno.test("fetch() gives a response and its body by await", async () => {
  await using server = new Server(() => new Response("hello"));
  const response = await fetch(server.url);
  assertEquals(await response.text(), "hello");
});

Deno.test("fetch() works in the async function of a greenlet", async () => {
  await using server = new Server(() => new Response("hello"));
  assertEquals(await run(async () => await (await fetch(server.url)).text()), "hello");
});

Deno.test("fetch() gives a real promise", async () => {
  await using server = new Server(() => new Response("hello"));
  const promise = fetch(server.url);
  assertInstanceOf(promise, Promise);
  assertEquals(await promise.then((response) => response.text()), "hello");
});

Deno.test("fetch() passes the request on", async () => {
  await using server = new Server(async (request) =>
    Response.json([request.method, request.headers.get("x-test"), await request.text()])
  );
  await run(function* () {
    const init = { method: "POST", headers: { "x-test": "yes" }, body: "text" };
    assertEquals(yield* (yield* fetch(server.url, init)).json(), ["POST", "yes", "text"]);
    const request = new Request(server.url, init);
    assertEquals(yield* (yield* fetch(request)).json(), ["POST", "yes", "text"]);
  });
});

const bodies: Record<string, (response: CooperativeResponse) => Coroutine<unknown>> = {
  *text(response) {
    return yield* response.text();
  },
  *json(response) {
    return yield* response.json();
  },
  *bytes(response) {
    return new TextDecoder().decode(yield* response.bytes());
  },
  *arrayBuffer(response) {
    return new TextDecoder().decode(yield* response.arrayBuffer());
  },
  *blob(response) {
    return yield* spawn(async () => (await response.blob()).text());
  },
  *clone(response) {
    const copy = response.clone();
    yield* response.text();
    return yield* copy.text();
  },
};

for (const [method, read] of Object.entries(bodies)) {
  Deno.test(`CooperativeResponse.${method}() reads the body`, async () => {
    await using server = new Server(() => new Response('"hello"'));
    const got = await run(function* () {
      return yield* read(yield* fetch(server.url));
    });
    assertEquals(got, method === "json" ? "hello" : '"hello"');
  });
}

Deno.test("CooperativeResponse.formData() reads a form", async () => {
  await using server = new Server(() => new Response(new URLSearchParams({ a: "1" })));
  await run(function* () {
    assertEquals((yield* (yield* fetch(server.url)).formData()).get("a"), "1");
  });
});

Deno.test("CooperativeResponse.pipeTo() sends the body to a stream", async () => {
  await using server = new Server(() => new Response("hello"));
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const text = new Response(readable).text();
  await run(function* () {
    yield* (yield* fetch(server.url)).pipeTo(writable);
  });
  assertEquals(await text, "hello");
});

Deno.test("CooperativeResponse.discard() leaves nothing open", async () => {
  const { response, cancelled } = endlessBody();
  await using server = new Server(response);
  await run(function* () {
    yield* (yield* fetch(server.url)).discard();
  });
  await cancelled;
});

Deno.test("fetch() throws what the platform's does, with the address and what went wrong", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  listener.close();
  const failing = run(function* () {
    yield* fetch(url);
  });
  const error = await assertRejects(() => failing, TypeError);
  assertStringIncludes(error.message, `Cannot fetch ${url}: `);
  assertStringIncludes(error.message, "Connection refused");
  assertInstanceOf(error.cause, TypeError);
  await assertRejects(() => fetch("nonsense"), TypeError, "Cannot fetch nonsense: Invalid URL");
});

Deno.test("a kill aborts the request, once, and the server sees it", async () => {
  await using server = new SlowServer();
  const getting = spawn(function* () {
    yield* fetch(server.url);
  });
  await server.came;
  const { external } = getHub().stats();
  await getting.kill();
  assertInstanceOf(await getting as unknown, GreenletExit);
  await server.gone;
  await settle();
  assertEquals(server.counts, { came: 1, gone: 1 });
  assertEquals(getHub().stats().external, external - 1);
});

Deno.test("a Timeout aborts the request, and the server sees it", async () => {
  await using server = new SlowServer();
  await run(function* () {
    const limit = new Timeout(20);
    const getting = spawn(function* () {
      limit.start();
      try {
        yield* fetch(server.url);
      } catch (error) {
        return error;
      }
    });
    assertStrictEquals(yield* getting, limit);
  });
  if (server.counts.came > 0) await server.gone;
});

Deno.test("withTimeout() ends a function that fetches, and the server sees it", async () => {
  await using server = new SlowServer();
  const got = await run(function* () {
    return yield* withTimeout(20, function* () {
      yield* fetch(server.url);
      return "in time";
    }, { value: "late" });
  });
  assertEquals(got, "late");
  if (server.counts.came > 0) await server.gone;
});

Deno.test("a kill while the body is read aborts the request, and the server sees it", async () => {
  const { response, cancelled } = endlessBody();
  await using server = new Server(response);
  const reading = spawn(function* () {
    yield* (yield* fetch(server.url)).text();
  });
  const waits = () => dump().includes("body of");
  while (!waits()) await settle();
  await reading.kill();
  await cancelled;
});

Deno.test("a kill of an async greenlet aborts the request it awaits", async () => {
  await using server = new SlowServer();
  const seen = Promise.withResolvers<unknown>();
  const getting = spawn(async () => {
    try {
      await fetch(server.url);
    } catch (error) {
      seen.resolve(error);
      throw error;
    }
  });
  await server.came;
  await getting.kill();
  assertInstanceOf(await seen.promise, GreenletExit);
  await server.gone;
});

Deno.test("a request that loses a select is aborted, and the server sees it", async () => {
  await using server = new SlowServer();
  await run(function* () {
    const { key } = yield* select({ response: fetch(server.url), late: sleep(20) });
    assertEquals(key, "late");
  });
  if (server.counts.came > 0) await server.gone;
});

Deno.test("a request that loses a select at once is aborted, and the server sees it", async () => {
  await using server = new SlowServer();
  await run(function* () {
    const done = spawn(() => 1);
    yield* done;
    const response = fetch(server.url);
    yield* until(server.came);
    assertEquals((yield* select({ done: done.get(), response })).key, "done");
    yield* withTimeout(5000, until(server.gone));
  });
});

Deno.test("a request that was aborted by its own signal rejects with the reason of that", async () => {
  await using server = new SlowServer();
  const controller = new AbortController();
  const reason = new TypeError("changed my mind");
  const getting = run(function* () {
    yield* fetch(server.url, { signal: controller.signal });
  });
  await server.came;
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => getting), reason);
  await server.gone;
});

Deno.test("a request that fails after it was given up is nobody's rejection", async () => {
  const server = new SlowServer();
  const getting = spawn(function* () {
    yield* fetch(server.url);
  });
  await server.came;
  await getting.kill();
  await server[Symbol.asyncDispose]();
  await settle();
});

Deno.test("fetch() tells in a dump what is waited for", async () => {
  await using server = new SlowServer();
  const getting = spawn(function* () {
    yield* fetch(server.url);
  });
  await server.came;
  assertStringIncludes(dump(), `waits for fetch ${server.url}`);
  await getting.kill();
  await server.gone;
});

Deno.test("a pool fetches many files, as many at a time as it may", async () => {
  let now = 0;
  let most = 0;
  await using server = new Server(async (request) => {
    most = Math.max(most, ++now);
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
    now--;
    return new Response(new URL(request.url).pathname);
  });
  const paths = Array.from({ length: 40 }, (_, i) => `${i}`);
  const got = await run(function* () {
    return yield* new Pool(4).map(function* (path: string) {
      return yield* (yield* fetch(server.url + path)).text();
    }, paths);
  });
  assertEquals(got, paths.map((path) => `/${path}`));
  assertEquals(most <= 4, true);
});
