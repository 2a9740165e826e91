// Copyright 2026 the Tendril authors. MIT license.
import { Channel, joinAll, sleep, spawnWith } from "@tendril/tendril";
import { virtualTime } from "@tendril/tendril/testing";
import { BLUE, drawLanes, GREY } from "./lanes.ts";
import { type Interval, Recorder } from "./record.ts";

/** A fast sender and a slow receiver with a channel without capacity between them. */
export async function channel(): Promise<string> {
  const names = ["sender", "receiver"];
  let intervals: readonly Interval[] = [];
  await virtualTime(function* (time) {
    using recorder = new Recorder(names, () => time.now);
    const items = new Channel<number>();
    function* send() {
      for (let item = 1; item <= 3; item++) {
        yield* sleep(10);
        yield* items.send(item);
      }
      items.close();
    }
    function* receive() {
      for (let step = yield* items.next(); !step.done; step = yield* items.next()) {
        yield* sleep(25);
      }
    }
    yield* joinAll([spawnWith({ name: "sender" }, send), spawnWith({ name: "receiver" }, receive)]);
    intervals = recorder.intervals;
  });
  return drawLanes({
    title: "The sender waits until the receiver takes its item, and the other way round",
    names,
    intervals,
    looks: [
      { state: "waits for sleep", label: "works on an item", colour: BLUE },
      { state: "waits for channel", label: "waits for the other", colour: GREY },
    ],
    unit: "ms",
  });
}
