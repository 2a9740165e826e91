#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A pipe between the main program and a process: what one sends on its end, the other receives on the
 * other end. Closing an end tells the other side that nothing will come any more.
 *
 * @module
 */
import { EOFError, main } from "@tendril/tendril";
import { Process, type SharedConnection, SharedPipe, task } from "@tendril/tendril/parallel";

/** Plain code: in a process it may block, because it blocks nobody else. */
export const square = task(import.meta, function square(end: SharedConnection<number>): void {
  try {
    for (;;) {
      const number = end.recvSync();
      console.log(`The process received ${number}`);
      end.sendSync(number * number);
    }
  } catch (error) {
    if (!(error instanceof EOFError)) throw error;
    console.log("The process received the end");
  }
});

if (import.meta.main) {
  await main(function* () {
    const [here, there] = SharedPipe<number>();
    const process = new Process({ target: square, args: [there] });
    process.start();
    for (const number of [2, 3, 4]) {
      yield* here.send(number);
      console.log(`The main program received ${yield* here.recv()}`);
    }
    here.close();
    yield* process.join();
    console.log("The process has ended");
  });
}
