// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { WorkerDiedError, WorkerPool } from "@tendril/tendril/parallel";
import { random } from "./random.ts";
import * as tasks from "./tasks.ts";

/** TENDRIL_SOAK=1 makes it the long one. */
const CALLS = Deno.env.get("TENDRIL_SOAK") === undefined ? 5000 : 200_000;

/** One in a hundred fails: most of those throw, one in ten thousand ends its worker in each way. */
function drawFates(): tasks.Fate[] {
  const next = random(42);
  return Array.from({ length: CALLS }, () => {
    const roll = next();
    if (roll < 0.0090) return "throws";
    if (roll < 0.0094) return "exits";
    if (roll < 0.0098) return "closes";
    return roll < 0.0100 ? "gives a function" : "works";
  });
}

Deno.test(`${CALLS} calls, of which one in a hundred fails or ends its worker, are all accounted for`, async () => {
  const fates = drawFates();
  const runs = new Int32Array(new SharedArrayBuffer(CALLS * 4));
  const options = { initializer: tasks.countRuns, initArgs: [runs] };
  await using pool = new WorkerPool(2, { ...options, maxTasksPerWorker: CALLS / 4 });
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
  assertEquals(runs.findIndex((times) => times !== 1), -1);

  const { succeeded, failed, cancelled, queued, running, died } = pool.stats();
  assertEquals(succeeded + failed, CALLS);
  assertEquals([cancelled, queued, running], [0, 0, 0]);
  assert(died >= expected.exits! + expected.closes!);
});
