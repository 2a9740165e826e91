// Copyright 2026 the Tendril authors. MIT license.
import { joinAll, Lock, sleep, spawnWith } from "@tendril/tendril";
import { virtualTime } from "@tendril/tendril/testing";
import { BLUE, drawLanes, GREY } from "./lanes.ts";
import { type Interval, Recorder } from "./record.ts";

/** Three greenlets that want one lock. */
export async function lock(): Promise<string> {
  const names = ["Ann", "Bob", "Cid"];
  let intervals: readonly Interval[] = [];
  await virtualTime(function* (time) {
    using recorder = new Recorder(names, () => time.now);
    const lock = new Lock();
    function* work() {
      using _ = yield* lock.acquire();
      yield* sleep(20);
    }
    yield* joinAll(names.map((name) => spawnWith({ name }, work)));
    intervals = recorder.intervals;
  });
  return drawLanes({
    title: "Ann holds the lock first, then Bob, then Cid; those who wait stand in line",
    names,
    intervals,
    looks: [
      { state: "waits for sleep", label: "holds the lock", colour: BLUE },
      { state: "waits for lock acquire", label: "waits for it", colour: GREY },
    ],
    unit: "ms",
  });
}
