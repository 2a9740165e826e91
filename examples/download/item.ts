// Copyright 2026 the Tendril authors. MIT license.
/**
 * What to download: a URL, the name of its file, and its checksum where one is known.
 *
 * @module
 */
import { UsageError } from "./errors.ts";

/** One file to download. */
export interface DownloadItem {
  /** Where it is; http or https. */
  readonly url: string;
  /** The name of its file in the target folder. */
  readonly name: string;
  /** What its SHA-256 has to be, in lower-case hexadecimal digits. */
  readonly sha256?: string | undefined;
}

// Names that are devices on Windows, and characters that are not allowed there or anywhere.
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
// deno-lint-ignore no-control-regex -- they are what this is about
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"/\\|?*]/g;

/** The name for the file of a URL: the last part of its path, made harmless; "index.html" if empty. */
export function nameOf(url: URL): string {
  const last = url.pathname.split("/").findLast((part) => part !== "") ?? "";
  const name = decode(last).replace(FORBIDDEN, "_").replace(/[. ]+$/, "");
  if (name === "") return "index.html";
  return RESERVED.test(name) ? `_${name}` : name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign
  }
}

/**
 * Makes an item of a URL.
 *
 * @throws {UsageError} If the URL or the checksum is none.
 */
export function makeItem(url: string, sha256?: string): DownloadItem {
  const parsed = URL.parse(url);
  if (parsed === null) {
    throw new UsageError(`Cannot download "${url}": it is no URL; write https://…`);
  }
  if (!/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`Cannot download "${url}": only http and https are possible`);
  }
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new UsageError(
      `Cannot check "${url}": its sha256 must be 64 hexadecimal digits, got "${sha256}"`,
    );
  }
  return { url: parsed.href, name: nameOf(parsed), sha256: sha256?.toLowerCase() };
}

/**
 * Reads a list: a URL on each line, `sha256=…` after it if you like. Empty lines and those that begin
 * with # are passed over.
 *
 * @throws {UsageError} If a line is something else.
 */
export function parseList(text: string): DownloadItem[] {
  const items: DownloadItem[] = [];
  for (const line of text.split("\n")) {
    const [url, ...fields] = line.trim().split(/\s+/);
    if (url === undefined || url === "" || url.startsWith("#")) continue;
    let sha256: string | undefined;
    for (const field of fields) {
      if (!field.startsWith("sha256=")) {
        throw new UsageError(`Cannot understand "${field}" after "${url}": expected sha256=…`);
      }
      sha256 = field.slice("sha256=".length);
    }
    items.push(makeItem(url, sha256));
  }
  return items;
}

/**
 * Checks that no two items would write the same file.
 *
 * @throws {UsageError} If some would.
 */
export function checkNames(items: readonly DownloadItem[]): void {
  const seen = new Map<string, DownloadItem>();
  for (const item of items) {
    // Many file systems take upper and lower case for the same.
    const name = item.name.toLowerCase();
    for (const key of [name, `${name}.part`]) {
      const other = seen.get(key);
      if (other !== undefined) {
        throw new UsageError(
          `Cannot download both "${other.url}" and "${item.url}": they would be written to one file, "${key}"`,
        );
      }
      seen.set(key, item);
    }
  }
}
