// Copyright 2026 the Tendril authors. MIT license.
/**
 * Where calls are made, for the stacks of errors that come from workers.
 *
 * @module
 */

const here = new URL("../../", import.meta.url).href;
const INTERNAL = ["runtime/", "channels/"].map((folder) => here + folder);

/** Notes the place of a call. It costs as much as a small task, so not every call does it. */
export function noteSite(): Error {
  return new Error();
}

/** The lines of the stack from the caller's on. */
export function showSite(site: Error | null): string {
  if (site === null) return "";
  const lines = (site.stack ?? "").split("\n").slice(1);
  const from = lines.findIndex((line) => !INTERNAL.some((folder) => line.includes(folder)));
  return from < 0 ? "" : lines.slice(from).join("\n");
}
