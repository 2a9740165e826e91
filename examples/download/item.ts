// Copyright 2026 the Tendril authors. MIT license.
/**
 * What to download: a URL, and what is known of its file.
 *
 * @module
 */
import { type Checksum, parseChecksum } from "./checksum.ts";
import { RefusedError, UsageError } from "./errors.ts";
import { nameOfUrl, safeName } from "./names.ts";

/** One file to download. */
export interface DownloadItem {
  /** Where it is; http or https. */
  readonly url: string;
  /** The name of its file. Default: what the server suggests, or the last part of the URL. */
  readonly out?: string | undefined;
  /** What it has to be, as `ALGO:HEX`. */
  readonly checksum?: string | undefined;
  /** Where else it is; tried in turn when it cannot be had. */
  readonly mirrors?: readonly string[] | undefined;
}

/** An item that was understood. */
export interface Item {
  /** The URL for people, without a password. */
  readonly url: string;
  /** The URL and its mirrors. */
  readonly sources: readonly URL[];
  /** The name of its file, as far as it is known before the server was asked. */
  readonly name: string;
  /** Whether the server is not asked for a name. */
  readonly named: boolean;
  /** What it has to be. */
  readonly checksum: Checksum | undefined;
}

/**
 * Understands an item.
 *
 * @throws {UsageError} If something in it cannot be.
 */
export function makeItem(given: string | DownloadItem): Item {
  const { url, out, checksum, mirrors = [] } = typeof given === "string" ? { url: given } : given;
  const sources = [url, ...mirrors].map(parseUrl);
  if (out !== undefined && (out === "" || safeName(out) !== out || /^\.+$/.test(out))) {
    throw new UsageError(`Cannot write "${out}": the name must be a plain one, without a folder`);
  }
  return {
    url: withoutSecrets(sources[0]!),
    sources,
    name: out ?? nameOfUrl(sources[0]!),
    named: out !== undefined,
    checksum: checksum === undefined ? undefined : parseChecksum(checksum),
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) {
    throw new UsageError(`Cannot download "${text}": it is no URL; write https://…`);
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw new UsageError(`Cannot download "${text}": only http and https are possible`);
  }
  return url;
}

/** A URL as it may be shown. */
export function withoutSecrets(url: URL): string {
  if (url.username === "" && url.password === "") return url.href;
  const shown = new URL(url);
  shown.username = shown.password = "";
  return shown.href;
}

/** Which file belongs to which item, so that no two write the same one. */
export class Claims {
  readonly #owners = new Map<string, Item>();

  /**
   * Notes the names of all items, before anything starts.
   *
   * @throws {UsageError} If two would write the same file.
   */
  constructor(items: readonly Item[]) {
    for (const item of items) {
      if (this.take(item, item.name)) continue;
      const { url } = this.#otherOwner(item, item.name)!;
      throw new UsageError(
        `Cannot download both "${url}" and "${item.url}": they would be written to one file, ` +
          `"${item.name}"; name one of them with out=…`,
      );
    }
  }

  /**
   * Notes the name that a server suggested.
   *
   * @throws {RefusedError} If the file is that of another item.
   */
  claim(item: Item, name: string): void {
    if (this.take(item, name)) return;
    const { url } = this.#otherOwner(item, name)!;
    throw new RefusedError(`It would be written to "${name}", which is for "${url}"`);
  }

  /** Notes a name, unless the file is that of another item; gives whether it did. */
  take(item: Item, name: string): boolean {
    if (this.#otherOwner(item, name) !== undefined) return false;
    this.#owners.set(keyOf(name), item);
    return true;
  }

  /** The item that would write the same file, or for which it is a part. */
  #otherOwner(item: Item, name: string): Item | undefined {
    const key = keyOf(name);
    const whole = key.replace(/\.part(\.json)?$/, "");
    const owners = [key, whole, `${key}.part`, `${key}.part.json`].map((each) =>
      this.#owners.get(each)
    );
    return owners.find((owner) => owner !== undefined && owner !== item);
  }
}

/** Many file systems take upper and lower case for the same. */
function keyOf(name: string): string {
  return name.toLowerCase().normalize();
}
