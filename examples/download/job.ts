// Copyright 2026 the Tendril authors. MIT license.
/**
 * A job: downloads whose progress is shown while they run.
 *
 * @module
 */
import { type Coroutine, GreenletExit, scope, until } from "../../mod.ts";
import { downloadAll } from "./download_all.ts";
import type { DownloadItem } from "./item.ts";
import { JsonLines } from "./json_lines.ts";
import type { DownloadAllOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { showLines } from "./progress_lines.ts";
import type { DownloadReport } from "./result.ts";
import { summarize } from "./summary.ts";

// Deno loads what a literal names before the program starts.
const BARS = "./progress_bars.ts";

/** How to show a job. */
export interface JobView {
  /** Whether to print lines of JSON. */
  readonly json: boolean;
  /** Whether to show how far it is. */
  readonly progress: boolean;
}

/** Downloads all items, shows on standard error how far it is, and prints what came of it. */
export function* runJob(
  items: readonly DownloadItem[],
  options: DownloadAllOptions,
  view: JobView,
): Coroutine<DownloadReport> {
  const progress = new Progress(items.length);
  const lines = view.json ? new JsonLines() : undefined;
  const onEvent: DownloadAllOptions["onEvent"] = (event) => {
    progress.note(event);
    lines?.note(event);
  };
  const show = yield* loadDisplay(view);
  try {
    const report = yield* scope(function* (jobs) {
      const display = jobs.spawn(show, progress);
      try {
        return yield* downloadAll(items, { ...options, onEvent });
      } finally {
        yield* display.kill();
      }
    });
    if (!view.json) console.log(summarize(report));
    if (report.records.some(({ error }) => error !== undefined)) Deno.exitCode = 1;
    return report;
  } catch (error) {
    if (error instanceof GreenletExit) {
      lines?.interrupt();
      const { done, total } = progress;
      const parts = options.resume === false ? "" : "; start it again to go on with the others";
      console.error(`Stopped: ${done} of ${total} files are complete${parts}`);
    }
    throw error;
  }
}

/** What shows the progress. Bars are loaded only where there is a terminal for them. */
function* loadDisplay(
  { json, progress }: JobView,
): Coroutine<(progress: Progress) => Coroutine<void>> {
  if (json || !progress) return showNothing;
  if (!Deno.stderr.isTerminal() || Deno.env.get("TERM") === "dumb") return showLines;
  const { showBars }: typeof import("./progress_bars.ts") = yield* until(import(BARS));
  return showBars;
}

function* showNothing(): Coroutine<void> {}
