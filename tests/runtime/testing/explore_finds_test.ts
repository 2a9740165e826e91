// Copyright 2026 the Tendril authors. MIT license.
// What explore() finds in the programs of the seeds, by each strategy.

import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { explore, ExploreError } from "@tendril/tendril/testing";
import { programs } from "./seed_programs.ts";

const strategies = ["random", "pct", "exhaustive"] as const;
const schedules = 1000;

for (const { name, wrong, right, error, message } of programs) {
  for (const strategy of strategies) {
    Deno.test(`explore() finds ${name} (${strategy})`, async () => {
      for (let seed = 1; seed <= 5; seed++) {
        const options = { strategy, schedules, seed };
        const found = await assertRejects(() => explore(wrong, options), ExploreError);
        assertInstanceOf(found.cause, Error);
        assertEquals(found.cause.name, error);
        assertStringIncludes(found.cause.message, message);
      }
    });

    Deno.test(`explore() finds nothing where there is no ${name} (${strategy})`, async () => {
      const { complete } = await explore(right, { strategy, schedules, seed: 1 });
      assertEquals(complete && strategy !== "exhaustive", false);
    });
  }

  Deno.test(`explore() replays ${name} by its seed`, async () => {
    const found = await assertRejects(() => explore(wrong, { schedules, seed: 7 }), ExploreError);
    for (let i = 0; i < 3; i++) {
      const { seed } = found;
      const again = await assertRejects(() => explore(wrong, { seed }), ExploreError);
      assertEquals(again.trace, found.trace);
      assertEquals([again.seed, again.schedules], [found.seed, 1]);
    }
  });

  Deno.test(`explore() finds the same of ${name} by the same number`, async () => {
    const find = () => assertRejects(() => explore(wrong, { schedules, seed: 11 }), ExploreError);
    const [one, two] = [await find(), await find()];
    assertEquals([one.seed, one.schedules, one.trace], [two.seed, two.schedules, two.trace]);
  });
}
