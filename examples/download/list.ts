// Copyright 2026 the Tendril authors. MIT license.
/**
 * Lists of what to download.
 *
 * @module
 */
import { ALGORITHMS } from "./checksum.ts";
import { UsageError } from "./errors.ts";
import type { DownloadItem } from "./item.ts";

/**
 * Reads a list: a URL on each line, behind it `ALGO=HEX` and `out=NAME` if you like. Empty lines and those
 * that begin with # are passed over.
 *
 * @throws {UsageError} If a line is something else.
 */
export function parseList(text: string): DownloadItem[] {
  const items: DownloadItem[] = [];
  for (const line of text.split("\n")) {
    const [url, ...fields] = line.trim().split(/\s+/);
    if (url === undefined || url === "" || url.startsWith("#")) continue;
    const item: { -readonly [K in keyof DownloadItem]: DownloadItem[K] } = { url };
    for (const field of fields) {
      const [, key, value] = /^(\w+)=(.+)$/.exec(field) ?? [];
      if (key === "out") item.out = value;
      else if (key !== undefined && ALGORITHMS.includes(key)) item.checksum = `${key}:${value}`;
      else {
        throw new UsageError(
          `Cannot understand "${field}" after "${url}": expected sha256=… or out=…`,
        );
      }
    }
    items.push(item);
  }
  return items;
}
