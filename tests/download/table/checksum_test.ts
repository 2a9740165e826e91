// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals, assertMatch } from "@std/assert";
import { BIG, digest, OTHER_SMALL, type Served, sha256Of, SMALL } from "../fault_server/content.ts";
import { flip, replaced, status } from "../fault_server/faults.ts";
import { always, FaultServer, first, inTurn, once } from "../fault_server/server.ts";
import { asked, download, LIMITS, NAME, PATH, type Row, table } from "../row.ts";
import { assertFile, Folder, runTool } from "../tool.ts";

function sum({ bytes }: Served, algorithm = "sha256"): string {
  return `--checksum=${algorithm}:${digest(bytes, algorithm)}`;
}

table("checksum", [
  { fault: "none", args: [sum(SMALL)], outcome: SMALL, check: asked(1) },
  ...["sha512", "sha384", "sha1", "md5"].map((algorithm): Row => ({
    fault: `none, ${algorithm}`,
    args: [sum(SMALL, algorithm)],
    outcome: SMALL,
  })),
  {
    fault: "none, in capitals",
    args: [sum(SMALL).toUpperCase().replace("--CHECKSUM", "--checksum")],
    outcome: SMALL,
  },
  {
    fault: "wrong once",
    plan: once(flip(1000)),
    args: [sum(SMALL)],
    outcome: SMALL,
    check: asked(2),
  },
  {
    fault: "wrong once, of a big file",
    source: BIG,
    plan: once(flip(2_000_000)),
    args: [sum(BIG), "--segments=1"],
    outcome: BIG,
  },
  {
    fault: "wrong twice",
    plan: first(2, flip(1000)),
    args: [sum(SMALL), "--retries=9"],
    outcome: /sha256|checksum/i,
    check: asked(2),
  },
  {
    fault: "wrong always",
    plan: always(replaced(OTHER_SMALL)),
    args: [sum(SMALL), "--retries=9"],
    outcome: /sha256|checksum/i,
    check: asked(2),
  },
  {
    fault: "wrong always, of a big file",
    source: BIG,
    plan: always(flip(77)),
    args: [sum(BIG), "--segments=1"],
    outcome: /sha256|checksum/i,
  },
  {
    fault: "wrong once, between errors",
    plan: inTurn(status(503), flip(0), status(503)),
    args: [sum(SMALL), "--retries=5"],
    outcome: SMALL,
  },
  {
    fault: "a page for people in place of the file",
    plan: always(status(200)),
    args: [sum(SMALL)],
    outcome: /sha256|checksum/i,
  },
  {
    fault: "of an empty file",
    source: { bytes: new Uint8Array() },
    args: [sum({ bytes: new Uint8Array() })],
    outcome: { bytes: new Uint8Array() },
  },
]);

Deno.test("checksum: one that is none: wrong usage, and nothing asked", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  for (const wrong of ["sha256", "sha256:", "sha256:12", `sha257:${"0".repeat(64)}`, "sha256:zz"]) {
    const ran = await download(folder, server.url(PATH), `--checksum=${wrong}`);
    assertEquals(ran.code, 2, wrong);
  }
  assertEquals(server.log.length, 0);
});

Deno.test("checksum: in a list, with names", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  server.serve("/other.bin", OTHER_SMALL);
  const input = `# comment\n\n${server.url(PATH)} sha256=${sha256Of(SMALL)} out=one.bin\n` +
    `${server.url("/other.bin")} sha256=${sha256Of(SMALL)}\n`;
  const ran = await runTool(["--json", "-d", folder.path, ...LIMITS, "-i", "-"], { input });
  assertEquals([ran.code, ran.lines.length], [1, 2], ran.err);
  assertEquals(folder.finalNames(), ["one.bin"]);
  assertEquals(folder.read("one.bin"), SMALL.bytes);
  const wrong = ran.lines.find(({ url }) => url.endsWith("other.bin"));
  assertMatch(wrong!.error!, /sha256|checksum/i);
});

/** Two servers, of which the first has nothing but errors. */
async function mirrored(
  plan: Parameters<FaultServer["serve"]>[2],
  source: Served,
  args: string[],
): Promise<void> {
  await using server = await FaultServer.start();
  await using mirror = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, source, plan);
  mirror.serve(PATH, source);
  const ran = await download(folder, server.url(PATH), `--mirror=${mirror.url(PATH)}`, ...args);
  assertFile(ran, folder, NAME, source.bytes);
}

for (const code of [404, 403, 503, 410]) {
  Deno.test(`mirror: the first server says ${code} always: the right file`, () =>
    mirrored(always(status(code)), SMALL, ["--retries=1"]));
}

Deno.test("mirror: the first server has a wrong file: the right file", () =>
  mirrored(always(replaced(OTHER_SMALL)), SMALL, [sum(SMALL)]));

Deno.test("mirror: the first server dies in the middle: the right file", () =>
  mirrored(
    first(1, function* (exchange, answer) {
      yield* exchange.head(answer);
      yield* exchange.send(BIG.bytes.subarray(0, 1_000_000));
      exchange.reset();
    }),
    BIG,
    ["--retries=1", "--segments=1"],
  ));

Deno.test("mirror: another version there than where it began: never a splice", async () => {
  await using server = await FaultServer.start();
  await using mirror = await FaultServer.start();
  await using folder = new Folder();
  const other = { bytes: BIG.bytes.map((byte) => byte ^ 1) };
  server.serve(
    PATH,
    BIG,
    ({ before }) =>
      before.all > 0 ? status(404) : function* (exchange, answer) {
        yield* exchange.head(answer);
        yield* exchange.send(BIG.bytes.subarray(0, 1_000_000));
        exchange.reset();
      },
  );
  mirror.serve(PATH, other);
  const ran = await download(folder, server.url(PATH), `--mirror=${mirror.url(PATH)}`, "-s1");
  assertFile(ran, folder, NAME, other.bytes);
});
