// Copyright 2026 the Tendril authors. MIT license.
import { Greenlet } from "@tendril/tendril";
import { BLUE, drawLanes } from "./lanes.ts";
import { Recorder } from "./record.ts";

/** Two greenlets that switch to each other: the program of docs/guide/02-switching.md. */
export function switching(): string {
  const names = ["ping", "pong"];
  const recorder = new Recorder(names);
  const ping: Greenlet = new Greenlet(function* () {
    yield* pong.switch();
    yield* pong.switch();
  }, { name: "ping" });
  const pong: Greenlet = new Greenlet(function* () {
    yield* ping.switch();
  }, { name: "pong" });
  ping.switch();
  recorder[Symbol.dispose]();
  return drawLanes({
    title: "ping and pong run in turn, two times each",
    names,
    intervals: recorder.intervals,
    looks: [{ state: "runs", label: "runs", colour: BLUE }],
    unit: "switch",
  });
}
