// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BlockingSwitchOutError } from "@tendril/tendril";
import { SharedLock, SharedRLock } from "@tendril/tendril/parallel";
import { markDead, requestShutdown } from "../../../../runtime/parallel/shared/liveness.ts";
import { Crew, eventually } from "./crew.ts";
import { block, type Held, names } from "./shutdown_jobs.ts";

const JOBS = import.meta.resolve("./shutdown_jobs.ts");

async function hold(): Promise<Held> {
  const lock = new SharedLock();
  const rlock = new SharedRLock();
  await lock.acquire();
  await rlock.acquire();
  return { lock, rlock };
}

for (const name of names) {
  Deno.test(`${name}() gives up when the worker is shut down`, async () => {
    using crew = new Crew(1, JOBS);
    const [hand] = crew.hands;
    const told = new Int32Array(new SharedArrayBuffer(4));
    const ended = hand!.call("block", name, await hold(), told).catch((error) => error);
    await eventually(() => Atomics.load(told, 0) === 1);
    requestShutdown(hand!.pass);
    const error = await ended;
    assertEquals(error.name, "WorkerShutdownError");
    assertStringIncludes(error.message, "the worker is being shut down");
  });
}

Deno.test("What blocks a thread gives up when its worker was marked as dead", async () => {
  using crew = new Crew(1, JOBS);
  const [hand] = crew.hands;
  const told = new Int32Array(new SharedArrayBuffer(4));
  const held = await hold();
  const ended = hand!.call("block", "SharedQueue.getSync", held, told).catch((error) => error);
  await eventually(() => Atomics.load(told, 0) === 1);
  markDead(hand!.pass);
  assertEquals((await ended).name, "WorkerShutdownError");
});

for (const name of names) {
  if (/putSync|joinSync|sendSync|Condition/.test(name)) continue; // they begin with another such call
  Deno.test(`${name}() is refused on the main isolate, and says what to use`, async () => {
    const held = await hold();
    const told = new Int32Array(new SharedArrayBuffer(4));
    const method = /\.(\w+)Sync/.exec(name)![1]!;
    assertThrows(() => block(name, held, told), BlockingSwitchOutError, `await ….${method}()`);
  });
}
