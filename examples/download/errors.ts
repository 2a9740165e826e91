// Copyright 2026 the Tendril authors. MIT license.
/**
 * What can go wrong with a download, and which of it is worth another try.
 *
 * @module
 */
import { RetryError, Timeout } from "../../mod.ts";

/** The program was called in a way it does not understand. */
export class UsageError extends Error {
  /** The class name, so that logs show it. */
  override name = "UsageError";
}

/** The server answered, but not with the file. */
export class HttpError extends Error {
  /** The class name, so that logs show it. */
  override name = "HttpError";
  /** The status of the answer. */
  readonly status: number;

  /** Makes the error for an answer. */
  constructor({ status, statusText }: Response) {
    super(`The server answered ${status} ${statusText}`.trimEnd());
    this.status = status;
  }
}

/** Less or more arrived than the server had announced. */
export class LengthError extends Error {
  /** The class name, so that logs show it. */
  override name = "LengthError";

  /** Makes the error for the two lengths in bytes. */
  constructor(actual: number, expected: number) {
    super(`Got ${actual} bytes of ${expected}`);
  }
}

/** All of it arrived, but it is not what it should be. */
export class ChecksumError extends Error {
  /** The class name, so that logs show it. */
  override name = "ChecksumError";

  /** Makes the error for the two checksums. */
  constructor(actual: string, expected: string) {
    super(`The SHA-256 is ${actual}, expected ${expected}`);
  }
}

/** A download was given up; `cause` is why. */
export class DownloadError extends Error {
  /** The class name, so that logs show it. */
  override name = "DownloadError";
  /** What could not be downloaded. */
  readonly url: string;
  /** How often it was tried. */
  readonly attempts: number;

  /** Makes the error for a download that ended with `error`. */
  constructor(url: string, attempts: number, error: unknown) {
    const cause = error instanceof RetryError ? error.cause : error;
    const tries = attempts > 1 ? ` (tried ${attempts} times)` : "";
    super(`Cannot download "${url}": ${reasonOf(cause)}${tries}`, { cause });
    this.url = url;
    this.attempts = attempts;
  }
}

/** The reason behind an error, in words for people. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The reason of a failed fetch is in its cause, behind the URL, which people know already.
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replace(/^error sending request (for|from) .*?: /, "");
}

const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether another try may succeed. A wrong checksum is worth one. */
export function isTransient(error: unknown, attempt: number): boolean {
  if (error instanceof HttpError) return TRANSIENT_STATUS.has(error.status);
  if (error instanceof ChecksumError) return attempt === 1;
  // Whatever goes wrong with the connection is a TypeError of fetch. So is what fetch refuses to do,
  // like following redirects for ever, and it will refuse again.
  if (error instanceof TypeError) return !error.message.startsWith("Fetch failed:");
  return error instanceof Timeout || error instanceof LengthError;
}
