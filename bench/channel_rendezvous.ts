// Copyright 2026 the Tendril authors. MIT license.
import { Channel, type Coroutine, joinAll, run, spawn } from "@tendril/tendril";
import { perOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";
import { Baton } from "./rivals/baton.ts";

const NAME = "channel_rendezvous";

/** Two coroutines that hand an item to and fro over two channels without room. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one item handed over by a channel of capacity 0, in a game of ping-pong",
  rounds: 7,
  subjects: [
    inDeno("tendril", () => perOperation(NAME, tendril)),
    inDeno("async/await", () => perOperation(NAME, asyncAwait), { note: "promise for each item" }),
    inDeno("effection", effection, { note: "createChannel" }),
    inDeno("effect", effect, { note: "Queue.bounded(1)" }),
    inGo("go"),
    inPython("gevent", { note: "gevent.queue.Channel" }),
  ],
  targets: [
    ratioAtMost(NAME, "go", 1 / 1.3, "at least 1.3 times faster than Go"),
    ratioAtMost(NAME, "gevent", 0.2, "at least 5 times faster than gevent"),
  ],
};

function tendril(items: number): Promise<void> {
  return run(playPingPong, items / 2);
}

function* playPingPong(turns: number): Coroutine<void> {
  const there = new Channel<number>();
  const back = new Channel<number>();
  yield* joinAll([spawn(serve, there, back, turns), spawn(giveBack, there, back, turns)]);
}

function* serve(there: Channel<number>, back: Channel<number>, turns: number): Coroutine<void> {
  for (let turn = 0; turn < turns; turn++) {
    yield* there.send(turn);
    yield* back.receive();
  }
}

function* giveBack(there: Channel<number>, back: Channel<number>, turns: number): Coroutine<void> {
  for (let turn = 0; turn < turns; turn++) yield* back.send(yield* there.receive());
}

async function asyncAwait(items: number): Promise<void> {
  const [there, back] = [new Baton(), new Baton()];
  await Promise.all([serveAsync(there, back, items / 2), giveBackAsync(there, back, items / 2)]);
}

async function serveAsync(there: Baton, back: Baton, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    there.pass();
    await back.take();
  }
}

async function giveBackAsync(there: Baton, back: Baton, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await there.take();
    back.pass();
  }
}

async function effection() {
  const { playPingPong } = await import("./rivals/effection.ts");
  return perOperation(NAME, playPingPong);
}

async function effect() {
  const { playPingPong } = await import("./rivals/effect.ts");
  return perOperation(NAME, playPingPong);
}

if (import.meta.main) await runSubject(scenario);
