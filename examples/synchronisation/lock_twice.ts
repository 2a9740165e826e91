#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * An RLock may be acquired again by who holds it, and is free after as many releases. A Lock may not:
 * its owner would wait for itself, which is found out at once.
 *
 * @module
 */
import { DeadlockError, Lock, main, RLock } from "@tendril/tendril";

await main(function* () {
  const rLock = new RLock();
  yield* rLock.acquire();
  yield* rLock.acquire();
  rLock.release();
  console.log("RLock after one release:", rLock.locked ? "held" : "free");
  rLock.release();
  console.log("RLock after two releases:", rLock.locked ? "held" : "free");

  const lock = new Lock({ name: "lock" });
  yield* lock.acquire();
  try {
    yield* lock.acquire();
  } catch (error) {
    if (!(error instanceof DeadlockError)) throw error;
    console.log(`DeadlockError: ${error.message}`);
  }
  lock.release();
});
