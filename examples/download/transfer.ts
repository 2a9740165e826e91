// Copyright 2026 the Tendril authors. MIT license.
/**
 * A download that is under way: what is known of it so far, for those who work on it and for whoever
 * shows its progress.
 *
 * @module
 */
import type { DownloadError } from "./errors.ts";
import type { Item } from "./item.ts";
import { Part } from "./part.ts";
import type { DownloadResult } from "./result.ts";

/** What happened to a download. */
export interface DownloadEvent {
  /**
   * Whether it began, went on for a while, failed and will be tried again, ended with its file there,
   * or was given up.
   */
  readonly type: "start" | "progress" | "retry" | "done" | "failed";
  /** The download. */
  readonly transfer: TransferInfo;
  /** The file; when it is done. */
  readonly result?: DownloadResult;
  /** Why; when it failed. */
  readonly error?: DownloadError;
}

/** What a download is doing. */
export type TransferState = "connecting" | "receiving" | "verifying" | "waiting to retry";

/** How far a download is; its fields change as it goes on. */
export interface TransferInfo {
  /** Where it comes from, without a password. */
  readonly url: string;
  /** The name of its file; a server may suggest another. */
  readonly name: string;
  /** Where it will be. */
  readonly path: string;
  /** What it is doing. */
  readonly state: TransferState;
  /** How often it was tried. */
  readonly attempts: number;
  /** The length of the file, once the server has announced it. */
  readonly total: number | undefined;
  /** How many bytes have arrived, those of an earlier run included. */
  readonly received: number;
  /** Whether it goes on with what an earlier run left. */
  readonly resumed: boolean;
}

/** The state of one download. */
export class Transfer implements TransferInfo {
  /** Where it comes from, without a password. */
  readonly url: string;
  /** What is downloaded. */
  readonly item: Item;
  /** The folder it goes to. */
  readonly dir: string;
  /** What it is doing. */
  state: TransferState = "connecting";
  /** How often it was tried. */
  attempts = 0;
  /** The length of the file, once the server has announced it. */
  total: number | undefined;
  /** Whether it goes on with what an earlier run left. */
  resumed = false;
  /** The date of the file that is there already, if only a newer one is wanted. */
  since: Date | undefined;
  /** Whether parts are not asked for any more, because they did not fit together. */
  whole = false;
  /** Whether it was too slow to be taken for a small file. */
  slow = false;
  /** How many bytes have arrived, but for those under way. */
  settled = 0;
  /** Each counts bytes under way. */
  readonly counters: Set<() => number> = new Set();
  /** The URL and its mirrors that may still have the file, the next one first. */
  sources: URL[];
  /** The name before it got a number. */
  wanted: string;
  /** How many bytes had arrived before the last try. */
  gained = 0;
  /** How often all of it came, but with another checksum. */
  mismatches = 0;
  #name: string;
  #part: Part;

  /** Makes the state of a download into the folder `dir`. */
  constructor(item: Item, dir: string) {
    this.url = item.url;
    this.item = item;
    this.dir = dir;
    this.sources = [...item.sources];
    this.wanted = this.#name = item.name;
    this.#part = new Part(this.path);
  }

  /** The name of its file; a server may suggest another. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#part = new Part(this.path);
  }

  /** Where it will be. */
  get path(): string {
    return this.dir === "." ? this.#name : `${this.dir}/${this.#name}`;
  }

  /** What is there of it. */
  get part(): Part {
    return this.#part;
  }

  /** How many bytes have arrived, those of an earlier run included. */
  get received(): number {
    let bytes = this.settled;
    for (const count of this.counters) bytes += count();
    return bytes;
  }

  /** Goes back to where nothing had arrived; what there is of the file is removed. */
  reset(): void {
    this.#part.remove();
    this.settled = 0;
  }
}
