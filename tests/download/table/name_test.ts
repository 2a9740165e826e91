// Copyright 2026 the Tendril authors. MIT license.
// Names that servers, URLs and lists give to files, and what is in their place already.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { OTHER_SMALL, SMALL } from "../fault_server/content.ts";
import { cut, status, withHeaders } from "../fault_server/faults.ts";
import { always, FaultServer } from "../fault_server/server.ts";
import { download, NAME, PATH } from "../row.ts";
import { assertFailed, assertFile, assertSame, Folder, type Ran, runTool } from "../tool.ts";

/** What a server may say of the name, and the name that is taken, or undefined: any harmless one. */
const DISPOSITIONS: [said: string, name: string | undefined][] = [
  ["attachment", NAME],
  ["attachment; filename=plain.txt", "plain.txt"],
  ['attachment; filename="two words.txt"', "two words.txt"],
  ["attachment; filename*=UTF-8''%e2%82%ac.txt", "€.txt"],
  ["attachment; filename=old.txt; filename*=UTF-8''new.txt", "new.txt"],
  ['attachment; filename="../../evil.txt"', undefined],
  ['attachment; filename="/etc/evil.txt"', undefined],
  ['attachment; filename="..\\\\..\\\\evil.txt"', undefined],
  ['attachment; filename="C:\\\\evil.txt"', undefined],
  ["attachment; filename*=UTF-8''..%2f..%2fevil.txt", undefined],
  ["attachment; filename*=UTF-8''%2fetc%2fevil.txt", undefined],
  ["attachment; filename*=UTF-8''a%00b.txt", undefined],
  ["attachment; filename*=UTF-8''a%0d%0ab%1b%5b2J.txt", undefined],
  ["attachment; filename*=UTF-8''%e2%80%aetxt.exe", undefined],
  ["attachment; filename*=UTF-8''%ff%fe%zz", undefined],
  ["attachment; filename=.", undefined],
  ["attachment; filename=..", undefined],
  ['attachment; filename=""', undefined],
  ['attachment; filename="   "', undefined],
  ["attachment; filename=con", undefined],
  ["attachment; filename=NUL.txt", undefined],
  ["attachment; filename=file.bin.part", undefined],
  [`attachment; filename=${"long".repeat(200)}.txt`, undefined],
  [`attachment; filename*=UTF-8''${"%e2%82%ac".repeat(200)}.txt`, undefined],
  ['attachment; filename="unclosed', undefined],
  ["attachment; filename", undefined],
  [";;;===", undefined],
];

for (const [said, name] of DISPOSITIONS) {
  const label = said.length > 80 ? `${said.slice(0, 80)}…` : said;
  Deno.test(`name: ${label}: the right file in the folder`, async () => {
    await using server = await FaultServer.start();
    await using folder = new Folder();
    server.serve(PATH, SMALL, always(withHeaders({ "content-disposition": said })));
    const ran = await download(folder, server.url(PATH));
    assertInside(folder);
    const [only] = folder.names();
    assertFile(ran, folder, only!, SMALL.bytes);
    if (name !== undefined) assertEquals(only, name);
    assertHarmless(only!);
  });
}

const PATHS = [
  "/",
  "/%2e%2e%2f%2e%2e%2fevil.txt",
  "/..%5c..%5cevil.txt",
  "/a%00b.txt",
  "/a%0ab.txt",
  "/%",
  "/con",
  "/a/b/",
  "/name.txt?query=/../evil",
  `/${"long".repeat(200)}.txt`,
];

for (const path of PATHS) {
  const label = path.length > 80 ? `${path.slice(0, 80)}…` : path;
  Deno.test(`name: the path ${label}: the right file in the folder`, async () => {
    await using server = await FaultServer.start();
    await using folder = new Folder();
    server.serve(path, SMALL);
    const ran = await download(folder, server.url(path));
    assertInside(folder);
    const [only] = folder.names();
    assertFile(ran, folder, only!, SMALL.bytes);
    assertHarmless(only!);
  });
}

/** Nothing was written but into the folder. */
function assertInside(folder: Folder): void {
  const beside = Array.from(Deno.readDirSync(folder.outer), ({ name }) => name);
  assertEquals(beside, ["downloads"]);
}

function assertHarmless(name: string): void {
  // deno-lint-ignore no-control-regex -- they are what this is about
  assert(!/[\u0000-\u001f\u007f\\:\u202e]/.test(name), `"${name}" is not harmless`);
  assert(!/^(con|nul)(\.|$)/i.test(name), `"${name}" is a device`);
  assert(new TextEncoder().encode(name).length <= 255);
}

Deno.test("name: an --input file that leads out of the folder: wrong usage, nothing asked", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  for (const out of ["../evil.txt", "/tmp/evil.txt", "a/../../evil.txt", "..", "."]) {
    const input = `${server.url(PATH)} out=${out}\n`;
    const ran = await runTool(["--json", "-d", folder.path, "-i", "-"], { input });
    assert(ran.code === 2 || ran.code === 1, `${out}: ${ran.code}`);
    assertInside(folder);
    assertEquals(folder.names(), []);
  }
});

Deno.test("name: two URLs of one name: wrong usage before anything is asked", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  const ran = await download(folder, server.url(PATH), server.url(`/other${PATH}`));
  assertEquals(ran.code, 2);
  assertMatch(ran.err, /file\.bin/);
  assertEquals(server.log.length, 0);
});

Deno.test("name: two URLs that the server gives one name: neither file is lost", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  const same = always(withHeaders({ "content-disposition": "attachment; filename=same.bin" }));
  server.serve("/one.bin", SMALL, same);
  server.serve("/two.bin", OTHER_SMALL, same);
  const ran = await download(folder, server.url("/one.bin"), server.url("/two.bin"));
  for (const line of ran.lines) {
    if ((line.error ?? null) !== null) continue;
    const expected = line.url.endsWith("one.bin") ? SMALL : OTHER_SMALL;
    assertSame(Deno.readFileSync(line.path!), expected.bytes);
  }
  const failed = ran.lines.filter(({ error }) => (error ?? null) !== null).length;
  assertEquals(folder.finalNames().length + failed, 2);
  assertEquals(ran.code, failed > 0 ? 1 : 0);
});

/** Runs the tool where a file with old content is in place already. */
async function overOld(
  wish: string | undefined,
  look: (ran: Ran, folder: Folder, server: FaultServer) => void,
  prepare: (server: FaultServer) => void = (server) => server.serve(PATH, SMALL),
): Promise<void> {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  folder.write(NAME, "old");
  prepare(server);
  const wishes = wish === undefined ? [] : [`--if-exists=${wish}`];
  look(await download(folder, server.url(PATH), ...wishes), folder, server);
}

const OLD = new TextEncoder().encode("old");

Deno.test("existing file: skip: it stays, and nothing is asked", () =>
  overOld("skip", (ran, folder, server) => {
    assertEquals([ran.code, server.log.length], [0, 0]);
    assertEquals(folder.read(NAME), OLD);
  }));

Deno.test("existing file: overwrite: it is the new one", () =>
  overOld("overwrite", (ran, folder) => assertFile(ran, folder, NAME, SMALL.bytes)));

Deno.test("existing file: overwrite, and the download fails: it stays", () =>
  overOld("overwrite", (ran, folder) => {
    assertEquals(ran.code, 1);
    assertEquals(folder.read(NAME), OLD);
  }, (server) => server.serve(PATH, SMALL, always(status(404)))));

Deno.test("existing file: overwrite, and the download breaks off: it stays", () =>
  overOld("overwrite", (ran, folder) => {
    assertEquals(ran.code, 1);
    assertEquals(folder.read(NAME), OLD);
  }, (server) => server.serve(PATH, SMALL, always(cut(1000)))));

Deno.test("existing file: rename: both are there", () =>
  overOld("rename", (ran, folder) => {
    assertEquals(ran.code, 0);
    assertEquals(folder.read(NAME), OLD);
    const [other] = folder.names().filter((name) => name !== NAME);
    assertSame(folder.read(other!), SMALL.bytes);
  }));

for (
  const [date, isNew] of [["Sun, 06 Nov 1994 08:49:37 GMT", false], [
    "Sat, 06 Nov 2094 08:49:37 GMT",
    true,
  ]] as const
) {
  Deno.test(`existing file: newer, and the server's is ${isNew ? "newer" : "older"}`, () =>
    overOld("newer", (ran, folder) => {
      assertEquals(ran.code, 0);
      assertSame(folder.read(NAME), isNew ? SMALL.bytes : OLD);
    }, (server) => server.serve(PATH, { ...SMALL, lastModified: date })));
}

for (const target of [NAME, `${NAME}.part`, `${NAME}.part.json`, `${NAME}.part.json~`]) {
  Deno.test(`link: ${target} leads out of the folder: what it leads to stays`, async () => {
    await using server = await FaultServer.start();
    await using folder = new Folder();
    const precious = `${folder.outer}/precious`;
    Deno.writeFileSync(precious, OLD);
    Deno.symlinkSync(precious, `${folder.path}/${target}`);
    server.serve(PATH, SMALL);
    const ran = await download(folder, server.url(PATH));
    assertEquals(Deno.readFileSync(precious), OLD);
    if (ran.code === 0) assertSame(folder.read(NAME), SMALL.bytes);
    else assertEquals(ran.code, 1);
    if (ran.code === 0) assert(!Deno.lstatSync(`${folder.path}/${NAME}`).isSymlink);
  });
}

Deno.test("link: one that leads nowhere: nothing appears there", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  Deno.symlinkSync(`${folder.outer}/nothing`, `${folder.path}/${NAME}.part`);
  server.serve(PATH, SMALL);
  await download(folder, server.url(PATH));
  assertInside(folder);
});

for (const target of [NAME, `${NAME}.part`]) {
  Deno.test(`name: a folder is at ${target}: an error, and the folder stays`, async () => {
    await using server = await FaultServer.start();
    await using folder = new Folder();
    Deno.mkdirSync(`${folder.path}/${target}`);
    Deno.writeFileSync(`${folder.path}/${target}/inside`, OLD);
    server.serve(PATH, SMALL);
    const ran = await download(folder, server.url(PATH));
    assertEquals(ran.code, 1, ran.err);
    assertEquals(Deno.readFileSync(`${folder.path}/${target}/inside`), OLD);
  });
}

Deno.test("name: a file is where the folder should be: an error", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  Deno.writeFileSync(`${folder.outer}/file`, OLD);
  const ran = await runTool(["--json", "-d", `${folder.outer}/file`, server.url(PATH)]);
  assert(ran.code === 1 || ran.code === 2);
  assertEquals(Deno.readFileSync(`${folder.outer}/file`), OLD);
});

Deno.test("name: a folder that is not there yet is made", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  const ran = await runTool(["--json", "-d", `${folder.path}/a/b`, server.url(PATH)]);
  assertEquals(ran.code, 0);
  assertSame(folder.read(`a/b/${NAME}`), SMALL.bytes);
});

Deno.test("name: a server that fails makes no file: an error", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  assertFailed(await download(folder, server.url("/missing.bin")), folder, /404/);
  assertEquals(folder.names(), []);
});
