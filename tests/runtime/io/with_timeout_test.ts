// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf } from "@std/assert";
import { run, spawn, Timeout, withTimeout } from "@tendril/tendril";
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
