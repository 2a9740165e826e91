// Copyright 2026 the Tendril authors. MIT license.
// A process that starts a worker and has it answer; prints how long that took, in milliseconds.
const start = performance.now();
const worker = new Worker(new URL("first_task_echo.ts", import.meta.url), { type: "module" });
await new Promise((resolve) => {
  worker.onmessage = resolve;
  worker.postMessage(1);
});
console.log(performance.now() - start);
worker.terminate();
