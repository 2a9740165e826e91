// Copyright 2026 the Tendril authors. MIT license.
import { createHash } from "node:crypto";
import { task, WorkerPool } from "@tendril/tendril/parallel";
import { nsPerOperation } from "./harness/measure.ts";
import {
  inDeno,
  inGo,
  inPython,
  type Results,
  type Round,
  type Sample,
  type Scenario,
  type Target,
  TENDRIL,
} from "./harness/scenario.ts";
import { find, median } from "./harness/statistics.ts";
import { runSubject } from "./harness/subject.ts";

const WORK = ["primes below 30,000", "fib(24)", "SHA-256 of 1 MB"];
const WORKERS = ["one worker", "two workers"];

/** Work that keeps a processor busy, on one worker and on two. */
export const scenario: Scenario = {
  name: "parallel_cpu",
  operation: "one piece of work of some milliseconds; two workers should do twice as many",
  rounds: 7,
  subjects: [
    inDeno(TENDRIL, tendril),
    inGo("go", { note: "threads" }),
    inPython("multiprocessing", { rounds: 3, note: "Pool(1), Pool(2)" }),
  ],
  targets: WORK.map(speedUp),
};

/** Two workers are to gain as much as two threads of Go do in the same run. */
function speedUp(work: string): Target {
  const gain = (results: Results, subject: string): number | undefined => {
    const [one, two] = WORKERS.map((workers) => find(results, subject, `${work}, ${workers}`));
    if (one === undefined || two === undefined) return undefined;
    // Neighbours in time suffer the same noise.
    return median(one.values.map((value, round) => value / (two.values[round] ?? NaN)));
  };
  return {
    text: `${work}: two workers gain at least 0.95 times what Go's threads do`,
    judge(results) {
      const [ours, theirs] = [gain(results, TENDRIL), gain(results, "go")];
      if (ours === undefined || theirs === undefined) return undefined;
      const measured = `${ours.toFixed(2)} times against ${theirs.toFixed(2)} times`;
      return { measured, pass: ours >= 0.95 * theirs };
    },
  };
}

const primes = task(import.meta, function primes(below: number): number {
  let count = 0;
  for (let n = 2; n < below; n++) {
    let prime = true;
    for (let d = 2; prime && d * d <= n; d++) prime = n % d !== 0;
    if (prime) count++;
  }
  return count;
});

const fib = task(import.meta, function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
});

const bytes = new Uint8Array(1 << 20);
const hash = task(import.meta, function hash(_: number): string {
  return createHash("sha256").update(bytes).digest("hex");
});

async function tendril(): Promise<Round> {
  const pools = [new WorkerPool(1), new WorkerPool(2)];
  for (const pool of pools) await pool.prewarm();
  const works: [(n: number) => unknown, number][] = [[primes, 30_000], [fib, 24], [hash, 0]];
  return async () => {
    const samples: Sample[] = [];
    for (const [at, [fn, argument]] of works.entries()) {
      for (const [which, pool] of pools.entries()) {
        const batch = (times: number) => pool.map(fn, new Array(times).fill(argument));
        const ns = await nsPerOperation(batch);
        samples.push({ name: `${WORK[at]}, ${WORKERS[which]}`, ns });
      }
    }
    return samples;
  };
}

if (import.meta.main) await runSubject(scenario);
