// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  Barrier,
  type Coroutine,
  Event,
  getCurrent,
  getHub,
  type Greenlet,
  GreenletExit,
  joinAll,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";
import {
  fetch,
  type HttpServer,
  type RequestHandler,
  serve,
  type ServeOptions,
} from "@tendril/tendril/io";

const LOOPBACK = "127.0.0.1";

/** Runs `body` with a server on a free port, which is stopped at the end. */
function serving(
  handler: RequestHandler,
  body: (url: string, server: HttpServer) => Coroutine<void>,
  options: ServeOptions = {},
): Promise<void> {
  return run(function* () {
    const server = serve(handler, { port: 0, hostname: LOOPBACK, ...options });
    try {
      yield* body(`http://${LOOPBACK}:${server.port}`, server);
    } finally {
      yield* server.stop();
    }
  });
}

function* textOf(url: string): Coroutine<string> {
  const response = yield* fetch(url);
  return `${response.status} ${yield* response.text()}`;
}

/** Collects what is reported while `body` runs. */
async function reported(body: () => Promise<void>): Promise<string[]> {
  const hub = getHub();
  const { onError } = hub;
  const lines: string[] = [];
  hub.onError = (error, greenlet) => lines.push(`${greenlet.name}: ${error}`);
  try {
    await body();
  } finally {
    hub.onError = onError;
  }
  return lines;
}

Deno.test("serve() answers requests at the same time, each in a greenlet named after it", async () => {
  const both = new Barrier(2);
  const handler = function* () {
    yield* both.wait();
    return new Response(getCurrent().name);
  };
  await serving(handler, function* (url) {
    const one = spawn(textOf, `${url}/one?x=1`);
    const two = spawn(textOf, `${url}/two`);
    assertEquals([yield* one, yield* two], ["200 GET /one?x=1", "200 GET /two"]);
  });
});

Deno.test("serve() takes plain and async functions as handlers", async () => {
  await serving(() => new Response("plain"), function* (url) {
    assertEquals(yield* textOf(url), "200 plain");
  });
  await serving(async (request) => new Response(await request.text()), function* (url) {
    const response = yield* fetch(url, { method: "POST", body: "said" });
    assertEquals(yield* response.text(), "said");
  });
});

Deno.test("serve() passes on what fetch gave", async () => {
  await serving(() => new Response("from afar"), function* (url) {
    const proxy = serve(function* () {
      return yield* fetch(url);
    }, { port: 0, hostname: LOOPBACK });
    assertEquals(yield* textOf(`http://${LOOPBACK}:${proxy.port}`), "200 from afar");
    yield* proxy.stop();
  });
});

Deno.test("serve() kills the greenlet of a client that goes away", async () => {
  const begun = new Event();
  const ended = new Event();
  let error: unknown;
  const handler = function* (): Coroutine<Response> {
    try {
      begun.set();
      yield* new Event().wait();
    } catch (thrown) {
      error = thrown;
      throw thrown;
    } finally {
      ended.set();
    }
    return new Response();
  };
  await serving(handler, function* (url) {
    const client = spawn(textOf, `${url}/slow`);
    yield* begun.wait();
    yield* client.kill();
    yield* ended.wait();
  });
  assertInstanceOf(error, GreenletExit);
  assertEquals(error.message, "The client of GET /slow went away");
});

Deno.test("serve() answers 500 when a handler fails, reports it and goes on", async () => {
  const lines = await reported(() =>
    serving((request) => {
      if (request.url.endsWith("/bad")) throw new Error("broken");
      return new Response("fine");
    }, function* (url) {
      assertEquals(yield* textOf(`${url}/bad`), "500 ");
      assertEquals(yield* textOf(url), "200 fine");
    })
  );
  assertEquals(lines, ["GET /bad: Error: broken"]);
});

Deno.test("serve() lets onError make the answer, and reports nothing then", async () => {
  const handler = () => {
    throw new Error("broken");
  };
  const onError = (error: unknown, request: Request) =>
    new Response(`${request.method}: ${error}`, { status: 418 });
  const lines = await reported(() =>
    serving(handler, function* (url) {
      assertEquals(yield* textOf(url), "418 GET: Error: broken");
    }, { onError })
  );
  assertEquals(lines, []);
});

Deno.test("serve() says so when a handler gives no Response", async () => {
  const handler = (() => "text") as unknown as RequestHandler;
  const lines = await reported(() =>
    serving(handler, function* (url) {
      assertEquals(yield* textOf(`${url}/x`), "500 ");
    })
  );
  assertEquals(lines.length, 1);
  assertMatch(
    lines[0]!,
    /^GET \/x: TypeError: Cannot answer GET http.* with "text": its handler must/,
  );
});

Deno.test("serve() answers no more requests at a time than it has room for", async () => {
  let busy = 0;
  let most = 0;
  const handler = function* () {
    most = Math.max(most, ++busy);
    yield* sleep(1);
    busy--;
    return new Response("done");
  };
  await serving(handler, function* (url) {
    const clients = Array.from({ length: 9 }, () => spawn(textOf, url));
    yield* joinAll(clients, { raiseError: true });
  }, { spawn: 3 });
  assertEquals(most, 3);
});

Deno.test("HttpServer.stop() lets what is being answered end, and turns newcomers away", async () => {
  const begun = new Event();
  const go = new Event();
  const handler = function* () {
    begun.set();
    yield* go.wait();
    return new Response("late but well");
  };
  await serving(handler, function* (url, server) {
    const first = spawn(textOf, url);
    yield* begun.wait();
    const stopped = spawn(() => server.stop({ timeout: 60_000 }));
    const closing = server.stop({ timeout: 60_000 });
    assertEquals(yield* textOf(url), "503 ");
    go.set();
    assertEquals(yield* first, "200 late but well");
    yield* closing;
    yield* stopped;
    yield* refused(url);
  });
});

function* refused(url: string): Coroutine<void> {
  try {
    yield* fetch(url);
  } catch (error) {
    assertInstanceOf(error, TypeError);
    return;
  }
  throw new Error("the server still listens");
}

Deno.test("HttpServer.stop() kills those who are not done in time, and waits for their cleanup", async () => {
  const begun = new Event();
  const cleaned: string[] = [];
  const handler = function* (): Coroutine<Response> {
    try {
      begun.set();
      yield* new Event().wait();
    } finally {
      yield* sleep(1);
      cleaned.push(getCurrent().name);
    }
    return new Response();
  };
  await serving(handler, function* (url, server) {
    const client = spawn(fetch, `${url}/endless`);
    yield* begun.wait();
    yield* server.stop({ timeout: 0 });
    assertEquals(cleaned, ["GET /endless"]);
    yield* client.kill();
  });
});

Deno.test("HttpServer.stop() cuts a body that does not end", async () => {
  const drip = () =>
    new Response(
      new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) }),
    );
  await serving(drip, function* (url, server) {
    const response = yield* fetch(url);
    yield* server.stop({ timeout: 0 });
    let error: unknown;
    try {
      yield* response.bytes();
    } catch (thrown) {
      error = thrown;
    }
    assertInstanceOf(error, TypeError);
  });
});

Deno.test("HttpServer.serveForever() waits until the server is stopped", async () => {
  await serving(() => new Response(), function* (url, server) {
    const forever = spawn(() => server.serveForever());
    assertEquals(yield* textOf(url), "200 ");
    assertEquals(forever.dead, false);
    yield* server.stop();
    assertEquals(yield* forever.join(), true);
  });
});

Deno.test("HttpServer.serveForever() stops the server when its greenlet is killed", async () => {
  await serving(() => new Response(), function* (url, server) {
    const forever = spawn(() => server.serveForever());
    assertEquals(yield* textOf(url), "200 ");
    yield* forever.kill();
    yield* refused(url);
  });
});

Deno.test("a run that fails kills the requests that are answered below it", async () => {
  const begun = new Event();
  let server: HttpServer | undefined;
  let answering: Greenlet<unknown> | undefined;
  let client: Promise<Response> | undefined;
  await assertRejects(
    () =>
      run(function* () {
        server = serve(function* () {
          answering = getCurrent();
          begun.set();
          yield* new Event().wait();
          return new Response();
        }, { port: 0, hostname: LOOPBACK });
        client = globalThis.fetch(`http://${LOOPBACK}:${server.port}`);
        yield* begun.wait();
        throw new Error("give up");
      }),
    Error,
    "give up",
  );
  assertEquals(answering?.dead, true);
  const response = await client!;
  assertEquals(response.status, 503);
  await response.body?.cancel();
  await server!.stop();
});

Deno.test("serve() refuses what is no function, and a port that is taken", async () => {
  assertThrows(() => serve("x" as unknown as RequestHandler), TypeError, "Cannot serve");
  await serving(() => new Response(), function* (_url, { port }) {
    yield* sleep(0);
    assertThrows(
      () => serve(() => new Response(), { port, hostname: LOOPBACK }),
      Deno.errors.AddrInUse,
    );
  });
});

Deno.test("HttpServer shows where it listens and how many it serves", async () => {
  await serving(() => new Response(), function* (_url, server) {
    yield* sleep(0);
    assertEquals(Deno.inspect(server), `<HttpServer ${LOOPBACK}:${server.port} requests=0>`);
  });
});
