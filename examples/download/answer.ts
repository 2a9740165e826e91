// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the headers of an answer say about the file, and whether a part of it is the part of that file.
 *
 * @module
 */
import { ChangedError, HttpError, RefusedError } from "./errors.ts";

/** What tells one version of a file from another: a strong ETag, or a date that is old enough. */
export interface Validator {
  /** The header it came in. */
  readonly header: "etag" | "last-modified";
  /** What it says. */
  readonly value: string;
}

/** A part of a file: from `start` up to `end`, which is not in it any more. */
export interface Span {
  /** Where it begins. */
  readonly start: number;
  /** Where it ends; unknown if the length of the file is. */
  readonly end: number | undefined;
}

/**
 * The length of the body, if it is announced.
 *
 * @throws {RefusedError} If it is more than can be counted.
 */
export function lengthOf({ headers }: Response): number | undefined {
  const text = headers.get("content-length");
  if (text === null) return undefined;
  const length = Number(text);
  if (Number.isSafeInteger(length) && length >= 0) return length;
  throw new RefusedError(`The server announces ${text} bytes, which cannot be`);
}

/** Whether a body that ends too early can be told from one that is complete. */
export function hasEnd({ headers }: Response): boolean {
  return headers.has("content-length") ||
    /\bchunked\b/i.test(headers.get("transfer-encoding") ?? "");
}

/**
 * The validator. A weak ETag may stand for several versions, and so may a date of the last minute,
 * since it has no fractions of a second (RFC 9110, 8.8.2.2 and 13.1.5).
 */
export function validatorOf({ headers }: Response): Validator | undefined {
  const etag = headers.get("etag");
  if (etag !== null && /^"[^"]*"$/.test(etag)) return { header: "etag", value: etag };
  const modified = headers.get("last-modified");
  const age = Date.parse(headers.get("date") ?? "") - Date.parse(modified ?? "");
  return modified !== null && age >= 60_000
    ? { header: "last-modified", value: modified }
    : undefined;
}

/** Whether the server says that it gives out parts. */
export function givesParts({ headers }: Response): boolean {
  return /\bbytes\b/i.test(headers.get("accept-ranges") ?? "");
}

/** How long the server asks to be left alone, in milliseconds. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const text = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/**
 * Checks that a body is the file as it is.
 *
 * @throws {RefusedError} If it is coded: deno would decode some codings and not others, and its length
 * is not that of the file.
 */
export function checkCoding({ headers }: Response): void {
  const coding = headers.get("content-encoding")?.trim() ?? "";
  if (coding === "" || /^identity$/i.test(coding)) return;
  throw new RefusedError(
    `The server sent it compressed (content-encoding: ${coding}), although it was asked not to`,
  );
}

/** The headers of a request for a part of the file that `validator` stands for. */
export function rangeHeaders({ start, end }: Span, { value }: Validator): Record<string, string> {
  return { range: `bytes=${start}-${end === undefined ? "" : end - 1}`, "if-range": value };
}

/**
 * Checks that an answer is the part that was asked for, of the same file, and gives the length of that
 * file as far as it is known. A part that begins at the end of the file has no answer but 416.
 *
 * @throws {ChangedError} If it is something else.
 * @throws {HttpError} If it is no answer to the question.
 */
export function checkPart(
  response: Response,
  { start, end }: Span,
  total: number | undefined,
  { header, value }: Validator,
): number | undefined {
  const { status, headers } = response;
  const range = headers.get("content-range") ?? "";
  if (status === 416) {
    if (range === `bytes */${start}` && start > 0 && total === undefined) return start;
    throw new ChangedError(`The server has no byte ${start} of it any more`);
  }
  if (status === 200 || status === 412) {
    throw new ChangedError("The file changed, or the server gives out no parts");
  }
  if (status !== 206) throw new HttpError(response, retryAfterOf(response));
  checkCoding(response);
  const [, first, last, all] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range) ?? [];
  const length = all === undefined || all === "*" ? total : Number(all);
  if (total !== undefined && length !== total) {
    throw new ChangedError(`The file changed from ${total} to ${length} bytes`);
  }
  const next = Number(last) + 1;
  if (Number(first) !== start || next !== (end ?? length ?? next)) {
    throw new ChangedError(`The server sent another part than was asked for: "${range}"`);
  }
  if (headers.get(header) !== value) throw new ChangedError("The file changed on the server");
  // A part without a length could run over into the next one.
  if (end !== undefined && lengthOf(response) !== end - start) {
    throw new ChangedError("The server does not say how long the part is");
  }
  return length;
}
