// Copyright 2026 the Tendril authors. MIT license.
import { SMALL } from "../fault_server/content.ts";
import {
  dripHead,
  framedAs,
  garbage,
  hangUp,
  informational,
  longHead,
  raw,
  silence,
  status,
} from "../fault_server/faults.ts";
import { unasked } from "../fault_server/range_faults.ts";
import { always, once } from "../fault_server/server.ts";
import { asked, table } from "../row.ts";

const QUICK = ["--header-timeout=200", "--retries=1"];
const LENGTH = SMALL.bytes.length;

table("head", [
  { fault: "never comes", plan: always(silence), args: QUICK, outcome: /answer|header/i },
  { fault: "does not come once", plan: once(silence), args: QUICK, outcome: SMALL },
  {
    fault: "comes a byte at a time and has no end",
    plan: always(dripHead(20)),
    args: QUICK,
    outcome: /answer|header/i,
  },
  {
    fault: "comes a byte at a time once",
    plan: once(dripHead(20)),
    args: QUICK,
    outcome: SMALL,
  },
  { fault: "is no HTTP", plan: always(garbage), args: ["--retries=1"], outcome: /HTTP|invalid/i },
  {
    fault: "ends in the middle always",
    plan: always(raw("HTTP/1.1 200 OK\r\ncontent-le")),
    args: ["--retries=1"],
    outcome: /clos|incomplete|end/i,
  },
  {
    fault: "ends in the middle once",
    plan: once(raw("HTTP/1.1 200 OK\r\ncontent-le")),
    outcome: SMALL,
  },
  {
    fault: "ends within the status line once",
    plan: once(raw("HTTP/1.")),
    outcome: SMALL,
  },
  { fault: "is 4 MiB long", plan: always(longHead(4 << 20)), args: QUICK, outcome: /./ },
  { fault: "has 40 KiB of headers nobody needs", plan: always(longHead(40 << 10)), outcome: SMALL },
  {
    fault: "comes after 100 answers of status 103",
    plan: always(informational(100)),
    outcome: SMALL,
  },
  {
    fault: "comes after answers of status 103 without end",
    plan: always(informational()),
    args: QUICK,
    outcome: /answer|header/i,
  },
  {
    fault: "switches to another protocol",
    plan: always(
      raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
    ),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "has two lengths",
    plan: always(framedAs(`content-length: ${LENGTH}`, "content-length: 17")),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "has the same length twice",
    plan: always(framedAs(`content-length: ${LENGTH}`, `content-length: ${LENGTH}`)),
    args: ["--retries=1"],
    outcome: [SMALL, /./],
  },
  {
    fault: "has a negative length",
    plan: always(framedAs("content-length: -1")),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "has a length that is no number",
    plan: always(framedAs("content-length: many")),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "has a length beyond all numbers",
    plan: always(framedAs("content-length: 99999999999999999999999")),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "has a length of an exabyte",
    apart: true,
    plan: always(framedAs("content-length: 1152921504606846976")),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "has no length, and no end of it but the connection's",
    source: { ...SMALL, framing: "close" },
    outcome: SMALL,
  },
  {
    fault: "is of HTTP/1.0",
    plan: always(function* (exchange) {
      yield* exchange.send(`HTTP/1.0 200 OK\r\ncontent-length: ${LENGTH}\r\n\r\n`);
      yield* exchange.send(SMALL.bytes);
      exchange.close();
    }),
    outcome: SMALL,
  },
  {
    fault: "says it is part of the file, unasked",
    plan: always(unasked(SMALL, 1000)),
    args: ["--retries=1"],
    outcome: /./,
  },
  {
    fault: "says once it is part of the file, unasked",
    plan: once(unasked(SMALL, 1000)),
    outcome: [SMALL, /./],
  },
  { fault: "says that nothing was modified, unasked", plan: always(status(304)), outcome: /304/ },
  { fault: "says that there is no content", plan: always(status(204)), outcome: /204/ },
  {
    fault: "is refused to HEAD, not to GET",
    source: ({ request }) =>
      request.method === "HEAD" ? { bytes: new Uint8Array(), etag: null } : SMALL,
    outcome: SMALL,
  },
  { fault: "is asked for once when nothing is wrong", outcome: SMALL, check: asked(1) },
  {
    fault: "is of a file of no bytes",
    source: { bytes: new Uint8Array() },
    outcome: { bytes: new Uint8Array() },
  },
  {
    fault: "is of a file of no bytes in no chunks",
    source: { bytes: new Uint8Array(), framing: "chunked" },
    outcome: { bytes: new Uint8Array() },
  },
  {
    fault: "is of a file of one byte",
    source: { bytes: new Uint8Array([7]) },
    outcome: { bytes: new Uint8Array([7]) },
  },
  { fault: "does not come, then comes well", plan: once(hangUp), outcome: SMALL },
]);
