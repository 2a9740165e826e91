// Copyright 2026 the Tendril authors. MIT license.
// The wait contract (see tests/runtime/wait_contract_test.ts), tried out on everything that passes items.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  BlockingSwitchOutError,
  Channel,
  type Coroutine,
  getHub,
  GreenletExit,
  InvalidSwitchError,
  type Op,
  Pipe,
  Queue,
  QueueEmpty,
  QueueFull,
  select,
  sleep,
  spawn,
  Timeout,
  type TimeoutLike,
  type WaitOptions,
} from "@tendril/tendril";
import { ManualClock, settle } from "../../manual_clock.ts";

interface Fixture {
  wait(options?: WaitOptions): Op<unknown>;
  /** Ends one wait. */
  finish(): void;
  /** How many stand in line. */
  waiting(): number;
}

/** Everything that can be counted in a stats record about those who wait. */
function waitingIn(object: { stats(): object }): () => number {
  return () =>
    Object.entries(object.stats()).reduce(
      (sum, [name, value]) => name.startsWith("waiting") ? sum + value : sum,
      0,
    );
}

interface Case {
  readonly name: string;
  /** What it throws when its own timeout is over; false if it gives that instead. */
  // deno-lint-ignore no-explicit-any -- any error class
  readonly late: (new (...args: any[]) => Error) | false;
  readonly setUp: () => Fixture;
}

function ofChannel(
  name: string,
  act: (channel: Channel<number>, options?: WaitOptions) => Op<unknown>,
): Case {
  return {
    name: `Channel.${name}()`,
    late: Timeout,
    setUp() {
      const channel = new Channel<number>(1);
      if (name === "send") channel.trySend(0);
      return {
        wait: (options) => act(channel, options),
        finish: () => name === "send" ? channel.tryReceive() : channel.trySend(1),
        waiting: waitingIn(channel),
      };
    },
  };
}

function ofQueue(
  name: string,
  act: (queue: Queue<number>, options?: WaitOptions) => Op<unknown>,
): Case {
  const full = name === "put" || name === "join";
  return {
    name: `Queue.${name}()`,
    late: name === "join" ? false : name === "put" ? QueueFull : QueueEmpty,
    setUp() {
      const queue = new Queue<number>(1, { items: full ? [0] : [] });
      return {
        wait: (options) => act(queue, options),
        finish() {
          if (name === "join") queue.taskDone();
          else if (full) queue.getNowait();
          else queue.putNowait(1);
        },
        waiting: waitingIn(queue),
      };
    },
  };
}

function ofPipe(name: "send" | "recv" | "next" | "poll"): Case {
  return {
    name: `Connection.${name}()`,
    late: name === "poll" ? false : Timeout,
    setUp() {
      const [left, right] = Pipe<number>({ capacity: 1 });
      if (name === "send") left.send(0).poll();
      return {
        wait(options) {
          if (name === "send") return left.send(1, options);
          return name === "poll"
            ? left.poll(options ?? { timeout: Infinity })
            : left[name](options);
        },
        finish: () => name === "send" ? right.recv().poll() : right.send(1).poll(),
        waiting: waitingIn(left),
      };
    },
  };
}

const cases: Case[] = [
  ofChannel("send", (channel, options) => channel.send(1, options)),
  ofChannel("receive", (channel, options) => channel.receive(options)),
  ofChannel("next", (channel, options) => channel.next(options)),
  ofQueue("put", (queue, options) => queue.put(1, options)),
  ofQueue("get", (queue, options) => queue.get(options)),
  ofQueue("peek", (queue, options) => queue.peek(options)),
  ofQueue("next", (queue, options) => queue.next(options)),
  ofQueue("join", (queue, options) => queue.join(options)),
  ofPipe("send"),
  ofPipe("recv"),
  ofPipe("next"),
  ofPipe("poll"),
];

/** One test for each: nobody may be left in line and no timer running. */
function forEach(
  promise: string,
  attempt: (fixture: Fixture, clock: ManualClock, each: Case) => Promise<void>,
  some: Case[] = cases,
): void {
  for (const each of some) {
    Deno.test(`${each.name} ${promise}`, async () => {
      using clock = new ManualClock();
      const { timers } = getHub().stats();
      const fixture = each.setUp();
      await attempt(fixture, clock, each);
      await settle();
      assertEquals([fixture.waiting(), getHub().stats().timers], [0, timers]);
    });
  }
}

/** Waits and gives the error that ended that, or what it gave. */
function* outcome(wait: () => Op<unknown>): Coroutine<unknown> {
  try {
    return yield* wait();
  } catch (error) {
    return error;
  }
}

/** The same in an async function. */
async function asyncOutcome(wait: () => Op<unknown>): Promise<unknown> {
  try {
    return await wait();
  } catch (error) {
    return error;
  }
}

const throwing = cases.filter(({ late }) => late !== false);
const within = (fixture: Fixture, timeout: TimeoutLike) => () => fixture.wait({ timeout });

forEach("ends as documented when its own timeout is over", async (fixture, clock, { late }) => {
  const waiting = spawn(outcome, within(fixture, 10));
  const awaiting = asyncOutcome(within(fixture, 10));
  await clock.advance(9);
  assertEquals([waiting.ready, fixture.waiting()], [false, 2]);
  await clock.advance(1);
  for (const ended of [await waiting, await awaiting]) {
    if (late === false) assertEquals(ended, false);
    else assertInstanceOf(ended, late);
  }
});

forEach("throws the very Timeout it was given", async (fixture, clock) => {
  const limit = new Timeout(10);
  const waiting = spawn(outcome, within(fixture, limit));
  await clock.advance(10);
  assertStrictEquals(await waiting, limit);
}, throwing);

forEach("throws the error of the Timeout it was given", async (fixture, clock) => {
  const error = new SyntaxError("too slow");
  const waiting = spawn(outcome, within(fixture, new Timeout(10, error)));
  await clock.advance(10);
  assertStrictEquals(await waiting, error);
}, throwing);

forEach("lets an outer Timeout through as that very object", async (fixture, clock) => {
  const outer = new Timeout(10);
  const waiting = spawn(function* () {
    outer.start();
    return yield* outcome(within(fixture, 20));
  });
  await clock.advance(10);
  assertStrictEquals(await waiting, outer);
});

forEach("is done in time when it ends before its timeout", async (fixture, clock) => {
  const waiting = spawn(outcome, within(fixture, 10));
  await clock.advance(5);
  fixture.finish();
  await settle();
  assertEquals([waiting.ready, waiting.value instanceof Error], [true, false]);
});

for (const timeout of [-1, NaN]) {
  forEach(`refuses a timeout of ${timeout}`, (fixture) => {
    assertThrows(within(fixture, timeout), RangeError);
    return Promise.resolve();
  });
}

forEach("is ended by a kill", async (fixture) => {
  const waiting = [
    spawn(function* () {
      yield* fixture.wait();
    }),
    spawn(async () => void (await fixture.wait())),
  ];
  await settle();
  assertEquals(fixture.waiting(), 2);
  for (const each of waiting) {
    await each.kill();
    assertInstanceOf(each.value as unknown, GreenletExit);
  }
});

forEach("is ended by a kill while it has a timeout", async (fixture) => {
  const waiting = spawn(function* () {
    yield* fixture.wait({ timeout: 1000 });
  });
  await settle();
  await waiting.kill();
  assertInstanceOf(waiting.value as unknown, GreenletExit);
});

forEach("wakes the next when the first was killed", async (fixture) => {
  const [first, second] = [
    spawn(outcome, () => fixture.wait()),
    spawn(outcome, () => fixture.wait()),
  ];
  await settle();
  first.kill();
  fixture.finish();
  await settle();
  assertInstanceOf(first.value, GreenletExit);
  assertEquals([second.ready, second.value instanceof Error], [true, false]);
});

forEach("raises InvalidSwitchError at a stray switch", async (fixture) => {
  const waiting = spawn(outcome, () => fixture.wait());
  await settle();
  waiting.switch("stray");
  assertInstanceOf(await waiting, InvalidSwitchError);
});

forEach("raises BlockingSwitchOutError when it is stepped outside a greenlet", (fixture) => {
  assertThrows(() => fixture.wait()[Symbol.iterator]().next(), BlockingSwitchOutError);
  return Promise.resolve();
});

forEach(
  "raises BlockingSwitchOutError when it is stepped by hand in a greenlet",
  async (fixture) => {
    const waiting = spawn(function* () {
      const op = fixture.wait();
      op.next();
      yield* op;
    });
    await assertRejects(async () => await waiting, BlockingSwitchOutError);
  },
);

forEach("is given up when it loses in a select, and can win in one", async (fixture, clock) => {
  const losing = spawn(function* () {
    return (yield* select({ own: fixture.wait(), late: sleep(10) })).key;
  });
  await clock.advance(10);
  assertEquals([await losing, fixture.waiting()], ["late", 0]);
  const winning = spawn(function* () {
    return (yield* select({ own: fixture.wait(), late: sleep(10) })).key;
  });
  await settle();
  fixture.finish();
  assertEquals(await winning, "own");
});

forEach("never waits in a select with a default", async (fixture) => {
  assertEquals((await select({ own: fixture.wait() }, { default: true })).key, undefined);
});

forEach("refuses to be awaited and iterated, in either order", async (fixture) => {
  const op = fixture.wait();
  const awaiting = asyncOutcome(() => op);
  await settle();
  assertInstanceOf(await spawn(outcome, () => op), TypeError);
  fixture.finish();
  assert(!(await awaiting instanceof Error));
  assertInstanceOf(await asyncOutcome(() => op), TypeError);
});
