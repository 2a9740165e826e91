// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  Barrier,
  type BarrierOptions,
  BrokenBarrierError,
  type Coroutine,
  Event,
  type Greenlet,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

type Ended = { index: number } | { error: unknown };

function* attempt(barrier: Barrier, timeout?: number): Coroutine<Ended> {
  try {
    return { index: yield* barrier.wait(timeout === undefined ? {} : { timeout }) };
  } catch (error) {
    return { error };
  }
}

function arrive(barrier: Barrier, count: number): Greenlet<Ended>[] {
  return Array.from({ length: count }, () => spawn(attempt, barrier));
}

/** What stopped each of them. */
async function errorsOf(greenlets: Greenlet<Ended>[]): Promise<unknown[]> {
  return (await Promise.all(greenlets)).map((each) => "error" in each ? each.error : each.index);
}

async function assertBroken(greenlets: Greenlet<Ended>[], why: string): Promise<void> {
  for (const error of await errorsOf(greenlets)) {
    assertInstanceOf(error, BrokenBarrierError);
    assert(error.message.includes(why), error.message);
  }
}

/** The same with an action and without. */
function both(promise: string, attempt: (options: BarrierOptions) => Promise<void>): void {
  Deno.test(`Barrier ${promise}`, () => attempt({}));
  Deno.test(`Barrier with an action ${promise}`, () => attempt({ action: () => {} }));
  Deno.test(`Barrier with an action that waits ${promise}`, () => {
    return attempt({
      *action() {
        yield;
      },
    });
  });
}

both("lets all go on when the last has come, each with its index", async (options) => {
  const barrier = new Barrier(5, options);
  const first = arrive(barrier, 4);
  await settle();
  assertEquals(barrier.stats(), { parties: 5, waiting: 4, broken: false });
  assertEquals(first.some((each) => each.ready), false);
  const last = arrive(barrier, 1);
  const indexes = await errorsOf([...first, ...last]);
  assertEquals(indexes, [0, 1, 2, 3, 4]);
  assertEquals(barrier.nWaiting, 0);
});

both("keeps its parties in lockstep for ten rounds", async (options) => {
  const barrier = new Barrier(4, options);
  const rounds = [0, 0, 0, 0];
  let sum = 0;
  await run(function* () {
    rounds.forEach((_, me) =>
      spawn(function* () {
        for (let round = 1; round <= 10; round++) {
          for (let pause = 0; pause < me; pause++) yield;
          rounds[me] = round;
          const index = yield* barrier.wait();
          sum += index;
          assert(rounds.every((other) => other >= round && other <= round + 1), `${rounds}`);
          yield* barrier.wait();
        }
      })
    );
  });
  assertEquals([rounds, sum], [[10, 10, 10, 10], 60]);
});

both("works for async functions at the same time", async (options) => {
  const barrier = new Barrier(3, options);
  const indexes = await Promise.all([
    barrier.wait(),
    spawn(async () => await barrier.wait()),
    spawn(function* () {
      return yield* barrier.wait();
    }),
  ]);
  assertEquals(indexes.toSorted(), [0, 1, 2]);
});

both("of one party lets it through at once", async (options) => {
  const barrier = new Barrier(1, options);
  assertEquals([await barrier.wait(), await barrier.wait()], [0, 0]);
});

both("breaks for all when one that waits is killed", async (options) => {
  const barrier = new Barrier(3, options);
  const [killed, other] = arrive(barrier, 2) as [Greenlet<Ended>, Greenlet<Ended>];
  await settle();
  await killed.kill();
  assertInstanceOf((await errorsOf([killed]))[0], GreenletExit);
  await assertBroken([other, ...arrive(barrier, 1)], "was killed");
  assert(barrier.broken);
});

both("breaks for all when the time of one is over", async (options) => {
  using clock = new ManualClock();
  const barrier = new Barrier(3, options);
  const late = spawn(attempt, barrier, 5);
  const other = arrive(barrier, 1);
  await clock.advance(5);
  await assertBroken([late, ...other], "ran out of time");
  assertEquals([barrier.broken, clock.armed], [true, 0]);
});

both("breaks when its own timeout is over, which a wait can replace", async (options) => {
  using clock = new ManualClock();
  const barrier = new Barrier(2, { ...options, timeout: 5 });
  const patient = spawn(attempt, barrier, 10);
  await clock.advance(9);
  assertEquals(patient.ready, false);
  await clock.advance(1);
  await assertBroken([patient], "ran out of time");
  barrier.reset();
  const waiting = arrive(barrier, 1);
  await clock.advance(5);
  await assertBroken(waiting, "ran out of time");
});

both(
  "breaks for the others when an outer Timeout or a lost select takes one away",
  async (options) => {
    using clock = new ManualClock();
    const barrier = new Barrier(3, options);
    const limited = spawn(function* () {
      const limit = Timeout.startNew(5);
      const ended = yield* attempt(barrier);
      return "error" in ended && ended.error === limit;
    });
    const other = arrive(barrier, 1);
    await clock.advance(5);
    assertEquals(await limited, true);
    await assertBroken(other, "ran out of time");
    barrier.reset();
    const lost = spawn(function* () {
      return (yield* select({ barrier: barrier.wait(), late: sleep(5) })).key;
    });
    await clock.advance(5);
    assertEquals([await lost, barrier.broken], ["late", true]);
  },
);

both("abort() breaks it, for those that come, too; reset() makes it as new", async (options) => {
  const barrier = new Barrier(2, options);
  const waiting = arrive(barrier, 1);
  await settle();
  barrier.abort();
  await assertBroken([...waiting, ...arrive(barrier, 1)], "it was aborted");
  assertEquals(barrier.stats(), { parties: 2, waiting: 0, broken: true });
  barrier.reset();
  assertEquals(await errorsOf(arrive(barrier, 2)), [0, 1]);
  barrier.abort();
  barrier.reset();
  assertEquals(await errorsOf(arrive(barrier, 2)), [0, 1]);
});

both("reset() breaks it for those that wait, and it can be used at once", async (options) => {
  const barrier = new Barrier(3, options);
  const waiting = arrive(barrier, 2);
  await settle();
  barrier.reset();
  const next = arrive(barrier, 3);
  await assertBroken(waiting, "it was reset");
  assertEquals(await errorsOf(next), [0, 1, 2]);
  assertEquals(barrier.broken, false);
});

both("gives the index to one that is killed in the turn of its release", async (options) => {
  const barrier = new Barrier(2, options);
  const indexes: number[] = [];
  const [first] = [1].map(() =>
    spawn(function* () {
      indexes.push(yield* barrier.wait());
      yield* sleep(1000);
    })
  ) as [Greenlet<void>];
  await settle();
  await spawn(function* () {
    yield* barrier.wait();
    first.kill();
  });
  await first;
  assertEquals([indexes, barrier.broken], [[0], false]);
});

Deno.test("Barrier runs its action once, in the last that comes, before all go on", async () => {
  const log: string[] = [];
  const barrier = new Barrier(3, { action: () => log.push("action") });
  await run(function* () {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 3; i++) {
        spawn(function* () {
          log.push("came");
          yield* barrier.wait();
          log.push("went");
        });
      }
      for (let turn = 0; turn < 5; turn++) yield;
    }
  });
  const round = ["came", "came", "came", "action", "went", "went", "went"];
  assertEquals(log, [...round, ...round]);
});

Deno.test("Barrier runs its action even when those that come have to give way first", async () => {
  const open = new Event();
  open.set();
  // A greenlet gives way after a number of Ops that were done at once; whatever that is, it is met here.
  for (let before = 0; before < 300; before++) {
    let actions = 0;
    const barrier = new Barrier(2, { action: () => actions++ });
    const both = [1, 2].map(() =>
      spawn(function* () {
        for (let i = 0; i < before; i++) yield* open.wait();
        return yield* barrier.wait();
      })
    );
    assertEquals([await both[0]!, await both[1]!, actions], [0, 1, 1]);
  }
});

Deno.test("Barrier breaks for all when its action throws; the last gets that error", async () => {
  const error = new RangeError("in the action");
  const barrier = new Barrier(2, {
    action() {
      throw error;
    },
  });
  const [first, last] = arrive(barrier, 2) as [Greenlet<Ended>, Greenlet<Ended>];
  assertEquals((await errorsOf([last]))[0], error);
  await assertBroken([first], "its action failed");
  assert(barrier.broken);
});

Deno.test("Barrier breaks for all when the greenlet in its action is killed", async () => {
  const barrier = new Barrier(2, { action: () => sleep(1000) });
  const [first, last] = arrive(barrier, 2) as [Greenlet<Ended>, Greenlet<Ended>];
  await settle();
  await last.kill();
  assertInstanceOf((await errorsOf([last]))[0], GreenletExit);
  await assertBroken([first], "its action failed");
});

Deno.test("Barrier lets those that come during the action wait for the next round", async () => {
  const open = new Event();
  const barrier = new Barrier(2, { action: () => open.wait() });
  const round = arrive(barrier, 2);
  await settle();
  const next = arrive(barrier, 2);
  await settle();
  assertEquals(barrier.nWaiting, 1); // only the first of this round; the last one acts
  open.set();
  for (const each of [round, next]) assertEquals((await errorsOf(each)).toSorted(), [0, 1]);
});

Deno.test("Barrier that is reset during its action breaks for that round only", async () => {
  const open = new Event();
  const barrier = new Barrier(2, { action: () => open.wait() });
  const round = arrive(barrier, 2);
  await settle();
  barrier.reset();
  const next = arrive(barrier, 2);
  open.set();
  await assertBroken(round, "it was reset");
  assertEquals([await errorsOf(next), barrier.broken], [[0, 1], false]);
});

Deno.test("Barrier refuses parties, actions and timeouts that are none", () => {
  for (const parties of [0, -1, 1.5, NaN]) {
    assertThrows(() => new Barrier(parties), RangeError, "parties must be a whole number");
  }
  assertThrows(() => new Barrier(2, { action: 7 as never }), TypeError, "got 7");
  assertThrows(() => new Barrier(2, { timeout: -1 }), RangeError);
  assertThrows(() => new Barrier(2).wait({ timeout: -1 }), RangeError);
  assertThrows(() => new Barrier(2, { action: () => {} }).wait({ timeout: -1 }), RangeError);
});

Deno.test("Barrier shows its name and state", async () => {
  const barrier = new Barrier(2, { name: "start" });
  const [waiting] = arrive(barrier, 1);
  await settle();
  assertEquals(Deno.inspect(barrier), '<Barrier "start" 1 of 2>');
  barrier.abort();
  await waiting;
  assertEquals(Deno.inspect(barrier), '<Barrier "start" broken>');
  await assertRejects(
    async () => await barrier.wait(),
    BrokenBarrierError,
    'Cannot wait at <Barrier "start" broken>: it was aborted; reset() makes it as new',
  );
});
