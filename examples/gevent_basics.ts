// Copyright 2026 the Tendril authors. MIT license.
/**
 * Greenlets that switch by themselves when one of them waits, as with Python's gevent.
 *
 * @module
 */
import { type Coroutine, getCurrent, joinAll, sleep, spawn, spawnWith } from "@tendril/tendril";

console.log("Nobody waits, so they run one after another:");
function* count(n: number): Coroutine {
  for (let i = 0; i < n; i++) console.log(getCurrent().name, i);
}

const g1 = spawnWith({ name: "g1" }, count, 3);
const g2 = spawnWith({ name: "g2" }, count, 3);
const g3 = spawnWith({ name: "g3" }, count, 3);
await g1.join();
await g2.join();
await g3.join();

console.log("Each waits after every step, so they take turns:");
function* countSlowly(n: number): Coroutine {
  for (let i = 0; i < n; i++) {
    console.log(getCurrent().name, i);
    yield* sleep(5);
  }
}

await joinAll(["g1", "g2", "g3"].map((name) => spawnWith({ name }, countSlowly, 3)));

console.log("Each waits as long as it likes:");
function* coroutineWork(name: string, random: () => number): Coroutine {
  for (let i = 0; i < 10; i++) {
    console.log(name, i);
    yield* sleep(random() * 20);
  }
}

/** Random numbers from 0 to 1, the same for the same seed. */
function seededRandom(seed: number): () => number {
  return () => (seed = seed * 48271 % 2147483647) / 2147483647;
}

await joinAll([
  spawn(coroutineWork, "work1", seededRandom(1)),
  spawn(coroutineWork, "work2", seededRandom(2)),
]);
