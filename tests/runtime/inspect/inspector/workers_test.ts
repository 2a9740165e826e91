// Copyright 2026 the Tendril authors. MIT license.
// What is told of workers.

import { assertEquals } from "@std/assert";
import { WorkerPool } from "@tendril/tendril/parallel";
import { inspecting } from "./client.ts";

Deno.test("a look tells which workers are busy, and with how much they are done", async () => {
  await using inspected = await inspecting();
  await using pool = new WorkerPool(1, { name: "baker" });
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const baking = pool.applyAsync(function bake(gate: Int32Array) {
    Atomics.wait(gate, 0, 0);
  }, [gate]);
  const { overview } = await inspected.client.look(({ overview }) =>
    overview.workers[0]?.running === 1
  );
  assertEquals(overview.workers.map(({ done }) => done), [0]);
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await baking.get();
  await inspected.client.look(({ overview }) =>
    overview.workers[0]?.running === 0 && overview.workers[0].done === 1
  );
});
