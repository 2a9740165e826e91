// Copyright 2026 the Tendril authors. MIT license.
import fc from "fast-check";
import { Semaphore } from "./semaphore.ts";

/** Runs two locks that two functions take in the same order, under some schedules of `fc.scheduler`. */
export async function exploreTwoLocks(schedules: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const a = new Semaphore(1);
      const b = new Semaphore(1);
      await scheduler.waitFor(
        Promise.all([work(scheduler, a, b), work(scheduler, a, b)]),
      );
    }),
    { numRuns: schedules, endOnFailure: true },
  );
}

async function work(scheduler: fc.Scheduler, a: Semaphore, b: Semaphore): Promise<void> {
  await scheduler.schedule(Promise.resolve());
  await a.acquire();
  await scheduler.schedule(Promise.resolve());
  await b.acquire();
  b.release();
  a.release();
}
