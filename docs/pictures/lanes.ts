// Copyright 2026 the Tendril authors. MIT license.
/**
 * Draws lanes: a line for each greenlet, a bar for each state.
 *
 * @module
 */
import type { Interval } from "./record.ts";

/** What a state is called in the picture, and its colour. */
export interface Look {
  /** The states it is for begin so. */
  readonly state: string;
  readonly label: string;
  readonly colour: string;
}

export const BLUE = "#4878d0";
export const ORANGE = "#ee854a";
export const GREEN = "#3a923a";
export const GREY = "#c9ced6";

/** What a picture of lanes shows. */
export interface Lanes {
  readonly title: string;
  readonly names: readonly string[];
  readonly intervals: readonly Interval[];
  readonly looks: readonly Look[];
  /** What the axis counts. */
  readonly unit: string;
}

const LEFT = 90;
const WIDTH = 560;
const ROW = 30;
const TOP = 12;

/** Makes text safe in SVG. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** The picture, as SVG. */
export function drawLanes({ title, names, intervals, looks, unit }: Lanes): string {
  const end = Math.max(...intervals.map(({ to }) => to));
  const x = (time: number) => LEFT + time / end * (WIDTH - 20);
  const bottom = TOP + names.length * ROW;
  const parts: string[] = [];
  names.forEach((name, row) => {
    const middle = TOP + row * ROW + ROW / 2;
    parts.push(`<text x="${LEFT - 10}" y="${middle + 4}" text-anchor="end">${escape(name)}</text>`);
    parts.push(
      `<line x1="${LEFT}" x2="${x(end)}" y1="${middle}" y2="${middle}" stroke="#e4e7eb"/>`,
    );
  });
  for (const { lane, state, from, to } of intervals) {
    const look = looks.find((each) => state.startsWith(each.state));
    if (look === undefined || to === from) continue;
    const y = TOP + names.indexOf(lane) * ROW + 5;
    const width = Math.max(x(to) - x(from) - 1, 1).toFixed(1);
    parts.push(
      `<rect x="${x(from).toFixed(1)}" y="${y}" width="${width}" height="${ROW - 10}"` +
        ` rx="3" fill="${look.colour}"><title>${escape(`${lane}: ${look.label}`)}</title></rect>`,
    );
  }
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => end / each <= 12) ?? end;
  for (let time = 0; time <= end; time += step) {
    parts.push(
      `<text x="${x(time).toFixed(1)}" y="${bottom + 14}" text-anchor="middle"` +
        ` fill="#6b7280">${time}</text>`,
    );
  }
  parts.push(
    `<text x="${LEFT - 10}" y="${bottom + 14}" text-anchor="end" fill="#6b7280">${unit}</text>`,
  );
  let at = LEFT;
  for (const { label, colour } of looks) {
    parts.push(
      `<rect x="${at}" y="${bottom + 26}" width="12" height="12" rx="2" fill="${colour}"/>`,
    );
    parts.push(`<text x="${at + 18}" y="${bottom + 36}">${escape(label)}</text>`);
    at += 40 + label.length * 7;
  }
  return frame(title, LEFT + WIDTH, bottom + 48, parts);
}

/** A white page with a title for those who cannot see it. */
export function frame(title: string, width: number, height: number, parts: string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}"` +
    ` height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" rx="6" fill="#fff"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}
