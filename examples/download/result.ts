// Copyright 2026 the Tendril authors. MIT license.
/**
 * How downloads end.
 *
 * @module
 */
import type { DownloadError } from "./errors.ts";

/** A file that is there now. */
export interface DownloadResult {
  /** Where it came from, without a password. */
  readonly url: string;
  /** Where it is. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Its SHA-256 in hexadecimal digits; if it was asked for. */
  readonly sha256?: string;
  /**
   * `"complete"`: all of it is there. `"unverified"`: there was neither a length nor a checksum, so that
   * an end that came too early would look like this. `"skipped"`: it was there already.
   */
  readonly status: "complete" | "unverified" | "skipped";
  /** Whether it has the checksum that was given. */
  readonly verified: boolean;
  /** How often it was tried, the tries for its pieces included. */
  readonly attempts: number;
  /** Whether an earlier run had begun it. */
  readonly resumed: boolean;
}

/** How the download of one item ended. */
export interface DownloadRecord {
  /** Where it was to come from, without a password. */
  readonly url: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** How long it took, in milliseconds, pauses included. */
  readonly elapsed: number;
  /** The file; if it is there. */
  readonly result?: DownloadResult;
  /** Why it was given up; if it was. */
  readonly error?: DownloadError;
}

/** How all downloads ended. */
export interface DownloadReport {
  /** One record for each item, in the order of the items. */
  readonly records: readonly DownloadRecord[];
  /** How long it took in all, in milliseconds. */
  readonly elapsed: number;
}
