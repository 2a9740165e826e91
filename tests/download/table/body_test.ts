// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { BIG, content, type Served, sha256Of, SMALL } from "../fault_server/content.ts";
import {
  badChunk,
  compressed,
  cut,
  drip,
  endless,
  framedAs,
  oddChunks,
  overfullChunk,
  tooLong,
} from "../fault_server/faults.ts";
import { always, first, once } from "../fault_server/server.ts";
import { type End, type Row, table } from "../row.ts";

const LENGTH = SMALL.bytes.length;
const CHUNKED: Served = { ...SMALL, framing: "chunked" };
const CLOSED: Served = { ...SMALL, framing: "close" };
const QUICK = ["--stall-timeout=200", "--retries=1"];
const SUM = `--checksum=sha256:${sha256Of(SMALL)}`;
/** A file that has no validator cannot be resumed. */
const NAMELESS: Served = { ...SMALL, etag: null };
const CUT = /reset|clos|length|bytes|body|incomplete|end|arrived/i;
const GZIP = /gzip|cod|compress|decod/i;

function isUnverified({ ran }: End): void {
  assertMatch(ran.out, /unverified/);
}

function isVerified({ ran }: End): void {
  assert(!ran.out.includes("unverified"), ran.out);
}

table(
  "body",
  (["close", "reset"] as const).flatMap((end) =>
    [0, 1, 1000, LENGTH - 1].flatMap((after): Row[] => [
      {
        fault: `${end} after ${after} bytes once`,
        plan: once(cut(after, end)),
        outcome: SMALL,
      },
      {
        fault: `${end} after ${after} bytes of a file without validator once`,
        source: NAMELESS,
        plan: once(cut(after, end)),
        outcome: SMALL,
      },
      {
        fault: `${end} after ${after} bytes in chunks once`,
        source: CHUNKED,
        plan: once(cut(after, end)),
        outcome: SMALL,
      },
    ])
  ),
);

table("body", [
  { fault: "too short always", plan: always(cut(1000)), args: ["--retries=1"], outcome: CUT },
  { fault: "reset always", plan: always(cut(1000, "reset")), args: ["--retries=1"], outcome: CUT },
  {
    fault: "big, too short three times",
    source: BIG,
    plan: first(3, cut(700_000)),
    outcome: BIG,
    args: ["--retries=5"],
  },
  { fault: "big, reset twice", source: BIG, plan: first(2, cut(700_000, "reset")), outcome: BIG },
  {
    fault: "in chunks without the last always",
    source: CHUNKED,
    plan: always(cut(LENGTH)),
    args: ["--retries=1"],
    outcome: [SMALL, CUT],
  },
  {
    fault: "in chunks without the last once",
    source: CHUNKED,
    plan: once(cut(LENGTH)),
    outcome: SMALL,
  },
  ...["xyz\r\n", "-5\r\n", "ffffffffffffffffff\r\n", "10", "\r\n"]
    .flatMap((wrong): Row[] => [
      {
        fault: `a chunk ${JSON.stringify(wrong)} once`,
        plan: once(badChunk(wrong)),
        outcome: SMALL,
      },
      {
        fault: `a chunk ${JSON.stringify(wrong)} always`,
        plan: always(badChunk(wrong)),
        args: ["--retries=1"],
        outcome: /./,
      },
    ]),
  { fault: "a chunk longer than it says once", plan: once(overfullChunk), outcome: SMALL },
  {
    fault: "a chunk longer than it says always",
    plan: always(overfullChunk),
    args: ["--retries=1"],
    outcome: /./,
  },
  { fault: "in odd chunks that are all right", plan: always(oddChunks), outcome: SMALL },
  { fault: "longer than announced", plan: always(tooLong), outcome: SMALL },
  {
    fault: "stalls always",
    plan: always(cut(1000, "silence")),
    args: QUICK,
    outcome: /arrive|stall|silen/i,
  },
  { fault: "stalls once", plan: once(cut(1000, "silence")), args: QUICK, outcome: SMALL },
  {
    fault: "big, stalls once",
    source: BIG,
    plan: once(cut(2_000_000, "silence")),
    args: QUICK,
    outcome: BIG,
  },
  {
    fault: "big, stalls before the first byte once",
    source: BIG,
    plan: once(cut(0, "silence")),
    args: QUICK,
    outcome: BIG,
  },
  {
    fault: "stalls before the last byte once",
    plan: once(cut(LENGTH - 1, "silence")),
    args: QUICK,
    outcome: SMALL,
  },
  {
    fault: "comes a byte at a time, with --min-speed",
    plan: always(drip(1, 10)),
    args: ["--min-speed=100000", "--stall-timeout=1000", "--retries=0"],
    outcome: /slow|speed|bytes\/s|second/i,
  },
  {
    fault: "big, comes a byte at a time from the middle on, with --min-speed",
    source: BIG,
    plan: always(drip(1, 10, 1_500_000)),
    args: ["--min-speed=100000", "--stall-timeout=1000", "--retries=0"],
    outcome: /slow|speed|bytes\/s|second/i,
  },
  {
    fault: "comes a byte at a time once, with --min-speed",
    plan: once(drip(1, 10)),
    args: ["--min-speed=100000", "--stall-timeout=1000"],
    outcome: SMALL,
  },
  {
    fault: "comes slowly, but does not stall",
    plan: always(drip(1024, 20)),
    args: ["--stall-timeout=2000", "--min-speed=100"],
    outcome: SMALL,
  },
  {
    fault: "has no end, with --max-time",
    plan: always(endless),
    args: ["--max-time=600"],
    outcome: /600|time/i,
  },
  {
    fault: "slower than --max-time allows",
    source: BIG,
    plan: always(drip(1000, 20)),
    args: ["--max-time=600"],
    outcome: /600|time/i,
  },
  { fault: "of unknown length", source: CLOSED, outcome: SMALL, check: isUnverified },
  {
    fault: "of unknown length, but with a checksum",
    source: CLOSED,
    args: [SUM],
    outcome: SMALL,
    check: isVerified,
  },
  {
    fault: "of unknown length that ends early, which nobody can tell",
    source: { ...CLOSED, ranges: false },
    plan: always(cut(1000)),
    outcome: { bytes: SMALL.bytes.subarray(0, 1000) },
    check: isUnverified,
  },
  {
    fault: "of unknown length that ends early once, with a checksum",
    source: CLOSED,
    plan: once(cut(1000)),
    args: [SUM],
    outcome: SMALL,
  },
  {
    fault: "of unknown length that ends early always, with a checksum",
    source: CLOSED,
    plan: always(cut(1000)),
    args: [SUM],
    outcome: /sha|checksum/i,
  },
  {
    fault: "of unknown length that is reset always",
    source: CLOSED,
    plan: always(cut(1000, "reset")),
    args: ["--retries=1"],
    outcome: CUT,
  },
  { fault: "in chunks", source: CHUNKED, outcome: SMALL },
  { fault: "big, in chunks", source: { ...BIG, framing: "chunked" }, outcome: BIG },
  { fault: "big, of unknown length", source: { ...BIG, framing: "close" }, outcome: BIG },
  {
    fault: "both in chunks and of a length",
    plan: always(function* (exchange, answer) {
      const headers = { ...answer.headers, "content-length": "17" };
      yield* exchange.answer({ ...answer, headers, framing: "chunked" });
    }),
    args: ["--retries=1"],
    outcome: [SMALL, /./],
  },
  {
    fault: "chunks that say they are compressed",
    plan: always(framedAs("transfer-encoding: gzip, chunked")),
    args: ["--retries=1"],
    outcome: /./,
  },
]);

table("coding", [
  { fault: "gzip, unasked", plan: always(compressed()), outcome: [SMALL, GZIP] },
  {
    fault: "gzip of a big file, unasked",
    source: BIG,
    plan: always(compressed()),
    outcome: [BIG, GZIP],
  },
  {
    fault: "gzip that is cut off",
    plan: always(compressed((coded) => coded.subarray(0, coded.length - 100))),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "gzip without its last bytes",
    plan: always(compressed((coded) => coded.subarray(0, coded.length - 4))),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "gzip that is none",
    plan: always(compressed(() => SMALL.bytes)),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "gzip of 64 MiB of nothing",
    source: { bytes: new Uint8Array(64 << 20) },
    plan: always(compressed()),
    outcome: [{ bytes: new Uint8Array(64 << 20) }, GZIP],
  },
  {
    fault: "a coding that nobody knows",
    plan: always(compressed(undefined, "x-secret")),
    outcome: /x-secret|cod/i,
  },
  { fault: "two codings", plan: always(compressed(undefined, "gzip, br")), outcome: /./ },
  {
    fault: "identity, said aloud",
    source: { ...SMALL, headers: { "content-encoding": "identity" } },
    outcome: SMALL,
  },
  {
    fault: "none, of a file that is gzip itself",
    source: { bytes: content(9, 5000), headers: { "content-type": "application/gzip" } },
    outcome: { bytes: content(9, 5000) },
    check({ server }) {
      assertEquals(server.log[0]!.request.headers.get("accept-encoding"), "identity");
    },
  },
]);
