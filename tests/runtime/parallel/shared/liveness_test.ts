// Copyright 2026 the Tendril authors. MIT license.

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { SharedLock } from "@tendril/tendril/parallel";
import {
  atHome,
  markDead,
  registerWorker,
  requestShutdown,
  Roll,
} from "../../../../runtime/parallel/shared/liveness.ts";
import { pack, unpack } from "../../../../runtime/parallel/shared/transport.ts";
import { Crew } from "./crew.ts";

const JOBS = import.meta.resolve("./lock_jobs.ts");

Deno.test("Roll knows who is alive, also in another view of it", () => {
  const roll = new Roll();
  const other = new Roll(roll.memory);
  const [ann, bob] = [roll.enlist("Ann"), other.enlist("Bob")];
  assertNotEquals(ann, bob);
  assertEquals([other.alive(ann), roll.alive(bob)], [true, true]);
  roll.strike(ann);
  roll.strike(ann);
  assertEquals([other.alive(ann), other.alive(bob)], [false, true]);
  assertEquals(other.key, roll.key);
  assertNotEquals(new Roll().key, roll.key);
});

Deno.test("Roll gives a slot that is free to another, with an id that nobody had", () => {
  const roll = new Roll();
  const ids = new Set<number>();
  for (let i = 0; i < 5000; i++) {
    const id = roll.enlist(`worker ${i}`);
    assert(id > 0 && id < 2 ** 30);
    ids.add(id);
    roll.strike(id);
    assert(!roll.alive(id));
  }
  assertEquals(ids.size, 5000);
});

Deno.test("Roll knows the name of the dead until the slot is somebody else's", () => {
  const roll = new Roll();
  const id = roll.enlist("Zoë 😀 " + "x".repeat(100));
  assert(roll.name(id).startsWith("Zoë 😀 xxx"));
  roll.strike(id);
  assert(roll.name(id).startsWith("Zoë"));
  const next = roll.enlist("Bob");
  assertEquals([roll.name(id), roll.name(next)], [`worker #${id}`, "Bob"]);
});

Deno.test("Roll refuses more than it has slots, and says what to do", () => {
  const roll = new Roll();
  for (let i = 0; i < 1024; i++) roll.enlist("worker");
  assertThrows(() => roll.enlist("one more"), RangeError, "mark those that ended as dead");
});

Deno.test("A shutdown is asked of one worker, and not of the next in its slot", () => {
  const pass = registerWorker("first");
  const { roll } = atHome();
  assertEquals(roll.shuttingDown(pass.id), false);
  requestShutdown(pass);
  assertEquals(roll.shuttingDown(pass.id), true);
  markDead(pass);
  const next = registerWorker("second");
  requestShutdown(pass);
  assertEquals(roll.shuttingDown(next.id), false);
  markDead(next);
});

Deno.test("A worker that nobody registered takes part, under the name of the Worker", async () => {
  const entry = new URL("./stray_worker.ts", import.meta.url);
  const worker = new Worker(entry, { type: "module", name: "stray" });
  try {
    const owners = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
    const lock = new SharedLock();
    worker.postMessage(pack({ lock }, []));
    assertEquals(await owners, ["stray", "stray"]);
    assertEquals(lock.owner, "stray");
  } finally {
    worker.terminate();
  }
});

Deno.test("What comes from a worker with a table of its own has its owners in that", async () => {
  const mine = new SharedLock(); // as the first thing that this isolate makes, and theirs is, too
  pack(mine, []);
  const entry = new URL("./stray_worker.ts", import.meta.url);
  const worker = new Worker(entry, { type: "module", name: "stranger" });
  try {
    const came = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(unpack(data)));
    worker.postMessage("make");
    const lock = await came as SharedLock;
    assertEquals(lock.owner, "stranger");
    assertEquals(lock.acquireNowait(), undefined);
    assertNotEquals(lock.membership.roll.key, atHome().roll.key);
    lock.release();
    using _ = await lock.acquire();
    assertEquals(lock.owner, "main");
  } finally {
    worker.terminate();
  }
});

Deno.test("A worker that is marked as dead in one table stays alive in others", async () => {
  using crew = new Crew(1, JOBS);
  const roll = new Roll();
  const id = roll.enlist("other");
  roll.strike(id);
  assertEquals(await crew.hands[0]!.call("acquireSync", new SharedLock()), true);
});
