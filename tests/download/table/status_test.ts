// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { SMALL } from "../fault_server/content.ts";
import { status } from "../fault_server/faults.ts";
import { always, first, once } from "../fault_server/server.ts";
import { asked, type End, PATH, type Row, table } from "../row.ts";

const TRANSIENT = [408, 425, 429, 500, 502, 503, 504];
const FINAL = [400, 401, 403, 404, 405, 410, 416, 418, 451, 501, 505];

/** How long the server was left alone between the first two requests, in milliseconds. */
function pause({ server }: End): number {
  const [one, two] = server.log.filter(({ request }) => request.path === PATH);
  return two!.at - one!.at;
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toUTCString();
}

table("status", [
  ...TRANSIENT.map((code): Row => ({
    fault: `${code} once`,
    plan: once(status(code)),
    outcome: SMALL,
    check(end) {
      asked(2)(end);
      assertEquals(end.ran.lines[0]!.attempts, 2);
    },
  })),
  ...[429, 500, 503].map((code): Row => ({
    fault: `${code} always`,
    plan: always(status(code)),
    args: ["--retries=1"],
    outcome: new RegExp(`${code}`),
    check: asked(2),
  })),
  ...FINAL.map((code): Row => ({
    fault: `${code}, which no other try mends`,
    plan: always(status(code)),
    outcome: new RegExp(`${code}`),
    check: asked(1),
  })),
  {
    fault: "503 twice, then 500",
    plan: first(3, status(503)),
    args: ["--retries=3"],
    outcome: SMALL,
    check: asked(4),
  },
  {
    fault: "429, come back in a second",
    plan: once(status(429, { "retry-after": "1" })),
    outcome: SMALL,
    check: (end) => assert(pause(end) >= 1000, `It came back after ${pause(end)} ms`),
  },
  {
    fault: "503, come back at a date",
    plan: once(status(503, { "retry-after": inSeconds(3) })),
    outcome: SMALL,
  },
  {
    fault: "503, come back at a date that is past",
    plan: once(status(503, { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" })),
    outcome: SMALL,
  },
  {
    fault: "503, come back at once",
    plan: once(status(503, { "retry-after": "0" })),
    outcome: SMALL,
  },
  ...["soon", "-5", "1e9", "", "0x10", "99999999999999999999"].map((value): Row => ({
    fault: `503, come back after "${value}"`,
    plan: once(status(503, { "retry-after": value })),
    args: ["--max-time=3000"],
    outcome: [SMALL, /./],
  })),
  {
    fault: "503, come back tomorrow, with --max-time",
    plan: always(status(503, { "retry-after": "86400" })),
    args: ["--max-time=500"],
    outcome: /./,
  },
]);
