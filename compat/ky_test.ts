// Copyright 2026 the Tendril authors. MIT license.
// ky stands on the global fetch.

import ky, { type HTTPError } from "ky";
import { EchoServer } from "./gate.ts";
import { prove } from "./prove.ts";

prove("ky", async () => {
  const server = await EchoServer.start();
  const { gate, url } = server;
  const client = ky.create({ prefix: url, headers: { "x-app": "tendril" } });
  return {
    results: async () => [
      await client.get("a", { searchParams: { b: 1 } }).json(),
      await client.post("a", { json: { c: [1, 2] } }).json(),
      await client.put("a", { body: new URLSearchParams({ d: "e" }) }).text(),
      await client("a").arrayBuffer(),
      await client("missing").catch((error: HTTPError) => [error.name, error.response.status]),
      await client("missing", { throwHttpErrors: false }).text(),
    ],
    slow: () => client("slow").json(),
    arrived: (count) => gate.inside.reaches(count),
    release: () => gate.open(),
    gone: () => gate.gone.reaches(1),
    reason: `fetch ${url}/slow`,
    close: () => server[Symbol.asyncDispose](),
  };
});
