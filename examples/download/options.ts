// Copyright 2026 the Tendril authors. MIT license.
/**
 * How to download, and what holds where nothing is said.
 *
 * @module
 */
import type { DownloadEvent } from "./transfer.ts";

/** What to do when a file is there already. */
export type IfExists = "skip" | "overwrite" | "rename" | "newer";

/** Options of a download. Times are in milliseconds, speeds in bytes per second. */
export interface DownloadOptions {
  /** The folder to write to, made if it is missing. Default: the current one. */
  dir?: string;
  /** How many requests to one host at a time. Default: 6. */
  perHost?: number;
  /** How many pieces of a big file at a time; 1 is without pieces. Default: 4. */
  segments?: number;
  /** How big a piece is, in bytes. Files of two pieces or more are fetched in pieces. Default: 8 MiB. */
  pieceSize?: number;
  /** How often a failed try is repeated. Default: 5. */
  retries?: number;
  /** The first pause before a repetition, at most; the longest doubles each time. Default: 500. */
  retryDelay?: number;
  /** How long it may take to connect. Default: 15000. */
  connectTimeout?: number;
  /** How long the head of an answer may take. Default: 30000. */
  headerTimeout?: number;
  /** How long it may go on without a byte more. Default: 30000. */
  stallTimeout?: number;
  /** How fast a body has to come over each `stallTimeout`; 0 is as slow as it likes. Default: 1024. */
  minSpeed?: number;
  /** How long a file may take in all, pauses and tries included. Default: Infinity. */
  maxTime?: number;
  /** How fast all files together may come. Default: Infinity. */
  limitRate?: number;
  /** More headers for each request. Credentials among them do not follow a redirect to another host. */
  headers?: Record<string, string>;
  /** Whether to go on with what an earlier run left, and to leave something. Default: true. */
  resume?: boolean;
  /** What to do when a file is there already. Default: "overwrite". */
  ifExists?: IfExists;
  /** Whether a redirect may lead from https to http. Default: false. */
  allowDowngrade?: boolean;
  /** Whether to compute the SHA-256 of each file. Default: false. */
  sha256?: boolean;
  /** Told what happens, at once; it must not block. */
  onEvent?: (event: DownloadEvent) => void;
}

/** Options of a download of many files. */
export interface DownloadAllOptions extends DownloadOptions {
  /** How many files at a time. Default: 8. */
  concurrency?: number;
}

/** All options, each with a value. */
export type Settings = Required<DownloadAllOptions>;

/** What holds where nothing is said. */
export const DEFAULTS: Readonly<Settings> = {
  dir: ".",
  concurrency: 8,
  perHost: 6,
  segments: 4,
  pieceSize: 8 * 1024 * 1024,
  retries: 5,
  retryDelay: 500,
  connectTimeout: 15_000,
  headerTimeout: 30_000,
  stallTimeout: 30_000,
  minSpeed: 1024,
  maxTime: Infinity,
  limitRate: Infinity,
  headers: {},
  resume: true,
  ifExists: "overwrite",
  allowDowngrade: false,
  sha256: false,
  onEvent() {},
};

/** The least value of each option that is a number; those of `WHOLE` have to be whole ones. */
const LEAST = {
  concurrency: 1,
  perHost: 1,
  segments: 1,
  pieceSize: 1,
  retries: 0,
  retryDelay: 0,
  connectTimeout: 1,
  headerTimeout: 1,
  stallTimeout: 1,
  minSpeed: 0,
  maxTime: 1,
  limitRate: 1,
};
const WHOLE = new Set(["concurrency", "perHost", "segments", "pieceSize", "retries"]);
const ENDLESS = new Set(["maxTime", "limitRate"]);

/**
 * Gives every option a value.
 *
 * @throws {RangeError} If one is out of its range.
 */
export function settle(options: DownloadAllOptions): Settings {
  const settings = { ...DEFAULTS, ...options };
  for (const [name, least] of Object.entries(LEAST)) {
    const value = settings[name as keyof typeof LEAST];
    const fits = WHOLE.has(name)
      ? Number.isSafeInteger(value)
      : Number.isFinite(value) || ENDLESS.has(name);
    if (value >= least && fits) continue;
    const number = WHOLE.has(name) ? "a whole number" : "a number";
    throw new RangeError(
      `Cannot download: ${name} must be ${number} of at least ${least}, got ${value}`,
    );
  }
  return settings;
}
