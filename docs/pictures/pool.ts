// Copyright 2026 the Tendril authors. MIT license.
import { Pool, sleep, spawnWith } from "@tendril/tendril";
import { virtualTime } from "@tendril/tendril/testing";
import { BLUE, drawLanes } from "./lanes.ts";
import { type Interval, Recorder } from "./record.ts";

/** Five jobs in a pool of three. */
export async function pool(): Promise<string> {
  const jobs = [30, 50, 20, 40, 30];
  const names = jobs.map((_, index) => `job ${index + 1}`);
  let intervals: readonly Interval[] = [];
  await virtualTime(function* (time) {
    using recorder = new Recorder(names, () => time.now);
    const pool = new Pool(3);
    for (const [index, ms] of jobs.entries()) {
      yield* pool.waitAvailable();
      yield* pool.add(spawnWith({ name: names[index]! }, () => sleep(ms)));
    }
    yield* pool.join();
    intervals = recorder.intervals;
  });
  return drawLanes({
    title: "Three jobs run at once; the fourth starts when one of them has ended, and so on",
    names,
    intervals,
    looks: [{ state: "waits for sleep", label: "in progress", colour: BLUE }],
    unit: "ms",
  });
}
