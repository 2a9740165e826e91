// Copyright 2026 the Tendril authors. MIT license.
/** Programs whose end is what is tested: `deno run -A main.ts <what> <backend>`. */
import { run, sleep, spawn } from "@tendril/tendril";
import {
  type BackendName,
  isCancelled,
  ParallelExecutor,
  Process,
  task,
  WorkerPool,
} from "@tendril/tendril/parallel";

const square = task(import.meta, function square(n: number): number {
  return n * n;
});

const block = task(import.meta, function block(ms: number): string {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return `blocked ${ms} ms`;
});

/** Says that it runs, and never ends. */
const spin = task(import.meta, function spin(words: Int32Array): never {
  Atomics.store(words, 0, 1);
  for (;;);
});

const polite = task(import.meta, function polite(words: Int32Array): void {
  Atomics.store(words, 0, 1);
  while (!isCancelled());
});

/** Takes all the memory that there is. */
const eat = task(import.meta, function eat(): never {
  const eaten: unknown[] = [];
  for (;;) eaten.push(new Array(100_000).fill(eaten.length));
});

async function begun(words: Int32Array): Promise<void> {
  while (Atomics.load(words, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

const programs: Record<string, (backend: BackendName) => Promise<void>> = {
  async open(backend) {
    const pool = new WorkerPool(2, { backend });
    console.log(await pool.apply(square, [3]));
  },
  // deno-lint-ignore require-await -- nothing waits for them
  async queued(backend) {
    const pool = new WorkerPool(1, { backend });
    for (const ms of [20, 30]) {
      pool.applyAsync(block, [ms], { callback: (value) => console.log(value) });
    }
  },
  async executor(backend) {
    const executor = new ParallelExecutor(1, { backend });
    executor.submit(block, 20).addDoneCallback(async (done) => console.log(await done));
    await executor.shutdown({ wait: false });
  },
  // deno-lint-ignore require-await -- nothing waits for it
  async process(backend) {
    new Process({ target: () => console.log("from the process"), backend }).start();
  },
  // deno-lint-ignore require-await -- nothing waits for it
  async daemon(backend) {
    new Process({ target: block, args: [600_000], daemon: true, backend }).start();
  },
  async timeout(backend) {
    const pool = new WorkerPool(1, { backend });
    const words = new Int32Array(1);
    await pool.apply(spin, [words], { timeout: 50 }).then(null, (error) => {
      console.log((error as Error).message);
    });
    console.log(await pool.apply(square, [4]), pool.stats().leaked);
  },
  async kill(backend) {
    const pool = new WorkerPool(1, { backend });
    const words = new Int32Array(new SharedArrayBuffer(4));
    await run(function* () {
      const waiting = spawn(function* () {
        yield* pool.apply(spin, [words]);
      });
      while (Atomics.load(words, 0) === 0) yield* sleep(1);
      yield* waiting.kill();
      console.log(yield* pool.apply(square, [5]));
    });
    pool.terminate();
    await pool.join();
    console.log("leaked", pool.stats().leaked);
  },
  async terminate(backend) {
    const pool = new WorkerPool(1, { backend });
    const words = new Int32Array(new SharedArrayBuffer(4));
    pool.applyAsync(polite, [words]);
    await begun(words);
    pool.terminate();
    await pool.join();
    console.log("leaked", pool.stats().leaked);
  },
  async memory(backend) {
    const flags = ["--allow-read", "--v8-flags=--max-old-space-size=32"];
    const pool = new WorkerPool(1, { backend, flags });
    const eating = pool.applyAsync(eat);
    const others = [1, 2, 3].map((n) => pool.applyAsync(square, [n]));
    await eating.then(null, (error) => console.log((error as Error).name));
    console.log(...await Promise.all(others));
  },
  async start(backend) {
    const pool = new WorkerPool(1, { backend, flags: ["--no-such-flag"] });
    await pool.apply(square, [3]).then(null, (error) => console.log((error as Error).message));
  },
};

if (import.meta.main) {
  const [what = "", backend] = Deno.args;
  await programs[what]!(backend as BackendName);
  console.log("end of main");
}
