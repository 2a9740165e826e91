// Copyright 2026 the Tendril authors. MIT license.
import type { Round } from "./scenario.ts";
import { lowerQuartile, median } from "./statistics.ts";

/** Does the operation `times` times. */
export type Batch = (times: number) => unknown;

const SAMPLE_MS = 20;
const WARM_UP_MS = 600;
const SAMPLES = 15;

/** Makes a round that times one operation, with as many in a batch as the clock needs. */
export function perOperation(name: string, batch: Batch): Round {
  return async () => [{ name, ns: await nsPerOperation(batch) }];
}

/** Makes a round that does a large, fixed number of operations at once. */
export function perOperationOf(name: string, times: number, batch: Batch): Round {
  return async () => {
    await milliseconds(batch, times);
    const samples: number[] = [];
    for (let sample = 0; sample < 2; sample++) {
      gc();
      samples.push(await milliseconds(batch, times));
    }
    return [{ name, ns: (median(samples) * 1e6) / times }];
  };
}

/**
 * Warms an operation up and gives the lower quartile of several samples, in nanoseconds: what else
 * the machine does only adds time, and a sample is long enough to hold its share of the garbage.
 */
export async function nsPerOperation(batch: Batch): Promise<number> {
  let times = 2;
  let spent = 0;
  // Growing the batch until it fills a sample is the warm-up at the same time.
  while (true) {
    const elapsed = await milliseconds(batch, times);
    spent += elapsed;
    if (elapsed < SAMPLE_MS / 2) times *= 2;
    else if (spent >= WARM_UP_MS) break;
  }
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    samples.push(await milliseconds(batch, times));
  }
  return (lowerQuartile(samples) * 1e6) / times;
}

/** Collects garbage, so that one subject's does not count for what is measured next. */
export function gc(): void {
  const collect = Reflect.get(globalThis, "gc");
  if (typeof collect !== "function") {
    throw new TypeError("Cannot measure memory: run with --v8-flags=--expose-gc");
  }
  collect();
}

async function milliseconds(batch: Batch, times: number): Promise<number> {
  const start = performance.now();
  await batch(times);
  return performance.now() - start;
}
