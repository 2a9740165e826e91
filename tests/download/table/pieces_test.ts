// Copyright 2026 the Tendril authors. MIT license.
// A big file in pieces, several at a time.

import { assert, assertEquals } from "@std/assert";
import { BIG, etagOf, OTHER_BIG, sha256Of } from "../fault_server/content.ts";
import { badChunk, cut, flip, reset, silence, status } from "../fault_server/faults.ts";
import {
  mislabelled,
  multipart,
  partOf,
  resized,
  shifted,
  unlabelled,
  whole,
} from "../fault_server/range_faults.ts";
import { type Fault, onRange, type Plan } from "../fault_server/server.ts";
import { type End, PATH, type Row, table } from "../row.ts";

const PIECE = 256 * 1024;
const ARGS = [`--piece-size=${PIECE}`, "--segments=4", "--retries=4"];

function row(fault: string, plan: Plan, more: Partial<Row> = {}): Row {
  return { fault, source: BIG, plan, outcome: BIG, ...more, args: [...ARGS, ...more.args ?? []] };
}

/** A fault of the first piece, of one in the middle, of all from there on, and of all. */
function wrong(fault: string, spoil: Fault): Row[] {
  return [
    row(`the first ${fault}`, onRange(spoil, 0)),
    row(`the sixth ${fault}`, onRange(spoil, 5)),
    row(
      `from the sixth on ${fault}`,
      (exchange) => exchange.before.ranges >= 5 ? onRange(spoil)(exchange) : undefined,
    ),
    row(`each ${fault}`, onRange(spoil)),
  ];
}

/** A fault of a connection: the first pieces meet it, and one later on. */
function passing(fault: string, spoil: Fault, more: Partial<Row> = {}): Row[] {
  return [
    row(
      `the first three ${fault}`,
      (exchange) => exchange.before.ranges < 3 ? onRange(spoil)(exchange) : undefined,
      more,
    ),
    row(`the eighth ${fault}`, onRange(spoil, 7), more),
  ];
}

/** How often each byte of the file was asked for in a range, at most. */
function mostOften({ server }: End): number {
  const begins = new Map<number, number>();
  for (const { range } of server.requests(PATH)) {
    if (range !== null) begins.set(range.first, (begins.get(range.first) ?? 0) + 1);
  }
  return Math.max(...begins.values());
}

table("pieces", [
  row("no fault", () => undefined, {
    check(end) {
      assert(end.server.requests(PATH).filter(({ range }) => range !== null).length >= 12);
      assertEquals(mostOften(end), 1);
    },
  }),
  ...wrong("answered with all of the file", whole(BIG)),
  ...wrong("begins later, and says so", shifted(BIG, 1000)),
  ...wrong(
    "of another total",
    mislabelled(({ first, last, total }) => `bytes ${first}-${last}/${total + 1}`),
  ),
  ...wrong("is not said to be a part", unlabelled),
  ...wrong("in the form for several", multipart),
  ...wrong("of another file, with its ETag", partOf(OTHER_BIG)),
  ...wrong("refused with 416", status(416, { "content-range": `bytes */${BIG.bytes.length}` })),
  ...wrong("longer than asked for, and says so", resized(BIG, 5000)),
  ...wrong("shorter than asked for, and says so", resized(BIG, -5000)),
  ...passing("reset", reset),
  ...passing("too short", cut(1000)),
  ...passing("reset in the middle", cut(100_000, "reset")),
  ...passing("with a bad chunk", badChunk("zz\r\n")),
  ...passing("refused with 503", status(503)),
  ...passing("refused with 429, come back at once", status(429, { "retry-after": "0" })),
  ...passing("without an answer", silence, { args: ["--header-timeout=200"] }),
  ...passing("stalled", cut(1000, "silence"), { args: ["--stall-timeout=200"] }),
  row("of a file that becomes another", () => undefined, {
    source: ({ before }) => before.ranges < 5 ? BIG : OTHER_BIG,
    outcome: OTHER_BIG,
  }),
  row(
    "of a file that becomes another, which the server conceals but for the ETag",
    (exchange) =>
      exchange.before.ranges >= 5 || exchange.request.range === null
        ? partOf(OTHER_BIG)
        : undefined,
    {
      source: ({ before }) => before.ranges < 5 ? BIG : OTHER_BIG,
      outcome: OTHER_BIG,
    },
  ),
  row("one with a wrong byte, which only the checksum tells", onRange(flip(77), 3), {
    args: [`--checksum=sha256:${sha256Of(BIG)}`],
  }),
  row(
    "each of another file, which only the checksum tells",
    onRange(partOf(OTHER_BIG, etagOf(BIG))),
    {
      args: [`--checksum=sha256:${sha256Of(BIG)}`],
      outcome: [BIG, /sha|checksum/i],
    },
  ),
  row("ranges announced that there are not", () => undefined, {
    source: { ...BIG, ranges: false, headers: { "accept-ranges": "bytes" } },
  }),
  row("ranges refused by name", () => undefined, {
    source: { ...BIG, ranges: false, headers: { "accept-ranges": "none" } },
  }),
  row("no validator", () => undefined, { source: { ...BIG, etag: null } }),
  row("a weak ETag", () => undefined, { source: { ...BIG, etag: 'W/"1"' } }),
  row(
    "one with an error always",
    (exchange) => exchange.request.range?.first === PIECE * 3 ? status(503) : undefined,
    {
      args: ["--retries=1"],
      outcome: /503/,
    },
  ),
]);
