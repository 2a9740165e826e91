// Copyright 2026 the Tendril authors. MIT license.
/**
 * What is said at the end of a job.
 *
 * @module
 */
import type { DownloadRecord, DownloadReport } from "./download_all.ts";
import { seconds, size } from "./progress.ts";

/** Puts the outcome of a job into words: a table, a line on checksums, and what failed. */
export function summarize({ records, elapsed }: DownloadReport): string {
  const results = records.flatMap(({ result }) => result ?? []);
  const failures = records.flatMap(({ error }) => error ?? []);
  const singly = sum(records.map((record) => record.elapsed));
  const rows: [string, string][] = [
    ["files", `${results.length}`],
    ["bytes", size(sum(results.map(({ bytes }) => bytes)))],
    ["retries", `${sum(records.map(({ attempts }) => attempts - 1))}`],
    ["elapsed", seconds(elapsed)],
    ["one after another", `${seconds(singly)} (${(singly / elapsed).toFixed(1)} times as long)`],
  ];
  if (failures.length > 0) rows.push(["failed", `${failures.length}`]);
  return [
    ...table(rows),
    "",
    ...checksums(records),
    ...failures.map(({ message }) => message),
  ].join("\n");
}

function checksums(records: readonly DownloadRecord[]): string[] {
  const verified = records.filter(({ result }) => result?.verified).length;
  if (verified === records.length) return ["Every checksum matched."];
  if (records.every(({ item }) => item.sha256 === undefined)) return ["No checksum was given."];
  return [`${verified} of ${records.length} files had a checksum that matched.`];
}

function table(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
