// Copyright 2026 the Tendril authors. MIT license.
// Requests, as far as the server understands them.

/** A request without a body. */
export interface Request {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The only range asked for, `last` included. */
  readonly range: { readonly first: number; readonly last?: number } | null;
}

/** Reads the head of a request. */
export function parseRequest(head: string): Request {
  const [first = "", ...lines] = head.split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const asked = /^bytes=(\d+)-(\d*)$/.exec(headers.get("range") ?? "");
  const range = asked === null
    ? null
    : { first: Number(asked[1]), ...asked[2] === "" ? {} : { last: Number(asked[2]) } };
  return { method, path, headers, range };
}
