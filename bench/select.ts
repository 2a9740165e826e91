// Copyright 2026 the Tendril authors. MIT license.
import { Channel, type Coroutine, run, select, spawn } from "@tendril/tendril";
import { nsPerOperation } from "./harness/measure.ts";
import { inDeno, inGo, type Round, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

/** Something can be received at once, most of the time. */
const READY = "capacity 100";
/** Most of the time the select has to wait. */
const WAITING = "capacity 0";

/** A consumer that takes whatever comes first from four producers, each with a channel of its own. */
export const scenario: Scenario = {
  name: "select",
  operation: "one item sent, and received by a select over four channels",
  rounds: 7,
  subjects: [
    inDeno("tendril", () => cases(tendril)),
    inDeno("effect", effect, { note: "Effect.raceAllFirst of Queue.take" }),
    inGo("go"),
  ],
  targets: [READY, WAITING].map((name) =>
    ratioAtMost(name, "go", 1, `no slower than Go's select, ${name}`)
  ),
};

type Batch = (items: number, capacity: number) => Promise<unknown>;

function cases(batch: Batch): Round {
  return async () => [
    { name: READY, ns: await nsPerOperation((items) => batch(items, 100)) },
    { name: WAITING, ns: await nsPerOperation((items) => batch(items, 0)) },
  ];
}

function tendril(items: number, capacity: number): Promise<number> {
  return run(collect, Math.max(1, items >> 2), capacity);
}

function* collect(itemsEach: number, capacity: number): Coroutine<number> {
  const a = new Channel<number>(capacity);
  const b = new Channel<number>(capacity);
  const c = new Channel<number>(capacity);
  const d = new Channel<number>(capacity);
  for (const channel of [a, b, c, d]) spawn(sendAll, channel, itemsEach);
  let sum = 0;
  for (let item = 0; item < itemsEach * 4; item++) {
    const { value } = yield* select({
      a: a.receive(),
      b: b.receive(),
      c: c.receive(),
      d: d.receive(),
    });
    sum += value;
  }
  return sum;
}

function* sendAll(channel: Channel<number>, items: number): Coroutine<void> {
  for (let item = 0; item < items; item++) yield* channel.send(item);
}

async function effect() {
  const { collect } = await import("./rivals/effect.ts");
  return cases((items, capacity) => collect(Math.max(1, items >> 2), Math.max(1, capacity)));
}

if (import.meta.main) await runSubject(scenario);
