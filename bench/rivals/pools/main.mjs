// Copyright 2026 the Tendril authors. MIT license.
// Pools of Node as rivals: `node main.mjs piscina` prints JSON lines {name, ns}. It runs in a folder of
// its own, into which the packages are installed.
import { fileURLToPath } from "node:url";
import process from "node:process";

const SAMPLE_MS = 20;
const WARM_UP_MS = 600;
const SAMPLES = 15;
const WORKERS = 2;

const pools = {
  async piscina() {
    const { Piscina } = await import("piscina");
    const filename = file("piscina_worker.mjs");
    const pool = new Piscina({ filename, minThreads: WORKERS, maxThreads: WORKERS });
    return { run: (value) => pool.run(value), move: (buffer) => pool.run(moved(Piscina, buffer)) };
  },
  async "piscina, 64 a worker"() {
    const { Piscina } = await import("piscina");
    const filename = file("piscina_worker.mjs");
    const pool = new Piscina({
      filename,
      minThreads: WORKERS,
      maxThreads: WORKERS,
      concurrentTasksPerWorker: 64,
    });
    return { run: (value) => pool.run(value), move: (buffer) => pool.run(moved(Piscina, buffer)) };
  },
  async workerpool() {
    const { default: workerpool } = await import("workerpool");
    const options = { minWorkers: WORKERS, maxWorkers: WORKERS, workerType: "thread" };
    const pool = workerpool.pool(file("workerpool_worker.mjs"), options);
    return {
      run: (value) => pool.exec("same", [value]),
      move: (buffer) => pool.exec("moveBack", [buffer], { transfer: [buffer] }),
    };
  },
  async poolifier() {
    const { FixedThreadPool } = await import("poolifier");
    const pool = new FixedThreadPool(WORKERS, file("poolifier_worker.mjs"));
    return {
      run: (value) => pool.execute(value),
      move: (buffer) => pool.execute(buffer, undefined, undefined, [buffer]),
    };
  },
};

const moved = (Piscina, buffer) => Piscina.move(buffer);

function file(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function nsPerOperation(batch) {
  let times = 2;
  let spent = 0;
  while (true) {
    const elapsed = await milliseconds(batch, times);
    spent += elapsed;
    if (elapsed < SAMPLE_MS / 2) times *= 2;
    else if (spent >= WARM_UP_MS) break;
  }
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample++) samples.push(await milliseconds(batch, times));
  samples.sort((a, b) => a - b);
  return (samples[SAMPLES >> 2] * 1e6) / times;
}

async function milliseconds(batch, times) {
  const start = performance.now();
  await batch(times);
  return performance.now() - start;
}

const { run, move } = await pools[process.argv[2]]();
const allAtOnce = (make) => async (times) => {
  await Promise.all(Array.from({ length: times }, (_, n) => run(make(n))));
};
const object = { id: 7, name: "x".repeat(900), tags: ["a", "b"] };
const bytes = new Uint8Array(1 << 20);

const cases = {
  "no-op, all at once": allAtOnce((n) => n),
  "no-op, one at a time": async (times) => {
    for (let n = 0; n < times; n++) await run(n);
  },
  "1 KB object, all at once": allAtOnce((n) => ({ ...object, id: n })),
  "1 MB there and back, copied": async (times) => {
    for (let n = 0; n < times; n++) await run(bytes);
  },
  "1 MB there, moved": async (times) => {
    for (let n = 0; n < times; n++) await move(new ArrayBuffer(1 << 20));
  },
};
for (const [name, batch] of Object.entries(cases)) {
  console.log(JSON.stringify({ name, ns: await nsPerOperation(batch) }));
}
process.exit(0);
