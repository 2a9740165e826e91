// Copyright 2026 the Tendril authors. MIT license.
import { type Measurement, type Results, TENDRIL } from "./scenario.ts";

/** Gives the middle value, or the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** Gives the value that a quarter of the values do not exceed. */
export function lowerQuartile(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? NaN;
}

/** Finds what a subject gave for a case. */
export function find(results: Results, subject: string, name: string): Measurement | undefined {
  return results.measurements.find((one) => one.subject === subject && one.name === name);
}

/**
 * Gives Tendril's share of a rival's value: the median over rounds of the ratio within a round,
 * because two neighbours in time suffer the same noise.
 */
export function ratio(results: Results, rival: string, name: string): number | undefined {
  const ours = find(results, TENDRIL, name);
  const theirs = find(results, rival, name);
  if (ours === undefined || theirs === undefined || ours === theirs) return undefined;
  // A subject with fewer rounds is spread over all of them, so pair by position in time.
  const pairs = Math.min(ours.values.length, theirs.values.length);
  const ratios = Array.from({ length: pairs }, (_, pair) => {
    const a = at(ours.values, pair, pairs);
    const b = at(theirs.values, pair, pairs);
    return a / b;
  });
  return median(ratios);
}

function at(values: number[], pair: number, pairs: number): number {
  return values[Math.floor((pair * values.length) / pairs)] ?? NaN;
}
