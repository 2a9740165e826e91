// Copyright 2026 the Tendril authors. MIT license.
// Everything that can be acquired, in a shape that locks_test.ts can try out.

import { assertEquals } from "@std/assert";
import {
  BoundedSemaphore,
  Condition,
  type Coroutine,
  type Event,
  type Greenlet,
  type Lease,
  Lock,
  type Op,
  RLock,
  RWLock,
  Semaphore,
  spawn,
  spawnWith,
  type Timeout,
  type WaitOptions,
} from "@tendril/tendril";
import { ManualClock, settle } from "../../manual_clock.ts";

/** What they have in common. */
export interface Acquirable {
  acquire(): Op<Lease>;
  acquire(options: WaitOptions): Op<Lease | undefined>;
  acquireNowait(): Lease | undefined;
  release(): void;
}

/** One of them, free. */
export interface Subject {
  /** What is tried out. */
  readonly lock: Acquirable;
  /** Shown in reports. */
  readonly shown: object;
  /** What has to be acquired so that nobody else can. */
  readonly blocker: Acquirable;
  /** Whether somebody has it. */
  taken(): boolean;
  /** How many wait. */
  waiting(): number;
}

/** A kind of them. */
export interface Kind {
  readonly name: string;
  /** Whether one at a time has it. */
  readonly exclusive: boolean;
  /** Whether its reports name the owner. */
  readonly owned: boolean;
  /** Whether a release of what is not held is refused. */
  readonly strict: boolean;
  readonly make: (name?: string) => Subject;
}

function plain(
  name: string,
  create: (options: { name?: string }) => Lock | RLock | Semaphore,
  owned: boolean,
  strict = owned,
): Kind {
  return {
    name,
    exclusive: true,
    owned,
    strict,
    make(name) {
      const lock = create(name === undefined ? {} : { name });
      return {
        lock,
        shown: lock,
        blocker: lock,
        taken: () => lock.locked,
        waiting: () => lock.stats().waiting,
      };
    },
  };
}

function ofCondition(name: string, create: () => Lock | RLock): Kind {
  return {
    name,
    exclusive: true,
    owned: true,
    strict: true,
    make() {
      const condition = new Condition(create());
      return {
        lock: condition,
        shown: condition.lock,
        blocker: condition,
        taken: () => condition.locked,
        waiting: () => condition.lock.stats().waiting,
      };
    },
  };
}

function sideOf(side: "read" | "write"): Kind {
  return {
    name: `RWLock.${side}`,
    exclusive: side === "write",
    owned: true,
    strict: true,
    make(name) {
      const lock = new RWLock(name === undefined ? {} : { name });
      return {
        lock: lock[side],
        shown: lock,
        blocker: lock.write,
        taken: () => lock.locked,
        waiting: () => lock.stats().waiting,
      };
    },
  };
}

/** All kinds. */
export const kinds: Kind[] = [
  plain("Lock", (options) => new Lock(options), true),
  plain("RLock", (options) => new RLock(options), true),
  plain("Semaphore", (options) => new Semaphore(1, options), false),
  plain("BoundedSemaphore", (options) => new BoundedSemaphore(1, options), false, true),
  ofCondition("Condition", () => new RLock()),
  ofCondition("Condition of a Lock", () => new Lock()),
  sideOf("read"),
  sideOf("write"),
];

/** Acquires, does `then` with what it got, and gives that. */
export type Colour = <T>(acquire: () => Op<T>, then?: (got: T) => void) => PromiseLike<T>;

/** Who acquires. */
export const colours: Record<string, Colour> = {
  "a greenlet": (acquire, then) =>
    spawn(function* () {
      const got = yield* acquire();
      then?.(got);
      return got;
    }),
  "an async greenlet": (acquire, then) =>
    spawn(async () => {
      const got = await acquire();
      then?.(got);
      return got;
    }),
  "an async function": async (acquire, then) => {
    const got = await acquire();
    then?.(got);
    return got;
  },
};

/** How an attempt ended. */
export type Outcome = { value: unknown } | { error: unknown };

/** One test for each kind; nobody may be left waiting, and no timer. */
export function forEach(
  promise: string,
  attempt: (subject: Subject, clock: ManualClock, kind: Kind) => unknown,
  some: Kind[] = kinds,
): void {
  for (const kind of some) {
    Deno.test(`${kind.name}: ${promise}`, async () => {
      using clock = new ManualClock();
      const subject = kind.make();
      await attempt(subject, clock, kind);
      await settle();
      assertEquals(subject.waiting(), 0);
      assertEquals(clock.armed, 0);
    });
  }
}

/** One test for each kind and colour. */
export function forEachColour(
  promise: string,
  attempt: (
    subject: Subject,
    start: Colour,
    clock: ManualClock,
  ) => unknown,
): void {
  for (const [colour, start] of Object.entries(colours)) {
    forEach(`${promise} in ${colour}`, (subject, clock) => attempt(subject, start, clock));
  }
}

/** A greenlet that has it until `open` is set. */
export function hold(subject: Subject, open: Event): Greenlet<void> {
  return spawnWith({ name: "holder" }, function* () {
    using _ = yield* subject.blocker.acquire();
    yield* open.wait();
  });
}

/** Acquires, tells how that ended, and gives back what it got. */
export function* attempt(subject: Subject, timeout?: number | Timeout): Coroutine<Outcome> {
  try {
    const lease = yield* timeout === undefined
      ? subject.lock.acquire()
      : subject.lock.acquire({ timeout });
    lease?.release();
    return { value: lease };
  } catch (error) {
    return { error };
  }
}
