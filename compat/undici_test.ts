// Copyright 2026 the Tendril authors. MIT license.
// undici stands on node:net; it keeps connections in a pool.

import { Agent, fetch, request } from "undici";
import { EchoServer } from "./gate.ts";
import { prove } from "./prove.ts";

prove("undici", async () => {
  const server = await EchoServer.start();
  const { gate, url } = server;
  // Longer timeouts make a timer of the module, which nobody can clear.
  const dispatcher = new Agent({
    connect: { timeout: 0 },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 1000,
  });
  const get = async (path: string) => await (await request(url + path, { dispatcher })).body.json();
  return {
    async results() {
      const { statusCode, body } = await request(`${url}/missing`, { dispatcher });
      const sent = await request(`${url}/a`, { dispatcher, method: "POST", body: "text" });
      const fetched = await fetch(`${url}/b`, { dispatcher });
      return [
        await get("/a?b=1"),
        statusCode,
        await body.text(),
        await sent.body.json(),
        [fetched.status, await fetched.json()],
      ];
    },
    slow: () => get("/slow"),
    arrived: (count) => gate.inside.reaches(count),
    release: () => gate.open(),
    gone: () => gate.gone.reaches(1),
    reason: `socket 127.0.0.1:${new URL(url).port}`,
    async close() {
      await dispatcher.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
});
