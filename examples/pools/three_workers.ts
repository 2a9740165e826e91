#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * A pool of three workers with five tasks: the last two wait until a worker is free.
 *
 * @module
 */
import { main } from "@tendril/tendril";
import { currentProcess, task, WorkerPool } from "@tendril/tendril/parallel";

/** Counts the primes below a limit, for a while. */
export const work = task(import.meta, function work(number: number, limit: number): void {
  const started = performance.now();
  console.log(`task ${number} begins in ${currentProcess().name}`);
  let primes = 0;
  for (let n = 2; n < limit; n++) if (isPrime(n)) primes++;
  const seconds = (performance.now() - started) / 1000;
  console.log(`task ${number} ends: ${primes} primes in ${seconds.toFixed(2)} s`);
});

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}

if (import.meta.main) {
  await main(function* () {
    const pool = new WorkerPool(3, { name: "worker" });
    yield* pool.prewarm(); // otherwise a worker starts when there is something to do
    for (let number = 0; number < 5; number++) {
      pool.applyAsync(work, [number, 100_000 * (1 + number)]);
    }
    console.log("----start----");
    pool.close(); // takes no more tasks
    yield* pool.join();
    console.log("-----end-----");
  });
}
