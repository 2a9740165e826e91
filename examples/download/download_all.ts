// Copyright 2026 the Tendril authors. MIT license.
/**
 * Downloading many files, some of them at a time.
 *
 * @module
 */
import { call, type Coroutine, getCurrent, type Op, scope } from "../../mod.ts";
import { downloadItem } from "./download.ts";
import { Downloader } from "./downloader.ts";
import { DownloadError } from "./errors.ts";
import { type DownloadItem, type Item, makeItem } from "./item.ts";
import type { DownloadAllOptions } from "./options.ts";
import type { DownloadRecord, DownloadReport } from "./result.ts";

/**
 * Downloads all items. One that cannot be had is a record in the report and stops no other.
 *
 * @example Usage
 * ```ts
 * import { downloadAll } from "@tendril/tendril/download";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, ({ url }) =>
 *   url.endsWith("/missing") ? new Response(null, { status: 404 }) : new Response("hello"));
 * const dir = await Deno.makeTempDir();
 * const urls = ["one", "missing", "two"].map((name) => `http://127.0.0.1:${server.addr.port}/${name}`);
 * const { records } = await downloadAll(urls, { dir, concurrency: 2 });
 * assertEquals(records.map(({ result }) => result?.bytes), [5, undefined, 5]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 *
 * @throws {UsageError} At once, if an item cannot be understood, or two would write the same file.
 * @throws {RangeError} At once, if an option is out of its range.
 */
export function downloadAll(
  items: Iterable<string | DownloadItem>,
  options: DownloadAllOptions = {},
): Op<DownloadReport> {
  const all = Array.from(items, makeItem);
  return call(downloadEach(new Downloader(all, options), all));
}

function* downloadEach(d: Downloader, items: readonly Item[]): Coroutine<DownloadReport> {
  const started = performance.now();
  const records: DownloadRecord[] = [];
  const queue = items.entries();
  try {
    // Not a greenlet for each item: there may be very many.
    yield* scope(function* (scope) {
      const workers = Math.min(d.settings.concurrency, items.length);
      for (let i = 0; i < workers; i++) scope.spawn(downloadSome, d, queue, records);
    });
  } finally {
    yield* d.end();
  }
  return { records, elapsed: performance.now() - started };
}

/** Downloads items as long as there are any left. */
function* downloadSome(
  d: Downloader,
  queue: Iterable<[number, Item]>,
  records: DownloadRecord[],
): Coroutine<void> {
  for (const [place, item] of queue) {
    getCurrent().name = item.name; // for dumps and the inspector
    records[place] = yield* recordDownload(d, item);
  }
}

function* recordDownload(d: Downloader, item: Item): Coroutine<DownloadRecord> {
  const started = performance.now();
  const { url } = item;
  try {
    const result = yield* downloadItem(d, item);
    return { url, attempts: result.attempts, elapsed: performance.now() - started, result };
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    return { url, attempts: error.attempts, elapsed: performance.now() - started, error };
  }
}
