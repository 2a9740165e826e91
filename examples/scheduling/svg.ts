// Copyright 2026 the Tendril authors. MIT license.
import { type Figures, mean } from "./figures.ts";
import type { Job, Slice } from "./simulate.ts";

/** What one discipline made of the jobs. */
export interface Outcome {
  name: string;
  slices: readonly Slice[];
  figures: readonly Figures[];
}

const COLOURS = ["#4878d0", "#ee854a", "#6acc64", "#d65f5f", "#956cb4"];
const MILLISECOND = 32;
const ROW = 18;
const LEFT = 40;
const HEAD = 28;
const AXIS = 26;

/** All Gantt charts, one below the other, as an SVG image. */
export function svg(jobs: readonly Job[], outcomes: readonly Outcome[]): string {
  const length = Math.max(...outcomes.map(({ slices }) => slices.at(-1)!.end));
  const width = LEFT * 2 + length * MILLISECOND;
  const height = HEAD + jobs.length * ROW + AXIS;
  const charts = outcomes.map((outcome, at) =>
    `<g transform="translate(0 ${at * height})">${chart(jobs, outcome, length)}</g>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height * outcomes.length}"`,
    ` font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...charts,
    "</svg>\n",
  ].join("");
}

function chart(jobs: readonly Job[], { name, slices, figures }: Outcome, length: number): string {
  const x = (time: number) => LEFT + time * MILLISECOND;
  const means = (["waiting", "turnaround", "response"] as const)
    .map((which) => `${which} ${mean(figures, which).toFixed(1)}`).join(", ");
  const parts = [`<text x="${LEFT}" y="18" font-weight="bold">${name}</text>`];
  parts.push(`<text x="${x(length)}" y="18" text-anchor="end">mean: ${means}</text>`);
  figures.forEach(({ job, end }, row) => {
    const top = HEAD + row * ROW;
    const middle = top + ROW / 2;
    parts.push(`<text x="${LEFT - 8}" y="${middle + 4}" text-anchor="end">${job.name}</text>`);
    parts.push(
      `<line x1="${x(job.arrival)}" x2="${x(end)}" y1="${middle}" y2="${middle}" stroke="#bbb"/>`,
    );
    for (const slice of slices.filter((each) => each.job === job)) {
      const size = `width="${(slice.end - slice.start) * MILLISECOND}" height="${ROW - 4}"`;
      const fill = COLOURS[row % COLOURS.length];
      parts.push(`<rect x="${x(slice.start)}" y="${top + 2}" ${size} fill="${fill}"/>`);
    }
  });
  const bottom = HEAD + jobs.length * ROW + 14;
  for (let time = 0; time <= length; time += 5) {
    parts.push(`<text x="${x(time)}" y="${bottom}" text-anchor="middle">${time}</text>`);
  }
  return parts.join("");
}
