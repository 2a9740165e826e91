#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Greenlets that begin later: a timer is nothing but that.
 *
 * @module
 */
import { main, spawnLater } from "@tendril/tendril";

await main(function* () {
  const paperboy = spawnLater(300, () => console.log("Extra, extra! Read all about it!"));
  spawnLater(100, (word: string) => console.log(`hello, ${word}`), "world");
  const never = spawnLater(200, () => console.log("nobody reads this"));
  yield* never.kill(); // a timer can be called off
  yield* paperboy.join();
});
