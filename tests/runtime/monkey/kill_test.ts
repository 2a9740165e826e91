// Copyright 2026 the Tendril authors. MIT license.
// What a kill or a Timeout does to code that waits for patched timers, and what it leaves alone.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  activeCount,
  dump,
  getCurrent,
  getHub,
  type Greenlet,
  GreenletExit,
  run,
  sleep,
  spawn,
  spawnWith,
  Timeout,
  until,
  withTimeout,
} from "@tendril/tendril";
import { patchAll } from "@tendril/tendril/monkey";
import { settle } from "../../manual_clock.ts";

const LONG = 1_000_000;
const nextTurn = setImmediate; // as it was before it was patched

/** A sleep as most code writes it. */
function delay(ms: number): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A sleep whose end only the callback knows how to tell. */
function opaqueDelay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(() => resolve(), ms));
}

/** Spawns a greenlet and waits until it waits. (In an array, because a greenlet can be awaited.) */
async function waiting<T>(body: () => Promise<T>): Promise<[Greenlet<T>]> {
  const greenlet = spawn(body);
  for (let i = 0; i < 100 && greenlet.waits.length === 0; i++) await Promise.resolve();
  while (greenlet.waits.length === 0) await settle();
  return [greenlet];
}

Deno.test("a kill rejects a promise that a timer was to resolve, and finally is waited for", async () => {
  using _ = patchAll();
  const log: string[] = [];
  const exit = new GreenletExit();
  const [greenlet] = await waiting(async () => {
    try {
      await delay(LONG);
    } catch (error) {
      assertStrictEquals(error, exit);
      assert(!("then" in exit));
      throw error;
    } finally {
      await sleep(1);
      await delay(1);
      log.push("cleaned up");
    }
  });
  await greenlet.kill(exit);
  assertStrictEquals(greenlet.value, exit);
  assertEquals(log, ["cleaned up"]);
});

Deno.test("a kill rejects a promise that a timer was to reject", async () => {
  using _ = patchAll();
  const exit = new GreenletExit();
  const [greenlet] = await waiting(async () => {
    await new Promise((_resolve, reject) => setTimeout(reject, LONG));
  });
  await greenlet.kill(exit);
  assertStrictEquals(greenlet.value as unknown, exit);
});

Deno.test("a kill with an error that cannot be changed rejects it as well", async () => {
  using _ = patchAll();
  const exit = Object.freeze(new GreenletExit());
  const [greenlet] = await waiting(() => delay(LONG));
  await greenlet.kill(exit);
  assertStrictEquals(greenlet.value as unknown, exit);
});

Deno.test("a promise that rejects by a kill while nobody looks at it is no failure", async () => {
  using _ = patchAll();
  let after = false;
  const [greenlet] = await waiting(async () => {
    const later = delay(LONG);
    await sleep(LONG);
    after = true;
    await later;
  });
  await greenlet.kill();
  await settle();
  assertEquals(after, false);
});

Deno.test("the callback of a timer never runs after a kill", async () => {
  using _ = patchAll();
  let calls = 0;
  const greenlet = spawn(async () => {
    await Promise.resolve();
    setTimeout(() => calls++, 1);
    setInterval(() => calls++, 1);
    setImmediate(() => calls++);
    getCurrent().kill();
    await new Promise(() => {});
  });
  await greenlet.join();
  await delay(20); // due after the others
  assertEquals(calls, 0);
});

Deno.test("an async body whose timer a kill took away ends although it cannot go on", async () => {
  using _ = patchAll();
  const exit = new GreenletExit();
  const log: string[] = [];
  const { external } = getHub().stats();
  const [greenlet] = await waiting(async () => {
    try {
      await opaqueDelay(LONG);
    } finally {
      log.push("not reached");
    }
  });
  assertEquals(await greenlet.kill(exit), true);
  assertStrictEquals(greenlet.value as unknown, exit);
  assertEquals([log, getHub().stats().external], [[], external]);
});

Deno.test("an async body whose timer a Timeout took away fails with that", async () => {
  using _ = patchAll();
  let limit!: Timeout;
  const error = await assertRejects(() =>
    run(async () => {
      limit = Timeout.startNew(1);
      await opaqueDelay(LONG);
    }), Timeout);
  assertStrictEquals(error, limit);
});

Deno.test("a kill ends an async body that goes on elsewhere than where it waits", async () => {
  using _ = patchAll();
  const log: unknown[] = [];
  const exit = new GreenletExit();
  const [greenlet] = await waiting(async () => {
    sleep(LONG).then(undefined, (error) => log.push(error)); // this one is told
    await opaqueDelay(LONG);
  });
  assertEquals(await greenlet.kill(exit), true);
  assertEquals(log, [exit]);
});

Deno.test("an async body that goes on after its timer was taken away is killed at its next call", async () => {
  using _ = patchAll();
  const exit = new GreenletExit();
  const { promise, resolve } = Promise.withResolvers<void>();
  const log: unknown[] = [];
  const [greenlet] = await waiting(async () => {
    setTimeout(() => log.push("not reached"), LONG);
    await promise; // not the timer
    await Deno.stat(".").catch((error) => log.push(error));
    await delay(1);
    return "lived on";
  });
  greenlet.kill(exit);
  resolve();
  await greenlet.join();
  assertEquals([log, greenlet.value], [[exit], "lived on"]);
});

Deno.test("a Timeout that was closed in time does nothing to a body whose timer it took away", async () => {
  using _ = patchAll();
  const { promise, resolve } = Promise.withResolvers<void>();
  const [greenlet] = await waiting(async () => {
    {
      using _limit = Timeout.startNew(1);
      setTimeout(() => {}, LONG);
      await promise;
    }
    await sleep(1);
    return "not disturbed";
  });
  while (greenlet.waits.length > 0) await new Promise<void>((resolve) => nextTurn(resolve));
  resolve();
  assertEquals(await greenlet, "not disturbed");
});

Deno.test("a Timeout that was closed in time does not end a body that awaits something else", async () => {
  using _ = patchAll();
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const [greenlet] = await waiting(async () => {
    {
      using _limit = Timeout.startNew(1);
      setTimeout(() => {}, LONG);
      await first.promise;
    }
    await second.promise;
    return "not disturbed";
  });
  while (greenlet.waits.length > 0) await new Promise<void>((resolve) => nextTurn(resolve));
  first.resolve();
  await settle();
  second.resolve();
  assertEquals(await greenlet, "not disturbed");
});

Deno.test("a timer that is set after a kill found nothing is taken away as well", async () => {
  using _ = patchAll();
  const { promise, resolve } = Promise.withResolvers<void>();
  const greenlet = spawn(async () => {
    await promise;
    await opaqueDelay(LONG);
  });
  await settle();
  greenlet.kill();
  resolve();
  await greenlet.join();
  assertInstanceOf(greenlet.value, GreenletExit);
});

Deno.test("an async body that kills itself before its first await ends there", async () => {
  using _ = patchAll();
  const greenlet: Greenlet<unknown> = spawn(async () => {
    setTimeout(() => {}, LONG);
    greenlet.requestKill();
    await opaqueDelay(LONG);
  });
  await greenlet.join();
  assertInstanceOf(greenlet.value, GreenletExit);
});

Deno.test("what a body begins that was let go is refused", async () => {
  using _ = patchAll();
  const { external } = getHub().stats();
  const { promise, resolve } = Promise.withResolvers<void>();
  const folder = Deno.makeTempDirSync();
  const errors: unknown[] = [];
  const [greenlet] = await waiting(async () => {
    setTimeout(() => {}, LONG);
    await promise;
    await Deno.mkdir(`${folder}/a`).catch((error) => errors.push(error));
    await delay(1).catch((error) => errors.push(error));
    setTimeout(() => errors.push("fired"), 1);
  });
  await greenlet.kill();
  resolve();
  await delay(10);
  assertEquals(errors.map((error) => error instanceof GreenletExit), [true, true]);
  Deno.removeSync(folder); // it is empty
  // That its body has come to an end is nobody's business any more.
  assertInstanceOf(greenlet.value, GreenletExit);
  assertEquals([activeCount(), getHub().stats().external], [0, external]);
});

Deno.test("a greenlet that ends normally leaves its timers running", async () => {
  using _ = patchAll();
  const { external } = getHub().stats();
  const fired = Promise.withResolvers<string>();
  assertEquals(
    await spawn(() => Promise.resolve(void setTimeout(() => fired.resolve("fired"), 10))),
    undefined,
  );
  assertEquals(await fired.promise, "fired");
  assertEquals(getHub().stats().external, external);
});

Deno.test("what a greenlet that has ended left behind is nobody's", async () => {
  using _ = patchAll({ promise: false });
  const calls: Promise<unknown>[] = [];
  await spawn(() => Promise.resolve(setTimeout(() => calls.push(Deno.stat(".")), 1)));
  while (calls.length === 0) await settle();
  assertEquals(Symbol.iterator in calls[0]!, false);
  await calls[0];
});

Deno.test("a kill clears the timers that a generator has set", async () => {
  using _ = patchAll();
  const { external } = getHub().stats();
  const greenlet = spawn(function* () {
    setTimeout(() => {}, LONG);
    setInterval(() => {}, LONG);
    clearTimeout(setTimeout(() => {}, LONG));
    yield* sleep(LONG);
  });
  await settle();
  assertEquals(getHub().stats().external, external + 2);
  await greenlet.kill();
  assertEquals(getHub().stats().external, external); // and the test leaves no timer
});

Deno.test("a function that until() called loses its timers with the wait", async () => {
  using _ = patchAll();
  const errors: unknown[] = [];
  await run(function* () {
    const slow = async () => {
      setTimeout(() => {}, LONG);
      await delay(LONG).catch((error) => errors.push(error));
    };
    assertEquals(yield* withTimeout(1, until(slow), { value: "late" }), "late");
  });
  await settle();
  assertInstanceOf(errors[0], GreenletExit);
});

Deno.test("the dump shows what the function that until() called waits for", async () => {
  using _ = patchAll();
  await run(function* () {
    const waiter = spawnWith({ name: "waiter" }, function* () {
      yield* until(() => opaqueDelay(LONG));
    });
    yield* sleep(0);
    assertStringIncludes(dump(), `waiter: waits for timer of ${LONG} ms`);
    yield* waiter.kill();
  });
});

Deno.test("timers that are set by a timer's callback belong to the same greenlet", async () => {
  using _ = patchAll();
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  const greenlet = spawn(async () => {
    setTimeout(() => {
      setTimeout(() => calls++, 1);
      resolve();
    }, 1);
    await sleep(LONG);
  });
  await promise;
  await greenlet.kill();
  await delay(20);
  assertEquals(calls, 0);
});

Deno.test("the timers of the hub belong to nobody", async () => {
  using _ = patchAll();
  const sleeper = spawn(function* () {
    yield* sleep(50);
    return "woken";
  });
  // This one arms the timer of the host, which is kept when it is killed.
  const [other] = await waiting(async () => {
    await sleep(40);
  });
  await other.kill();
  assertEquals(await sleeper, "woken");
});

Deno.test("a daemon that waits for a timer ends with its run", async () => {
  using _ = patchAll();
  let daemon!: Greenlet<void>;
  await run(async () => {
    daemon = spawnWith({ daemon: true }, () => opaqueDelay(LONG));
    await sleep(0);
  });
  assert(daemon.dead);
});

Deno.test("a timer that is refreshed after it fired fires again", async () => {
  using _ = patchAll();
  let calls = 0;
  await run(async () => {
    const timer = setTimeout(() => calls++, 1) as unknown as { refresh(): void };
    await delay(10);
    timer.refresh();
    await delay(10);
  });
  assertEquals(calls, 2);
});

Deno.test("a timer in a greenlet passes its arguments and its object", async () => {
  using _ = patchAll();
  const seen = await run(() =>
    new Promise<unknown[]>((resolve) => {
      const handle = setTimeout(
        function (this: unknown, ...args: unknown[]) {
          resolve([this === (handle as unknown), ...args]);
        },
        1,
        "a",
        2,
      );
    })
  );
  assertEquals(seen, [true, "a", 2]);
});
