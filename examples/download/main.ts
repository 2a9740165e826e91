// Copyright 2026 the Tendril authors. MIT license.
/**
 * Downloads files, many at once: pieces side by side, retries, limits on time, checksums, and a part that
 * the next run goes on with, also after a crash. As a library:
 *
 * ```ts
 * import { downloadAll } from "@tendril/tendril/download";
 *
 * const { records } = await downloadAll([], { dir: "data", concurrency: 16 });
 * for (const { url, error } of records) if (error) console.error(url, error.message);
 * ```
 *
 * As a program, with `--help` for its options; without a URL it shows what it can on files of its own:
 *
 * ```sh
 * deno run --allow-net --allow-read --allow-write --allow-env jsr:@tendril/tendril/download URL…
 * deno task example -d data -j 16 https://example.com/one.zip https://example.com/two.zip
 * ```
 *
 * @module
 */
import { main } from "../../mod.ts";

export { download } from "./download.ts";
export { downloadAll } from "./download_all.ts";
export {
  ChangedError,
  ChecksumError,
  DownloadError,
  HttpError,
  LengthError,
  LimitError,
  RefusedError,
  UsageError,
} from "./errors.ts";
export type { DownloadItem } from "./item.ts";
export type { DownloadAllOptions, DownloadOptions, IfExists } from "./options.ts";
export type { DownloadRecord, DownloadReport, DownloadResult } from "./result.ts";
export type { DownloadEvent, TransferInfo, TransferState } from "./transfer.ts";

if (import.meta.main) {
  // Who uses the library does not load the command line.
  const { cli } = await import("./cli.ts");
  await main(cli, Deno.args);
}
