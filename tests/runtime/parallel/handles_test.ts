// Copyright 2026 the Tendril authors. MIT license.
// Shared objects as arguments of functions whose worker has loaded nothing that shares.

import { assertEquals } from "@std/assert";
import { Process, SharedValue, WorkerPool } from "@tendril/tendril/parallel";

Deno.test("a function that is shipped as source takes a shared object", async () => {
  await using pool = new WorkerPool(1);
  const value = new SharedValue("i32", 7);
  assertEquals(await pool.apply((shared: SharedValue) => shared.get(), [value]), 7);
});

Deno.test("a Process takes shared objects inside of plain ones", async () => {
  const value = new SharedValue("i32");
  const child = new Process({
    target: ({ list }: { list: SharedValue[] }) => list[0]!.set(7),
    args: [{ list: [value] }],
  });
  child.start();
  await child.join();
  assertEquals([child.exitcode, value.get()], [0, 7]);
});
