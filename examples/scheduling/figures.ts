// Copyright 2026 the Tendril authors. MIT license.
import type { Job, Slice } from "./simulate.ts";

/** How a job fared; times are in milliseconds. */
export interface Figures {
  job: Job;
  end: number;
  /** From its arrival to its end. */
  turnaround: number;
  /** How much of that it did not have the processor. */
  waiting: number;
  /** From its arrival to its first slice. */
  response: number;
}

/** The figures of each job. */
export function figuresOf(jobs: readonly Job[], slices: readonly Slice[]): Figures[] {
  return jobs.map((job) => {
    const own = slices.filter((slice) => slice.job === job);
    const end = own.at(-1)!.end;
    const turnaround = end - job.arrival;
    const response = own[0]!.start - job.arrival;
    return { job, end, turnaround, waiting: turnaround - job.burst, response };
  });
}

/** The mean of one of the figures. */
export function mean(
  figures: readonly Figures[],
  which: "turnaround" | "waiting" | "response",
): number {
  return figures.reduce((sum, each) => sum + each[which], 0) / figures.length;
}
