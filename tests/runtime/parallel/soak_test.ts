// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { WorkerDiedError, WorkerPool } from "@tendril/tendril/parallel";
import { random } from "./random.ts";
import * as tasks from "./tasks.ts";

Deno.test("200,000 calls, of which one in a hundred fails or ends its worker, are all accounted for", async () => {
  const CALLS = 200_000;
  const next = random(42);
  const fates: tasks.Fate[] = Array.from({ length: CALLS }, () => {
    const roll = next();
    if (roll < 0.0090) return "throws";
    if (roll < 0.0094) return "exits";
    if (roll < 0.0098) return "closes";
    return roll < 0.0100 ? "gives a function" : "works";
  });

  await using pool = new WorkerPool(2, { maxTasksPerWorker: 50_000 });
  const ended: Record<string, number> = {};
  const count = (key: string) => ended[key] = (ended[key] ?? 0) + 1;
  await Promise.all(fates.map(async (fate, n) => {
    try {
      assertEquals(await pool.apply(tasks.meet, [fate, n]), n);
      count("works");
    } catch (error) {
      if (error instanceof RangeError && error.message === `${n} throws`) count("throws");
      else if (error instanceof WorkerDiedError) count(error.exitCode === 9 ? "exits" : "closes");
      else if (error instanceof TypeError) count("gives a function");
      else throw error;
    }
  }));
  const expected: Record<string, number> = {};
  for (const fate of fates) expected[fate] = (expected[fate] ?? 0) + 1;
  assertEquals(ended, expected);

  const { succeeded, failed, cancelled, queued, running } = pool.stats();
  assertEquals(succeeded + failed, CALLS);
  assertEquals([cancelled, queued, running], [0, 0, 0]);
  assert(pool.stats().died >= expected.exits! + expected.closes!);
});
