// Copyright 2026 the Tendril authors. MIT license.
import { scope as scoped, sleep, spawnWith } from "@tendril/tendril";
import { virtualTime } from "@tendril/tendril/testing";
import { BLUE, drawLanes, GREY, ORANGE } from "./lanes.ts";
import { type Interval, Recorder } from "./record.ts";

/** A scope in which one child fails while the other works. */
export async function scope(): Promise<string> {
  const names = ["scope", "fails", "sibling"];
  let intervals: readonly Interval[] = [];
  await virtualTime(function* (time) {
    using recorder = new Recorder(names, () => time.now);
    const whole = spawnWith({ name: "scope" }, () =>
      scoped(function* (s) {
        s.spawn(function* () {
          yield* sleep(30);
          throw new Error("no luck");
        }).name = "fails";
        s.spawn(function* () {
          try {
            yield* sleep(100);
          } finally {
            yield* sleep(10); // cleans up
          }
        }).name = "sibling";
      }));
    yield* whole.join();
    intervals = recorder.intervals;
  });
  const killed = intervals.findLast(({ lane }) => lane === "fails")!.to;
  return drawLanes({
    title: "One child fails after 30 ms; the other is ended and cleans up; then the scope is over",
    names,
    // dump() calls both waits of the sibling a sleep; the second one is in its finally block.
    intervals: intervals.flatMap((each) => {
      if (each.lane !== "sibling" || each.to <= killed) return [each];
      const before = { ...each, to: Math.max(each.from, killed) };
      return [before, { ...each, from: before.to, state: "cleans up" }];
    }),
    looks: [
      { state: "waits for sleep", label: "works", colour: BLUE },
      { state: "cleans up", label: "in its finally block", colour: ORANGE },
      { state: "waits for", label: "waits for its children", colour: GREY },
    ],
    unit: "ms",
  });
}
