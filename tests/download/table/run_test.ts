// Copyright 2026 the Tendril authors. MIT license.
// Runs of many files, and runs that are interrupted.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { BIG, content, SMALL } from "../fault_server/content.ts";
import { cut, drip, hangUp, silence, status } from "../fault_server/faults.ts";
import { always, FaultServer, once, onRange, type Plan } from "../fault_server/server.ts";
import { download, downloadByTool, LIMITS, NAME, PATH } from "../row.ts";
import { assertFile, assertSame, finish, Folder, runTool, start } from "../tool.ts";

Deno.test("run: bad files among good ones: the good ones are right, exit 1", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  const bad: Plan[] = [always(status(404)), always(hangUp), always(cut(100)), always(status(503))];
  const urls: string[] = [];
  for (let i = 0; i < 24; i++) {
    const plan = i % 3 === 0 ? bad[i / 3 % 4] : undefined;
    server.serve(`/${i}.bin`, { bytes: content(i, 5000 + i) }, plan);
    urls.push(server.url(`/${i}.bin`));
  }
  const ran = await downloadByTool(folder, "--retries=1", ...urls);
  assertEquals([ran.code, ran.lines.length], [1, 24], ran.err);
  for (let i = 0; i < 24; i++) {
    const { error } = ran.lines.find(({ url }) => url === urls[i])!;
    if (i % 3 === 0) assert(error);
    else assertSame(folder.read(`${i}.bin`), content(i, 5000 + i));
  }
  assertEquals(folder.finalNames().length, 16);
});

Deno.test("run: never more requests at a time than --per-host says", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  const urls: string[] = [];
  for (let i = 0; i < 8; i++) {
    server.serve(`/${i}.bin`, SMALL, always(drip(8000, 2)));
    urls.push(server.url(`/${i}.bin`));
  }
  assertEquals((await download(folder, "-j8", "-x3", ...urls)).code, 0);
  assertEquals(server.busiest, 3);
});

Deno.test("run: never more pieces at a time than --per-host says", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, BIG, onRange(drip(50_000, 2)));
  const ran = await download(folder, "-s8", "-x3", "--piece-size=200000", server.url(PATH));
  assertFile(ran, folder, NAME, BIG.bytes);
  // The first request, whose body is dropped, ends for the server a little later than for the client.
  assert(server.busiest <= 4, `It had ${server.busiest} at a time`);
});

Deno.test("run: never more files at a time than --concurrency says", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  const urls: string[] = [];
  for (let i = 0; i < 8; i++) {
    server.serve(`/${i}.bin`, SMALL, always(drip(8000, 2)));
    urls.push(server.url(`/${i}.bin`));
  }
  assertEquals((await download(folder, "-j2", ...urls)).code, 0);
  assertEquals(server.busiest, 2);
});

Deno.test("run: --limit-rate: the right file, and not sooner than it allows", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, { bytes: BIG.bytes.subarray(0, 300_000) });
  const began = performance.now();
  const ran = await download(folder, "--limit-rate=400000", server.url(PATH));
  assertFile(ran, folder, NAME, BIG.bytes.subarray(0, 300_000));
  assert(performance.now() - began > 300);
});

Deno.test("run: --dry-run asks, and writes nothing", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, SMALL);
  const ran = await runTool([
    "--dry-run",
    "--json",
    "-d",
    folder.path,
    ...LIMITS,
    server.url(PATH),
  ]);
  assertEquals(ran.code, 0, ran.err);
  assertEquals(folder.names(), []);
  assertMatch(ran.out, /file\.bin/);
});

/** In the middle of what the tool gets a SIGINT, and what tells that it is there. */
interface Moment {
  readonly plan: Plan;
  readonly args?: string[];
  /** How many requests there were by then. */
  readonly requests: number;
  /** Whether there is a part by then, which stays. */
  readonly leaves: boolean;
}

const MOMENTS: Record<string, Moment> = {
  "it waits for the answer": { plan: always(silence), requests: 1, leaves: false },
  "it receives a stream": {
    plan: always(cut(2_000_000, "silence")),
    args: ["--segments=1"],
    requests: 1,
    leaves: true,
  },
  "it receives pieces": {
    plan: onRange(cut(100_000, "silence")),
    args: [`--piece-size=${256 * 1024}`],
    requests: 2,
    leaves: true,
  },
  "it waits for another try": {
    plan: always(status(503, { "retry-after": "30" })),
    requests: 1,
    leaves: false,
  },
  "it waits for another try with a part": {
    plan: ({ before }) => before.all === 0 ? cut(2_000_000) : status(503, { "retry-after": "30" }),
    args: ["--segments=1"],
    requests: 2,
    leaves: true,
  },
};

for (const [moment, { plan, args = [], requests, leaves }] of Object.entries(MOMENTS)) {
  Deno.test(`interrupt: while ${moment}: 130, and the next run ends well`, async () => {
    await using server = await FaultServer.start();
    await using folder = new Folder();
    server.serve(PATH, BIG, plan);
    const child = start(["--json", "-d", folder.path, ...LIMITS, ...args, server.url(PATH)]);
    await interruptWhen(
      child,
      () => server.log.length >= requests && (!leaves || sizeOf(folder, `${NAME}.part`) > 0),
    );
    const ran = await finish(child);
    assertEquals(ran.code, 130, ran.err);
    assertEquals(folder.finalNames(), []);
    assertEquals(folder.names().includes(`${NAME}.part`), leaves);
    server.serve(PATH, BIG);
    const again = await download(folder, ...args, server.url(PATH));
    assertFile(again, folder, NAME, BIG.bytes);
    assertEquals(again.lines[0]!.resumed, leaves);
  });
}

async function interruptWhen(child: Deno.ChildProcess, ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGINT");
}

function sizeOf(folder: Folder, name: string): number {
  return folder.names().includes(name) ? folder.read(name).length : 0;
}

Deno.test("interrupt: files that are complete stay", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, BIG, once(silence));
  server.serve("/small.bin", SMALL);
  const urls = [server.url("/small.bin"), server.url(PATH)];
  const child = start(["--json", "-d", folder.path, ...LIMITS, ...urls]);
  await interruptWhen(child, () => folder.finalNames().includes("small.bin"));
  assertEquals((await finish(child)).code, 130);
  assertSame(folder.read("small.bin"), SMALL.bytes);
});
