// Copyright 2026 the Tendril authors. MIT license.
import { type Figures, mean } from "./figures.ts";
import type { Job, Slice } from "./simulate.ts";

const AXIS_STEP = 5;

/** A Gantt chart as lines of text, a character a millisecond: `█` computes, `·` waits. */
export function chart(jobs: readonly Job[], slices: readonly Slice[]): string[] {
  const length = slices.at(-1)!.end;
  const rows = jobs.map((job) => {
    const own = slices.filter((slice) => slice.job === job);
    const row = Array.from({ length }, (_, at) => {
      if (own.some(({ start, end }) => at >= start && at < end)) return "█";
      return at >= job.arrival && at < own.at(-1)!.end ? "·" : " ";
    });
    return `${job.name} ${row.join("")}`.trimEnd();
  });
  let axis = "  ";
  for (let at = 0; at <= length; at += AXIS_STEP) axis += String(at).padEnd(AXIS_STEP);
  return [...rows, axis.trimEnd()];
}

/** The figures as lines of text. */
export function table(figures: readonly Figures[]): string[] {
  const line = (cells: unknown[]) => cells.map((cell) => String(cell).padStart(12)).join("");
  return [
    line(["job", "arrival", "burst", "end", "waiting", "turnaround", "response"]),
    ...figures.map(({ job, end, waiting, turnaround, response }) =>
      line([job.name, job.arrival, job.burst, end, waiting, turnaround, response])
    ),
    line([
      "mean",
      "",
      "",
      "",
      ...(["waiting", "turnaround", "response"] as const).map((which) =>
        mean(figures, which).toFixed(1)
      ),
    ]),
  ];
}
