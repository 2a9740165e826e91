// Copyright 2026 the Tendril authors. MIT license.
// The Op contract: lazy, one-shot, fair, and refused where nothing can be suspended.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  all,
  BlockingSwitchOutError,
  type Coroutine,
  getHub,
  Greenlet,
  GreenletExit,
  joinAll,
  Op,
  run,
  sleep,
  spawn,
  until,
  type Waiter,
  yieldNow,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** An Op of a user: done when `open` was called, and it notes what is done to it. */
class Gate extends Op<string> {
  readonly log: string[] = [];
  #isOpen = false;
  #waiter: Waiter | null = null;

  readonly reason = "gate";

  open(): void {
    this.#isOpen = true;
    this.#waiter?.wake("opened");
  }

  poll(): IteratorReturnResult<string> | null {
    this.log.push("poll");
    return this.#isOpen ? { done: true, value: "open" } : null;
  }

  park(waiter: Waiter): void {
    this.log.push("park");
    this.#waiter = waiter;
  }

  cancel(): void {
    this.log.push("cancel");
    this.#waiter = null;
  }
}

/** An Op that is always done. */
class Instant extends Op<number> {
  readonly reason = "instant";

  poll(): IteratorReturnResult<number> {
    return { done: true, value: 1 };
  }

  park(): void {}

  cancel(): void {}
}

/** What `body` throws in a greenlet. */
async function thrownBy(body: () => Coroutine<unknown>): Promise<unknown> {
  return await run(function* () {
    try {
      yield* body();
    } catch (error) {
      return error;
    }
  });
}

Deno.test("Op does nothing until it is iterated or awaited", async () => {
  const gate = new Gate();
  await settle();
  assertEquals(gate.log, []);
});

Deno.test("Op that can finish at once does so in yield* without suspending", async () => {
  await run(function* () {
    const gate = new Gate();
    gate.open();
    let others = 0;
    spawn(() => void others++);
    assertEquals(yield* gate, "open");
    assertEquals([gate.log, others], [["poll"], 0]);
  });
});

Deno.test("Op that has to wait is parked and woken with its value", async () => {
  const gate = new Gate();
  const waiter = spawn(function* () {
    return yield* gate;
  });
  await settle();
  assertEquals([gate.log, waiter.dead], [["poll", "park"], false]);
  gate.open();
  assertEquals(await waiter, "opened");
});

Deno.test("Op of a greenlet that is killed is cancelled once", async () => {
  const gate = new Gate();
  const waiter = spawn(function* () {
    return yield* gate;
  });
  await settle();
  await waiter.kill();
  assertEquals(gate.log, ["poll", "park", "cancel"]);
});

Deno.test("Op can be awaited outside any greenlet, done or not", async () => {
  const [done, later] = [new Gate(), new Gate()];
  done.open();
  assertEquals(await done, "open");
  setImmediate(() => later.open());
  assertEquals(await later, "opened");
});

Deno.test("Op that fails throws in yield* and rejects in await", async () => {
  const failure = new RangeError("broken");
  const target = spawn(() => {
    throw failure;
  });
  assertStrictEquals(await thrownBy(() => target.get() as unknown as Coroutine), failure);
  assertStrictEquals(await assertRejects(async () => await target.get()), failure);
});

/** Ops of all kinds, by what they are made with: the wait reason, and how to make one. */
const ops: Record<string, [string, () => Op<unknown>]> = {
  "sleep()": ["sleep", () => sleep(1)],
  "yieldNow()": ["yield", () => yieldNow()],
  "until()": ["promise", () => until(Promise.resolve())],
  "get()": ["get", () => spawn(() => {}).get()],
  "join()": ["join", () => spawn(() => {}).join()],
  "join({ timeout })": ["join", () => spawn(() => {}).join({ timeout: 5 })],
  "joinAll()": ["join", () => joinAll([spawn(() => {})])],
  "all()": ["all of sleep", () => all([sleep(1)])],
  "switch()": ["switch", () => new Greenlet(() => {}).switch()],
  "an Op of the user": ["instant", () => new Instant()],
};

for (const [name, [reason, make]] of Object.entries(ops)) {
  Deno.test(`The Op of ${name} refuses to be iterated twice`, async () => {
    using clock = new ManualClock();
    const error = thrownBy(function* () {
      const op = make();
      yield* op;
      yield* op;
    });
    await clock.advance(10);
    assertInstanceOf(await error, TypeError);
    assertStringIncludes((await error as Error).message, `Cannot use "${reason}" twice`);
  });

  Deno.test(`The Op of ${name} refuses to be awaited twice`, async () => {
    using clock = new ManualClock();
    const error = run(async () => {
      const op = make();
      await op;
      return await assertRejects(async () => await op, TypeError);
    });
    await clock.advance(10);
    assertStringIncludes((await error).message, `Cannot use "${reason}" twice`);
  });

  // From outside a switch acts at the call, and the Op of the user is done at once.
  if (name === "switch()" || name === "an Op of the user") continue;
  Deno.test(`The Op of ${name} refuses to block with no greenlet running`, async () => {
    const op = make();
    const error = assertThrows(() => op[Symbol.iterator]().next(), BlockingSwitchOutError);
    assertStringIncludes(error.message, `Cannot wait for "${reason}" here: no greenlet is running`);
    assertStringIncludes(error.message, "use `await`");
    await settle();
  });
}

Deno.test("Op that can finish at once may be stepped with no greenlet running", () => {
  assertEquals(new Instant().next(), { done: true, value: 1 });
});

Deno.test("Op stepped by hand in a greenlet raises at the second step", async () => {
  const before = getHub().stats().timers;
  const error = await thrownBy(function* () {
    const op = sleep(100_000);
    op.next();
    op.next();
    yield;
  });
  assertInstanceOf(error, BlockingSwitchOutError);
  assert(error.message.includes('Cannot step "sleep" by hand'));
  assertEquals(getHub().stats().timers, before);
});

Deno.test("Op begun while another one is parked by hand raises and names the parked one", async () => {
  const before = getHub().stats().timers;
  const error = await thrownBy(function* () {
    sleep(100_000).next();
    yield* new Gate();
  });
  assertInstanceOf(error, BlockingSwitchOutError);
  assert(error.message.includes('Cannot step "sleep" by hand'));
  assertEquals(getHub().stats().timers, before);
});

Deno.test("Op in a spread or a for loop raises BlockingSwitchOutError", async () => {
  const spread = await thrownBy(function* () {
    Array.from(sleep(100_000) as unknown as Iterable<unknown>);
  });
  assertInstanceOf(spread, BlockingSwitchOutError);
  const loop = await thrownBy(function* () {
    for (const _ of sleep(100_000) as unknown as Iterable<unknown>);
  });
  assertInstanceOf(loop, BlockingSwitchOutError);
});

Deno.test("Op left parked by hand at the end of a greenlet is cancelled", async () => {
  const before = getHub().stats().timers;
  await spawn(function* () {
    sleep(100_000).next();
  });
  assertEquals(getHub().stats().timers, before);
});

Deno.test("Op begun in a callback of the hub raises BlockingSwitchOutError", async () => {
  let error: unknown;
  const callback = () => {
    error = assertThrows(() => sleep(1).next());
  };
  spawn(() => {}).join().start({ wake: callback, fail: callback });
  await settle();
  assertInstanceOf(error, BlockingSwitchOutError);
});

Deno.test("Op begun in a timer callback raises BlockingSwitchOutError", async () => {
  using clock = new ManualClock();
  let error: unknown;
  const callback = () => {
    error = assertThrows(() => sleep(1).next());
  };
  sleep(1).start({ wake: callback, fail: callback });
  await clock.advance(1);
  assertInstanceOf(error, BlockingSwitchOutError);
});

Deno.test("Ops that finish at once let others have a turn after a while", async () => {
  let spinning = true;
  const spinner = spawn(function* () {
    while (spinning) yield* new Instant();
  });
  spawn(() => {
    spinning = false;
  });
  await spinner;
  assertEquals(spinning, false);
});

Deno.test("Ops that finish at once let a timer fire after a while", async () => {
  let spinning = true;
  const spinner = spawn(function* () {
    while (spinning) yield* new Instant();
  });
  spawn(function* () {
    yield* sleep(1);
    spinning = false;
  });
  await spinner;
});

Deno.test("Ops that finish at once give their values whether they suspend or not", async () => {
  const sum = await spawn(function* () {
    let sum = 0;
    for (let i = 0; i < 5000; i++) sum += yield* new Instant();
    return sum;
  });
  assertEquals(sum, 5000);
});

Deno.test("A kill reaches a greenlet whose Ops all finish at once", async () => {
  const spinner = spawn(function* () {
    for (let i = 0; i < 20_000; i++) yield* new Instant();
    return "never noticed";
  });
  spawn(() => spinner.requestKill());
  assertInstanceOf(await spinner, GreenletExit);
});

Deno.test("A kill takes nothing from a greenlet whose Ops all finish at once", async () => {
  let given = 0;
  let received = 0;
  class Counted extends Instant {
    override poll(): IteratorReturnResult<number> {
      given++;
      return super.poll();
    }
  }
  const spinner = spawn(function* () {
    for (let i = 0; i < 20_000; i++) received += yield* new Counted();
  });
  spawn(() => spinner.requestKill());
  await spinner.join();
  assertEquals(received, given);
});

Deno.test("Op.then() works as that of a promise, with a handler for either outcome", async () => {
  assertEquals(await new Instant().then((n) => n + 1), 2);
  const failing = spawn(() => {
    throw new Error("broken");
  });
  assertEquals(await failing.get().then(null, () => "handled"), "handled");
});
