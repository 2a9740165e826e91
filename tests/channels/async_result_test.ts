// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  AsyncResult,
  getHub,
  GreenletExit,
  run,
  select,
  sleep,
  spawn,
  Timeout,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

Deno.test("AsyncResult gives its value to all that wait and all that ask", async () => {
  const result = new AsyncResult<number>();
  const greenlet = spawn(function* () {
    return [yield* result.get(), yield* result, yield* result.wait()];
  });
  const awaited = Promise.all([result, result.get(), result.wait()]);
  await settle();
  assertEquals(result.stats(), { ready: false, successful: false, waiting: 4 });
  result.set(7);
  assertEquals(await greenlet, [7, 7, 7]);
  assertEquals(await awaited, [7, 7, 7]);
  assertEquals([result.getNowait(), result.value, result.exception], [7, 7, undefined]);
  assertEquals(result.stats(), { ready: true, successful: true, waiting: 0 });
});

Deno.test("AsyncResult throws its error, the same object, but not in wait()", async () => {
  const result = new AsyncResult<number>();
  const error = new RangeError("no");
  const caught = spawn(function* () {
    try {
      return yield* result.get();
    } catch (error) {
      return error;
    }
  });
  const waited = result.wait().then((value) => [value]);
  await settle();
  result.setException(error);
  assertStrictEquals(await caught, error);
  assertEquals(await waited, [undefined]);
  assertEquals(await result.wait(), undefined);
  assertStrictEquals(await assertRejects(async () => await result), error);
  assertStrictEquals(assertThrows(() => result.getNowait()), error);
  assertEquals([result.ready, result.successful, result.value], [true, false, undefined]);
  assertStrictEquals(result.exception, error);
});

Deno.test("AsyncResult can be set again", async () => {
  const result = new AsyncResult<number | undefined>();
  result.setException(new RangeError("no"));
  result.set(1);
  assertEquals([await result.get(), result.exception], [1, undefined]);
  result.set(undefined);
  assertEquals([result.ready, result.successful, await result], [true, true, undefined]);
});

Deno.test("AsyncResult.getNowait() throws a Timeout when nothing is there", () => {
  assertThrows(() => new AsyncResult({ name: "answer" }).getNowait(), Timeout, '"answer" not set');
});

Deno.test("AsyncResult.get() throws its own Timeout, wait() gives undefined", async () => {
  using clock = new ManualClock();
  const result = new AsyncResult<number>();
  const limit = new Timeout(5);
  const get = assertRejects(async () => await result.get({ timeout: limit }));
  const wait = result.wait({ timeout: 5 }).then((value) => [value]);
  const lost = spawn(function* () {
    return (yield* select({ result: result.get(), late: sleep(5) })).key;
  });
  await clock.advance(5);
  assertStrictEquals(await get, limit);
  assertEquals([await wait, await lost, result.stats().waiting], [[undefined], "late", 0]);
});

Deno.test("AsyncResult.setException() wants an Error", () => {
  const result = new AsyncResult();
  assertThrows(() => result.setException("no" as unknown as Error), TypeError, "expected an Error");
  assertEquals(result.ready, false);
});

Deno.test("AsyncResult.follow() takes the outcome of a greenlet", async () => {
  const value = new AsyncResult<number>().follow(spawn(() => 7));
  assertEquals(await value, 7);
  const ended = spawn(() => 8);
  await ended;
  assertEquals(new AsyncResult<number>().follow(ended).getNowait(), 8);
});

Deno.test("AsyncResult.follow() sees the error of a greenlet, so that it is not reported", async () => {
  const reported: unknown[] = [];
  const before = getHub().onError;
  getHub().onError = (_greenlet, error) => reported.push(error);
  try {
    const failing = spawn(function* (): Generator<unknown, number> {
      yield;
      throw new RangeError("inside");
    });
    const result = new AsyncResult<number>().follow(failing);
    await assertRejects(async () => await result, RangeError, "inside");
    await settle();
    assertEquals(reported, []);
  } finally {
    getHub().onError = before;
  }
});

Deno.test("AsyncResult.follow() counts a kill as a value", async () => {
  const sleeper = spawn(function* () {
    yield* sleep(1000);
  });
  const result = new AsyncResult<void>().follow(sleeper);
  await settle();
  sleeper.kill();
  assertInstanceOf(await result as unknown, GreenletExit);
});

Deno.test("AsyncResult.follow() refuses what is no greenlet", () => {
  assertThrows(() => new AsyncResult().follow(7 as never), TypeError, "Cannot follow 7");
});

Deno.test("AsyncResult can be the callback of a link", async () => {
  const result = new AsyncResult<number>();
  await run(function* () {
    const job = spawn(() => 9);
    job.linkValue((ended) => result.set(ended.value!));
    assertEquals(yield* result.get(), 9);
  });
});

Deno.test("AsyncResult shows its name and state", () => {
  const result = new AsyncResult({ name: "answer" });
  assertEquals(Deno.inspect(result), '<AsyncResult "answer" not set>');
  result.set(1);
  assertEquals(Deno.inspect(result), '<AsyncResult "answer" set>');
  result.setException(new RangeError("no"));
  assertEquals(Deno.inspect(result), '<AsyncResult "answer" failed>');
  assert(Object.isFrozen(result.stats()));
});
