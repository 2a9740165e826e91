// Copyright 2026 the Tendril authors. MIT license.
/**
 * What is said at the end of a job.
 *
 * @module
 */
import type { DownloadRecord, DownloadReport } from "./result.ts";
import { seconds, size } from "./progress.ts";

/** Puts the outcome of a job into words: a table, a line on checksums, and what failed. */
export function summarize({ records, elapsed }: DownloadReport): string {
  const results = records.flatMap(({ result }) => result ?? []);
  const failures = records.flatMap(({ error }) => error ?? []);
  const singly = sum(records.map((record) => record.elapsed));
  const rows: [string, string][] = [
    ["files", `${results.length}`],
    ["bytes", size(sum(results.map(({ bytes }) => bytes)))],
    ["retries", `${sum(records.map(({ attempts }) => Math.max(0, attempts - 1)))}`],
    ["elapsed", seconds(elapsed)],
    ["one after another", `${seconds(singly)} (${(singly / elapsed).toFixed(1)} times as long)`],
  ];
  const skipped = results.filter(({ status }) => status === "skipped").length;
  if (skipped > 0) rows.push(["skipped", `${skipped}, which were there already`]);
  if (failures.length > 0) rows.push(["failed", `${failures.length}`]);
  return [
    ...table(rows),
    "",
    ...checksums(records),
    ...failures.map(({ message }) => message),
  ].join("\n");
}

function checksums(records: readonly DownloadRecord[]): string[] {
  const count = (what: (record: DownloadRecord) => boolean | undefined) =>
    records.filter(what).length;
  const verified = count(({ result }) => result?.verified);
  const unverified = count(({ result }) => result?.status === "unverified");
  const lines: string[] = [];
  if (verified === records.length) lines.push("Every checksum matched.");
  else if (verified > 0) {
    lines.push(`${verified} of ${records.length} files had a checksum that matched.`);
  } else lines.push("No checksum was compared.");
  if (unverified > 0) {
    lines.push(
      `${unverified} unverified: the server gave no length, so an early end would not show.`,
    );
  }
  return lines;
}

function table(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
