#!/usr/bin/env -S deno run
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A lock for functions that call one another while they hold it.
 *
 * @module
 */
import { type Coroutine, DeadlockError, Lock, RLock, run, spawnWith } from "@tendril/tendril";

class Account {
  balance = 0;

  constructor(readonly lock: Lock | RLock) {}

  *deposit(amount: number): Coroutine {
    using _ = yield* this.lock.acquire();
    const before = this.balance;
    yield; // the others run here, but cannot get in
    this.balance = before + amount;
  }

  *transfer(amount: number, to: Account): Coroutine {
    using _ = yield* this.lock.acquire();
    yield* this.deposit(-amount); // acquires the lock a second time
    yield* to.deposit(amount);
  }
}

console.log("With an RLock:");
const lock = new RLock({ name: "bank" });
const [ann, bob] = [new Account(lock), new Account(lock)];
await run(function* () {
  for (let i = 0; i < 3; i++) {
    spawnWith({ name: `teller ${i}` }, () => ann.transfer(10, bob));
  }
});
console.log(`Ann has ${ann.balance}, Bob has ${bob.balance}`);

console.log("With a Lock:");
const strict = new Account(new Lock({ name: "bank" }));
try {
  await run(function* () {
    yield* spawnWith({ name: "teller" }, () => strict.transfer(10, ann));
  });
} catch (error) {
  if (!(error instanceof DeadlockError)) throw error;
  console.log(error.message);
}
