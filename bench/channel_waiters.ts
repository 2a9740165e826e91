// Copyright 2026 the Tendril authors. MIT license.
import { Channel, type Coroutine, type Greenlet, run, select, spawn } from "@tendril/tendril";
import { nsPerOperation } from "./harness/measure.ts";
import {
  inDeno,
  inGo,
  type Results,
  type Round,
  type Sample,
  type Scenario,
  type Target,
  TENDRIL,
} from "./harness/scenario.ts";
import { find, median } from "./harness/statistics.ts";
import { runSubject } from "./harness/subject.ts";

const COUNTS = [1, 1_000, 100_000];
/** What 100,000 waiters may cost by not fitting into the processor's caches; a search would be 100,000. */
const FLAT = 4;

/** Many coroutines that stand in line for one channel. */
export const scenario: Scenario = {
  name: "channel_waiters",
  operation:
    "one item handed to the first of many, who goes to the end of the line; or one of many leaving " +
    "the line from its front or its middle, as the loser of a select, and coming back",
  rounds: 3,
  subjects: [inDeno("tendril", () => tendril), inGo("go")],
  targets: [flat(handing), flat(leaving)],
};

function handing(count: number): string {
  return `handed to one of ${count.toLocaleString("en")}`;
}

function leaving(count: number): string {
  return `leaves, one of ${count.toLocaleString("en")}`;
}

const tendril: Round = async () => {
  const samples: Sample[] = [];
  for (const count of COUNTS) {
    samples.push({ name: handing(count), ns: await measureHanding(count) });
    samples.push({ name: leaving(count), ns: await measureLeaving(count) });
  }
  return samples;
};

async function measureHanding(count: number): Promise<number> {
  const channel = new Channel<number>();
  const line = Array.from({ length: count }, () => spawn(receiveForEver, channel));
  const ns = await nsPerOperation((items) => run(sendAll, channel, items));
  await dismiss(line);
  return ns;
}

function* receiveForEver(channel: Channel<number>): Coroutine<never> {
  for (;;) yield* channel.receive();
}

function* sendAll(channel: Channel<number>, items: number): Coroutine<void> {
  for (let item = 0; item < items; item++) yield* channel.send(item);
}

async function measureLeaving(count: number): Promise<number> {
  const never = new Channel<number>();
  const calls = Array.from({ length: count }, () => new Channel<number>());
  const line = calls.map((call) => spawn(waitForCall, never, call));
  const ns = await nsPerOperation((times) => run(callSome, calls, times));
  await dismiss(line);
  return ns;
}

function* waitForCall(never: Channel<number>, call: Channel<number>): Coroutine<never> {
  for (;;) yield* select({ never: never.receive(), call: call.receive() });
}

/** Calls one from the front half of the line and one from the back half in turn. */
function* callSome(calls: Channel<number>[], times: number): Coroutine<void> {
  const half = calls.length >> 1;
  let at = 0;
  for (let i = 0; i < times; i += 2) {
    yield* calls[at]!.send(i);
    yield* calls[(at + half) % calls.length]!.send(i);
    at = (at + 1) % calls.length;
  }
}

async function dismiss(line: Greenlet<never>[]): Promise<void> {
  for (const each of line) await each.kill();
}

function flat(name: (count: number) => string): Target {
  const [few, many] = [name(COUNTS[0]!), name(COUNTS.at(-1)!)];
  return {
    text: `${many}: at most ${FLAT} times what it is with one`,
    judge(results: Results) {
      const [one, last] = [find(results, TENDRIL, few), find(results, TENDRIL, many)];
      if (one === undefined || last === undefined) return undefined;
      const times = median(last.values) / median(one.values);
      return { measured: `${times.toPrecision(3)} times`, pass: times <= FLAT };
    },
  };
}

if (import.meta.main) await runSubject(scenario);
