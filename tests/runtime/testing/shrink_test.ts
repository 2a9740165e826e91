// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals } from "@std/assert";
import type { Deviation } from "../../../runtime/testing/course.ts";
import { shrink } from "../../../runtime/testing/shrink.ts";

const always = () => true;
const deviations = Array.from({ length: 40 }, (_, at) => ({ at, choice: 1 }));

/** Shrinks what fails while it has deviations at all of these places; gives the places that are left. */
async function placesLeft(needed: number[], mayGoOn = always): Promise<number[]> {
  const attempt = (tried: readonly Deviation[]) => {
    const fails = needed.every((place) => tried.some(({ at }) => at === place));
    return Promise.resolve(fails ? tried : null);
  };
  return (await shrink(deviations, attempt, mayGoOn)).map(({ at }) => at);
}

Deno.test("shrink() leaves out whatever is not needed", async () => {
  for (const needed of [[], [0], [39], [17], [3, 30], [0, 1, 2], [5, 6, 20, 39]]) {
    assertEquals(await placesLeft(needed), needed);
  }
});

Deno.test("shrink() goes on from the deviations that an attempt really had", async () => {
  // To leave one out makes another impossible.
  const attempt = (tried: readonly Deviation[]) => Promise.resolve(tried.slice(0, -1));
  assertEquals(await shrink(deviations, attempt, always), []);
});

Deno.test("shrink() tries again what could not be left out before another was", async () => {
  // Each is needed as long as the one before it is there.
  const attempt = (tried: readonly Deviation[]) => {
    const places = new Set(tried.map(({ at }) => at));
    const fails = [1, 2, 3].every((place) => places.has(place) || !places.has(place - 1));
    return Promise.resolve(fails ? tried : null);
  };
  assertEquals(await shrink(deviations.slice(0, 4), attempt, always), []);
});

Deno.test("shrink() gives what it has when there is no time left", async () => {
  let attempts = 0;
  assertEquals((await placesLeft([39], () => attempts++ < 1)).length, 40);
  attempts = 0;
  assertEquals((await placesLeft([0], () => attempts++ < 2)).length < 40, true);
});
