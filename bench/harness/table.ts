// Copyright 2026 the Tendril authors. MIT license.
import { type Results, type Scenario, TENDRIL } from "./scenario.ts";
import { median, ratio } from "./statistics.ts";

/** A scenario and what came out of it. */
export interface Outcome {
  scenario: Scenario;
  results: Results;
}

const HEAD = ["scenario", "subject", "ns per operation", "min–max", "Tendril/rival"];

/** Says how to read {@linkcode formatTable}. */
export const LEGEND =
  "Median over rounds of the time of one operation. Tendril/rival is the median over rounds of the " +
  "ratio within a round: below 1 means that Tendril is faster (or smaller).";

/** Formats the one table of all scenarios, as Markdown that is aligned for a terminal. */
export function formatTable(outcomes: Outcome[]): string {
  const rows = outcomes.flatMap(rowsOf);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width, column) => column < 2 ? "-".repeat(width) : dashes(width));
  return [line(HEAD), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** Formats which targets were reached. */
export function formatTargets(outcomes: Outcome[]): string {
  return outcomes.flatMap(({ scenario, results }) =>
    scenario.targets.map((target) => {
      if (results.skipped.has(TENDRIL)) {
        return `- MISS: ${scenario.name}: ${target.text}: it failed`;
      }
      const verdict = target.judge(results);
      if (verdict === undefined) return `- skipped: ${scenario.name}: ${target.text}`;
      const word = verdict.pass ? "pass" : "MISS";
      return `- ${word}: ${scenario.name}: ${target.text}: ${verdict.measured}`;
    })
  ).join("\n");
}

/** Names every subject that did not run, and why; empty when all did. */
export function formatSkipped(outcomes: Outcome[]): string {
  return outcomes.flatMap(({ scenario, results }) =>
    results.skipped.entries().map(([subject, reason]) =>
      `- skipped: ${scenario.name}: ${subject}: ${reason}`
    ).toArray()
  ).join("\n");
}

function rowsOf({ scenario, results }: Outcome): string[][] {
  const names = new Set(results.measurements.map((one) => one.name));
  return [...names].flatMap((name) =>
    scenario.subjects.flatMap((subject) => {
      const found = results.measurements.find((one) =>
        one.subject === subject.name && one.name === name
      );
      if (found === undefined) return [];
      const share = ratio(results, subject.name, name);
      const format = formats[found.unit];
      return [[
        name === scenario.name ? name : `${scenario.name}: ${name}`,
        subject.name + (subject.note ? ` (${subject.note})` : ""),
        format(median(found.values)),
        `${number(Math.min(...found.values))}–${format(Math.max(...found.values))}`,
        subject.name === TENDRIL ? "1" : share === undefined ? "" : formatRatio(share),
      ]];
    })
  );
}

const formats = {
  ns: number,
  bytes: (value: number) => `${number(value)} bytes`,
  count: number,
};

function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function formatRatio(value: number): string {
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

function pad(cell: string, column: number, width: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}

function dashes(width: number): string {
  return `${"-".repeat(width - 1)}:`;
}
