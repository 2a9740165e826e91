#!/usr/bin/env -S deno run --allow-read=.
// Copyright 2026 the Tendril authors. MIT license.
/**
 * An executor and its futures: a callback is told when a call has ended, and `asCompleted` gives
 * the futures as they end.
 *
 * @module
 */
import { type Coroutine, main } from "@tendril/tendril";
import { asCompleted, type Future, ParallelExecutor, task } from "@tendril/tendril/parallel";

export const fibonacci = task(import.meta, function fibonacci(n: number): number {
  if (n < 0) throw new RangeError(`There is no Fibonacci number ${n}`);
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
});

function* tell(future: Future<number>): Coroutine {
  console.log(`callback: ${yield* future.result()}`);
}

if (import.meta.main) {
  await main(function* () {
    const executor = new ParallelExecutor(2);

    const futures = [5, 10, 15, 20, 25].map((n) => executor.submit(fibonacci, n));
    for (const future of futures) future.addDoneCallback(tell);
    console.log("All calls are submitted");
    for (const future of futures) yield* future.result();

    const more = asCompleted([30, 20, -1].map((n) => executor.submit(fibonacci, n)));
    for (let step = yield* more.next(); !step.done; step = yield* more.next()) {
      const future = step.value;
      const error = yield* future.exception();
      console.log(error === undefined ? `completed: ${yield* future.result()}` : `${error}`);
    }
    yield* executor.shutdown();
  });
}
