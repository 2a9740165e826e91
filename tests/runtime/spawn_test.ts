// Copyright 2026 the Tendril authors. MIT license.
// spawn, spawnLater, spawnWith: when the body runs, with what, and what they refuse.

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  activeCount,
  Greenlet,
  mainGreenlet,
  run,
  sleep,
  spawn,
  spawnLater,
  spawnWith,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

Deno.test("spawn() does not run the body at the call", async () => {
  let ran = false;
  const greenlet = spawn(() => {
    ran = true;
  });
  assertEquals(ran, false);
  await greenlet;
  assertEquals(ran, true);
});

Deno.test("spawn() starts greenlets in the order of the calls, of whatever kind they are", async () => {
  const order: string[] = [];
  spawn(function* () {
    order.push("generator");
  });
  spawn(() => void order.push("plain"));
  spawn(async () => {
    order.push("async");
    await Promise.resolve();
  });
  spawn(function* () {
    order.push("last");
  });
  await settle();
  assertEquals(order, ["generator", "plain", "async", "last"]);
});

Deno.test("spawn() in a greenlet runs the new one after the caller gave way", async () => {
  const order: string[] = [];
  await run(function* () {
    spawn(() => void order.push("child"));
    order.push("spawner goes on");
    yield* sleep(0);
    order.push("spawner again");
  });
  assertEquals(order, ["spawner goes on", "child", "spawner again"]);
});

Deno.test("spawn() passes its arguments", async () => {
  assertEquals(await spawn((...args: unknown[]) => args, 1, undefined, [3]), [1, undefined, [3]]);
  assertEquals(
    await spawn(
      function* (...args: unknown[]) {
        return args;
      },
      1,
      undefined,
    ),
    [1, undefined],
  );
  assertEquals(await spawn((...args: unknown[]) => args), []);
});

Deno.test("spawn() refuses what is no function, at the call", () => {
  const before = activeCount();
  for (
    const [wrong, shown] of [[3, "3"], [undefined, "undefined"], [{}, "an instance of Object"]]
  ) {
    assertThrows(
      () => Reflect.apply(spawn, undefined, [wrong]),
      TypeError,
      `${shown}: expected a function`,
    );
  }
  assertEquals(activeCount(), before);
});

Deno.test("spawnLater() and spawnWith() refuse what is no function", () => {
  assertThrows(
    () => Reflect.apply(spawnLater, undefined, [1, 3]),
    TypeError,
    "expected a function",
  );
  assertThrows(() => Reflect.apply(spawnLater, undefined, [1]), TypeError, "expected a function");
  assertThrows(
    () => Reflect.apply(spawnWith, undefined, [{}, 3]),
    TypeError,
    "expected a function",
  );
});

Deno.test("spawnLater() refuses a delay that is no number of at least 0", () => {
  assertThrows(() => spawnLater(-1, () => {}), RangeError, "got -1");
  assertThrows(() => spawnLater(NaN, () => {}), RangeError, "got NaN");
  assertThrows(() => Reflect.apply(spawnLater, undefined, ["5", () => {}]), TypeError, 'got "5"');
});

Deno.test("spawnLater() runs the body with its arguments after its time", async () => {
  using clock = new ManualClock();
  const log: unknown[] = [];
  const greenlet = spawnLater(10, (...args: unknown[]) => void log.push(...args), 1, 2);
  await clock.advance(9);
  assertEquals(log, []);
  await clock.advance(1);
  assertEquals([log, greenlet.dead], [[1, 2], true]);
});

Deno.test("spawnLater() runs the body even when the spawner has ended", async () => {
  using clock = new ManualClock();
  let ran = false;
  await spawn(() => {
    spawnLater(10, () => {
      ran = true;
    });
  });
  await clock.advance(10);
  assertEquals(ran, true);
});

Deno.test("spawn() runs the body even when the spawner was killed", async () => {
  let ran = false;
  const spawner = spawn(function* () {
    spawn(() => {
      ran = true;
    });
    yield* sleep(100_000);
  });
  await Promise.resolve();
  await spawner.kill();
  await settle();
  assertEquals(ran, true);
});

Deno.test("run() waits for what spawnLater() made in it", async () => {
  using clock = new ManualClock();
  let ran = false;
  const running = run(function* () {
    spawnLater(10, () => {
      ran = true;
    });
  });
  await clock.advance(10);
  await running;
  assertEquals(ran, true);
});

Deno.test("spawnWith() gives the greenlet its options", async () => {
  const greenlet = spawnWith({ name: "named", daemon: true, priority: 3 }, (n: number) => n, 7);
  const { name, daemon, priority, parent } = greenlet;
  assertEquals([name, daemon, priority, parent], ["named", true, 3, mainGreenlet]);
  assertEquals(await greenlet, 7);
});

Deno.test("A greenlet is a daemon when the one that made it is", async () => {
  const seen = await run(function* () {
    const daemons: boolean[] = [];
    yield* spawnWith({ daemon: true }, function* () {
      daemons.push(spawn(() => {}).daemon);
      daemons.push(new Greenlet(() => {}).daemon);
      daemons.push(spawnWith({ daemon: false }, () => {}).daemon);
    });
    daemons.push(spawn(() => {}).daemon);
    return daemons;
  });
  assertEquals(seen, [true, true, false, false]);
});

Deno.test("Greenlet.daemon can be set before the start only", async () => {
  const greenlet = new Greenlet(() => {});
  greenlet.daemon = true;
  greenlet.daemon = false;
  assertEquals(greenlet.daemon, false);
  greenlet.start();
  const error = assertThrows(() => greenlet.daemon = true);
  assertInstanceOf(error, Error);
  assertEquals(greenlet.daemon, false);
  await greenlet;
});

Deno.test("run() does not wait for daemons but ends them, finally blocks and all", async () => {
  const log: string[] = [];
  await run(function* () {
    spawnWith({ daemon: true }, function* () {
      try {
        yield* sleep(100_000);
      } finally {
        yield* sleep(0);
        log.push("daemon cleaned up");
      }
    });
    yield* sleep(0);
    log.push("root ends");
  });
  assertEquals(log, ["root ends", "daemon cleaned up"]);
});
