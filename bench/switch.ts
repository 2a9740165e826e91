// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, Greenlet, run } from "@tendril/tendril";
import { perOperation } from "./harness/measure.ts";
import { inDeno, inGo, inPython, type Scenario } from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";
import { Baton } from "./rivals/baton.ts";

const NAME = "switch";

/** Two coroutines that give control to each other by name. */
export const scenario: Scenario = {
  name: NAME,
  operation: "one explicit switch between two coroutines that name each other",
  rounds: 7,
  subjects: [
    inDeno("tendril", () => perOperation(NAME, tendril)),
    inDeno("raw generator", () => perOperation(NAME, rawGenerator)),
    inDeno("async/await", () => perOperation(NAME, asyncAwait), { note: "promise for each hop" }),
    inDeno("effection", effection, { note: "withResolvers for each hop" }),
    inDeno("effect", effect, { note: "Deferred for each hop" }),
    inGo("go", { note: "runtime.Gosched" }),
    inPython("greenlet"),
  ],
  targets: [
    ratioAtMost(NAME, "raw generator", 2, "at most 2 times a raw gen.next() hop"),
    ratioAtMost(NAME, "greenlet", 0.2, "at least 5 times faster than Python's greenlet"),
    ratioAtMost(NAME, "go", 1, "faster than Go's Gosched"),
  ],
};

let left: Greenlet;
let right: Greenlet;

function tendril(hops: number): Promise<void> {
  return run(playTendril, hops / 2);
}

function* playTendril(turns: number): Coroutine<void> {
  left = new Greenlet(playLeft);
  right = new Greenlet(playRight);
  yield* left.switch(turns);
  // The right one still stands in its last switch.
  yield* right.switch();
}

function* playLeft(turns: number): Coroutine<void> {
  yield* right.switch(turns);
  for (let turn = 1; turn < turns; turn++) yield* right.switch();
}

function* playRight(turns: number): Coroutine<void> {
  for (let turn = 0; turn < turns; turn++) yield* left.switch();
}

type Player = Generator<Player, void, void>;

const players: Player[] = [];

function rawGenerator(hops: number): void {
  players[0] = playRaw(hops / 2, 1);
  players[1] = playRaw(hops / 2, 0);
  let current: Player | undefined = players[0];
  while (current !== undefined) {
    const step: IteratorResult<Player, void> = current.next();
    current = step.done ? undefined : step.value;
  }
}

// One function for both players: with two, V8 settles at either of two speeds, by chance.
function* playRaw(turns: number, other: 0 | 1): Player {
  for (let turn = 0; turn < turns; turn++) yield players[other]!;
}

async function asyncAwait(hops: number): Promise<void> {
  const first = new Baton();
  const second = new Baton();
  const players = [playAsync(hops / 2, first, second), playAsync(hops / 2, second, first)];
  first.pass();
  await Promise.all(players);
}

async function playAsync(turns: number, mine: Baton, other: Baton): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await mine.take();
    other.pass();
  }
}

async function effection() {
  const { takeBatons } = await import("./rivals/effection.ts");
  return perOperation(NAME, takeBatons);
}

async function effect() {
  const { takeBatons } = await import("./rivals/effect.ts");
  return perOperation(NAME, takeBatons);
}

if (import.meta.main) await runSubject(scenario);
