// Copyright 2026 the Tendril authors. MIT license.
// Greenlet.kill: in every state, with either kind of error, and what becomes of the victim.

import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  type Coroutine,
  getCurrent,
  Greenlet,
  GreenletExit,
  killAll,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";

/** A greenlet in some state, and what it has done. */
interface Victim {
  readonly greenlet: Greenlet<unknown>;
  /** What its body did. */
  readonly log: string[];
}

/** A state in which a kill may find a greenlet, and how to bring one there. */
interface Situation {
  readonly name: string;
  /** Whether the body runs at all. */
  readonly runs: boolean;
  readonly make: () => Coroutine<Victim>;
}

function* body(log: string[], wait: () => Coroutine<unknown>): Coroutine<string> {
  log.push("runs");
  try {
    yield* wait();
    return "lived on";
  } finally {
    log.push("cleaned up");
  }
}

function* longSleep(): Coroutine {
  yield* sleep(100_000);
}

const situations: Situation[] = [
  {
    name: "before the start",
    runs: false,
    *make() {
      const log: string[] = [];
      return { log, greenlet: new Greenlet(() => body(log, longSleep)) };
    },
  },
  {
    name: "after start() and before it ran",
    runs: false,
    *make() {
      const log: string[] = [];
      return { log, greenlet: spawn(body, log, longSleep) };
    },
  },
  {
    name: "after startLater()",
    runs: false,
    *make() {
      const log: string[] = [];
      const greenlet = new Greenlet(() => body(log, longSleep));
      greenlet.startLater(100_000);
      return { log, greenlet };
    },
  },
  {
    name: "while it waits",
    runs: true,
    *make() {
      const log: string[] = [];
      const greenlet = spawn(body, log, longSleep);
      yield* sleep(0);
      return { log, greenlet };
    },
  },
  {
    name: "while it is switched out",
    runs: true,
    *make() {
      const log: string[] = [];
      const maker = getCurrent();
      const greenlet = new Greenlet(() => body(log, () => maker.switch() as unknown as Coroutine));
      yield* greenlet.switch();
      return { log, greenlet };
    },
  },
  {
    name: "while it is ready to go on",
    runs: true,
    *make() {
      const log: string[] = [];
      const greenlet = spawn(body, log, function* () {
        for (;;) yield* sleep(0);
      });
      yield* sleep(0);
      return { log, greenlet };
    },
  },
  {
    name: "while its async body awaits",
    runs: true,
    *make() {
      const log: string[] = [];
      const greenlet = spawn(async () => {
        log.push("runs");
        try {
          await sleep(100_000);
          return "lived on";
        } finally {
          log.push("cleaned up");
        }
      });
      yield* sleep(0);
      return { log, greenlet };
    },
  },
];

const ways: { name: string; kill: (victim: Greenlet<unknown>, error?: Error) => Coroutine }[] = [
  {
    name: "Greenlet.kill()",
    *kill(victim, error) {
      assertEquals(yield* victim.kill(error), true);
    },
  },
  {
    name: "killAll()",
    *kill(victim, error) {
      yield* killAll([victim], error);
    },
  },
];

for (const { name, runs, make } of situations) {
  for (const way of ways) {
    Deno.test(`${way.name} ${name} ends it with the GreenletExit as its value`, async () => {
      await run(function* () {
        const { greenlet, log } = yield* make();
        let told = 0;
        greenlet.link(() => told++);
        const exit = new GreenletExit("by the test");
        yield* way.kill(greenlet, exit);
        assertEquals([greenlet.dead, greenlet.ready, greenlet.successful], [true, true, true]);
        assertEquals([greenlet.started, greenlet.active], [false, false]);
        assertStrictEquals(greenlet.value, exit);
        assertEquals(greenlet.exception, undefined);
        assertStrictEquals(yield* greenlet.get(), exit);
        assertEquals(log, runs ? ["runs", "cleaned up"] : []);
        yield* sleep(0);
        assertEquals(told, 1);
      });
    });

    Deno.test(`${way.name} ${name} with another error makes it fail with that`, async () => {
      const error = new RangeError("by the test");
      const caught = await run(function* () {
        const { greenlet, log } = yield* make();
        yield* way.kill(greenlet, error);
        assertEquals([greenlet.dead, greenlet.ready, greenlet.successful], [true, true, false]);
        assertEquals([greenlet.started, greenlet.value], [false, undefined]);
        assertStrictEquals(greenlet.exception, error);
        assertEquals(log, runs ? ["runs", "cleaned up"] : []);
        try {
          yield* greenlet.get();
        } catch (thrown) {
          return thrown;
        }
      });
      assertStrictEquals(caught, error);
    });
  }

  Deno.test(`Greenlet.kill() ${name} acts even when nobody waits for the Op`, async () => {
    await run(function* () {
      const { greenlet, log } = yield* make();
      greenlet.kill();
      yield* sleep(0);
      yield* sleep(0);
      yield* greenlet.join();
      assertEquals([greenlet.dead, log], [true, runs ? ["runs", "cleaned up"] : []]);
    });
  });

  Deno.test(`Greenlet.start() has no effect after a kill ${name}`, async () => {
    await run(function* () {
      const { greenlet, log } = yield* make();
      yield* greenlet.kill();
      greenlet.start();
      yield* sleep(0);
      assertEquals([greenlet.dead, log], [true, runs ? ["runs", "cleaned up"] : []]);
    });
  });
}
