#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A greenlet has a name and a state: it is started, and then it is dead.
 *
 * @module
 */
import { type Coroutine, getCurrent, Greenlet, main, sleep } from "@tendril/tendril";

function* task(): Coroutine {
  console.log(`${getCurrent().name} begins`);
  yield* sleep(100);
  console.log(`${getCurrent().name} ends`);
}

await main(function* () {
  const t = new Greenlet(task, { name: "t" });
  console.log("before the start:", t.started, t.dead);
  t.start();
  console.log("after it:", t.started, t.dead);
  yield* t.join();
  console.log("at the end:", t.started, t.dead);
});
