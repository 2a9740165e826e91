// Copyright 2026 the Tendril authors. MIT license.
/**
 * Where calls are made, for the stacks of errors that come from workers.
 *
 * @module
 */

const here = new URL("../../", import.meta.url).href;
const INTERNAL = ["runtime/", "channels/"].map((folder) => here + folder);

/** Of how many calls in a row the place is noted, if there were none lately. */
const MOST_SITES = 8;
/** After how many milliseconds another may be noted. */
const SITE_MS = 0.1;

/** Notes where calls are made, unless many are made in a short time: then that would take longer than they do. */
export class Sites {
  /** How many may be noted at this moment. */
  #left = 0;
  #lookedAt = 0;

  /** Notes the place of a call, or not. */
  note(): Error | null {
    const now = performance.now();
    this.#left = Math.min(MOST_SITES, this.#left + (now - this.#lookedAt) / SITE_MS);
    this.#lookedAt = now;
    if (this.#left < 1) return null;
    this.#left--;
    return new Error();
  }
}

/** The lines of the stack from the caller's on. */
export function showSite(site: Error | null): string {
  if (site === null) return "";
  const lines = (site.stack ?? "").split("\n").slice(1);
  const from = lines.findIndex((line) => !INTERNAL.some((folder) => line.includes(folder)));
  return from < 0 ? "" : lines.slice(from).join("\n");
}
