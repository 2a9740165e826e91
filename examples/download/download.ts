// Copyright 2026 the Tendril authors. MIT license.
/**
 * Downloading one file, with as many tries as it takes.
 *
 * @module
 */
import { call, type Coroutine, GreenletExit, type Op, retry, Timeout } from "../../mod.ts";
import { remove, rename } from "../../runtime/io/mod.ts";
import { WorkerPool } from "../../runtime/parallel/mod.ts";
import { attempt } from "./attempt.ts";
import { DownloadError, isTransient } from "./errors.ts";
import { type DownloadItem, makeItem } from "./item.ts";
import { Transfer } from "./transfer.ts";

/** What happened to a download. */
export interface DownloadEvent {
  /** Whether it began, failed and will be tried again, is complete, or was given up. */
  readonly type: "start" | "retry" | "done" | "failed";
  /** The download. */
  readonly transfer: Transfer;
  /** How many bytes were stored; when it is complete. */
  readonly bytes?: number;
}

/** Options of {@linkcode download}. Times are in milliseconds. */
export interface DownloadOptions {
  /** The folder to write to; it has to exist. Default: the current one. */
  dir?: string;
  /** How often a failed try is repeated; default: 5. */
  retries?: number;
  /** The first pause before a repetition; each is up to twice as long as the one before. Default: 500. */
  retryDelay?: number;
  /** How long the answer may take to begin; default: 30000. */
  headerTimeout?: number;
  /** How long it may go on without a byte more; default: 30000. */
  stallTimeout?: number;
  /** Told what happens, at once; it must not block. */
  onEvent?: (event: DownloadEvent) => void;
}

/** A file that was downloaded. */
export interface DownloadResult {
  /** Where it came from. */
  readonly url: string;
  /** Where it is. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Its SHA-256, in hexadecimal digits. */
  readonly sha256: string;
  /** Whether that was compared with one known before. */
  readonly verified: boolean;
  /** How often it was tried. */
  readonly attempts: number;
}

/**
 * Downloads a file. It is `NAME.part` until it is complete and verified; whatever ends the download,
 * a kill included, no part stays behind.
 *
 * @example Usage
 * ```ts ignore
 * const { path, sha256 } = await download("https://example.com/data.zip", { dir: "data" });
 * ```
 *
 * @throws {DownloadError} If it cannot be had.
 * @throws {UsageError} If the URL is none.
 */
export function download(
  what: DownloadItem | string,
  options: DownloadOptions = {},
): Op<DownloadResult> {
  return call(downloadAlone(typeof what === "string" ? makeItem(what) : what, options));
}

function* downloadAlone(item: DownloadItem, options: DownloadOptions): Coroutine<DownloadResult> {
  using hashers = new WorkerPool(1, { name: "hasher" });
  return yield* downloadWith(hashers, item, options);
}

/** Like {@linkcode download}, with workers for the checksum that are there already. */
export function* downloadWith(
  hashers: WorkerPool,
  item: DownloadItem,
  options: DownloadOptions,
): Coroutine<DownloadResult> {
  const {
    dir = ".",
    retries = 5,
    retryDelay = 500,
    headerTimeout = 30_000,
    stallTimeout = 30_000,
    onEvent = () => {},
  } = options;
  const transfer = new Transfer(item, dir);
  const { path, partPath } = transfer;
  let complete = false;
  onEvent({ type: "start", transfer });
  try {
    const { bytes, sha256 } = yield* retry(function* () {
      return yield* attempt(transfer, { headerTimeout, stallTimeout }, hashers);
    }, {
      times: retries + 1,
      minDelay: retryDelay,
      when(error, tries) {
        if (!isTransient(error, tries)) return false;
        if (tries <= retries) onEvent({ type: "retry", transfer });
        transfer.state = "waiting to retry";
        return true;
      },
    });
    yield* rename(partPath, path);
    complete = true;
    onEvent({ type: "done", transfer, bytes });
    const verified = item.sha256 !== undefined;
    return { url: item.url, path, bytes, sha256, verified, attempts: transfer.attempts };
  } catch (error) {
    // A kill and a limit of the caller's are his affair, not failures of the download.
    if (error instanceof GreenletExit || error instanceof Timeout) throw error;
    onEvent({ type: "failed", transfer });
    throw new DownloadError(item.url, transfer.attempts, error);
  } finally {
    if (!complete) yield* removeIfThere(partPath);
  }
}

function* removeIfThere(path: string): Coroutine<void> {
  try {
    yield* remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
