// Copyright 2026 the Tendril authors. MIT license.
// Whatever happens to 500 files in whatever order, each of them is right in the end.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { run } from "@tendril/tendril";
import { downloadAll } from "../../examples/download/download_all.ts";
import { content, etagOf, type Served, sha256Of } from "./fault_server/content.ts";
import {
  badChunk,
  cut,
  flip,
  hangUp,
  overfullChunk,
  raw,
  reset,
  silence,
  status,
} from "./fault_server/faults.ts";
import {
  mislabelled,
  multipart,
  partOf,
  shifted,
  unlabelled,
  whole,
} from "./fault_server/range_faults.ts";
import { type Fault, FaultServer } from "./fault_server/server.ts";
import { assertSame, Folder } from "./tool.ts";

const FILES = 500;
const RUNS = Number(Deno.env.get("DOWNLOAD_RUNS") ?? 2);

/** A file and what happens to the requests for it, one after the other. */
interface Story {
  readonly size: number;
  readonly framing: "length" | "chunked" | "close";
  readonly etag: boolean;
  readonly checked: boolean;
  readonly faults: { readonly kind: keyof typeof FAULTS; readonly at: number }[];
}

/** `at` is between 0 and 1; what needs a length gets a part of it. */
const FAULTS = {
  "hang up": () => hangUp,
  "reset": () => reset,
  "head cut": () => raw("HTTP/1.1 200 OK\r\ncontent-le"),
  "503": () => status(503),
  "429": () => status(429, { "retry-after": "0" }),
  "500": () => status(500),
  "408": () => status(408),
  "cut": ({ framing }, after) => cut(after, framing === "close" ? "reset" : "close"),
  "cut by reset": (_, after) => cut(after, "reset"),
  "bad chunk": () => badChunk("zz\r\n"),
  "overfull chunk": () => overfullChunk,
  "whole": (served) => whole(served),
  "shifted": (served) => shifted(served, 1),
  "other total": () =>
    mislabelled(({ first, last, total }) => `bytes ${first}-${last}/${total + 1}`),
  "unlabelled": () => unlabelled,
  "multipart": () => multipart,
  "other file": ({ bytes }) => partOf({ bytes: content(999, bytes.length) }),
  "silence": () => silence,
  "stall": (_, after) => cut(after, "silence"),
} satisfies Record<string, (served: Served, after: number) => Fault>;

const kinds = Object.keys(FAULTS) as (keyof typeof FAULTS)[];
// Whoever is silent holds everybody up.
const rare = new Set<string>(["silence", "stall"]);

const fault = fc.record({
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...kinds.filter((kind) => !rare.has(kind))) },
    { weight: 1, arbitrary: fc.constantFrom(...kinds.filter((kind) => rare.has(kind))) },
  ),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});

const story: fc.Arbitrary<Story> = fc.record({
  size: fc.oneof(
    { weight: 8, arbitrary: fc.nat(20_000) },
    { weight: 2, arbitrary: fc.nat(200_000) },
  ),
  framing: fc.constantFrom("length", "length", "chunked", "close"),
  etag: fc.boolean(),
  checked: fc.boolean(),
  faults: fc.array(fault, { maxLength: 4 }),
});

/** The server's side of a story; a file with a checksum is wrong once. */
function tell(server: FaultServer, path: string, seed: number, story: Story): Served {
  const { size, framing, etag, checked, faults } = story;
  const bytes = content(seed, size);
  const served: Served = { bytes, framing, ...etag ? {} : { etag: null } };
  let spoilt = !checked || size === 0;
  server.serve(path, served, ({ before, request }) => {
    const next = faults[before.all];
    if (next !== undefined) {
      const { first = 0, last = size - 1 } = request.range ?? {};
      return FAULTS[next.kind](served, Math.floor(next.at * (last - first)));
    }
    if (spoilt || request.range !== null) return undefined;
    spoilt = true;
    return flip(size >> 1);
  });
  return served;
}

async function check(stories: readonly Story[]): Promise<void> {
  await using server = await FaultServer.start();
  await using folder = new Folder();
  const files = stories.map((story, i) => tell(server, `/${i}`, i, story));
  const items = files.map((served, i) => ({
    url: server.url(`/${i}`),
    ...stories[i]!.checked ? { checksum: `sha256:${sha256Of(served)}` } : {},
  }));
  const report = await run(() =>
    downloadAll(items, {
      dir: folder.path,
      concurrency: 32,
      perHost: 32,
      pieceSize: 16 * 1024,
      retries: 12,
      retryDelay: 1,
      headerTimeout: 1000,
      stallTimeout: 1000,
    })
  );
  for (const [i, { error }] of report.records.entries()) {
    const told = JSON.stringify({ ...stories[i], etag: etagOf(files[i]!) });
    assertEquals(error, undefined, `${told}: ${error?.message}`);
    try {
      assertSame(folder.read(`${i}`), files[i]!.bytes);
    } catch (cause) {
      throw new Error(`The file ${i} is wrong: ${told}`, { cause });
    }
  }
  assertEquals(folder.names().length, FILES);
}

Deno.test("property: faults in any order, and every one of 500 files is right in the end", () =>
  fc.assert(
    fc.asyncProperty(fc.array(story, { minLength: FILES, maxLength: FILES }), check),
    // One story in 500 is told by the message; to look for a smaller one would take an hour.
    { numRuns: RUNS, endOnFailure: true, reporter: report },
  ));

/** 500 stories are too many to read: the error has the one that went wrong. */
function report({ failed, seed, errorInstance }: fc.RunDetails<[readonly Story[]]>): void {
  if (failed) throw new Error(`It failed with the seed ${seed}`, { cause: errorInstance });
}
