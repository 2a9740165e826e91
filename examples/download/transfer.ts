// Copyright 2026 the Tendril authors. MIT license.
/**
 * A download that is under way, for whoever shows its progress.
 *
 * @module
 */
import type { DownloadItem } from "./item.ts";

/** What a download is doing. */
export type TransferState = "connecting" | "receiving" | "verifying" | "waiting to retry";

/** The state of one download. */
export class Transfer {
  /** What is downloaded. */
  readonly item: DownloadItem;
  /** Where it will be. */
  readonly path: string;
  /** Where it is until it is complete. */
  readonly partPath: string;
  /** What it is doing. */
  state: TransferState = "connecting";
  /** How often it was tried. */
  attempts = 0;
  /** How many bytes the server announced, if it did. */
  total: number | undefined;

  /** Makes the state of a download into the folder `dir`. */
  constructor(item: DownloadItem, dir: string) {
    this.item = item;
    this.path = `${dir}/${item.name}`;
    this.partPath = `${this.path}.part`;
  }

  /**
   * How many bytes have arrived. It asks the file system: bytes that are piped into a file by the
   * host never come by here, and counting them would halve the speed.
   */
  get received(): number {
    // Before, there may be a part of an earlier try.
    if (this.state !== "receiving" && this.state !== "verifying") return 0;
    try {
      return Deno.statSync(this.partPath).size;
    } catch {
      return 0; // not there yet
    }
  }
}
