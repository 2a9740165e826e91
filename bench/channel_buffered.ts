// Copyright 2026 the Tendril authors. MIT license.
import { Channel, type Coroutine, run, spawn } from "@tendril/tendril";
import { perOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

const NAME = "channel_buffered";
const CAPACITY = 100;

/** A producer and a consumer with room for a hundred items between them. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one item sent and received through a channel of capacity 100",
  rounds: 7,
  subjects: [
    inDeno("tendril", () => perOperation(NAME, tendril)),
    inDeno("effection", effection, { note: "createChannel, unbounded" }),
    inDeno("effect", effect, { note: "Queue.bounded(100)" }),
    inGo("go"),
    inPython("gevent", { note: "gevent.queue.Queue(100)" }),
  ],
  targets: [
    ratioAtMost(NAME, "go", 1, "faster than Go"),
    ratioAtMost(NAME, "gevent", 0.2, "at least 5 times faster than gevent"),
  ],
};

function tendril(items: number): Promise<void> {
  return run(passItems, items);
}

function* passItems(items: number): Coroutine<void> {
  const channel = new Channel<number>(CAPACITY);
  spawn(sendAll, channel, items);
  yield* receiveAll(channel, items);
}

function* sendAll(channel: Channel<number>, items: number): Coroutine<void> {
  for (let item = 0; item < items; item++) yield* channel.send(item);
}

function* receiveAll(channel: Channel<number>, items: number): Coroutine<number> {
  let sum = 0;
  for (let item = 0; item < items; item++) sum += yield* channel.receive();
  return sum;
}

async function effection() {
  const { passItems } = await import("./rivals/effection.ts");
  return perOperation(NAME, passItems);
}

async function effect() {
  const { passItems } = await import("./rivals/effect.ts");
  return perOperation(NAME, (items) => passItems(items, CAPACITY));
}

if (import.meta.main) await runSubject(scenario);
