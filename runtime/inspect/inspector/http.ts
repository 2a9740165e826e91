// Copyright 2026 the Tendril authors. MIT license.
/**
 * As much of HTTP/1.1 as the inspector needs, over plain connections.
 *
 * Not `Deno.serve`: a response that streams keeps the program alive there, and what is written just before
 * the program ends never leaves. A connection of one's own can be unreferenced, and its first write is
 * done at the call, so that the page still learns why the program died.
 *
 * @module
 */

/** The longest head of a request that is read, in bytes. */
const MAX_HEAD = 16_384;
/** The longest body of a request that is read, in bytes. */
const MAX_BODY = 1_048_576;
/** How long a client may take to send its request, in milliseconds. */
const PATIENCE = 10_000;

// Kept from the start: fake timers must not stop the inspector, nor fill with its timers.
const { setTimeout, clearTimeout } = globalThis;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * One request.
 *
 * @internal
 */
export interface HttpRequest {
  /** GET, POST and the like. */
  readonly method: string;
  /** The path, with the query if there is one. */
  readonly path: string;
  /** The headers by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body as text. */
  readonly body: string;
}

/** A request that cannot be answered, and the status to refuse it with. */
export class BadRequest extends Error {
  override name = "BadRequest";

  /** Makes one. */
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/**
 * Reads one request; `null` when the client left before it was complete.
 *
 * @throws {BadRequest} If it is none, or too long.
 */
export async function readRequest(conn: Deno.Conn): Promise<HttpRequest | null> {
  const timer = setTimeout(() => closeQuietly(conn), PATIENCE);
  Deno.unrefTimer(timer);
  try {
    return await readWhole(conn);
  } finally {
    clearTimeout(timer);
  }
}

async function readWhole(conn: Deno.Conn): Promise<HttpRequest | null> {
  let bytes = new Uint8Array(0);
  let end = -1;
  const chunk = new Uint8Array(4096);
  while ((end = endOfHead(bytes)) < 0) {
    if (bytes.length > MAX_HEAD) throw new BadRequest(431, "The head of the request is too long");
    const n = await conn.read(chunk);
    if (n === null) return null;
    bytes = concat(bytes, chunk.subarray(0, n));
  }
  const { method, path, headers } = parseHead(decoder.decode(bytes.subarray(0, end)));
  if (headers.has("transfer-encoding")) {
    throw new BadRequest(501, "A request here needs a Content-Length");
  }
  const length = headers.get("content-length") ?? "0";
  if (!/^\d{1,9}$/.test(length)) throw new BadRequest(400, "The Content-Length is no number");
  if (Number(length) > MAX_BODY) throw new BadRequest(413, "The body of the request is too long");
  let body = bytes.subarray(end + 4);
  while (body.length < Number(length)) {
    const n = await conn.read(chunk);
    if (n === null) return null;
    body = concat(body, chunk.subarray(0, n));
  }
  return { method, path, headers, body: decoder.decode(body.subarray(0, Number(length))) };
}

/** One array after the other. */
function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Where the empty line after the headers begins, -1 when there is none yet. */
function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return -1;
}

function parseHead(head: string): Omit<HttpRequest, "body"> {
  const [first = "", ...lines] = head.split("\r\n");
  const request = /^([A-Z]+) (\/\S*) HTTP\/1\.[01]$/.exec(first);
  if (request === null) throw new BadRequest(400, "This is no HTTP/1.1 request");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    // Two readings of one request are how a check is got around, so what is doubtful is refused.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || headers.has(name)) {
      throw new BadRequest(400, "A header of the request is malformed or doubled");
    }
    headers.set(name, line.slice(colon + 1).trim());
  }
  return { method: request[1]!, path: request[2]!, headers };
}

const REASONS: Record<number, string> = {
  200: "OK",
  204: "No Content",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
};

/** The bytes of a head; a body or a stream follows. */
export function head(status: number, headers: Record<string, string>): Uint8Array<ArrayBuffer> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return encoder.encode(
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}\r\n${lines.join("")}\r\n`,
  );
}

/** The bytes of a whole response, after which the connection is closed. */
export function response(
  status: number,
  headers: Record<string, string>,
  body: string,
): Uint8Array<ArrayBuffer> {
  const content = encoder.encode(body);
  const length = { "content-length": String(content.length), connection: "close" };
  return concat(head(status, { ...headers, ...length }), content);
}

/** Writes all of it. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Closes it, whether or not it is open. */
export function closeQuietly(closable: { close(): void }): void {
  try {
    closable.close();
  } catch {
    // It is closed.
  }
}
