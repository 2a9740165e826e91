// Copyright 2026 the Tendril authors. MIT license.
import { task, WorkerPool } from "@tendril/tendril/parallel";
import { type Batch, nsPerOperation } from "./harness/measure.ts";
import {
  inDeno,
  inGo,
  inPython,
  type Round,
  type Sample,
  type Scenario,
  type Shared,
} from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";

const BULK = "no-op, all at once";
const ONE = "no-op, one at a time";
const OBJECT = "1 KB object, all at once";
const COPY = "1 MB there and back, copied";
const MOVE = "1 MB there, moved";
const WHOLE = "map of whole numbers";
const FRACTIONS = "map of fractions";

const NODE_POOLS = ["piscina", "piscina, 64 a worker", "workerpool", "poolifier"];
const PACKAGES = ["piscina@5.3.2", "workerpool@10.0.3", "poolifier@5.3.2"];
const FILES = new URL("./rivals/pools/", import.meta.url);

/** Functions that do nothing, run by two workers. */
export const scenario: Scenario = {
  name: "parallel_tasks",
  operation:
    "one task, or one item of a map, that two workers run and that gives its argument back",
  rounds: 5,
  setUp: installPools,
  subjects: [
    inDeno("tendril", tendril),
    ...NODE_POOLS.map((name) => inDeno(name, (folder) => inNode(folder, name), { note: "Node" })),
    inDeno("comlink", comlink, { note: "in Deno, two workers in turns" }),
    inGo("go", { note: "two threads on a channel; map by slices" }),
    inPython("multiprocessing", { rounds: 3, note: "Pool(2)" }),
  ],
  targets: [
    ...[...NODE_POOLS, "comlink"].flatMap((rival) => [
      ratioAtMost(BULK, rival, 0.1, `${BULK}: at least 10 times the rate of ${rival}`),
      ratioAtMost(ONE, rival, 1, `${ONE}: no slower than ${rival}`),
      ratioAtMost(COPY, rival, 1, `${COPY}: no slower than ${rival}`),
      ratioAtMost(MOVE, rival, 1, `${MOVE}: no slower than ${rival}`),
    ]),
    ratioAtMost(WHOLE, "multiprocessing", 2, "map within 2 times Python's Pool.map"),
    ratioAtMost(FRACTIONS, "multiprocessing", 1, "map of floats faster than Python's Pool.map"),
  ],
};

/** Puts the pools of Node into a folder of their own. */
async function installPools(): Promise<Shared> {
  const folder = await Deno.makeTempDir({ prefix: "tendril-pools-" });
  for await (const { name } of Deno.readDir(FILES)) {
    await Deno.copyFile(new URL(name, FILES), `${folder}/${name}`);
  }
  const install = ["install", "--no-audit", "--no-fund", "--no-save", ...PACKAGES];
  // Where there is no Node its pools say so themselves.
  await new Deno.Command("npm", { args: install, cwd: folder }).output().catch(() => {});
  return {
    argument: folder,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function inNode(folder: string, name: string): Round {
  return async () => {
    const args = [`${folder}/main.mjs`, name];
    const { success, stdout, stderr } = await new Deno.Command("node", { args }).output();
    if (!success) throw new Deno.errors.InvalidData(new TextDecoder().decode(stderr));
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    return lines.map((line): Sample => JSON.parse(line));
  };
}

const same = task(import.meta, function same<T>(value: T): T {
  return value;
});

const lengthOf = task(import.meta, function lengthOf(buffer: ArrayBuffer): number {
  return buffer.byteLength;
});

const object = { id: 7, name: "x".repeat(900), tags: ["a", "b"] };
const bytes = new Uint8Array(1 << 20);

function cases(batches: Record<string, Batch>): Round {
  return async () => {
    const samples: Sample[] = [];
    for (const [name, batch] of Object.entries(batches)) {
      samples.push({ name, ns: await nsPerOperation(batch) });
    }
    return samples;
  };
}

interface Pool {
  run: (value: unknown) => PromiseLike<unknown>;
  move: (buffer: ArrayBuffer) => PromiseLike<unknown>;
}

function tasksOf({ run, move }: Pool): Record<string, Batch> {
  const allAtOnce = (make: (n: number) => unknown): Batch => async (times) => {
    await Promise.all(Array.from({ length: times }, (_, n) => run(make(n))));
  };
  return {
    [BULK]: allAtOnce((n) => n),
    [ONE]: async (times) => {
      for (let n = 0; n < times; n++) await run(n);
    },
    [OBJECT]: allAtOnce((id) => ({ ...object, id })),
    [COPY]: async (times) => {
      for (let n = 0; n < times; n++) await run(bytes);
    },
    [MOVE]: async (times) => {
      for (let n = 0; n < times; n++) await move(new ArrayBuffer(1 << 20));
    },
  };
}

async function tendril(): Promise<Round> {
  const pool = new WorkerPool(2);
  await pool.prewarm();
  return cases({
    ...tasksOf({
      run: (value) => pool.apply(same, [value]),
      move: (buffer) => pool.apply(lengthOf, [buffer], { transfer: [buffer] }),
    }),
    [WHOLE]: (times) => pool.map(same<number>, Array.from({ length: times }, (_, n) => n)),
    [FRACTIONS]: (times) =>
      pool.map(same<number>, Array.from({ length: times }, (_, n) => n + 0.5)),
  });
}

async function comlink(): Promise<Round> {
  const { comlinkPool } = await import("./rivals/comlink.ts");
  return cases(tasksOf(comlinkPool()));
}

if (import.meta.main) await runSubject(scenario);
