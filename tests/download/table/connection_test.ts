// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";
import { SMALL } from "../fault_server/content.ts";
import { hangUp, raw, reset } from "../fault_server/faults.ts";
import { always, FaultServer, first, inTurn, once } from "../fault_server/server.ts";
import { asked, assertOutcome, download, downloadByTool, NAME, PATH, table } from "../row.ts";
import { assertFailed, assertFile, Folder } from "../tool.ts";

table("connection", [
  { fault: "none", outcome: SMALL, check: asked(1) },
  { fault: "closed without an answer once", plan: once(hangUp), outcome: SMALL },
  {
    fault: "closed without an answer always",
    plan: always(hangUp),
    outcome: /clos|incomplete|end/i,
  },
  { fault: "reset without an answer once", plan: once(reset), outcome: SMALL },
  { fault: "reset without an answer twice", plan: first(2, reset), outcome: SMALL },
  { fault: "reset without an answer always", plan: always(reset), outcome: /reset|clos/i },
  {
    fault: "as many tries as --retries says, and one",
    plan: always(raw("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")),
    args: ["--retries=1"],
    outcome: /503/,
    check: asked(2),
  },
]);

/** A port of this machine at which nobody listens. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("connection: refused always: an error", async () => {
  await using folder = new Folder();
  assertFailed(await download(folder, `http://127.0.0.1:${freePort()}${PATH}`), folder, /refused/i);
});

Deno.test("connection: refused until the server is there: the right file", async () => {
  await using folder = new Folder();
  const port = freePort();
  const running = download(folder, `http://127.0.0.1:${port}${PATH}`, "--retries=20");
  // Whether the tool was refused by then or not, the outcome is the same.
  await new Promise((resolve) => setTimeout(resolve, 400));
  await using server = await FaultServer.start({ port });
  server.serve(PATH, SMALL);
  assertOutcome(await running, folder, SMALL);
});

Deno.test("connection: never accepted: an error after --connect-timeout", async () => {
  // The system takes one client, and one more, for whom nobody accepts; it ignores the others.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  using _one = await Deno.connect({ hostname: "127.0.0.1", port });
  using _two = await Deno.connect({ hostname: "127.0.0.1", port });
  await using folder = new Folder();
  const limits = ["--connect-timeout=200", "--retries=1"];
  const ran = await download(folder, `http://127.0.0.1:${port}${PATH}`, ...limits);
  assertFailed(ran, folder, /connect|answer/i);
});

Deno.test("connection: a host name that nobody has: an error", async () => {
  await using folder = new Folder();
  const ran = await download(folder, `http://nowhere.invalid${PATH}`, "--retries=0");
  assertFailed(ran, folder, /lookup|name|within/i);
});

Deno.test("connection: kept alive, and closed when it is used again: the right files", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  const second = { bytes: SMALL.bytes.subarray(0, 1000) };
  server.serve(PATH, SMALL);
  server.serve("/second.bin", second, once(hangUp));
  const ran = await download(folder, "-j1", server.url(PATH), server.url("/second.bin"));
  assertEquals([ran.code, ran.lines.length], [0, 2], ran.err);
  assertEquals(folder.read(NAME), SMALL.bytes);
  assertEquals(folder.read("second.bin"), second.bytes);
});

Deno.test("connection: HTTP where TLS is expected: an error", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  const ran = await download(folder, server.url(PATH).replace("http:", "https:"), "--retries=1");
  assertFailed(ran, folder, /tls|ssl|handshake|message|connection|clos/i);
});

Deno.test("connection: a certificate of nobody's: an error, and no other try", async () => {
  await using server = await FaultServer.start({ tls: true });
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  const ran = await download(folder, server.url(PATH));
  assertFailed(ran, folder, /certificate/i);
  assertEquals(ran.lines[0]!.attempts, 1);
});

Deno.test("connection: TLS with a certificate that is trusted: the right file", async () => {
  await using server = await FaultServer.start({ tls: true });
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  assertFile(await downloadByTool(folder, server.url(PATH)), folder, NAME, SMALL.bytes);
});

Deno.test("connection: broken and mended in turn: the right file", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL, inTurn(reset, hangUp, reset));
  const ran = await download(folder, server.url(PATH), "--retries=4");
  assertFile(ran, folder, NAME, SMALL.bytes);
});
