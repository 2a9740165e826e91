// Copyright 2026 the Tendril authors. MIT license.
// AbortSignals: the one a greenlet has, and the one that kills it.

import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { type Coroutine, GreenletExit, run, sleep, spawn, spawnWith } from "@tendril/tendril";

function* longSleep(): Coroutine {
  yield* sleep(100_000);
}

Deno.test("Greenlet.signal is aborted with the error of the kill", async () => {
  await run(function* () {
    const error = new RangeError("why");
    const greenlet = spawn(longSleep);
    const { signal } = greenlet;
    assertEquals(signal.aborted, false);
    yield* sleep(0);
    const killed = greenlet.kill(error);
    assertEquals(signal.aborted, true);
    assertStrictEquals(signal.reason, error);
    yield* killed;
  });
});

Deno.test("Greenlet.signal that is first read after the kill is aborted", () => {
  const greenlet = spawn(() => {});
  greenlet.kill();
  assertEquals(greenlet.signal.aborted, true);
  assertStrictEquals(greenlet.signal, greenlet.signal);
});

Deno.test("Greenlet.signal is not aborted by an end of its own", async () => {
  await run(function* () {
    const greenlet = spawn(() => {});
    const { signal } = greenlet;
    yield* greenlet;
    assertEquals(signal.aborted, false);
  });
});

Deno.test("An abort of the signal in the options kills the greenlet", async () => {
  await run(function* () {
    const controller = new AbortController();
    const greenlet = spawnWith({ signal: controller.signal }, longSleep);
    yield* sleep(0);
    controller.abort("the reason");
    const exit = yield* greenlet.get();
    assertInstanceOf(exit, GreenletExit);
    assertEquals((exit as unknown as Error).cause, "the reason");
  });
});

Deno.test("A signal in the options that is aborted already keeps the body from running", async () => {
  await run(function* () {
    let ran = false;
    const greenlet = spawnWith({ signal: AbortSignal.abort() }, () => {
      ran = true;
    });
    yield* greenlet.join();
    assertEquals([ran, greenlet.dead, greenlet.successful], [false, true, true]);
  });
});

Deno.test("A greenlet that ended listens to the signal in its options no more", async () => {
  await run(function* () {
    const { signal } = new AbortController();
    using removed = stub(signal, "removeEventListener", () => {});
    yield* spawnWith({ signal }, () => {});
    assertEquals(removed.calls.length, 1);
  });
});
