// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { type Lease, run, spawn } from "@tendril/tendril";
import {
  OwnerDiedError,
  SharedArray,
  SharedCondition,
  SharedLock,
  SharedRLock,
} from "@tendril/tendril/parallel";
import { markDead } from "../../../../runtime/parallel/shared/liveness.ts";
import { HEIR } from "../../../../runtime/parallel/shared/mutex.ts";
import { Crew, eventually } from "./crew.ts";

const JOBS = import.meta.resolve("./lock_jobs.ts");

for (
  const make of [() => new SharedLock({ name: "till" }), () => new SharedRLock({ name: "till" })]
) {
  const { kind } = make();

  Deno.test(`${kind} that a dead worker held is reported to the next, and free then`, async () => {
    using crew = new Crew(1, JOBS);
    const [hand] = crew.hands;
    const lock = make();
    await hand!.call("acquire", lock);
    const waiting = spawn(function* () {
      yield* lock.acquire();
    });
    await hand!.leave();
    hand!.kill();
    const error = await assertRejects(() => waiting.get() as PromiseLike<void> as Promise<void>);
    assertInstanceOf(error, OwnerDiedError);
    assertEquals(error.worker, "hand-1");
    assertEquals(
      error.message,
      `Cannot acquire <${kind} "till">: worker "hand-1" died while it held it; ` +
        "what it protects may be half done, and acquiring it again will go well",
    );
    using lease = await lock.acquire();
    assertEquals(lease.released, false);
  });

  Deno.test(`${kind} that a dead worker held goes to those behind the one that was told`, async () => {
    using crew = new Crew(1, JOBS);
    const [hand] = crew.hands;
    const lock = make();
    await hand!.call("acquire", lock);
    const outcomes: string[] = [];
    function* want(name: string) {
      try {
        using _ = yield* lock.acquire();
        outcomes.push(`${name} got it`);
      } catch (error) {
        outcomes.push(`${name}: ${(error as Error).name}`);
      }
    }
    await run(function* () {
      spawn(want, "first");
      spawn(want, "second");
      spawn(want, "third");
      yield;
      hand!.kill();
    });
    assertEquals(outcomes, ["first: OwnerDiedError", "second got it", "third got it"]);
  });

  Deno.test(`${kind} that a dead worker held is reported to plain code that blocks`, async () => {
    using crew = new Crew(2, JOBS);
    const [victim, other] = crew.hands;
    const lock = make();
    await victim!.call("acquireSync", lock);
    const waiting = other!.call("acquireSync", lock).catch((error) => error);
    await eventually(() => lock.gate.sleepingElsewhere > 0);
    victim!.kill();
    assertEquals((await waiting).name, "OwnerDiedError");
    assertEquals(await other!.call("acquireSync", lock), true);
  });

  Deno.test(`${kind} that a dead worker held is reported without waiting`, async () => {
    using crew = new Crew(1, JOBS);
    const lock = make();
    await crew.hands[0]!.call("acquire", lock);
    crew.hands[0]!.kill();
    assertThrows(() => lock.acquireNowait(), OwnerDiedError);
    assert(lock.acquireNowait() !== undefined);
  });

  Deno.test(`${kind} is not kept for a worker that died while it waited`, async () => {
    using crew = new Crew(1, JOBS);
    const lock = make();
    const lease: Lease = (await lock.acquire())!;
    crew.hands[0]!.call("acquireSync", lock).catch(() => {});
    // Long enough, and the worker has made itself the heir.
    await eventually(() => lock.cells[HEIR] !== 0);
    markDead(crew.hands[0]!.pass);
    lease.release();
    using again = await lock.acquire();
    assertEquals(again.released, false);
  });
}

Deno.test("SharedLock of a worker that was taken for dead cannot be released by it", async () => {
  using crew = new Crew(1, JOBS);
  const lock = new SharedLock();
  const [hand] = crew.hands;
  await hand!.call("acquire", lock);
  markDead(hand!.pass);
  await assertRejects(async () => await lock.acquire(), OwnerDiedError);
  using _ = await lock.acquire();
  const error = await hand!.call("release", lock).catch((error) => error);
  assertEquals(error.name, "WorkerShutdownError");
  assert(lock.locked);
});

Deno.test("SharedCondition.wait ends when the lock cannot be taken back from a dead worker", async () => {
  using crew = new Crew(1, JOBS);
  const changed = new SharedCondition(new SharedLock());
  const ready = new SharedArray("i32", 1);
  const waiting = spawn(function* () {
    using _ = yield* changed.acquire();
    ready.set(0, 1);
    yield* changed.wait();
  });
  await eventually(() => ready.get(0) === 1 && !changed.locked);
  await changed.acquire();
  const taking = crew.hands[0]!.call("acquireSync", changed.lock);
  // Kept for the worker, or the one that is notified would have the lock before it.
  await eventually(() => changed.lock.cells[HEIR] !== 0);
  changed.notify();
  changed.release();
  await taking;
  crew.hands[0]!.kill();
  await assertRejects(async () => await waiting.get(), OwnerDiedError);
  assertEquals(changed.locked, false);
});

Deno.test("A worker's slot is used again, and its old id stays dead", async () => {
  using first = new Crew(1, JOBS);
  const lock = new SharedLock();
  await first.hands[0]!.call("acquire", lock);
  first.hands[0]!.kill();
  using second = new Crew(1, JOBS);
  assertEquals(await second.hands[0]!.call("acquireSync", new SharedLock()), true);
  assertThrows(() => lock.acquireNowait(), OwnerDiedError);
});
