#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * How a pool is made: greenlets that get their work from a queue. They start when they are needed, five at
 * most, and each tells what came of its work.
 *
 * @module
 */
import { type Coroutine, main, Queue, sleep, spawn } from "@tendril/tendril";

type Callback = (error: unknown, result?: number) => void;

class OwnPool {
  readonly #work = new Queue<[action: (i: number) => number, i: number, callback: Callback]>();
  made = 0;
  free = 0;

  constructor(readonly size: number) {}

  run(action: (i: number) => number, i: number, callback: Callback): void {
    this.#work.putNowait([action, i, callback]);
    if (this.free === 0 && this.made < this.size) {
      this.made++;
      spawn(() => this.#serve());
    }
  }

  *#serve(): Coroutine {
    for (;;) {
      this.free++;
      const step = yield* this.#work.next(); // done when the queue is shut down and empty
      this.free--;
      if (step.done) break;
      const [action, i, callback] = step.value;
      try {
        callback(undefined, action(i));
      } catch (error) {
        callback(error);
      }
    }
    this.made--;
  }

  close(): void {
    this.#work.shutdown();
  }
}

await main(function* () {
  const pool = new OwnPool(5);
  let successes = 0;
  for (let i = 0; i < 30; i++) {
    pool.run((i) => (console.log(i), i), i, (error) => error ?? successes++);
  }
  yield* sleep(100);
  console.log(`${successes} went well; made: ${pool.made}, free: ${pool.free}`);
  pool.close();
  yield* sleep(10);
  console.log(`after close: made: ${pool.made}, free: ${pool.free}`);
});
