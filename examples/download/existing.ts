// Copyright 2026 the Tendril authors. MIT license.
/**
 * Files that are there already.
 *
 * @module
 */
import type { Coroutine } from "../../mod.ts";
import type { Downloader } from "./downloader.ts";
import { numberedName } from "./names.ts";
import { plainFile } from "./part.ts";
import type { Transfer } from "./transfer.ts";

/**
 * Whether the file is to be downloaded under the name that it has now; it may get another. One that is
 * there and has the right checksum is never downloaded again.
 */
export function* mayWrite(d: Downloader, transfer: Transfer): Coroutine<boolean> {
  const { ifExists } = d.settings;
  const { checksum } = transfer.item;
  if (ifExists === "overwrite" && checksum === undefined) return true;
  const info = plainFile(transfer.path);
  if (info !== undefined && checksum !== undefined) {
    const [digest] = yield* d.digests(transfer.path, undefined, [checksum.algorithm]);
    if (digest === checksum.hex) return false;
  }
  if (ifExists === "skip") return info === undefined || checksum !== undefined;
  if (ifExists === "newer") transfer.since = info?.mtime ?? undefined;
  if (ifExists === "rename") findFreeName(d, transfer);
  return true;
}

/** Whether an answer is newer than the file that is there, where only that is wanted. */
export function isNewer({ since }: Transfer, { headers }: Response): boolean {
  const modified = Date.parse(headers.get("last-modified") ?? "");
  return since === undefined || Number.isNaN(modified) || modified > since.getTime();
}

function findFreeName({ claims }: Downloader, transfer: Transfer): void {
  const { item, name } = transfer;
  for (let number = 1; exists(transfer.path) || !claims.take(item, transfer.name); number++) {
    transfer.name = numberedName(name, number);
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
