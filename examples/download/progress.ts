// Copyright 2026 the Tendril authors. MIT license.
/**
 * How far a job is: counted from the events of its downloads, read by what shows it.
 *
 * @module
 */
import { format } from "@std/fmt/bytes";
import type { DownloadEvent, TransferInfo } from "./transfer.ts";

/** How far a job is. */
export class Progress {
  /** How many files there are. */
  readonly total: number;
  /** How many are complete. */
  done = 0;
  /** How many were given up. */
  failed = 0;
  /** How many tries were repeated. */
  retries = 0;
  /** The downloads under way, the oldest first. */
  readonly active = new Set<TransferInfo>();
  #bytes = 0;
  readonly #started = performance.now();

  /** Makes the progress of a job of `total` files. */
  constructor(total: number) {
    this.total = total;
  }

  /** Takes note of what happened to a download. */
  note({ type, transfer }: DownloadEvent): void {
    if (type === "start") this.active.add(transfer);
    else if (type === "retry") this.retries++;
    else if (type !== "progress") {
      this.active.delete(transfer);
      this.#bytes += transfer.received;
      this[type]++;
    }
  }

  /** How many bytes have arrived, those of files under way included. */
  get received(): number {
    let bytes = this.#bytes;
    for (const transfer of this.active) bytes += transfer.received;
    return bytes;
  }

  /** How long it has been going on, in milliseconds. */
  get elapsed(): number {
    return performance.now() - this.#started;
  }
}

/** A number of bytes for people. */
export function size(bytes: number): string {
  return format(bytes, { binary: true, minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** A duration in milliseconds for people. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
