// Copyright 2026 the Tendril authors. MIT license.
/**
 * What can go wrong with a download, which of it is worth another try, and what one can do.
 *
 * @module
 */
import { RetryError } from "../../mod.ts";

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
  /** How long it asked to be left alone, in milliseconds; if it did. */
  readonly retryAfter: number | undefined;

  /** Makes the error for an answer. */
  constructor({ status, statusText }: Response, retryAfter?: number) {
    super(`The server answered ${status} ${statusText}`.trimEnd());
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** One of the limits on time and speed was passed. */
export class LimitError extends Error {
  /** The class name, so that logs show it. */
  override name = "LimitError";
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

/** The server does not go on with the file it began with; it is fetched again from its beginning. */
export class ChangedError extends Error {
  /** The class name, so that logs show it. */
  override name = "ChangedError";
}

/** All of it arrived, but it is not what it should be. */
export class ChecksumError extends Error {
  /** The class name, so that logs show it. */
  override name = "ChecksumError";

  /** Makes the error for the two checksums. */
  constructor(algorithm: string, actual: string, expected: string) {
    super(`The ${algorithm} is ${actual}, expected ${expected}`);
  }
}

/** The answer is one that must not be taken, however often it comes. */
export class RefusedError extends Error {
  /** The class name, so that logs show it. */
  override name = "RefusedError";
}

/** A download was given up; `cause` is why. */
export class DownloadError extends Error {
  /** The class name, so that logs show it. */
  override name = "DownloadError";
  /** What could not be downloaded. */
  readonly url: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Why, and how often it was tried, without the URL. */
  readonly reason: string;

  /** Makes the error for a download that ended with `error`. */
  constructor(url: string, attempts: number, error: unknown) {
    const cause = rootOf(error);
    const tries = attempts > 1 ? ` (tried ${attempts} times)` : "";
    const advice = adviceOn(cause);
    const reason = `${reasonOf(cause)}${tries}${advice === "" ? "" : `; ${advice}`}`;
    super(`Cannot download "${url}": ${reason}`, { cause });
    this.url = url;
    this.attempts = attempts;
    this.reason = reason;
  }
}

/** The error of the last try. */
function rootOf(error: unknown): unknown {
  return error instanceof RetryError ? rootOf(error.cause) : error;
}

/** The reason behind an error, in words for people. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What people need of a failed fetch is behind the URL, which they know already.
  return error.message
    .replace(/^Cannot (fetch|read the body of) \S+?: /, "")
    .replace(/^error sending request (for|from) .*?: /, "");
}

/** What one can do about an error. */
function adviceOn(error: unknown): string {
  const text = reasonOf(error);
  if (error instanceof HttpError) {
    if (error.status === 401 || error.status === 403) return "it may want a header, see --header";
    if (error.status === 404 || error.status === 410) return "check the address";
    return isTransient(error) ? "try again later, or fewer at a time" : "";
  }
  if (error instanceof ChecksumError) return "the file was changed, or the checksum is another's";
  if (error instanceof ChangedError) return "try again when the file does not change any more";
  if (/os error 28\)/.test(text)) return "make room and start again";
  if (/os error (23|24)\)/.test(text)) return "ask for fewer at a time, or raise ulimit -n";
  if (/os error (1|13|30)\)/.test(text)) return "choose another folder, see --dir";
  if (/lookup address|certificate/i.test(text)) return "check the address";
  return isTransient(error) ? "start again to go on, or check the address" : "";
}

const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What no other try mends: names nobody has, bad certificates, and no more file descriptors. */
const PERMANENT =
  /name or service not known|no such host|no address|certificate|os error (23|24)\)/i;

/** Whether another try may succeed; whatever goes wrong with a connection is a TypeError of fetch. */
export function isTransient(error: unknown): boolean {
  if (error instanceof HttpError) return TRANSIENT_STATUS.has(error.status);
  if (error instanceof TypeError) return !PERMANENT.test(error.message);
  return error instanceof LimitError || error instanceof LengthError;
}

/** Whether the error is one of this machine, which another server would not mend. */
export function isLocal(error: unknown): boolean {
  return !(error instanceof HttpError || error instanceof TypeError ||
    error instanceof LimitError || error instanceof LengthError || error instanceof ChangedError ||
    error instanceof ChecksumError || error instanceof RefusedError || error instanceof RetryError);
}
