// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { BIG, SMALL } from "../fault_server/content.ts";
import { cut, redirect, status } from "../fault_server/faults.ts";
import { always, FaultServer, once } from "../fault_server/server.ts";
import { asked, download, downloadByTool, NAME, PATH, type Row, table } from "../row.ts";
import { assertFailed, assertFile, Folder } from "../tool.ts";

/** Answers that lead somewhere else than http, where nothing can be had. */
const ELSEWHERE = [
  "file:///etc/passwd",
  "ftp://127.0.0.1/file.bin",
  "data:text/plain,hello",
  "javascript:alert(1)",
  "blob:http://127.0.0.1/1",
  "//",
  "http://",
  "http://[::1",
  "http://127.0.0.1:99999/",
];

table("redirect", [
  { fault: "to itself", plan: always(redirect(PATH)), outcome: /redirect/i },
  {
    fault: "to ever new places",
    source: SMALL,
    plan: always(redirect(`${PATH}?again`)),
    outcome: /redirect|404/i,
  },
  {
    fault: "without a place",
    plan: always(status(302)),
    outcome: /302|redirect|location/i,
    check: asked(1),
  },
  ...ELSEWHERE.map((place): Row => ({
    fault: `to ${place}`,
    plan: always(redirect(place)),
    outcome: /./,
    check: asked(1),
  })),
  { fault: "of another kind", plan: always(status(300, { location: "/other.bin" })), outcome: /./ },
  { fault: "to use a proxy", plan: always(redirect("/other.bin", 305)), outcome: /305/ },
]);

for (const code of [301, 302, 303, 307, 308]) {
  for (const [kind, place] of [["a path", "/there.bin"], ["a name", "there.bin?x=1#y"]] as const) {
    Deno.test(`redirect: ${code} to ${kind}: the right file`, async () => {
      await using server = await FaultServer.start();
      await using folder = new Folder();
      server.serve(PATH, SMALL, always(redirect(place, code)));
      server.serve(place.replace(/^\/?/, "/").replace(/#.*/, ""), SMALL);
      const ran = await download(folder, server.url(PATH));
      assertFile(ran, folder, folder.names()[0]!, SMALL.bytes);
      assert(/^(file|there)\.bin$/.test(folder.names()[0]!));
    });
  }
}

/** A server that leads through so many places before there is the file. */
async function chain(length: number): Promise<FaultServer> {
  const server = await FaultServer.start();
  for (let i = 0; i < length; i++) {
    server.serve(i === 0 ? PATH : `/${i}/${NAME}`, SMALL, always(redirect(`/${i + 1}/${NAME}`)));
  }
  server.serve(`/${length}/${NAME}`, SMALL);
  return server;
}

Deno.test("redirect: five in a row: the right file", async () => {
  await using server = await chain(5);
  await using folder = new Folder();
  assertFile(await download(folder, server.url(PATH)), folder, NAME, SMALL.bytes);
});

Deno.test("redirect: a hundred in a row: an error, and no other try", async () => {
  await using server = await chain(100);
  await using folder = new Folder();
  const ran = await download(folder, server.url(PATH));
  assertFailed(ran, folder, /redirect/i);
  assertEquals(server.requests(PATH).length, 1);
});

const SECRETS = ["--header=authorization: Bearer secret", "--header=cookie: id=secret"];

Deno.test("redirect: to another host: credentials do not go along", async () => {
  await using server = await FaultServer.start();
  await using other = await FaultServer.start();
  await using folder = new Folder();
  for (const place of [other.url(PATH, "localhost"), other.url(PATH)]) {
    server.serve(PATH, SMALL, always(redirect(place)));
    other.serve(PATH, SMALL);
    const ran = await download(folder, ...SECRETS, "--header=x-plain: yes", server.url(PATH));
    assertFile(ran, folder, NAME, SMALL.bytes);
  }
  for (const { headers } of server.requests(PATH)) {
    assertEquals(headers.get("authorization"), "Bearer secret");
    assertEquals(headers.get("cookie"), "id=secret");
  }
  assertEquals(other.requests(PATH).length, 2);
  for (const { headers } of other.requests(PATH)) {
    assertEquals([headers.get("authorization"), headers.get("cookie")], [undefined, undefined]);
  }
});

Deno.test("redirect: to the same host: credentials go along", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL, always(redirect(`/there/${NAME}`)));
  server.serve(`/there/${NAME}`, SMALL);
  const ran = await download(folder, ...SECRETS, server.url(PATH));
  assertFile(ran, folder, NAME, SMALL.bytes);
  const [there] = server.requests(`/there/${NAME}`);
  assertEquals(there!.headers.get("authorization"), "Bearer secret");
});

Deno.test("redirect: to another host and back: credentials do not come back", async () => {
  await using server = await FaultServer.start();
  await using other = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL, always(redirect(other.url(PATH))));
  other.serve(PATH, SMALL, always(redirect(server.url(`/back/${NAME}`))));
  server.serve(`/back/${NAME}`, SMALL);
  const ran = await download(folder, ...SECRETS, server.url(PATH));
  assertFile(ran, folder, NAME, SMALL.bytes);
  assertEquals(other.requests(PATH)[0]!.headers.get("authorization"), undefined);
});

Deno.test("redirect: from https to http: an error, and nothing asked there", async () => {
  await using server = await FaultServer.start({ tls: true });
  await using plain = await FaultServer.start();
  await using folder = new Folder();
  plain.serve(PATH, SMALL);
  server.serve(PATH, SMALL, always(redirect(plain.url(PATH))));
  assertFailed(await downloadByTool(folder, server.url(PATH)), folder, /https/i);
  assertEquals(plain.log.length, 0);
});

Deno.test("redirect: from http to https: the right file", async () => {
  await using server = await FaultServer.start();
  await using secure = await FaultServer.start({ tls: true });
  await using folder = new Folder();
  secure.serve(PATH, SMALL);
  server.serve(PATH, SMALL, always(redirect(secure.url(PATH))));
  assertFile(await downloadByTool(folder, server.url(PATH)), folder, NAME, SMALL.bytes);
});

Deno.test("redirect: to a server that breaks off: the right file, from where it was", async () => {
  await using server = await FaultServer.start();
  await using other = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL, always(redirect(other.url(PATH))));
  other.serve(PATH, BIG, once(cut(1_000_000)));
  const ran = await download(folder, server.url(PATH), "--segments=1");
  assertFile(ran, folder, NAME, BIG.bytes);
  assertEquals(other.requests(PATH).flatMap(({ range }) => range?.first ?? []), [1_000_000]);
});
