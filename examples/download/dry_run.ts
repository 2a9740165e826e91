// Copyright 2026 the Tendril authors. MIT license.
/**
 * What would be downloaded: it asks for each file, and takes only the head of the answer.
 *
 * @module
 */
import { call, type Coroutine, Pool } from "../../mod.ts";
import { givesParts, lengthOf, validatorOf } from "./answer.ts";
import { Downloader } from "./downloader.ts";
import { DownloadError, HttpError } from "./errors.ts";
import { type DownloadItem, type Item, makeItem } from "./item.ts";
import { nameOfDisposition } from "./names.ts";
import type { DownloadAllOptions } from "./options.ts";
import { size } from "./progress.ts";
import { request } from "./request.ts";

/** Prints what would be done; gives whether all of it could be. */
export function* dryRun(
  given: Iterable<DownloadItem>,
  options: DownloadAllOptions,
  json: boolean,
): Coroutine<boolean> {
  const items = Array.from(given, makeItem);
  const d = new Downloader(items, options);
  const pool = new Pool(d.settings.concurrency);
  try {
    const outcomes = yield* pool.map(function* (item: Item): Coroutine<boolean> {
      return yield* look(d, item, json);
    }, items);
    return outcomes.every((well) => well);
  } finally {
    yield* pool.kill();
  }
}

function* look(d: Downloader, item: Item, json: boolean): Coroutine<boolean> {
  const { url } = item;
  try {
    using answer = yield* call(request(d, item.sources[0]!, {}));
    const { response } = answer;
    if (!response.ok) throw new HttpError(response);
    const suggested = item.named ? null : response.headers.get("content-disposition");
    const name = nameOfDisposition(suggested) ?? item.name;
    const path = d.settings.dir === "." ? name : `${d.settings.dir}/${name}`;
    const length = lengthOf(response) ?? null;
    const amount = length === null ? "of unknown length" : size(length);
    const parts = validatorOf(response) !== undefined && givesParts(response);
    if (json) {
      console.log(JSON.stringify({ url, path, bytes: length, status: "dry run", error: null }));
    } else {
      console.log(`${url} -> ${path}, ${amount}${parts ? ", can be continued" : ""}`);
    }
    return true;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const error = new DownloadError(url, 1, cause);
    if (json) {
      const { reason } = error;
      console.log(JSON.stringify({ url, path: null, bytes: 0, status: "failed", error: reason }));
    } else {
      console.log(error.message);
    }
    return false;
  }
}
