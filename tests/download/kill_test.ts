// Copyright 2026 the Tendril authors. MIT license.
// The tool is killed at some moment, and then again, and runs once more to the end. DOWNLOAD_KILLS says how
// often that is done, DOWNLOAD_SEED where to begin.

import { assert, assertEquals } from "@std/assert";
import { content, type Served, SMALL } from "./fault_server/content.ts";
import { drip } from "./fault_server/faults.ts";
import { always, FaultServer } from "./fault_server/server.ts";
import { LIMITS } from "./row.ts";
import { assertSame, finish, Folder, start } from "./tool.ts";

const TIMES = Number(Deno.env.get("DOWNLOAD_KILLS") ?? 20);
const FIRST_SEED = Number(Deno.env.get("DOWNLOAD_SEED") ?? 1);
const PIECE = 1024 * 1024;

/** One in pieces, one that goes on where it was, and one that comes at once. */
const FILES: Record<string, Served> = {
  "pieces.bin": { bytes: content(10, 8 * PIECE + 4321) },
  "stream.bin": { bytes: content(11, PIECE + PIECE / 2) },
  "small.bin": SMALL,
};
const TOTAL = Object.values(FILES).reduce((sum, { bytes }) => sum + bytes.length, 0);

/** Numbers between 0 and 1 that depend on the seed only. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    // mulberry32
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

function written(server: FaultServer): number {
  return server.log.reduce((sum, entry) => sum + entry.written, 0);
}

function startTool(server: FaultServer, folder: Folder): Deno.ChildProcess {
  const urls = Object.keys(FILES).map((name) => server.url(`/${name}`));
  const options = ["--json", "-d", folder.path, ...LIMITS, `--piece-size=${PIECE}`];
  return start([...options, ...urls]);
}

/** Kills the tool once the server has written so much, and a moment later; or it ends before that. */
async function killAt(
  child: Deno.ChildProcess,
  server: FaultServer,
  bytes: number,
  delay: number,
): Promise<void> {
  let ended = false;
  const end = finish(child).then(() => ended = true);
  while (!ended && written(server) < bytes) await pause(1);
  if (!ended) await pause(delay);
  if (!ended) child.kill("SIGKILL");
  await end;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the sidecar of a file says is there; nothing if it, or the part, is missing. */
function finished(folder: Folder, name: string): { from: number; to: number }[] {
  const names = folder.names();
  if (!names.includes(`${name}.part.json`) || !names.includes(`${name}.part`)) return [];
  const sidecar = new TextDecoder().decode(folder.read(`${name}.part.json`));
  const { pieceSize, pieces } = JSON.parse(sidecar);
  if (pieceSize === undefined) return [{ from: 0, to: folder.read(`${name}.part`).length }];
  return pieces.map((piece: number) => ({ from: piece * pieceSize, to: (piece + 1) * pieceSize }));
}

/** Whatever has its final name is whole. */
function checkFinalNames(folder: Folder): void {
  for (const name of folder.finalNames()) {
    assertSame(folder.read(name), FILES[name]!.bytes);
  }
}

async function killAndResume(server: FaultServer, seed: number): Promise<void> {
  await using folder = new Folder();
  const random = randomNumbers(seed);
  for (let kills = 1 + Math.floor(random() * 3); kills > 0; kills--) {
    server.log.length = 0;
    // Some kills come before the first byte, some after the last one.
    const bytes = Math.max(0, (random() * 1.2 - 0.1) * TOTAL);
    await killAt(startTool(server, folder), server, bytes, random() * 10);
    checkFinalNames(folder);
  }
  const there = Object.keys(FILES).map((name) => ({ name, spans: finished(folder, name) }));
  server.log.length = 0;
  const ran = await finish(startTool(server, folder));
  assertEquals(ran.code, 0, ran.out + ran.err);
  assertEquals(folder.names(), Object.keys(FILES).sort());
  checkFinalNames(folder);
  for (const { name, spans } of there) {
    for (const { range } of server.requests(`/${name}`)) {
      if (range === null) continue;
      const end = (range.last ?? Infinity) + 1;
      const again = spans.find(({ from, to }) => range.first < to && end > from);
      assert(again === undefined, `${name}: ${range.first}-${range.last} was there already`);
    }
    const size = spans.reduce((sum, { from, to }) => sum + to - from, 0);
    // With all or nothing of it there, there is no range to ask for.
    if (size === 0 || size >= FILES[name]!.bytes.length) continue;
    const ranges = server.requests(`/${name}`).filter(({ range }) => range !== null);
    assert(ranges.length > 0, `${name}: ${size} bytes were there, and it began again`);
  }
}

Deno.test(`kill: ${TIMES} runs killed at some moment end with the right files`, async () => {
  await using server = await FaultServer.start();
  for (const [name, served] of Object.entries(FILES)) {
    server.serve(`/${name}`, served, always(drip(64 * 1024, 2)));
  }
  for (let seed = FIRST_SEED; seed < FIRST_SEED + TIMES; seed++) {
    try {
      await killAndResume(server, seed);
    } catch (error) {
      throw new Error(`It failed; to see that again: DOWNLOAD_KILLS=1 DOWNLOAD_SEED=${seed}`, {
        cause: error,
      });
    }
  }
});
