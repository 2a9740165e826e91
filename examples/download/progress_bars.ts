// Copyright 2026 the Tendril authors. MIT license.
/**
 * Progress on a terminal: a bar for the whole, and one for each file under way.
 *
 * @module
 */
// @ts-types="@types/cli-progress"
import cliProgress from "cli-progress";
import { type Coroutine, sleep } from "../../mod.ts";
import { type Progress, seconds, size } from "./progress.ts";
import type { TransferInfo } from "./transfer.ts";

const INTERVAL = 100;
const NAME_WIDTH = 24;
const TOTAL_FORMAT = "{bar} {value}/{total} files  {note}";
const FILE_FORMAT = "{bar} {name}  {note}";

/** Draws bars on standard error until it is killed; the one for the whole stays. */
export function* showBars(progress: Progress): Coroutine<void> {
  const bars = new cliProgress.MultiBar({
    barsize: 20,
    emptyOnZero: true,
    hideCursor: true,
    // Ctrl-C is the affair of main(), which kills this greenlet.
    gracefulExit: false,
    stopOnComplete: false,
  }, cliProgress.Presets.shades_classic);
  const whole = bars.create(progress.total, 0, totalNote(progress), { format: TOTAL_FORMAT });
  const files: cliProgress.SingleBar[] = [];
  try {
    for (;;) {
      whole.update(progress.done + progress.failed, totalNote(progress));
      const active = [...progress.active].slice(0, room());
      while (files.length > active.length) bars.remove(files.pop()!);
      active.forEach((transfer, i) => {
        files[i] ??= bars.create(1, 0, fileNote(transfer, 0), { format: FILE_FORMAT });
        const { total = 0, received } = transfer;
        files[i].setTotal(total);
        files[i].update(Math.min(received, total), fileNote(transfer, received));
      });
      yield* sleep(INTERVAL);
    }
  } finally {
    for (const file of files) bars.remove(file);
    whole.update(progress.done + progress.failed, totalNote(progress));
    bars.stop();
  }
}

/** How many files can be shown without scrolling. */
function room(): number {
  try {
    return Math.max(1, Deno.consoleSize().rows - 3);
  } catch {
    return 20; // the size is not known
  }
}

function totalNote({ failed, retries, received, elapsed }: Progress): Record<string, string> {
  const rate = size(received / elapsed * 1000);
  const failures = failed > 0 ? `  ${failed} failed` : "";
  return {
    note: `${size(received)}  ${rate}/s  ${retries} retries${failures}  ${seconds(elapsed)}`,
  };
}

function fileNote(transfer: TransferInfo, received: number): Record<string, string> {
  const { name, total, state, attempts } = transfer;
  const shown = name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}…` : name;
  const amount = total === undefined ? size(received) : `${size(received)} of ${size(total)}`;
  const again = attempts > 1 ? `, try ${attempts}` : "";
  return {
    name: shown.padEnd(NAME_WIDTH),
    note: state === "receiving" ? `${amount}${again}` : `${state}${again}`,
  };
}
