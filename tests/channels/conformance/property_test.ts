// Copyright 2026 the Tendril authors. MIT license.
// Random programs of producers, consumers, timeouts, kills and selects against the model in queue_kinds.ts.

import { assertEquals } from "@std/assert";
import { type Greenlet, type Op, select, sleep, spawn } from "@tendril/tendril";
import fc from "fast-check";
import { ManualClock, settle } from "../../manual_clock.ts";
import { type Face, type Kind, kinds, Model } from "./queue_kinds.ts";

const SEED = 20261121;
const RUNS = 200;

/** How an operation waits: for ever, with a timeout, in a select against a timer, or awaited. */
type Manner = "plain" | "timeout" | "select" | "async";

type Step =
  | { do: "put" | "get"; manner: Manner }
  /** Kills the operation that began `back` operations ago. */
  | { do: "kill"; back: number }
  /** Kills it after something else has happened in the same turn. */
  | { do: "put and kill" | "get and kill"; back: number }
  | { do: "settle" | "wait" };

const back = fc.nat(6);

/** Steps of which most wait for ever, so that the lines get long, and `put` of ten put. */
function steps(put: number): fc.Arbitrary<Step[]> {
  const manner = fc.constantFrom<Manner>("plain", "plain", "async", "timeout", "select");
  const one = fc.oneof(
    { weight: put, arbitrary: fc.record({ do: fc.constant<"put">("put"), manner }) },
    { weight: 10 - put, arbitrary: fc.record({ do: fc.constant<"get">("get"), manner }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant<"kill">("kill"), back }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom<"put and kill" | "get and kill">("put and kill", "get and kill"),
        back,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom<"settle" | "wait">("settle", "wait") }),
    },
  );
  return fc.array(one, { minLength: 3, maxLength: 15 });
}

/** Phases in which rather those who put, those who get or neither are in the majority. */
const program = fc.array(fc.oneof(steps(8), steps(2), steps(5)), { minLength: 2, maxLength: 5 })
  .map((phases) => phases.flat());

/** Under way, done, with what it got, or given up. */
type State = "waiting" | "done" | "given up" | number;

/** An operation as it really went. */
class Actor {
  state: State = "waiting";
  greenlet: Greenlet<unknown> | null = null;

  constructor(readonly limited: boolean) {}

  begin(make: (timed: boolean) => Op<void | number>, how: Manner): void {
    const note = (value: void | number) => this.state = value ?? "done";
    const giveUp = () => this.state = "given up";
    if (how === "async") {
      make(false).then(note, giveUp);
      return;
    }
    this.greenlet = spawn(function* () {
      try {
        if (how === "select") {
          const { key, value } = yield* select({ own: make(false), late: sleep(10) });
          if (key === "own") note(value);
          else giveUp();
        } else note(yield* make(how === "timeout"));
      } catch {
        giveUp();
      }
    });
  }
}

/** Carries out a program and its model side by side, and compares them whenever all is quiet. */
async function carryOut(kind: Kind, steps: Step[]): Promise<void> {
  using clock = new ManualClock();
  const face: Face = kind.make();
  const actors: Actor[] = [];
  const states = new Map<Actor, State>();
  const model = new Model<Actor, Actor>(
    kind,
    (putter) => states.set(putter, "done"),
    (getter, item) => states.set(getter, item),
  );
  let items = 0;

  const begin = (what: "put" | "get", how: Manner) => {
    const actor = new Actor(how === "timeout" || how === "select");
    actors.push(actor);
    states.set(actor, "waiting");
    const item = ++items;
    if (what === "put") {
      actor.begin((timed) => face.put(item, timed ? { timeout: 10 } : undefined), how);
      model.put(actor, item);
    } else {
      actor.begin((timed) => face.get(timed ? { timeout: 10 } : undefined), how);
      model.get(actor);
    }
  };
  const giveUp = (actor: Actor | undefined) => {
    if (actor === undefined || states.get(actor) !== "waiting") return;
    model.leave(actor);
    states.set(actor, "given up");
  };
  const kill = (distance: number) => {
    const actor = actors.filter(({ greenlet }) => greenlet !== null).at(-1 - distance);
    // What was handed over in this turn is kept, in the model as in the real thing.
    giveUp(actor);
    actor?.greenlet?.kill();
  };
  const compare = () => {
    assertEquals(actors.map(({ state }) => state), actors.map((actor) => states.get(actor)!));
    assertEquals(
      [face.size(), face.putters(), face.getters()],
      [model.stored.length, model.putters.length, model.getters.length],
    );
  };

  for (const each of steps) {
    switch (each.do) {
      case "put":
      case "get":
        begin(each.do, each.manner);
        break;
      case "kill":
        await settle(); // one that has not begun yet would not be in the model's line
        kill(each.back);
        break;
      case "put and kill":
        await settle();
        if (face.tryPut(++items)) model.put(new Actor(false), items);
        kill(each.back);
        break;
      case "get and kill": {
        await settle();
        const item = face.tryGet();
        const actor = new Actor(false);
        if (item === undefined) {
          assertEquals([model.stored.length, model.putters.length], [0, 0]);
        } else {
          model.get(actor);
          assertEquals(states.get(actor), item);
        }
        kill(each.back);
        break;
      }
      case "settle":
        await settle();
        compare();
        break;
      case "wait":
        await clock.advance(10);
        for (const actor of actors) {
          if (actor.limited) giveUp(actor);
        }
        await settle();
        compare();
    }
    // Each begins before the next, so that the lines are in the order of the program.
    await settle();
  }
  compare();
  for (const actor of actors) actor.greenlet?.kill();
  while (face.getters() > 0) face.tryPut(0);
  while (face.putters() > 0) face.tryGet();
  await clock.advance(20);
}

for (const kind of kinds) {
  Deno.test(`${kind.name} does what its model does, in random programs (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(program, (each) => carryOut(kind, each)),
      { seed: SEED, numRuns: RUNS },
    );
  });
}
