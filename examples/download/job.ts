// Copyright 2026 the Tendril authors. MIT license.
/**
 * A job: downloads whose progress is shown while they run.
 *
 * @module
 */
import { type Coroutine, GreenletExit, scope } from "../../mod.ts";
import { downloadAll, type DownloadAllOptions, type DownloadReport } from "./download_all.ts";
import type { DownloadItem } from "./item.ts";
import { Progress } from "./progress.ts";
import { showBars } from "./progress_bars.ts";
import { showLines } from "./progress_lines.ts";

/** Downloads all items and shows on standard error how far it is. */
export function* runJob(
  items: readonly DownloadItem[],
  options: DownloadAllOptions,
): Coroutine<DownloadReport> {
  const progress = new Progress(items.length);
  const show = hasTerminal() ? showBars : showLines;
  try {
    return yield* scope(function* (jobs) {
      const display = jobs.spawn(show, progress);
      try {
        return yield* downloadAll(items, { ...options, onEvent: (event) => progress.note(event) });
      } finally {
        yield* display.kill();
      }
    });
  } catch (error) {
    if (error instanceof GreenletExit) {
      const { done, total } = progress;
      console.error(`Stopped: ${done} of ${total} files are complete, no partial file is left`);
    }
    throw error;
  }
}

function hasTerminal(): boolean {
  return Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb";
}
