// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { Budget } from "../../../runtime/inspect/budget.ts";

const TEXT = "x".repeat(1000);

/** Writes as much as a budget allows within so many requests, and gives how many characters that is. */
function write(budget: Budget, requests: number): number {
  let written = 0;
  for (let i = 0; i < requests; i++) {
    if (!budget.take()) continue;
    budget.spend(TEXT);
    written += TEXT.length;
  }
  return written;
}

Deno.test("Budget allows all that a short program writes", () => {
  const budget = new Budget(() => 0);
  assertEquals(write(budget, 1000), 1_000_000);
});

Deno.test("Budget refuses the rest when much is written at once", () => {
  const budget = new Budget(() => 0);
  assertEquals(write(budget, 20_000), 8_000_000);
});

Deno.test("Budget allows a steady rate in samples that are worth looking at", () => {
  let now = 0;
  const budget = new Budget(() => now);
  write(budget, 20_000);
  let written = 0;
  for (let ms = 0; ms < 1000; ms++) {
    now++;
    const sample = write(budget, 10_000);
    assert(sample === 0 || sample >= 10_000, `${sample} characters`);
    written += sample;
  }
  assert(written > 4_900_000 && written < 5_100_000, `${written} characters a second`);
});

Deno.test("Budget allows much at once again after a rest", () => {
  let now = 0;
  const budget = new Budget(() => now);
  write(budget, 20_000);
  now = 60_000;
  assert(write(budget, 20_000) >= 7_900_000);
});

Deno.test("Budget allows something again after more was written than it allowed", () => {
  let now = 0;
  const budget = new Budget(() => now);
  budget.spend("x".repeat(20_000_000));
  assertEquals(budget.take(), false);
  now = 60_000;
  assert(write(budget, 1000) > 0);
});

Deno.test("Budget looks at the clock seldom while it refuses", () => {
  let looks = 0;
  const budget = new Budget(() => {
    looks++;
    return 0;
  });
  write(budget, 8_000);
  looks = 0;
  write(budget, 100_000);
  assert(looks < 500, `${looks} looks`);
});
