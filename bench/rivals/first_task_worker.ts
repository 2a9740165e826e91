// Copyright 2026 the Tendril authors. MIT license.
// The least a worker has to do: `deno run -A first_task_worker.ts` prints how long its first answer took.

if (import.meta.main) {
  const start = performance.now();
  const worker = new Worker(import.meta.url, { type: "module" });
  await new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.postMessage(1);
  });
  console.log(performance.now() - start);
  worker.terminate();
} else {
  const scope = globalThis as unknown as Worker;
  scope.onmessage = ({ data }) => scope.postMessage(data);
}
