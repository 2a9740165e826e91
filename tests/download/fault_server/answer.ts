// Copyright 2026 the Tendril authors. MIT license.
// The right answer to a request, which faults then spoil.

import { etagOf, type Served } from "./content.ts";
import type { Request } from "./request.ts";

/** An answer before it is written. */
export interface Answer {
  readonly status: number;
  /** All headers but those that tell where the body ends. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null: the answer to HEAD. */
  readonly body: Uint8Array<ArrayBuffer> | null;
  /** The length that is announced. */
  readonly length: number;
  readonly framing: "length" | "chunked" | "close";
  /** Which part of the file it is, `last` included. */
  readonly part?: { readonly first: number; readonly last: number; readonly total: number };
}

/** What a server that is right about everything says. */
export function answerTo(request: Request, served: Served): Answer {
  const { bytes, framing = "length", ranges = true } = served;
  const headers = headersOf(served);
  const whole = (body = bytes): Answer => ({
    status: 200,
    headers,
    body: request.method === "HEAD" ? null : body,
    length: bytes.length,
    framing,
  });
  if (notModified(request, served)) return { ...whole(), status: 304, body: null };
  const { range } = request;
  if (!ranges || range === null || !stillTheSame(request, served)) return whole();
  const total = bytes.length;
  if (range.first >= total) {
    const none = new Uint8Array();
    return {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${total}` },
      body: none,
      length: 0,
      framing: "length",
    };
  }
  const part = { first: range.first, last: Math.min(range.last ?? Infinity, total - 1), total };
  return { ...whole(), ...partial(headers, bytes, part) };
}

/** The answer with a part of a file. */
export function partial(
  headers: Answer["headers"],
  bytes: Uint8Array<ArrayBuffer>,
  part: { first: number; last: number; total: number },
): Pick<Answer, "status" | "headers" | "body" | "length" | "part"> {
  const body = bytes.subarray(part.first, part.last + 1);
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${part.first}-${part.last}/${part.total}` },
    body,
    length: body.length,
    part,
  };
}

function headersOf(served: Served): Record<string, string> {
  const etag = etagOf(served);
  return {
    date: new Date().toUTCString(),
    "content-type": "application/octet-stream",
    ...etag === null ? {} : { etag },
    ...served.lastModified === undefined ? {} : { "last-modified": served.lastModified },
    ...served.ranges === false ? {} : { "accept-ranges": "bytes" },
    ...served.headers,
  };
}

function notModified({ headers }: Request, served: Served): boolean {
  const etags = headers.get("if-none-match");
  if (etags !== undefined) return etags === etagOf(served);
  const since = headers.get("if-modified-since");
  if (since === undefined || served.lastModified === undefined) return false;
  return Date.parse(served.lastModified) <= Date.parse(since);
}

/** What If-Range asks: a part is of use to the client. A weak ETag never agrees. */
function stillTheSame({ headers }: Request, served: Served): boolean {
  const validator = headers.get("if-range");
  if (validator === undefined) return true;
  if (validator.startsWith("W/")) return false;
  return validator === etagOf(served) || validator === served.lastModified;
}

/** The words of the status line. */
export function reasonOf(status: number): string {
  return REASONS[status] ?? "Whatever";
}

const REASONS: Record<number, string> = {
  200: "OK",
  206: "Partial Content",
  304: "Not Modified",
  404: "Not Found",
  416: "Range Not Satisfiable",
  429: "Too Many Requests",
  503: "Service Unavailable",
};
