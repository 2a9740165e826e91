#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Music for a while, a film for twice as long, and the main program's last line comes before either ends.
 *
 * @module
 */
import { type Coroutine, main, sleep, spawn } from "@tendril/tendril";

function* play(what: string, ms: number): Coroutine {
  console.log(`start.... ${what} ---- ${new Date().toLocaleTimeString()}`);
  yield* sleep(ms);
  console.log(`end...... ${what} ---- ${new Date().toLocaleTimeString()}`);
}

await main(function* () {
  spawn(play, "music", 400);
  spawn(play, "film", 800);
  yield; // they begin here
  console.log(`the main program is done ---- ${new Date().toLocaleTimeString()}`);
});
