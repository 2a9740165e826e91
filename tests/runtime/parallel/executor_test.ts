// Copyright 2026 the Tendril authors. MIT license.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { getHub, QueueFull, run, Timeout } from "@tendril/tendril";
import {
  CancelledError,
  Future,
  ParallelExecutor,
  PoolClosedError,
} from "@tendril/tendril/parallel";
import { reaches, until, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

/** Runs `body` with an executor of one worker that runs `hold`, and lets go of that afterwards. */
async function whileHeld(
  body: (executor: ParallelExecutor, held: Future<string>, cells: Int32Array) => Promise<void>,
): Promise<void> {
  await using executor = new ParallelExecutor(1, { maxQueue: 5 });
  const cells = words();
  const held = executor.submit(tasks.hold, cells);
  await reaches(cells, 0, 1);
  try {
    await body(executor, held, cells);
  } finally {
    Atomics.store(cells, 1, 1);
  }
}

Deno.test("submit() gives a Future that can be awaited, yielded and asked", async () => {
  await using executor = new ParallelExecutor(2);
  const future = executor.submit(tasks.double, 4);
  assertInstanceOf(future, Future);
  assertEquals([future.done(), future.cancelled()], [false, false]);
  assertEquals(await future, 8);
  assertEquals([future.done(), future.running(), future.cancelled()], [true, false, false]);
  assertEquals(await future.exception(), undefined);
  await run(function* () {
    assertEquals(yield* executor.submit(tasks.double, 5), 10);
    assertEquals(yield* future.result(), 8);
  });
});

Deno.test("a Future whose call failed throws, and gives the error as its exception", async () => {
  await using executor = new ParallelExecutor(1);
  const future = executor.submit(tasks.fail, "oh");
  await assertRejects(async () => await future.result(), RangeError, "oh");
  assertInstanceOf(await future.exception(), RangeError);
  assertStringIncludes(Deno.inspect(future), "failed");
});

Deno.test("a Future is pending, running, finished", async () => {
  await whileHeld(async (executor, held, cells) => {
    const pending = executor.submit(tasks.double, 1);
    await until(() => held.running());
    assertEquals([held.running(), held.done()], [true, false]);
    assertEquals([pending.running(), pending.done()], [false, false]);
    assertStringIncludes(Deno.inspect(held), '<Future "hold" running>');
    assertStringIncludes(Deno.inspect(pending), '<Future "double" pending>');
    await assertRejects(async () => await held.result({ timeout: 1 }), Timeout);
    await assertRejects(async () => await held.exception({ timeout: 1 }), Timeout);
    Atomics.store(cells, 1, 1);
    assertEquals(await held, "told");
    assertStringIncludes(Deno.inspect(held), '<Future "hold" finished>');
  });
});

Deno.test("cancel() takes a pending call back, and leaves one alone that runs", async () => {
  await whileHeld(async (executor, held) => {
    const pending = executor.submit(tasks.double, 1);
    assertEquals(held.cancel(), false);
    assertEquals(pending.cancel(), true);
    assertEquals(pending.cancel(), true);
    assertEquals([pending.done(), pending.cancelled()], [true, true]);
    await assertRejects(async () => await pending, CancelledError);
    await assertRejects(async () => await pending.exception(), CancelledError);
    assertStringIncludes(Deno.inspect(pending), "cancelled");
  });
});

Deno.test("addDoneCallback() calls back once, in order, also when it is over", async () => {
  await using executor = new ParallelExecutor(1);
  const future = executor.submit(tasks.double, 2);
  const told: unknown[] = [];
  future.addDoneCallback((done) => told.push(["first", done === future]));
  future.addDoneCallback(async (done) => told.push(["second", await done]));
  await future;
  await until(() => told.length === 2);
  future.addDoneCallback(() => told.push("third"));
  await until(() => told.length === 3);
  assertEquals(told, [["first", true], ["second", 4], "third"]);
  assertThrows(() => future.addDoneCallback(5 as unknown as () => void), TypeError);
});

Deno.test("a callback that throws is reported and keeps no other from being called", async () => {
  const hub = getHub();
  const before = hub.onError;
  const reported: unknown[] = [];
  hub.onError = (error) => reported.push(String(error));
  try {
    await using executor = new ParallelExecutor(1);
    const future = executor.submit(tasks.double, 2);
    let called = false;
    future.addDoneCallback(() => {
      throw new RangeError("callback");
    });
    future.addDoneCallback(() => called = true);
    await future;
    await until(() => reported.length > 0);
    assert(called);
    assertEquals(reported, ["RangeError: callback"]);
  } finally {
    hub.onError = before;
  }
});

Deno.test("map() gives results in order; the first error ends it and cancels the rest", async () => {
  await using executor = new ParallelExecutor(2);
  assertEquals(await Array.fromAsync(executor.map(tasks.double, [1, 2, 3])), [2, 4, 6]);
  let read = 0;
  function* numbers() {
    for (let n = 498;; n++, read++) yield n;
  }
  const results = executor.map(tasks.failAt, numbers(), { chunksize: 1, prefetch: 4 });
  assertEquals((await results.next()).value, 498);
  assertEquals((await results.next()).value, 499);
  await assertRejects(async () => await results.next(), RangeError);
  assertEquals((await results.next()).done, true);
  assert(read < 10);
});

Deno.test("shutdown() runs what there is, waits for it, and takes no more", async () => {
  const executor = new ParallelExecutor(1);
  const futures = [1, 2, 3].map((n) => executor.submit(tasks.doubleLater, n));
  await executor.shutdown();
  assertEquals(await Promise.all(futures), [2, 4, 6]);
  assertThrows(() => executor.submit(tasks.double, 1), PoolClosedError);
  await executor.shutdown();
});

Deno.test("shutdown({ cancelFutures }) cancels what has not begun, and what runs ends", async () => {
  await whileHeld(async (executor, held, cells) => {
    const pending = [1, 2].map((n) => executor.submit(tasks.double, n));
    const over = executor.shutdown({ cancelFutures: true });
    assertEquals(pending.map((future) => future.cancelled()), [true, true]);
    Atomics.store(cells, 1, 1);
    await over;
    assertEquals(await held, "told");
  });
});

Deno.test("shutdown({ cancelFutures }) ends a map that waits for its reader", async () => {
  const executor = new ParallelExecutor(1);
  function* endless() {
    for (let n = 0;; n++) yield n;
  }
  const results = executor.map(tasks.double, endless(), { prefetch: 4 });
  assertEquals((await results.next()).value, 0);
  await executor.shutdown({ cancelFutures: true });
  const end = async () => {
    for await (const n of results) assertEquals(n % 2, 0);
  };
  await assertRejects(end, CancelledError, "its executor was shut down");
});

Deno.test("shutdown({ wait: false }) does not wait", async () => {
  await whileHeld(async (executor, held) => {
    await executor.shutdown({ wait: false });
    assertEquals(held.done(), false);
  });
});

Deno.test("maxQueue bounds what submit() takes", async () => {
  await whileHeld(async (executor) => {
    for (let n = 0; n < 5; n++) executor.submit(tasks.double, n);
    assertThrows(() => executor.submit(tasks.double, 5), QueueFull);
    await Promise.resolve();
  });
});

Deno.test("ParallelExecutor() refuses numbers of workers that make no sense", () => {
  for (const workers of [0, -1]) {
    assertThrows(() => new ParallelExecutor(workers), RangeError, "Cannot make a ParallelExecutor");
  }
});
