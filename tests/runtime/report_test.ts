// Copyright 2026 the Tendril authors. MIT license.
// Errors nobody looked at: reported once, to getHub().onError.

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  getHub,
  Greenlet,
  GreenletExit,
  Group,
  joinAll,
  Pool,
  run,
  sleep,
  spawn,
} from "@tendril/tendril";
import { settle } from "../manual_clock.ts";

const failure = new RangeError("broken");

function fail(): never {
  throw failure;
}

/** Collects what is reported instead of printing it. */
function reports() {
  const onError = stub(getHub(), "onError", () => {});
  return {
    all: () => onError.calls.map((call) => call.args as [unknown, Greenlet<unknown>]),
    [Symbol.dispose]: () => onError.restore(),
  };
}

Deno.test("getHub().onError is told once of an error that nobody looked at", async () => {
  using seen = reports();
  const greenlet = spawn(fail);
  await settle();
  assertEquals(seen.all().length, 1);
  const [error, of] = seen.all()[0]!;
  assertStrictEquals(error, failure);
  assertStrictEquals(of, greenlet);
});

Deno.test("getHub().onError is told of an async body as well", async () => {
  using seen = reports();
  spawn(async () => {
    await Promise.resolve();
    fail();
  });
  await settle();
  assertEquals(seen.all().map(([error]) => error), [failure]);
});

Deno.test("getHub().onError is told of each of several", async () => {
  using seen = reports();
  for (let i = 0; i < 3; i++) spawn(fail);
  await settle();
  assertEquals(seen.all().length, 3);
});

Deno.test("getHub().onError is not told when somebody joins", async () => {
  using seen = reports();
  await spawn(fail).join();
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is not told when somebody gets the result", async () => {
  using seen = reports();
  await assertRejects(async () => await spawn(fail).get());
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is not told when somebody awaits the greenlet", async () => {
  using seen = reports();
  await assertRejects(async () => await spawn(fail));
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is not told when somebody linked", async () => {
  using seen = reports();
  spawn(fail).link(() => {});
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is not told when joinAll waits", async () => {
  using seen = reports();
  await joinAll([spawn(fail), spawn(fail)]);
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is not told when somebody joins in the turn of the death", async () => {
  using seen = reports();
  const greenlet = spawn(fail);
  await Promise.resolve();
  assert(greenlet.dead);
  await greenlet.join();
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is not told when somebody links in the turn of the death", async () => {
  using seen = reports();
  const greenlet = spawn(fail);
  await Promise.resolve();
  assert(greenlet.dead);
  greenlet.link(() => {});
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is told when the one who joined gave up before the end", async () => {
  using seen = reports();
  const { promise, reject } = Promise.withResolvers<void>();
  const greenlet = spawn(() => promise);
  const joiner = spawn(function* () {
    yield* greenlet.join();
  });
  await settle();
  await joiner.kill();
  reject(failure);
  await settle();
  assertEquals(seen.all().map(([error]) => error), [failure]);
});

Deno.test("getHub().onError is told when a link was taken back before the end", async () => {
  using seen = reports();
  const callback = () => {};
  const greenlet = spawn(fail);
  greenlet.link(callback);
  greenlet.unlink(callback);
  await settle();
  assertEquals(seen.all().length, 1);
});

Deno.test("getHub().onError is not told of a GreenletExit", async () => {
  using seen = reports();
  spawn(() => {
    throw new GreenletExit();
  });
  spawn(function* () {
    yield* sleep(100_000);
  }).kill();
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is told of a kill with an error that nobody waits for", async () => {
  using seen = reports();
  const greenlet = spawn(function* () {
    yield* sleep(100_000);
  });
  await settle();
  greenlet.kill(failure);
  await settle();
  assertEquals(seen.all().map(([error]) => error), [failure]);
});

Deno.test("getHub().onError is told even of undefined that was thrown", async () => {
  using seen = reports();
  spawn(() => {
    throw undefined;
  });
  await settle();
  assertEquals(seen.all().map(([error]) => error), [undefined]);
});

Deno.test("getHub().onError is told before the run that the greenlet belongs to is over", async () => {
  using seen = reports();
  await run(function* () {
    spawn(fail);
  });
  assertEquals(seen.all().map(([error]) => error), [failure]);
});

Deno.test("getHub().onError is not told of the error that a run rejects with", async () => {
  using seen = reports();
  await assertRejects(() => run(fail), RangeError, "broken");
  await settle();
  assertEquals(seen.all(), []);
});

Deno.test("An error that nobody looked at is still thrown to who joins late", async () => {
  using _seen = reports();
  const greenlet = spawn(fail);
  await settle();
  assertStrictEquals(await assertRejects(async () => await greenlet), failure);
});

Deno.test("An error that nobody looked at does not stop the hub", async () => {
  using _seen = reports();
  const log: string[] = [];
  spawn(fail);
  spawn(() => void log.push("next"));
  await settle();
  assertEquals(log, ["next"]);
});

Deno.test("getHub().onError that throws is reported on standard error, and others still follow", async () => {
  const { exitCode } = Deno;
  using printed = stub(console, "error");
  using onError = stub(getHub(), "onError", () => {
    throw new Error("in the handler");
  });
  spawn(fail);
  spawn(fail);
  await settle();
  Deno.exitCode = exitCode;
  assertEquals(onError.calls.length, 2);
  const texts = printed.calls.map((call) => call.args.map(String).join(" "));
  assertEquals(texts.filter((text) => text.includes("in the handler")).length, 2);
  assertEquals(texts.filter((text) => text.includes("RangeError: broken")).length, 2);
});

Deno.test("The default of getHub().onError prints the name and sets the exit code", async () => {
  const { exitCode } = Deno;
  using printed = stub(console, "error");
  const greenlet = spawn(fail);
  await settle();
  const set = Deno.exitCode;
  Deno.exitCode = exitCode;
  assertEquals(set, 1);
  assertEquals(printed.calls.map((call) => call.args), [[`${greenlet.name} failed:`, failure]]);
});

Deno.test("A greenlet that a switch started leaves its error to its parent", async () => {
  using seen = reports();
  const caught = await run(function* () {
    try {
      yield* new Greenlet(fail).switch();
    } catch (error) {
      return error;
    }
  });
  await settle();
  assertStrictEquals(caught, failure);
  assertEquals(seen.all(), []);
});

Deno.test("getHub().onError is told of a member that failed, though its group is joined", async () => {
  using seen = reports();
  await run(function* () {
    const pool = new Pool(1);
    yield* pool.spawn(fail);
    yield* pool.join();
    yield* sleep(0);
  });
  assertEquals(seen.all().length, 1);
});

Deno.test("getHub().onError is not told of a member whose error the join of the group throws", async () => {
  using seen = reports();
  await assertRejects(() =>
    run(function* () {
      const group = new Group();
      yield* group.spawn(fail);
      yield* group.join({ raiseError: true });
    }), RangeError);
  await settle();
  assertEquals(seen.all(), []);
});
