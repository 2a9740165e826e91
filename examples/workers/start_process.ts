#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A process is started, runs by itself, and is waited for at the end of the program.
 *
 * @module
 */
import { type Coroutine, main, sleep } from "@tendril/tendril";
import { activeChildren, cpuCount, Process, task } from "@tendril/tendril/parallel";

export const child = task(import.meta, function* child(interval: number): Coroutine {
  console.log("child begins");
  yield* sleep(interval);
  console.log("child ends");
});

// A process imports this module to find its task: only the main program may go on to start processes.
if (import.meta.main) {
  await main(function* () {
    console.log("parent begins");
    const p1 = new Process({ target: child, args: [200] });
    p1.start();
    console.log(`number of cpus: ${cpuCount()}`);
    for (const p of activeChildren()) console.log(`child's name: ${p.name}\tits pid: ${p.pid}`);
    console.log("parent ends");
  });
}
