// Copyright 2026 the Tendril authors. MIT license.
// A program with OpenTelemetry, for otel_test.ts; Deno exports what it tells.
import { trace } from "@opentelemetry/api";
import { getHub, run, sleep, spawnWith } from "@tendril/tendril";
import { contextOf, instrument } from "@tendril/tendril/otel";
import { task, WorkerPool } from "@tendril/tendril/parallel";

const double = task(import.meta, function double(n: number): number {
  return 2 * n;
});

const fail = task(import.meta, function fail(): void {
  throw new Error("cannot double");
});

function* child() {
  yield* spawnWith({ name: "grandchild" }, () => sleep(1));
  trace.getTracer("mine").startSpan("by hand", {}, contextOf()).end();
}

function* useWorkers() {
  const pool = new WorkerPool(1, { name: "crew" });
  yield* pool.apply(double, [21]);
  try {
    yield* pool.apply(fail);
  } catch {
    // Its span tells.
  }
  pool.close();
  yield* pool.join();
}

if (import.meta.main) {
  getHub().onError = () => {};
  instrument(); // until the program ends
  await trace.getTracer("mine").startActiveSpan("request", async (span) => {
    await run(function* root() {
      yield* spawnWith({ name: "child" }, child);
      yield* spawnWith({ name: "asker" }, useWorkers);
      const bad = spawnWith({ name: "bad" }, () => {
        throw new Error("no luck");
      });
      yield* bad.join();
      const victim = spawnWith({ name: "victim" }, () => sleep(60_000));
      yield* sleep(1);
      yield* victim.kill();
    });
    span.end();
  });
  // Metrics that are observed are exported now and then only: it ends when it is told that they were.
  await Deno.stdin.readable.pipeTo(new WritableStream());
}
