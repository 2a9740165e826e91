// Copyright 2026 the Tendril authors. MIT license.
/**
 * What happened to each file, as lines of JSON for other programs.
 *
 * @module
 */
import type { DownloadError } from "./errors.ts";
import type { DownloadResult } from "./result.ts";
import type { DownloadEvent, TransferInfo } from "./transfer.ts";

/** Prints a line for each file, as soon as it is known. */
export class JsonLines {
  readonly #active = new Set<TransferInfo>();

  /** Takes note of what happened to a download. */
  note({ type, transfer, result, error }: DownloadEvent): void {
    if (type === "start") this.#active.add(transfer);
    if (type !== "done" && type !== "failed") return;
    this.#active.delete(transfer);
    print(transfer, result, error);
  }

  /** Prints a line for each that was under way when all was stopped. */
  interrupt(): void {
    for (const transfer of this.#active) print(transfer);
    this.#active.clear();
  }
}

function print(transfer: TransferInfo, result?: DownloadResult, error?: DownloadError): void {
  const { url, path, received, attempts, resumed } = transfer;
  const status = result?.status ?? (error === undefined ? "interrupted" : "failed");
  console.log(JSON.stringify({
    url,
    path,
    bytes: result?.bytes ?? received,
    sha256: result?.sha256 ?? null,
    attempts,
    resumed,
    status,
    error: error?.reason ?? null,
  }));
}
