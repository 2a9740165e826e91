// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { run, Timeout } from "@tendril/tendril";
import { asCompleted, type Future, ParallelExecutor, waitFutures } from "@tendril/tendril/parallel";
import { reaches, words } from "./helpers.ts";
import * as tasks from "./tasks.ts";

/** One future that is held, and some of another worker that end. */
async function withFutures(
  body: (held: Future<string>, quick: Future<number>[], release: () => void) => Promise<void>,
): Promise<void> {
  await using executor = new ParallelExecutor(2);
  const cells = words();
  const release = () => void Atomics.store(cells, 1, 1);
  const held = executor.submit(tasks.hold, cells);
  await reaches(cells, 0, 1);
  try {
    await body(held, [1, 2, 3].map((n) => executor.submit(tasks.double, n)), release);
  } finally {
    release();
  }
}

Deno.test("asCompleted() gives futures as they end, each once, those that have ended first", async () => {
  await withFutures(async (held, quick, release) => {
    await quick[1];
    const order: unknown[] = [];
    for await (const future of asCompleted<unknown>([held, ...quick, quick[0]!])) {
      order.push(await future);
      if (order.length === 3) release();
    }
    assertEquals(order.slice(0, 3).sort(), [2, 4, 6]);
    assertEquals(order.slice(3), ["told"]);
  });
});

Deno.test("asCompleted() can be read by yield*", async () => {
  await withFutures(async (_held, quick) => {
    await run(function* () {
      const completed = asCompleted(quick);
      let sum = 0;
      for (let step = yield* completed.next(); !step.done; step = yield* completed.next()) {
        sum += yield* step.value;
      }
      assertEquals(sum, 12);
    });
  });
});

Deno.test("asCompleted() throws when its time is over, after what had ended by then", async () => {
  await withFutures(async (held, quick) => {
    await Promise.all(quick);
    const completed = asCompleted<unknown>([held, ...quick], { timeout: 5 });
    for (const _ of quick) assertEquals((await completed.next()).done, false);
    await assertRejects(
      async () => await completed.next(),
      Timeout,
      "1 (of 4) futures unfinished",
    );
  });
});

Deno.test("asCompleted() of nothing ends at once", async () => {
  assertEquals((await asCompleted([]).next()).done, true);
});

Deno.test("waitFutures() waits for all, or for the first", async () => {
  await withFutures(async (held, quick, release) => {
    const first = await waitFutures<unknown>([held, ...quick], { returnWhen: "FIRST_COMPLETED" });
    assert(first.done.size >= 1);
    assert(first.notDone.has(held));
    const most = await waitFutures<unknown>([held, ...quick, held], { timeout: 50 });
    assertEquals([most.done.size + most.notDone.size, most.notDone.has(held)], [4, true]);
    release();
    const all = await waitFutures<unknown>([held, ...quick]);
    assertEquals([all.done.size, all.notDone.size], [4, 0]);
    const none = await waitFutures([]);
    assertEquals([none.done.size, none.notDone.size], [0, 0]);
  });
});

Deno.test("waitFutures() returns at the first failure, or at the end when there is none", async () => {
  await withFutures(async (held, quick, release) => {
    await using executor = new ParallelExecutor(1);
    const failing = executor.submit(tasks.fail, "oh");
    const { done, notDone } = await waitFutures<unknown>([held, failing], {
      returnWhen: "FIRST_EXCEPTION",
    });
    assert(done.has(failing) && notDone.has(held));
    release();
    const all = await waitFutures<unknown>([held, ...quick], { returnWhen: "FIRST_EXCEPTION" });
    assertEquals(all.notDone.size, 0);
  });
});

Deno.test("asCompleted() and waitFutures() refuse what is no Future", () => {
  assertThrows(() => asCompleted([Promise.resolve() as never]), TypeError, "expected a Future");
  assertThrows(() => waitFutures([5 as never]), TypeError, "expected a Future");
  assertThrows(() => waitFutures([], { returnWhen: "ALL" as never }), TypeError, "returnWhen");
});
