// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { all, GreenletExit, joinAll, race, run, select, spawn, yieldNow } from "@tendril/tendril";
import { cooperative } from "../../../runtime/io/promise.ts";
import { ManualClock, settle } from "../../manual_clock.ts";
import { thrown } from "./sockets.ts";

/** More Ops in a row than may finish at once before a greenlet has to give way. */
const ENOUGH = 70;

Deno.test("cooperative() waits several times for one promise", async () => {
  await run(function* () {
    const { promise, resolve } = Promise.withResolvers<number>();
    const waited = cooperative("wait", "for it", promise, () => {});
    const readers = [1, 2].map(() =>
      spawn(function* () {
        return yield* waited;
      })
    );
    yield* yieldNow();
    resolve(7);
    assertEquals(yield* all(readers), [7, 7]);
    assertEquals(yield* race([waited, waited]), 7);
    const again: unknown = yield waited;
    assertEquals(again, 7);
  });
});

Deno.test("cooperative() aborts once when the greenlet is killed", async () => {
  let aborted = 0;
  const waiting = spawn(function* () {
    yield* cooperative("wait", "forever", new Promise(() => {}), () => aborted++);
  });
  await settle();
  await waiting.kill();
  assertEquals(aborted, 1);
});

Deno.test("cooperative() aborts in an async greenlet that was killed before", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let aborted = 0;
  const { promise: never, reject } = Promise.withResolvers<void>();
  const waiting = spawn(async () => {
    await promise;
    await cooperative("wait", "forever", never, () => {
      aborted++;
      reject(new Error("aborted"));
    });
  });
  await settle();
  waiting.kill();
  resolve();
  assertInstanceOf(await waiting as unknown, GreenletExit);
  assertEquals(aborted, 1);
});

Deno.test("cooperative() aborts what a select never waited for", async () => {
  await run(function* () {
    let aborted = 0;
    const done = spawn(() => 1);
    yield* done;
    const lost = cooperative("wait", "forever", new Promise(() => {}), () => aborted++);
    assertEquals((yield* select({ lost, done: done.get() })).key, "done");
    assertEquals(aborted, 1);
  });
});

Deno.test("a promise that rejects where its greenlet has to give way is looked at", async () => {
  using clock = new ManualClock();
  await run(function* () {
    const done = spawn(() => 1);
    yield* done;
    // So many, and so slow, that the event loop has a turn before all of them have run.
    let round = 0;
    const crowd = Array.from({ length: 300 }, () =>
      spawn(function* () {
        while (round < ENOUGH) {
          clock.skip(0.02);
          yield;
        }
      }));
    const error = new Error("told");
    for (; round < ENOUGH; round++) {
      for (let i = 0; i < round; i++) yield* done.get();
      const told = yield* thrown(function* () {
        yield* cooperative("wait", "for it", Promise.reject(error), () => {});
      });
      assertStrictEquals(told, error);
    }
    yield* joinAll(crowd);
  });
});
