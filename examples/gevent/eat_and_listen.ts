#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Two functions that know nothing of greenlets take turns, because the timers they use are patched; and
 * one that would never end is shown and killed where it waits.
 *
 * @module
 */
import { dump, joinAll, main, spawn, spawnWith, yieldNow } from "@tendril/tendril";
import { patchAll } from "@tendril/tendril/monkey";

patchAll();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function eat() {
  for (let i = 0; i < 5; i++) {
    console.log(`eats pie ${i}`);
    await pause(100);
  }
}

async function listenToMusic() {
  for (let i = 0; i < 5; i++) {
    console.log(`listens to song ${i}`);
    await pause(100);
  }
}

async function sleepIn() {
  try {
    await pause(60_000_000);
  } finally {
    console.log("gets up");
  }
}

await main(function* () {
  yield* joinAll([spawn(eat), spawn(listenToMusic)]);
  console.log("---- over ----");

  const sleeper = spawnWith({ name: "sleeper" }, sleepIn);
  yield* yieldNow();
  console.log(dump().split("\n").find((line) => line.includes("sleeper"))?.trim());
  yield* sleeper.kill();
});
