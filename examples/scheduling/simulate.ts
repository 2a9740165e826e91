// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, getCurrent, Greenlet, joinAll, type Policy } from "@tendril/tendril";
import { type VirtualTime, virtualTime } from "@tendril/tendril/testing";

/** Something that needs the processor for a time; times are in milliseconds. */
export interface Job {
  name: string;
  /** When it comes. */
  arrival: number;
  /** For how long it needs the processor. */
  burst: number;
  /** The higher, the more urgent. */
  priority: number;
}

/** A way to share the processor. */
export interface Discipline {
  name: string;
  policy: Policy;
  /**
   * Whether jobs give way after each millisecond, so that the policy can give the processor to another. The
   * runtime takes it from nobody: a job that never gives way runs until it is done.
   */
  preemptive: boolean;
}

/** When a job had the processor. */
export interface Slice {
  job: Job;
  start: number;
  end: number;
}

/** Lets greenlets share a processor of virtual time, and gives who had it when. */
export function simulate(jobs: readonly Job[], discipline: Discipline): Promise<Slice[]> {
  const { policy, preemptive } = discipline;
  const slices: Slice[] = [];
  return virtualTime(function* (time) {
    const greenlets = jobs.map((job) => {
      const { name, priority, burst } = job;
      return new Greenlet(compute, { name, priority, estimate: burst });
    });
    greenlets.forEach((greenlet, i) => {
      const job = jobs[i]!;
      greenlet.startLater(job.arrival, job, preemptive ? 1 : job.burst, time, slices);
    });
    yield* joinAll(greenlets, { raiseError: true });
    return slices;
  }, { policy });
}

function* compute(job: Job, step: number, time: VirtualTime, slices: Slice[]): Coroutine {
  for (let left = job.burst; left > 0; left -= step) {
    const start = time.now;
    time.spend(step);
    add(slices, { job, start, end: time.now });
    getCurrent().estimate = left - step;
    yield;
  }
}

/** Adds a slice to the last one if it goes on with that. */
function add(slices: Slice[], slice: Slice): void {
  const last = slices.at(-1);
  if (last?.job === slice.job && last.end === slice.start) last.end = slice.end;
  else slices.push(slice);
}
