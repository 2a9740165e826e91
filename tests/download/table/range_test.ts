// Copyright 2026 the Tendril authors. MIT license.
// The first answer breaks off in the middle, and then something is wrong with the rest.

import { assert, assertEquals } from "@std/assert";
import { BIG, content, etagOf, OTHER_BIG, type Served, sha256Of } from "../fault_server/content.ts";
import { badChunk, cut, redirect, replaced, reset, status } from "../fault_server/faults.ts";
import {
  mislabelled,
  multipart,
  partOf,
  resized,
  shifted,
  shiftedSecretly,
  unlabelled,
  whole,
} from "../fault_server/range_faults.ts";
import {
  type Fault,
  firstOf,
  inTurn,
  once,
  onRange,
  type Plan,
  type Source,
} from "../fault_server/server.ts";
import { type End, PATH, type Row, table } from "../row.ts";

const HALF = BIG.bytes.length >> 1;
const LENGTH = BIG.bytes.length;
const SHORTER: Served = { bytes: content(5, HALF - 1000) };
const LONGER: Served = { bytes: content(6, LENGTH + 5000) };
const OLD = "Sun, 06 Nov 1994 08:49:37 GMT";

/** The first answer breaks off; what comes after it is up to `rest`. */
function broken(rest: Plan = () => undefined): Plan {
  return firstOf(once(cut(HALF)), rest);
}

/** The file becomes another after the first request. */
function changing(before: Served, after: Served): Source {
  return (exchange) => exchange.before.all === 0 ? before : after;
}

function ranges({ server }: End): number[] {
  return server.requests(PATH).flatMap(({ range }) => range === null ? [] : [range.first]);
}

function row(fault: string, rest: Plan, more: Partial<Row> = {}): Row {
  return {
    fault,
    source: BIG,
    plan: broken(rest),
    outcome: BIG,
    ...more,
    args: ["--segments=1", "--retries=4", ...more.args ?? []],
  };
}

/** A fault of one answer to a range, and of all of them: each time the file can still be had. */
function wrong(fault: string, spoil: Fault): Row[] {
  return [row(`${fault} once`, onRange(spoil, 0)), row(`${fault} always`, onRange(spoil))];
}

table("range", [
  row("none", () => undefined, {
    check: (end) => assertEquals(ranges(end), [HALF], "it has to go on where it was"),
  }),
  row("asked for with If-Range, after a reset", inTurn(undefined, reset), {
    check({ server }) {
      for (const { range, headers } of server.requests(PATH)) {
        if (range !== null) assertEquals(headers.get("if-range"), etagOf(BIG));
      }
    },
  }),
  ...wrong("answered with all of the file", whole(BIG)),
  ...wrong("begins later, and says so", shifted(BIG, 1000)),
  ...wrong("begins earlier, and says so", shifted(BIG, -1000)),
  ...wrong("begins at 0, and says so", shifted(BIG, -HALF)),
  ...wrong(
    "of another total",
    mislabelled(({ first, last, total }) => `bytes ${first}-${last}/${total + 1}`),
  ),
  ...wrong("of an unknown total", mislabelled(({ first, last }) => `bytes ${first}-${last}/*`)),
  ...wrong(
    "of other units",
    mislabelled(({ first, last, total }) => `lines ${first}-${last}/${total}`),
  ),
  ...wrong(
    "that ends before it begins",
    mislabelled(({ first, total }) => `bytes ${first}-0/${total}`),
  ),
  ...wrong("of numbers that are none", mislabelled(() => "bytes a-b/c")),
  ...wrong("that is not said to be one", unlabelled),
  ...wrong("in the form for several", multipart),
  ...wrong("that ends earlier, and says so", resized(BIG, -1000)),
  ...wrong("of another file, with its ETag", partOf(OTHER_BIG)),
  ...wrong("of a shorter file, with its ETag", partOf({ bytes: content(7, HALF + 1000) })),
  ...wrong("of a longer file, with the ETag of the first", partOf(LONGER, etagOf(BIG))),
  ...wrong("refused with 416", status(416, { "content-range": `bytes */${LENGTH}` })),
  ...wrong("refused with 416 without a length", status(416)),
  ...wrong("refused with 412", status(412)),
  row("reset once", onRange(reset, 0)),
  row("refused with 503 once", onRange(status(503), 0)),
  row("refused with 429, come back at once", onRange(status(429, { "retry-after": "0" }), 0)),
  row("too short once", onRange(cut(1000), 0), {
    check: (end) => assertEquals(ranges(end), [HALF, HALF + 1000]),
  }),
  row("reset in the middle once", onRange(cut(1000, "reset"), 0)),
  row("stalls once", onRange(cut(1000, "silence"), 0), { args: ["--stall-timeout=200"] }),
  row("with a bad chunk once", onRange(badChunk("zz\r\n"), 0)),
  row(
    "behind a redirect",
    ({ request }) =>
      request.range !== null && request.path === PATH ? redirect(`${PATH}?elsewhere`) : undefined,
  ),
  row("of other bytes, which only the checksum tells", onRange(shiftedSecretly(BIG, -1000), 0), {
    args: [`--checksum=sha256:${sha256Of(BIG)}`],
  }),
  row("of other bytes always, which only the checksum tells", onRange(replaced(OTHER_BIG)), {
    args: [`--checksum=sha256:${sha256Of(BIG)}`],
    outcome: [BIG, /sha|checksum/i],
  }),
]);

table("changed", [
  row("to another file of the same length", () => undefined, {
    source: changing(BIG, OTHER_BIG),
    outcome: OTHER_BIG,
  }),
  row("to a longer file", () => undefined, { source: changing(BIG, LONGER), outcome: LONGER }),
  row("to a file that is shorter than what there is", () => undefined, {
    source: changing(BIG, SHORTER),
    outcome: SHORTER,
  }),
  row("to an empty file", () => undefined, {
    source: changing(BIG, { bytes: new Uint8Array() }),
    outcome: { bytes: new Uint8Array() },
  }),
  row("to a file without an ETag", () => undefined, {
    source: changing(BIG, { ...OTHER_BIG, etag: null }),
    outcome: OTHER_BIG,
  }),
  row("to a file without ranges", () => undefined, {
    source: changing(BIG, { ...OTHER_BIG, ranges: false }),
    outcome: OTHER_BIG,
  }),
  row("and had no validator", () => undefined, {
    source: changing({ ...BIG, etag: null }, { ...OTHER_BIG, etag: null }),
    outcome: OTHER_BIG,
    check: (end) => assertEquals(ranges(end), [], "nobody knows what the part is of"),
  }),
  row("and had a weak ETag, which says the same", () => undefined, {
    source: changing({ ...BIG, etag: 'W/"same"' }, { ...OTHER_BIG, etag: 'W/"same"' }),
    outcome: OTHER_BIG,
    check: ({ server }) => {
      for (const { headers } of server.requests(PATH)) {
        assert(!headers.get("if-range")?.startsWith("W/"), "If-Range needs a strong ETag");
      }
    },
  }),
  row("within the second of its date", () => undefined, {
    source: ({ before }) => ({
      ...before.all === 0 ? BIG : OTHER_BIG,
      etag: null,
      lastModified: new Date(Date.now() - 1000).toUTCString(),
    }),
    outcome: OTHER_BIG,
  }),
  row("to one of another date", () => undefined, {
    source: changing(
      { ...BIG, etag: null, lastModified: OLD },
      { ...OTHER_BIG, etag: null, lastModified: "Mon, 07 Nov 1994 08:49:37 GMT" },
    ),
    outcome: OTHER_BIG,
  }),
  row("not at all, and an old date says so", () => undefined, {
    source: { ...BIG, etag: null, lastModified: OLD },
    check: (end) => assertEquals(ranges(end), [HALF]),
  }),
  row(
    "with every request, and always breaks off",
    ({ before }) => before.all < 20 ? cut(HALF) : undefined,
    {
      source: ({ before }) => ({ ...BIG, etag: `"${before.all}"` }),
      args: ["--retries=2"],
      outcome: /./,
    },
  ),
]);
