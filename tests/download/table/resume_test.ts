// Copyright 2026 the Tendril authors. MIT license.
// A run that ends in the middle of a file, and another one that finds what it left.

import { assert, assertEquals } from "@std/assert";
import { BIG, content, OTHER_BIG, type Served, sha256Of } from "../fault_server/content.ts";
import { cut, status } from "../fault_server/faults.ts";
import { partOf, shifted, unlabelled, whole } from "../fault_server/range_faults.ts";
import { FaultServer, once, onRange, type Plan } from "../fault_server/server.ts";
import {
  type Download,
  download as downloadInProcess,
  downloadByTool,
  NAME,
  PATH,
} from "../row.ts";
import { assertFailed, assertFile, assertSame, Folder } from "../tool.ts";

const HALF = BIG.bytes.length >> 1;
const PART = `${NAME}.part`;
const SIDECAR = `${PART}.json`;

interface Case {
  /** What the server has for the second run. */
  readonly served?: Served;
  /** What it does wrong then. */
  readonly plan?: Plan;
  /** What happens to the part or the sidecar between the runs. */
  readonly between?: (folder: Folder) => void;
  /** What the second run is asked in addition. */
  readonly args?: readonly string[];
  /** Whether it may not ask for what it has. */
  readonly goesOn?: boolean;
}

/** What the first run leaves: half of the file, all of it, or some of its pieces. */
const FIRST: Record<string, { args: string[]; plan: Plan }> = {
  "half a file": { args: ["--segments=1"], plan: once(cut(HALF)) },
  "pieces": {
    args: ["--segments=2", `--piece-size=${256 * 1024}`],
    plan: ({ request }) => (request.range?.first ?? 0) > HALF ? status(503) : undefined,
  },
};

function resume(what: string, test: Case, download: Download = downloadInProcess): void {
  for (const [left, { args, plan }] of Object.entries(FIRST)) {
    Deno.test(`resume: ${left}, ${what}: the right file`, async () => {
      const { served = BIG, between, goesOn = false } = test;
      await using server = await FaultServer.start();
      await using folder = new Folder();
      const { size } = await leave(server, folder, args, plan);
      between?.(folder);
      server.log.length = 0;
      server.serve(PATH, served, test.plan);
      const ran = await download(folder, server.url(PATH), ...args, ...test.args ?? []);
      assertFile(ran, folder, NAME, served.bytes);
      if (!goesOn) return;
      assert(ran.lines[0]!.resumed, "the report has to say that it went on");
      const missing = served.bytes.length - size;
      assertEquals(askedFor(server), missing, "it has to ask for what is missing, and no more");
    });
  }
}

/** How many bytes were asked for in ranges, and sent. */
function askedFor(server: FaultServer): number {
  const parts = server.log.filter(({ request, status }) =>
    request.range !== null && status === 206
  );
  return parts.reduce((sum, { written }) => sum + written, 0);
}

/** A first run, which fails and leaves a part; gives how many bytes of it are certain. */
async function leave(
  server: FaultServer,
  folder: Folder,
  args: string[],
  plan: Plan,
): Promise<{ size: number }> {
  server.serve(PATH, BIG, plan);
  const ran = await downloadInProcess(folder, server.url(PATH), "--retries=0", ...args);
  assertFailed(ran, folder, /./);
  assertEquals(folder.names(), [PART, SIDECAR], "a part and its sidecar stay");
  const { pieces, pieceSize } = JSON.parse(new TextDecoder().decode(folder.read(SIDECAR)));
  return { size: pieceSize === undefined ? folder.read(PART).length : pieces.length * pieceSize };
}

resume("nothing wrong", { goesOn: true }, downloadByTool);
resume("nothing wrong, in this process", { goesOn: true });
resume("of a file that is another now", { served: OTHER_BIG });
resume("of a file that is longer now", { served: { bytes: content(8, BIG.bytes.length + 999) } });
resume("of a file that is empty now", { served: { bytes: new Uint8Array() } });
resume("of a file that has no validator any more", { served: { ...OTHER_BIG, etag: null } });
resume("from a server without ranges", { served: { ...BIG, ranges: false } });
resume("from a server that sends all of it", { plan: onRange(whole(BIG)) });
resume("from a server that sends another range", { plan: onRange(shifted(BIG, 1000)) });
resume("from a server that does not say which range", { plan: onRange(unlabelled) });
resume("from a server that ignores If-Range", {
  served: OTHER_BIG,
  plan: onRange(partOf(OTHER_BIG)),
});
resume("from a server that says 416", { plan: onRange(status(416)) });
resume("from a server that is busy once", { plan: once(status(503)), goesOn: true });
resume("with --no-continue", { args: ["--no-continue"] });

resume("without the sidecar", {
  between: (folder) => Deno.removeSync(`${folder.path}/${SIDECAR}`),
});
resume("without the part", { between: (folder) => Deno.removeSync(`${folder.path}/${PART}`) });
resume("with an empty part", { between: (folder) => folder.write(PART, "") });
resume("with a part that was cut", {
  between: (folder) => folder.write(PART, folder.read(PART).subarray(0, 100_000)),
});
resume("with a part longer than the file", {
  between: (folder) => folder.write(PART, content(1, BIG.bytes.length + 1)),
});
for (
  const [what, text] of Object.entries({
    "empty": "",
    "no JSON": "{",
    "null": "null",
    "a list": "[]",
    "of another form": '{"version":99}',
  })
) {
  resume(`with a sidecar that is ${what}`, { between: (folder) => folder.write(SIDECAR, text) });
}

/** Changes one field of the sidecar. */
function edit(field: string, value: unknown): (folder: Folder) => void {
  return (folder) => {
    const state = JSON.parse(new TextDecoder().decode(folder.read(SIDECAR)));
    folder.write(SIDECAR, JSON.stringify({ ...state, [field]: value }));
  };
}

resume("with a sidecar of another URL", {
  between: edit("url", "http://127.0.0.1:1/other.bin"),
});
resume("with a sidecar of another length", { between: edit("length", 17) });
resume("with a sidecar of another version", { between: edit("etag", '"another"') });
resume("with a sidecar of a weak ETag", { between: edit("etag", 'W/"another"') });
for (const pieces of [[-1], [1e9], [0.5], ["0"], "all", [0, 0, 0], [1e308], [null]]) {
  const text = JSON.stringify(pieces);
  resume(`with a sidecar of the pieces ${text}, and the checksum`, {
    between: edit("pieces", pieces),
    args: [`--checksum=sha256:${sha256Of(BIG)}`],
  });
}
for (const size of [0, -1, 1.5, "big", 1e300]) {
  resume(`with a sidecar of the piece size ${size}, and the checksum`, {
    between: edit("pieceSize", size),
    args: [`--checksum=sha256:${sha256Of(BIG)}`],
  });
}

Deno.test("resume: a part that is complete: 416 is success", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  await leave(server, folder, ["--segments=1"], once(cut(HALF)));
  folder.write(PART, BIG.bytes);
  server.serve(PATH, BIG);
  const ran = await downloadInProcess(folder, server.url(PATH), "--segments=1");
  assertFile(ran, folder, NAME, BIG.bytes);
});

Deno.test("resume: --no-continue leaves no part of what failed", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  server.serve(PATH, BIG, once(cut(HALF)));
  const ran = await downloadInProcess(folder, server.url(PATH), "--retries=0", "--no-continue");
  assertFailed(ran, folder, /./);
  assertEquals(folder.names(), []);
});

Deno.test("resume: the part has its place and its bytes", async () => {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  await leave(server, folder, ["--segments=1"], once(cut(HALF)));
  assertSame(folder.read(PART), BIG.bytes.subarray(0, HALF));
});
