#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * Who is who: a process that knows its own number and that of the program that started it.
 *
 * @module
 */
import { main } from "@tendril/tendril";
import { currentProcess, parentProcess, Process, task } from "@tendril/tendril/parallel";

export const work = task(import.meta, function work(name: string): void {
  console.log(`${name}, pid ${currentProcess().pid}, child of ${parentProcess()?.pid}`);
});

if (import.meta.main) {
  await main(function* () {
    console.log(`main program, pid ${currentProcess().pid}, child of ${Deno.ppid}`);
    const thread = new Process({ target: work, args: ["a thread"] });
    thread.start();
    yield* thread.join();
  });
}
