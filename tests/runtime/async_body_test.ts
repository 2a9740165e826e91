// Copyright 2026 the Tendril authors. MIT license.
// Greenlets whose body is an async function, and Ops awaited in and outside them.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  all,
  getCurrent,
  getHub,
  Greenlet,
  GreenletExit,
  InvalidSwitchError,
  mainGreenlet,
  run,
  select,
  sleep,
  spawn,
  spawnWith,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

/** Gives way to the host a few times. */
async function hostTurns(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

Deno.test("getCurrent() is the greenlet across the awaits of its async body", async () => {
  using clock = new ManualClock();
  const greenlet: Greenlet<boolean> = spawn(async () => {
    const seen = [getCurrent()];
    await hostTurns();
    seen.push(getCurrent());
    await sleep(1);
    seen.push(getCurrent());
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(getCurrent());
    return seen.every((each) => each === greenlet);
  });
  await clock.advance(1);
  assertEquals(await greenlet, true);
});

Deno.test("getCurrent() is right in async helpers that a greenlet calls", async () => {
  const helper = async () => {
    await hostTurns();
    return getCurrent().name;
  };
  assertEquals(await spawnWith({ name: "caller" }, async () => await helper()), "caller");
});

Deno.test("getCurrent() keeps two async bodies apart", async () => {
  const names: string[] = [];
  const work = async () => {
    for (let i = 0; i < 3; i++) {
      await hostTurns();
      names.push(getCurrent().name);
    }
  };
  const jobs = ["a", "b"].map((name) => spawnWith({ name }, work));
  await Promise.all(jobs);
  assertEquals(names.toSorted(), ["a", "a", "a", "b", "b", "b"]);
});

Deno.test("getCurrent() in a generator is not confused by an async body that runs as well", async () => {
  const seen: string[] = [];
  const busy = spawnWith({ name: "async" }, async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  });
  await spawnWith({ name: "generator" }, function* () {
    for (let i = 0; i < 3; i++) {
      seen.push(getCurrent().name);
      yield;
    }
  });
  await busy;
  assertEquals(seen, ["generator", "generator", "generator"]);
});

Deno.test("getCurrent() is main again in an async function outside any greenlet", async () => {
  await spawn(async () => await hostTurns());
  assertStrictEquals(getCurrent(), mainGreenlet);
});

Deno.test("spawn() in an async body belongs to the run of that greenlet", async () => {
  const log: string[] = [];
  await run(async () => {
    await hostTurns();
    spawn(function* () {
      yield* sleep(0);
      log.push("waited for");
    });
  });
  assertEquals(log, ["waited for"]);
});

Deno.test("An async body is killed at the Op it awaits", async () => {
  const log: unknown[] = [];
  const exit = new GreenletExit();
  const greenlet = spawn(async () => {
    try {
      await sleep(100_000);
    } catch (error) {
      log.push(error);
      throw error;
    } finally {
      log.push("cleaned up");
    }
  });
  await settle();
  assertEquals(await greenlet.kill(exit), true);
  assertEquals(log, [exit, "cleaned up"]);
  assertStrictEquals(greenlet.value, exit);
});

Deno.test("An async body is killed at its next Op when it awaits something else", async () => {
  const log: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const greenlet = spawn(async () => {
    await promise;
    log.push("went on");
    await sleep(100_000);
    log.push("not reached");
  });
  await settle();
  const killed = greenlet.kill().then((done) => done);
  await settle();
  assertEquals(greenlet.dead, false);
  resolve();
  assertEquals([await killed, log], [true, ["went on"]]);
});

Deno.test("A kill rejects every Op that an async body has pending", async () => {
  const before = getHub().stats().timers;
  const outcomes = spawn(async () =>
    (await Promise.allSettled([sleep(100_000), sleep(100_000), until(new Promise(() => {}))]))
      .map(({ status }) => status)
  );
  await settle();
  outcomes.kill();
  assertEquals(await outcomes, ["rejected", "rejected", "rejected"]);
  assertEquals(getHub().stats().timers, before);
});

Deno.test("An async body that caught its kill can await again", async () => {
  const greenlet = spawn(async () => {
    try {
      await sleep(100_000);
    } catch {
      await sleep(0);
    }
    return "lived on";
  });
  await settle();
  await greenlet.kill();
  assertEquals(greenlet.value, "lived on");
});

Deno.test("A kill waits for the awaits in the finally block of an async body", async () => {
  using clock = new ManualClock();
  const log: string[] = [];
  const greenlet = spawn(async () => {
    try {
      await sleep(100_000);
    } finally {
      await sleep(10);
      log.push("cleaned up");
    }
  });
  await settle();
  const killed = greenlet.kill().then(() => log.push("kill is over"));
  await clock.advance(10);
  await killed;
  assertEquals(log, ["cleaned up", "kill is over"]);
});

Deno.test("A Timeout in an async body rejects the Op it awaits", async () => {
  using clock = new ManualClock();
  const greenlet = spawn(async () => {
    using limit = Timeout.startNew(10);
    const error = await assertRejects(async () => await sleep(100_000));
    return error === limit;
  });
  await clock.advance(10);
  assertEquals(await greenlet, true);
});

Deno.test("A Timeout of an async body that was closed in time does nothing", async () => {
  using clock = new ManualClock();
  const greenlet = spawn(async () => {
    {
      using _limit = Timeout.startNew(10);
      await hostTurns();
    }
    await sleep(20);
    return "not disturbed";
  });
  await clock.advance(20);
  assertEquals(await greenlet, "not disturbed");
});

Deno.test("withTimeout() limits what an async function awaits", async () => {
  using clock = new ManualClock();
  const limited = withTimeout(10, sleep(100_000), { value: "late" }).then((value) => value);
  await clock.advance(10);
  assertEquals(await limited, "late");
});

Deno.test("Ops can be awaited in a plain async function outside any greenlet", async () => {
  using clock = new ManualClock();
  const work = async () => {
    await sleep(1);
    const [one, two] = await all([spawn(() => 1), spawn(() => 2)]);
    const { key } = await select({ job: spawn(() => "done").get(), never: sleep(100_000) });
    return [one, two, key, getCurrent() === mainGreenlet];
  };
  const result = work();
  await clock.advance(1);
  assertEquals(await result, [1, 2, "job", true]);
});

Deno.test("A generator greenlet joins an async one", async () => {
  const got = await run(function* () {
    const child = spawn(async () => {
      await hostTurns();
      return "from async";
    });
    return [yield* child.join(), yield* child];
  });
  assertEquals(got, [true, "from async"]);
});

Deno.test("An async greenlet joins a generator one", async () => {
  const got = await run(async () => {
    const child = spawn(function* () {
      yield;
      return "from the generator";
    });
    return [await child.join(), await child];
  });
  assertEquals(got, [true, "from the generator"]);
});

Deno.test("An error goes from an async greenlet to a generator one and back", async () => {
  const failure = new RangeError("broken");
  const caught = await run(async () => {
    try {
      await spawn(function* () {
        yield* spawn(async () => {
          await hostTurns();
          throw failure;
        });
      });
    } catch (error) {
      return error;
    }
  });
  assertStrictEquals(caught, failure);
});

Deno.test("An async body can switch to a greenlet and be switched to", async () => {
  const got = await run(async () => {
    const self = getCurrent();
    const other = new Greenlet(function* (first: string) {
      const second = yield* self.switch(`got ${first}`);
      return `got ${second} too`;
    });
    return [await other.switch("one"), await other.switch("two")];
  });
  assertEquals(got, ["got one", "got two too"]);
});

Deno.test("A throw into an async body that waits in a switch rejects that switch", async () => {
  const failure = new RangeError("sent");
  const got = await run(async () => {
    const self = getCurrent();
    const other = new Greenlet(function* () {
      yield* self.throw(failure);
    });
    return await assertRejects(async () => await other.switch());
  });
  assertStrictEquals(got, failure);
});

Deno.test("A throw into an async body that awaits an Op rejects that Op", async () => {
  const failure = new RangeError("sent");
  await run(function* () {
    const sleeper = spawn(async () => await assertRejects(async () => await sleep(100_000)));
    yield* sleep(0);
    yield* sleeper.throw(failure);
    assertStrictEquals(yield* sleeper, failure);
  });
});

Deno.test("A switch to an async body that awaits an Op raises InvalidSwitchError in it", async () => {
  await run(function* () {
    const sleeper = spawn(async () => await assertRejects(async () => await sleep(100_000)));
    yield* sleep(0);
    yield* sleeper.switch("stray");
    assertInstanceOf(yield* sleeper, InvalidSwitchError);
  });
});

Deno.test("Greenlet.kill() with force reaches the awaits in a finally block of an async body", async () => {
  const second = new GreenletExit("second");
  const greenlet = spawn(async () => {
    try {
      await sleep(100_000);
    } finally {
      await sleep(100_000);
    }
  });
  await settle();
  greenlet.kill();
  await settle();
  await greenlet.kill(second, { force: true });
  assertStrictEquals(greenlet.value as unknown, second);
});

Deno.test("An async body that has ended leaves nothing counted", async () => {
  await run(async () => {
    await hostTurns();
    await sleep(0);
  });
  const before = getHub().stats().external;
  await spawn(async () => {
    await hostTurns();
    await sleep(0);
    await hostTurns();
  });
  const killed = spawn(async () => await sleep(100_000));
  await settle();
  await killed.kill();
  assertEquals(getHub().stats().external, before);
});

Deno.test("A function given to until() has its awaits given up with the greenlet", async () => {
  const before = getHub().stats().timers;
  let rejected: unknown;
  const greenlet = spawn(function* () {
    yield* until(async () => {
      try {
        await sleep(100_000);
      } catch (error) {
        rejected = error;
      }
    });
  });
  await settle();
  await greenlet.kill();
  await settle();
  assertInstanceOf(rejected, GreenletExit);
  assertEquals(getHub().stats().timers, before);
});

Deno.test("An async body that throws at once has failed like any other", async () => {
  const failure = new RangeError("broken");
  const greenlet = spawn(() => Promise.reject(failure));
  await greenlet.join();
  assertStrictEquals(greenlet.exception, failure);
});

Deno.test("An async body that was started by a switch gives its result to its parent", async () => {
  const got = await run(function* () {
    return yield* new Greenlet(async () => {
      await hostTurns();
      return "result";
    }).switch();
  });
  assertEquals(got, "result");
});

Deno.test("An async body switched to from outside can be awaited", async () => {
  const op = new Greenlet(async () => {
    await hostTurns();
    return "result";
  }).switch();
  assertEquals(op.value, undefined);
  assertEquals(await op, "result");
  assert(op.value === "result");
});
