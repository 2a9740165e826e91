// Copyright 2026 the Tendril authors. MIT license.
/**
 * Downloading one file, with as many tries as it takes.
 *
 * @module
 */
import { call, type Coroutine, GreenletExit, type Op, Timeout, withTimeout } from "../../mod.ts";
import { attempt } from "./attempt.ts";
import { Downloader } from "./downloader.ts";
import { ChecksumError, DownloadError, isLocal, isTransient, LimitError } from "./errors.ts";
import { mayWrite } from "./existing.ts";
import { type DownloadItem, type Item, makeItem } from "./item.ts";
import type { DownloadOptions } from "./options.ts";
import { persist } from "./persist.ts";
import type { Received } from "./receive.ts";
import type { DownloadResult } from "./result.ts";
import { Transfer } from "./transfer.ts";

/**
 * Downloads a file. It is `NAME.part` until it is complete and has the checksum that was given; what
 * ends the download, a kill included, leaves that for the next time.
 *
 * @example Usage
 * ```ts
 * import { download } from "@tendril/tendril/download";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("hello"));
 * const dir = await Deno.makeTempDir();
 * const url = `http://127.0.0.1:${server.addr.port}/greeting.txt`;
 * const { path, bytes } = await download(url, { dir });
 * assertEquals([path, bytes], [`${dir}/greeting.txt`, 5]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 *
 * @throws {DownloadError} If it cannot be had; its `cause` says why.
 * @throws {UsageError} At once, if the URL or the name is none.
 * @throws {RangeError} At once, if an option is out of its range.
 */
export function download(
  url: string,
  options: DownloadOptions & Omit<DownloadItem, "url"> = {},
): Op<DownloadResult> {
  const { out, checksum, mirrors, ...more } = options;
  const item = makeItem({ url, out, checksum, mirrors });
  return call(downloadAlone(new Downloader([item], more), item));
}

function* downloadAlone(d: Downloader, item: Item): Coroutine<DownloadResult> {
  try {
    return yield* downloadItem(d, item);
  } finally {
    yield* d.end();
  }
}

/** Downloads an item of a job. */
export function* downloadItem(d: Downloader, item: Item): Coroutine<DownloadResult> {
  const { maxTime, resume, dir, onEvent } = d.settings;
  const transfer = new Transfer(item, dir);
  onEvent({ type: "start", transfer });
  try {
    const result = yield* (maxTime === Infinity ? getItem(d, transfer) : withTimeout(
      new Timeout(maxTime, new LimitError(`It took longer than ${maxTime} ms (max-time)`)),
      function* () {
        return yield* getItem(d, transfer);
      },
    ));
    onEvent({ type: "done", transfer, result });
    return result;
  } catch (cause) {
    if (!resume && transfer.part.begun) transfer.reset();
    // A kill and a limit of the caller's are his affair, not failures of the download.
    if (cause instanceof GreenletExit || cause instanceof Timeout) throw cause;
    const error = new DownloadError(item.url, transfer.attempts, cause);
    onEvent({ type: "failed", transfer, error });
    throw error;
  }
}

function* getItem(d: Downloader, transfer: Transfer): Coroutine<DownloadResult> {
  d.makeFolder();
  if (!(yield* mayWrite(d, transfer))) return yield* skipped(d, transfer);
  const result = yield* getAtLast(d, transfer);
  if (result === undefined) return yield* skipped(d, transfer);
  transfer.part.commit(transfer.path);
  return result;
}

/** As many tries as it takes. The first is made by itself: most need no other. */
function* getAtLast(d: Downloader, transfer: Transfer): Coroutine<DownloadResult | undefined> {
  const failures: unknown[] = [];
  try {
    return yield* getVerified(d, transfer);
  } catch (error) {
    failures.push(error);
  }
  return yield* persist(d, transfer, function* () {
    if (failures.length > 0) throw failures.pop();
    return yield* getVerified(d, transfer);
  }, (error) => mayMend(transfer, error));
}

/** One try, and a look at what it brought; `undefined` if nobody needs the file. */
function* getVerified(d: Downloader, transfer: Transfer): Coroutine<DownloadResult | undefined> {
  const received = yield* attempt(d, transfer);
  if (received === undefined) return undefined;
  const { checksum } = transfer.item;
  const digests = yield* digestsOf(d, transfer, received);
  if (checksum !== undefined && digests[checksum.algorithm] !== checksum.hex) {
    transfer.reset();
    const { algorithm, hex } = checksum;
    throw new ChecksumError(algorithm, digests[algorithm]!, hex);
  }
  const verified = checksum !== undefined;
  return {
    url: transfer.url,
    path: transfer.path,
    bytes: received.bytes,
    ...d.settings.sha256 ? { sha256: digests.sha256! } : {},
    status: verified || received.certain ? "complete" : "unverified",
    verified,
    attempts: transfer.attempts,
    resumed: transfer.resumed,
  };
}

/** The digests that are asked for or have to be right. */
function* digestsOf(
  d: Downloader,
  transfer: Transfer,
  { content }: Received,
): Coroutine<Record<string, string>> {
  const algorithms = new Set<string>();
  if (transfer.item.checksum !== undefined) algorithms.add(transfer.item.checksum.algorithm);
  if (d.settings.sha256) algorithms.add("sha256");
  if (algorithms.size === 0) return {};
  transfer.state = "verifying";
  const digests = yield* d.digests(transfer.part.path, content, [...algorithms]);
  return Object.fromEntries([...algorithms].map((algorithm, i) => [algorithm, digests[i]!]));
}

/** Whether another try is worth while, and with which mirror. */
function mayMend(transfer: Transfer, error: unknown): boolean {
  if (isLocal(error)) return false;
  // A checksum may be wrong because of the way, once.
  const hopeless = error instanceof ChecksumError ? transfer.mismatches++ > 0 : !isTransient(error);
  const [source, ...others] = transfer.sources;
  if (others.length === 0) return !hopeless;
  const gained = transfer.settled > transfer.gained;
  transfer.gained = transfer.settled;
  // One that brought something is asked for the rest.
  if (!gained) transfer.sources = hopeless ? others : [...others, source!];
  return true;
}

function* skipped(d: Downloader, transfer: Transfer): Coroutine<DownloadResult> {
  const { url, path, attempts, item } = transfer;
  const [sha256] = d.settings.sha256 ? yield* d.digests(path, undefined, ["sha256"]) : [];
  return {
    url,
    path,
    bytes: Deno.statSync(path).size,
    ...sha256 === undefined ? {} : { sha256 },
    status: "skipped",
    verified: item.checksum !== undefined,
    attempts,
    resumed: false,
  };
}
