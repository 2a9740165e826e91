// Copyright 2026 the Tendril authors. MIT license.
/**
 * What the downloads of one job share.
 *
 * @module
 */
import { type Coroutine, until } from "../../mod.ts";
import type { WorkerPool } from "../../runtime/parallel/mod.ts";
import { Hosts } from "./hosts.ts";
import { Claims, type Item } from "./item.ts";
import { type DownloadAllOptions, type Settings, settle } from "./options.ts";
import { Throttle } from "./throttle.ts";

// Deno loads what a literal names before the program starts; most never need the workers.
const HASHING = "./hashing.ts";

/** To start a worker takes as long as to hash so many bytes. */
const WORTH_A_WORKER = 4 * 1024 * 1024;

/** The settings, slots, names and workers of a job. */
export class Downloader {
  /** How to download. */
  readonly settings: Settings;
  /** What is sent with each request; with names in lower case. */
  readonly headers: Record<string, string>;
  /** Slots for requests. */
  readonly hosts: Hosts;
  /** Which file belongs to which item. */
  readonly claims: Claims;
  /** The limit on speed, if there is one. */
  readonly throttle: Throttle | undefined;
  #hasFolder = false;
  #hashers: WorkerPool | undefined;

  /**
   * Makes ready to download these items.
   *
   * @throws {UsageError} If two would write the same file.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(items: readonly Item[], options: DownloadAllOptions) {
    this.settings = settle(options);
    const { headers, limitRate, perHost, concurrency, segments } = this.settings;
    this.headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const hosts = new Set(items.flatMap(({ sources }) => sources.map(({ host }) => host)));
    const most = Math.min(concurrency, items.length) * segments;
    this.hosts = new Hosts(perHost, Math.min(most, perHost * hosts.size));
    this.claims = new Claims(items);
    this.throttle = limitRate === Infinity ? undefined : new Throttle(limitRate);
  }

  /** Makes the folder to write to, when the first item needs it. */
  makeFolder(): void {
    if (this.#hasFolder) return;
    Deno.mkdirSync(this.settings.dir, { recursive: true });
    this.#hasFolder = true;
  }

  /** The digests of a file: of its bytes, if they are still at hand; a big one is for a worker. */
  *digests(
    path: string,
    bytes: Uint8Array | undefined,
    algorithms: readonly string[],
  ): Coroutine<string[]> {
    const { hashBytes, hashFile, makeHashers }: typeof import("./hashing.ts") = yield* until(
      import(HASHING),
    );
    if (bytes !== undefined) return hashBytes(bytes, algorithms);
    if (Deno.statSync(path).size < WORTH_A_WORKER) return hashFile(path, algorithms);
    this.#hashers ??= makeHashers();
    return yield* this.#hashers.apply(hashFile, [path, algorithms]);
  }

  /** Ends the workers. */
  *end(): Coroutine<void> {
    this.#hashers?.terminate();
    // One that is in the middle of a file may take longer; a program that was stopped does not wait.
    if (this.#hashers !== undefined) yield* this.#hashers.join({ timeout: 50 });
  }
}
