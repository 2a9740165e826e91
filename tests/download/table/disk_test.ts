// Copyright 2026 the Tendril authors. MIT license.
// What the machine refuses: room, permission, and files to open.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { BIG, content, SMALL } from "../fault_server/content.ts";
import { FaultServer } from "../fault_server/server.ts";
import { LIMITS, NAME, PATH } from "../row.ts";
import { assertFailed, assertSame, Folder, type Ran, runTool } from "../tool.ts";

/** Whether this process may mount file systems. */
const mayMount = await (async () => {
  await using folder = new Folder();
  const mounted = await shell(`mount -t tmpfs -o size=64k none ${folder.path}`);
  if (mounted) await shell(`umount ${folder.path}`);
  return mounted;
})();

async function shell(script: string): Promise<boolean> {
  const command = new Deno.Command("sh", { args: ["-c", script], stderr: "null" });
  return (await command.output()).success;
}

/** Runs `body` with a folder of a file system of its own. */
async function mounted(options: string, body: (folder: Folder) => Promise<void>): Promise<void> {
  await using folder = new Folder();
  assert(await shell(`mount -t tmpfs -o ${options} none ${folder.path}`));
  try {
    await body(folder);
  } finally {
    await shell(`umount ${folder.path}`);
  }
}

async function withServer(body: (server: FaultServer) => Promise<void>): Promise<void> {
  await using server = await FaultServer.start();
  server.serve(PATH, BIG);
  server.serve("/small.bin", SMALL);
  await body(server);
}

function run(folder: Folder, args: string[], before?: string): Promise<Ran> {
  const all = ["--json", "--no-progress", "-d", folder.path, ...LIMITS, ...args];
  return runTool(all, before === undefined ? {} : { shell: before });
}

for (const [how, segments] of [["in one stream", 1], ["in pieces", 4]] as const) {
  const pieces = [`--segments=${segments}`, `--piece-size=${256 * 1024}`];

  Deno.test({
    name: `disk: full, ${how}: an error, and small files arrive`,
    ignore: !mayMount,
    fn: () =>
      mounted("size=1m", (folder) =>
        withServer(async (server) => {
          // The small one first: then there is room for it.
          const urls = [server.url("/small.bin"), server.url(PATH)];
          const ran = await run(folder, ["-j1", ...pieces, ...urls]);
          assertEquals(ran.code, 1, ran.err);
          assertEquals(folder.finalNames(), ["small.bin"]);
          assertSame(folder.read("small.bin"), SMALL.bytes);
          const failed = ran.lines.find(({ url }) => url === server.url(PATH));
          assertMatch(failed!.error!, /no space/i);
          assertEquals(failed!.attempts, 1, "no other try mends it");
        })),
  });

  Deno.test(`disk: a file may not be as long, ${how}: an error`, () =>
    withServer(async (server) => {
      await using folder = new Folder();
      // In blocks of 512 bytes; the signal that comes with it would end the tool.
      const limited = "trap '' XFSZ; ulimit -f 2000";
      const ran = await run(folder, [...pieces, server.url(PATH)], limited);
      assertFailed(ran, folder, /too large/i);
    }));
}

Deno.test({
  name: "disk: full from the beginning: an error",
  ignore: !mayMount,
  fn: () =>
    mounted("size=4k", (folder) =>
      withServer(async (server) => {
        folder.write("fill", new Uint8Array(4096));
        const ran = await run(folder, [server.url("/small.bin")]);
        assertEquals(ran.code, 1);
        assertEquals(folder.finalNames(), ["fill"]);
        assertMatch(ran.lines[0]!.error!, /no space/i);
      })),
});

Deno.test({
  name: "disk: no more inodes: an error",
  ignore: !mayMount,
  fn: () =>
    mounted("size=8m,nr_inodes=1", (folder) =>
      withServer(async (server) => {
        assertFailed(await run(folder, [server.url("/small.bin")]), folder, /no space/i);
      })),
});

Deno.test({
  name: "disk: read-only: an error",
  ignore: !mayMount,
  fn: () =>
    mounted("size=1m,ro", (folder) =>
      withServer(async (server) => {
        assertFailed(await run(folder, [server.url(PATH)]), folder, /read-only/i);
      })),
});

Deno.test({
  name: "disk: a folder nobody may write to: an error",
  ignore: Deno.uid() === 0,
  fn: () =>
    withServer(async (server) => {
      await using folder = new Folder();
      Deno.chmodSync(folder.path, 0o555);
      const ran = await run(folder, [server.url(PATH)]);
      Deno.chmodSync(folder.path, 0o755);
      assertFailed(ran, folder, /permission/i);
    }),
});

Deno.test("disk: a folder that cannot be made: an error", () =>
  withServer(async (server) => {
    const ran = await runTool(["--json", "-d", "/proc/nothing/there", server.url(PATH)]);
    assert(ran.code === 1 || ran.code === 2);
    assertMatch(ran.out + ran.err, /\/proc\/nothing/);
  }));

Deno.test("disk: too many open files: what arrives is right, and the rest says why", () =>
  withServer(async (server) => {
    await using folder = new Folder();
    const count = 60;
    for (let i = 0; i < count; i++) server.serve(`/${i}.bin`, { bytes: content(i, 300_000 + i) });
    const urls = Array.from({ length: count }, (_, i) => server.url(`/${i}.bin`));
    const ran = await run(folder, ["-j60", "-x60", ...urls], "ulimit -n 64");
    assertEquals(ran.lines.length, count, ran.err);
    const failed = ran.lines.filter(({ error }) => (error ?? null) !== null);
    assertEquals(ran.code, failed.length > 0 ? 1 : 0);
    for (const { error } of failed) assertMatch(error!, /too many open files|os error 24/i);
    assertEquals(folder.finalNames().length, count - failed.length);
    for (const name of folder.finalNames()) {
      const i = parseInt(name);
      assertSame(folder.read(name), content(i, 300_000 + i));
    }
  }));

Deno.test("disk: the folder goes away in the middle: an error", () =>
  withServer(async (server) => {
    await using folder = new Folder();
    server.serve("/vanishing.bin", BIG, () =>
      function* (exchange, answer) {
        yield* exchange.head(answer);
        yield* exchange.send(BIG.bytes.subarray(0, 1_500_000));
        Deno.removeSync(folder.path, { recursive: true });
        yield* exchange.send(BIG.bytes.subarray(1_500_000));
      });
    const ran = await run(folder, ["--segments=1", server.url("/vanishing.bin")]);
    Deno.mkdirSync(folder.path, { recursive: true });
    assertFailed(ran, folder, /./);
  }));

Deno.test("disk: one file that cannot be written stops no other", () =>
  withServer(async (server) => {
    await using folder = new Folder();
    Deno.mkdirSync(`${folder.path}/small.bin.part`);
    Deno.writeTextFileSync(`${folder.path}/small.bin.part/x`, "x");
    const ran = await run(folder, [server.url("/small.bin"), server.url(PATH)]);
    assertEquals([ran.code, ran.lines.length], [1, 2]);
    assertSame(folder.read(NAME), BIG.bytes);
  }));
