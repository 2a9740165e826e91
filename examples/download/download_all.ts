// Copyright 2026 the Tendril authors. MIT license.
/**
 * Downloading many files, some of them at a time.
 *
 * @module
 */
import { call, type Coroutine, GreenletExit, type Op, Pool, Timeout } from "../../mod.ts";
import { mkdir } from "../../runtime/io/mod.ts";
import { WorkerPool } from "../../runtime/parallel/mod.ts";
import { type DownloadOptions, type DownloadResult, downloadWith } from "./download.ts";
import { DownloadError, reasonOf, UsageError } from "./errors.ts";
import type { DownloadItem } from "./item.ts";

/** How many workers compute checksums: two do that faster than networks and disks deliver. */
const HASHERS = 2;

/** Options of {@linkcode downloadAll}. */
export interface DownloadAllOptions extends DownloadOptions {
  /** How many files at a time; default: 16. */
  concurrency?: number;
}

/** How one download ended. */
export interface DownloadRecord {
  /** What was downloaded. */
  readonly item: DownloadItem;
  /** How long it took, in milliseconds, pauses included. */
  readonly elapsed: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** The file; if it was downloaded. */
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

/**
 * Downloads all items, into a folder that is made if it is missing. One that cannot be had is a record
 * in the report and stops no other.
 *
 * @example Usage
 * ```ts ignore
 * const { records } = await downloadAll(urls.map((url) => makeItem(url)), { concurrency: 8 });
 * ```
 *
 * @throws {UsageError} If the folder cannot be made.
 */
export function downloadAll(
  items: Iterable<DownloadItem>,
  options: DownloadAllOptions = {},
): Op<DownloadReport> {
  return call(downloadAllBody(items, options));
}

function* downloadAllBody(
  items: Iterable<DownloadItem>,
  options: DownloadAllOptions,
): Coroutine<DownloadReport> {
  const { dir = ".", concurrency = 16 } = options;
  const started = performance.now();
  yield* makeFolder(dir);
  using hashers = new WorkerPool(HASHERS, { name: "hasher" });
  const pool = new Pool(concurrency);
  try {
    const records = yield* pool.map(function* (item: DownloadItem): Coroutine<DownloadRecord> {
      return yield* recordDownload(hashers, item, options);
    }, items);
    return { records, elapsed: performance.now() - started };
  } finally {
    // Killed or failed, it leaves no download running.
    yield* pool.kill();
  }
}

function* makeFolder(dir: string): Coroutine<void> {
  try {
    yield* mkdir(dir, { recursive: true });
  } catch (error) {
    if (error instanceof GreenletExit || error instanceof Timeout) throw error;
    throw new UsageError(`Cannot write to the folder "${dir}": ${reasonOf(error)}`);
  }
}

function* recordDownload(
  hashers: WorkerPool,
  item: DownloadItem,
  options: DownloadOptions,
): Coroutine<DownloadRecord> {
  const started = performance.now();
  try {
    const result = yield* downloadWith(hashers, item, options);
    return { item, elapsed: performance.now() - started, attempts: result.attempts, result };
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    return { item, elapsed: performance.now() - started, attempts: error.attempts, error };
  }
}
