#!/usr/bin/env -S deno run --allow-net=127.0.0.1
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Fetches pages at the same time by a function that uses the global `fetch` and knows nothing of greenlets.
 * Without URLs it asks a server of its own.
 *
 *     deno run --allow-net examples/gevent/patched_fetch.ts URL...
 *
 * @module
 */
import { joinAll, main, spawn, Timeout } from "@tendril/tendril";
import { serve } from "@tendril/tendril/io";
import { patchAll } from "@tendril/tendril/monkey";

patchAll();

async function size(url: string): Promise<void> {
  console.log(`GET: ${url}`);
  const response = await fetch(url);
  const page = await response.text();
  console.log(`${page.length} bytes received from ${url}`);
}

await main(function* () {
  const server = serve((request) => new Response("x".repeat(Number(request.url.split("=")[1]))), {
    hostname: "127.0.0.1",
    port: 0,
  });
  const own = [1000, 200, 30].map((n) => `http://127.0.0.1:${server.port}/?size=${n}`);
  const urls = Deno.args.length > 0 ? Deno.args : own;
  using _limit = Timeout.startNew(10_000); // a limit for all of them, which really ends the requests
  yield* joinAll(urls.map((url) => spawn(size, url)), { raiseError: true });
  yield* server.stop();
});
