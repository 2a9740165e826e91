// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { Event, run, select, spawn, Timeout, withTimeout } from "@tendril/tendril";
import { fetch } from "@tendril/tendril/io";
import { ManualClock } from "../../manual_clock.ts";

Deno.test("withTimeout() takes what a function of io returns", async () => {
  await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("hello"));
  const text = await run(function* () {
    const response = yield* withTimeout(
      60_000,
      fetch(`http://127.0.0.1:${server.addr.port}/`),
    );
    return yield* withTimeout(60_000, response.text());
  });
  assertEquals(text, "hello");
});

Deno.test("withTimeout() ends the request of a fetch that is late", async () => {
  const { promise: silence, resolve: answer } = Promise.withResolvers<Response>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  await using server = Deno.serve({ port: 0, onListen() {} }, () => {
    ask();
    return silence;
  });
  using clock = new ManualClock();
  const request = fetch(`http://127.0.0.1:${server.addr.port}/`);
  const late = spawn(function* () {
    try {
      yield* withTimeout(10, request);
    } catch (error) {
      return error;
    }
  });
  await asked;
  await clock.advance(10);
  assertInstanceOf(await late, Timeout);
  const error = await request.then(() => undefined, (error) => error);
  assertEquals(error?.name, "AbortError");
  answer(new Response());
});

/** A server that never answers, and a request to it. */
function unanswered() {
  const stop = new AbortController();
  const server = Deno.serve(
    { port: 0, signal: stop.signal, onListen() {} },
    () => new Promise<Response>(() => {}),
  );
  const request = fetch(`http://127.0.0.1:${server.addr.port}/`);
  const end = () => {
    stop.abort();
    return server.finished;
  };
  return { request, ended: request.then(() => "answered", (error) => error.name), end };
}

Deno.test("withTimeout() of a request that loses a select at once ends the request", async () => {
  const { request, ended, end } = unanswered();
  await run(function* () {
    const ready = new Event();
    ready.set();
    const { key } = yield* select({ late: withTimeout(60_000, request), ready: ready.wait() });
    assertEquals(key, "ready");
  });
  assertEquals(await ended, "AbortError");
  await end();
});

Deno.test("a plain yield of a request ends it when a kill is on its way", async () => {
  const { request, ended, end } = unanswered();
  await run(function* () {
    const killed = spawn(function* () {
      killed.kill();
      yield request;
    });
    yield* killed.join();
  });
  assertEquals(await ended, "AbortError");
  await end();
});
