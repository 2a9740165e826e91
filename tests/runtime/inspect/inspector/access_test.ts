// Copyright 2026 the Tendril authors. MIT license.
// Who may talk to the inspector, and who may not.

import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { inspector } from "@tendril/tendril/inspect";
import { PAGE } from "../../../../runtime/inspect/inspector/page/mod.ts";
import { isSame, makeToken, refusal } from "../../../../runtime/inspect/inspector/gate.ts";
import { pathOf, rawRequest, statusOf } from "./client.ts";

Deno.test("inspector() listens on loopback, on a free port, under a new secret each time", async () => {
  await using one = inspector();
  await using two = inspector({ port: 0 });
  for (const { url, port } of [one, two]) {
    assertEquals(new URL(url).host, `127.0.0.1:${port}`);
    assert(new URL(url).pathname.length >= 24);
  }
  assertNotEquals(pathOf(one), pathOf(two));
});

Deno.test("inspector() cannot be reached from another address of the machine", async () => {
  const other = Deno.networkInterfaces().find(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.")
  );
  await using page = inspector();
  const hostname = other?.address ?? "127.0.0.2";
  await assertRejects(
    () => Deno.connect({ hostname, port: page.port }),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("inspector() answers under its secret only", async () => {
  await using page = inspector();
  const path = pathOf(page);
  assertEquals(await statusOf(page, path), 200);
  assertEquals(await statusOf(page, "/"), 403);
  assertEquals(await statusOf(page, `/${"x".repeat(path.length - 2)}/`), 403);
  assertEquals(await statusOf(page, path.slice(0, -2) + "/"), 403);
  assertEquals(await statusOf(page, "/events"), 403);
  assertEquals(await statusOf(page, `${path}nothing`), 404);
});

Deno.test("inspector() refuses a foreign Host header, as a rebound name has one", async () => {
  await using page = inspector();
  const path = pathOf(page);
  assertEquals(await statusOf(page, path, { host: "evil.example" }), 403);
  assertEquals(await statusOf(page, path, { host: `evil.example:${page.port}` }), 403);
  assertEquals(await statusOf(page, path, { host: "127.0.0.1.evil.example" }), 403);
  assertEquals(await statusOf(page, path, { host: "10.0.0.1" }), 403);
  assertEquals(await statusOf(page, path, { host: "" }), 403);
  assertEquals(await statusOf(page, path, { host: `localhost:${page.port}` }), 200);
});

Deno.test("inspector() refuses requests of other pages", async () => {
  await using page = inspector();
  const path = pathOf(page);
  const { origin } = new URL(page.url);
  assertEquals(await statusOf(page, path, { origin }), 200);
  assertEquals(await statusOf(page, path, { origin: "http://evil.example" }), 403);
  assertEquals(await statusOf(page, path, { origin: "http://127.0.0.1:1" }), 403);
  assertEquals(await statusOf(page, path, { origin: "null" }), 403);
  assertEquals(await statusOf(page, `${path}events`, { "sec-fetch-site": "cross-site" }), 403);
  assertEquals(await statusOf(page, `${path}app.js`, { "sec-fetch-site": "same-site" }), 403);
});

Deno.test("inspector() told to listen elsewhere takes that name and addresses, no other name", () => {
  const ask = (host: string, hostname: string) =>
    refusal(
      { method: "GET", path: "/secret/", headers: new Map([["host", host]]), body: "" },
      "secret",
      hostname,
    );
  assertEquals(ask("192.168.0.7:8000", "0.0.0.0"), null);
  assertEquals(ask("[fe80::1]:8000", "0.0.0.0"), null);
  assertEquals(ask("build.example:8000", "build.example"), null);
  assertEquals(ask("127.0.0.2:8000", "127.0.0.2"), null);
  assertEquals(ask("evil.example:8000", "0.0.0.0")?.status, 403);
  assertEquals(ask("192.168.0.7:8000", "127.0.0.2")?.status, 403);
});

Deno.test("isSame() compares texts of any length", () => {
  assert(isSame("abc", "abc"));
  for (const [a, b] of [["abc", "abd"], ["abc", "ab"], ["", "a"], ["a", ""], ["abcabc", "abc"]]) {
    assertEquals(isSame(a!, b!), false, `${a} ${b}`);
  }
});

Deno.test("makeToken() gives 144 bits that fit into a URL", () => {
  const tokens = new Set(Array.from({ length: 100 }, makeToken));
  assertEquals(tokens.size, 100);
  for (const token of tokens) assert(/^[\w-]{24}$/.test(token), token);
});

Deno.test("inspector() answers each response with headers that shut others out", async () => {
  await using page = inspector();
  const response = await fetch(page.url);
  const text = await response.text();
  assert(response.headers.get("content-security-policy")!.includes("default-src 'none'"));
  assertEquals(response.headers.get("referrer-policy"), "no-referrer");
  assertEquals(response.headers.get("cache-control"), "no-store");
  assert(text.includes("<title>Tendril inspector</title>"));
});

Deno.test("the page asks no other machine and makes no markup of what it is told", () => {
  for (const [name, { text }] of PAGE) {
    const addresses = text.match(/\b\w+:\/\/[^\s"'`]+/g) ?? [];
    assertEquals(addresses.filter((each) => each !== "http://www.w3.org/2000/svg"), [], name);
    assert(
      !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(/.test(text),
    );
    // Neither of them would pass the policy of the page.
    assert(!/\son\w+="|style="/.test(text), name);
  }
});

Deno.test("inspector() refuses what is no HTTP request, or more than it reads", async () => {
  await using page = inspector();
  const path = pathOf(page);
  const send = async (request: string) =>
    (await rawRequest(page.port, request)).split("\r\n", 1)[0]!.split(" ")[1];
  assertEquals(await send("hello\r\n\r\n"), "400");
  assertEquals(await send(`GET ${path} HTTP/1.1\r\nno colon\r\n\r\n`), "400");
  const host = `host: 127.0.0.1:${page.port}\r\n`;
  assertEquals(await send(`GET ${path} HTTP/1.1\r\n${host}${host}\r\n`), "400");
  assertEquals(await send(`POST ${path}kill HTTP/1.1\r\n${host}content-length: -1\r\n\r\n`), "400");
  assertEquals(
    await send(`POST ${path}kill HTTP/1.1\r\n${host}content-length: 99999999\r\n\r\n`),
    "413",
  );
  assertEquals(
    await send(`POST ${path}kill HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\n`),
    "501",
  );
  assertEquals(await send(`PUT ${path} HTTP/1.1\r\n${host}\r\n`), "405");
  assertEquals(await send(`GET /${"x".repeat(30_000)} HTTP/1.1\r\n${host}\r\n`), "431");
  assertEquals(await statusOf(page, path), 200);
});

Deno.test("inspector() takes a port and a hostname, and nothing else for them", () => {
  for (const port of [-1, 65_536, 1.5, "80" as unknown as number]) {
    assertThrows(() => inspector({ port }), RangeError, "port must be a whole number");
  }
  assertThrows(() => inspector({ hostname: "" }), TypeError, "hostname must be");
});

Deno.test("Inspector keeps its secret out of what is printed of it", async () => {
  await using page = inspector();
  assertEquals(Deno.inspect(page), `<Inspector 127.0.0.1:${page.port}>`);
  await page.stop();
  assertEquals(Deno.inspect(page), `<Inspector 127.0.0.1:${page.port} stopped>`);
  await assertRejects(
    () => Deno.connect({ hostname: "127.0.0.1", port: page.port }),
    Deno.errors.ConnectionRefused,
  );
});
