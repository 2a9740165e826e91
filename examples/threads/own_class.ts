#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A class of greenlets: what each of them does is a method. All five run at the same time.
 *
 * @module
 */
import { type Coroutine, Greenlet, main, sleep } from "@tendril/tendril";

class MyThread extends Greenlet<void> {
  constructor(name: string) {
    super(() => this.work(), { name });
  }

  *work(): Coroutine {
    for (let i = 0; i < 3; i++) {
      yield* sleep(50);
      console.log(`I'm ${this.name} @ ${i}`);
    }
  }
}

await main(function* () {
  for (let i = 1; i <= 5; i++) {
    const thread = new MyThread(`Thread-${i}`);
    thread.start();
  }
});
