// Copyright 2026 the Tendril authors. MIT license.
// Random programs of greenlets that acquire, release, time out and are killed, against a plain model: the
// first in line gets in as soon as it may, and nobody else does.

import { assertEquals } from "@std/assert";
import {
  BoundedSemaphore,
  Event,
  type Greenlet,
  type Lease,
  Lock,
  type Op,
  RLock,
  RWLock,
  select,
  Semaphore,
  sleep,
  spawn,
} from "@tendril/tendril";
import fc from "fast-check";
import { ManualClock, settle } from "../../manual_clock.ts";
import type { Acquirable } from "./lock_kinds.ts";

const SEED = 20261121;
const RUNS = 200;

/** What somebody wants of it: sharers may be in together, up to a limit. */
type Side = "shared" | "alone";

interface Kind {
  readonly name: string;
  /** How many sharers it lets in. */
  readonly limit: number;
  make(): { side(side: Side): Acquirable; waiting(): number };
}

function plain(name: string, limit: number, create: () => Lock | RLock | Semaphore): Kind {
  return {
    name,
    limit,
    make() {
      const lock = create();
      return { side: () => lock, waiting: () => lock.stats().waiting };
    },
  };
}

const kinds: Kind[] = [
  plain("Lock", 1, () => new Lock()),
  plain("RLock", 1, () => new RLock()),
  plain("Semaphore(2)", 2, () => new Semaphore(2)),
  plain("BoundedSemaphore(3)", 3, () => new BoundedSemaphore(3)),
  {
    name: "RWLock",
    limit: Infinity,
    make() {
      const lock = new RWLock();
      return {
        side: (side) => side === "shared" ? lock.read : lock.write,
        waiting: () => lock.stats().waiting,
      };
    },
  },
];

type Manner = "plain" | "timeout" | "select" | "async";

type Step =
  | { do: "acquire"; side: Side; manner: Manner }
  /** Lets the holder that came `back` holders ago give it back. */
  | { do: "release"; back: number }
  /** Kills the greenlet that began `back` acquires ago. */
  | { do: "kill"; back: number }
  /** The same in one turn: what was handed over is received, and then given back. */
  | { do: "release and kill"; back: number }
  | { do: "wait" };

const back = fc.nat(6);
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant<"acquire">("acquire"),
        side: fc.constantFrom<Side>("shared", "shared", "alone"),
        manner: fc.constantFrom<Manner>("plain", "plain", "async", "timeout", "select"),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom<"release" | "kill" | "release and kill">(
          "release",
          "release",
          "kill",
          "release and kill",
        ),
        back,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant<"wait">("wait") }) },
  ),
  { minLength: 5, maxLength: 50 },
);

type State = "waiting" | "holding" | "done" | "given up";

/** An acquire as it really went. */
class Actor {
  state: State = "waiting";
  readonly greenlet: Greenlet<void>;
  /** Set when it is to give it back. */
  readonly enough = new Event();
  readonly limited: boolean;

  constructor(lock: Acquirable, readonly side: Side, manner: Manner) {
    this.limited = manner === "timeout" || manner === "select";
    const { enough } = this;
    const note = (state: State) => this.state = state;
    this.greenlet = manner === "async"
      ? spawn(async () => {
        try {
          using _ = await lock.acquire();
          note("holding");
          await enough.wait();
          note("done");
        } finally {
          if (this.state !== "done") note("given up");
        }
      })
      : spawn(function* () {
        let ended: State = "given up";
        try {
          using lease = yield* acquiring(lock, manner);
          if (lease === undefined) return;
          note("holding");
          yield* enough.wait();
          ended = "done";
        } finally {
          note(ended);
        }
      });
  }
}

function* acquiring(lock: Acquirable, manner: Manner): Generator<unknown, Lease | undefined> {
  if (manner === "timeout") return yield* lock.acquire({ timeout: 10 });
  if (manner === "plain") return yield* lock.acquire();
  const op: Op<Lease> = lock.acquire();
  const { key, value } = yield* select({ own: op, late: sleep(10) });
  return key === "own" ? value : undefined;
}

/** What it should do, in the plainest way. */
class Model {
  readonly states = new Map<Actor, State>();

  constructor(readonly limit: number) {}

  in(state: State): Actor[] {
    return [...this.states].filter(([, each]) => each === state).map(([actor]) => actor);
  }

  set(actor: Actor, state: State): void {
    this.states.set(actor, state);
    for (const first of this.in("waiting")) {
      const holders = this.in("holding");
      const alone = first.side === "alone" && this.limit === Infinity;
      const room = alone ? 0 : this.limit - 1;
      const writing = this.limit === Infinity && holders.some(({ side }) => side === "alone");
      if (writing || holders.length > room) break;
      this.states.set(first, "holding");
    }
  }

  /** Somebody gives up, if it has not ended. */
  leave(actor: Actor): void {
    const state = this.states.get(actor);
    if (state === "waiting" || state === "holding") this.set(actor, "given up");
  }
}

async function carryOut(kind: Kind, program: Step[]): Promise<void> {
  using clock = new ManualClock();
  const { side, waiting } = kind.make();
  const model = new Model(kind.limit);
  const actors: Actor[] = [];
  const release = (distance: number) => {
    const holder = model.in("holding").at(-1 - distance);
    if (holder === undefined) return;
    holder.enough.set();
    model.set(holder, "done");
  };
  const kill = (distance: number) => {
    const actor = actors.at(-1 - distance);
    // One that is on its way out ends as it would have.
    if (actor === undefined) return;
    model.leave(actor);
    actor.greenlet.kill();
  };
  for (const step of program) {
    switch (step.do) {
      case "acquire": {
        const actor = new Actor(side(step.side), step.side, step.manner);
        actors.push(actor);
        model.set(actor, "waiting");
        break;
      }
      case "release":
        release(step.back);
        break;
      case "kill":
        kill(step.back);
        break;
      case "release and kill":
        release(step.back);
        // Runs after the holder, which hands it on, and before whoever gets it.
        spawn(() => kill(step.back));
        break;
      case "wait":
        await clock.advance(10);
        for (const actor of model.in("waiting")) {
          if (actor.limited && model.states.get(actor) === "waiting") model.leave(actor);
        }
    }
    await settle();
    assertEquals(actors.map(({ state }) => state), actors.map((actor) => model.states.get(actor)!));
    assertEquals(waiting(), model.in("waiting").length);
  }
  for (const actor of actors) actor.greenlet.kill();
  await settle();
  assertEquals(waiting(), 0);
  assertEquals([...actors.map(({ greenlet }) => greenlet.ready), clock.armed], [
    ...actors.map(() => true),
    0,
  ]);
  using free = side("alone").acquireNowait();
  assertEquals(free === undefined, false);
}

for (const kind of kinds) {
  Deno.test(`${kind.name} does what its model does, in random programs (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, (program) => carryOut(kind, program)),
      { seed: SEED, numRuns: RUNS },
    );
  });
}
