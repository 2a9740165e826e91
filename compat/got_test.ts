// Copyright 2026 the Tendril authors. MIT license.
// got stands on node:http and node streams.

import http from "node:http";
import got, { type HTTPError } from "got";
import { EchoServer } from "./gate.ts";
import { prove } from "./prove.ts";

prove("got", async () => {
  const server = await EchoServer.start();
  const { gate, url } = server;
  const agent = new http.Agent({ keepAlive: true });
  const client = got.extend({ prefixUrl: url, agent: { http: agent } });
  return {
    results: async () => [
      await client.get("a", { searchParams: { b: 1 } }).json(),
      await client.post("a", { json: { c: [1, 2] } }).json(),
      await client.put("a", { form: { d: "e" } }).text(),
      (await client("a").buffer()).length,
      await client("missing").catch((error: HTTPError) => [error.name, error.response.statusCode]),
      await client("missing", { throwHttpErrors: false }).text(),
    ],
    slow: () => client("slow").json(),
    arrived: (count) => gate.inside.reaches(count),
    release: () => gate.open(),
    gone: () => gate.gone.reaches(1),
    reason: `GET ${url}`,
    error: "RequestError: The greenlet was killed",
    async close() {
      agent.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
});
