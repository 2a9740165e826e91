// Copyright 2026 the Tendril authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { getHub, GreenletExit, run, select, sleep, spawn, Timeout } from "@tendril/tendril";
import {
  type DictProxy,
  Manager,
  ManagerClosedError,
  SharedLock,
  SharedQueue,
} from "@tendril/tendril/parallel";
import { settle } from "../../../manual_clock.ts";
import { Crew, eventually } from "./crew.ts";

const JOBS = import.meta.resolve("./manager_jobs.ts");

Deno.test("Manager.dict takes what two workers write at a time", async () => {
  using crew = new Crew(2, JOBS);
  using manager = new Manager();
  const dict = manager.dict<string, number>();
  await Promise.all([
    crew.hands[0]!.call("fill", dict, "a", 100),
    crew.hands[1]!.call("fill", dict, "b", 100),
  ]);
  assertEquals(await dict.size(), 200);
  const keys = (await dict.keys()).filter((key) => key.startsWith("b"));
  assertEquals(keys, Array.from({ length: 100 }, (_, n) => `b${n}`));
});

Deno.test("Manager.list keeps each worker's order", async () => {
  using crew = new Crew(2, JOBS);
  using manager = new Manager();
  const list = manager.list<string>();
  await Promise.all([
    crew.hands[0]!.call("append", list, "a", 50),
    crew.hands[1]!.call("append", list, "b", 50),
  ]);
  for (const by of ["a", "b"]) {
    const items = (await list.copy()).filter((item) => item.startsWith(by));
    assertEquals(items, Array.from({ length: 50 }, (_, n) => by + n));
  }
});

Deno.test("Manager.Namespace has fields that workers read and write", async () => {
  using crew = new Crew(1, JOBS);
  using manager = new Manager();
  const settings = manager.Namespace({ depth: 3 });
  assertEquals(await crew.hands[0]!.call("configure", settings), 4);
  assertEquals(await settings.copy(), { depth: 4 });
  assertEquals([await settings.has("depth"), await settings.delete("depth")], [true, true]);
  assertEquals(await settings.has("depth"), false);
});

Deno.test("Manager.Queue makes a SharedQueue", () => {
  using manager = new Manager();
  const queue = manager.Queue<number>(3, { name: "jobs" });
  assertInstanceOf(queue, SharedQueue);
  assertEquals(Deno.inspect(queue), '<SharedQueue "jobs" 0 of 3>');
});

Deno.test("A proxy's methods are one step each, as Python's", async () => {
  using manager = new Manager();
  const dict = manager.dict<string, number>([["a", 1]]);
  assertEquals([await dict.get("a"), await dict.get("b"), await dict.get("b", 9)], [
    1,
    undefined,
    9,
  ]);
  assertEquals([await dict.setDefault("a", 5), await dict.setDefault("b", 5)], [1, 5]);
  await dict.update(new Map([["c", 3]]));
  assertEquals(await dict.entries(), [["a", 1], ["b", 5], ["c", 3]]);
  assertEquals(await dict.values(), [1, 5, 3]);
  assertEquals([await dict.pop("a"), await dict.pop("a", -1)], [1, -1]);
  await assertRejects(async () => await dict.pop("a"), RangeError, 'Cannot pop "a" from a dict');
  assertEquals([await dict.delete("b"), await dict.delete("b"), await dict.has("c")], [
    true,
    false,
    true,
  ]);
  await dict.clear();
  assertEquals(await dict.size(), 0);
  const list = manager.list([1, 2, 3]);
  assertEquals([await list.get(0), await list.get(-1), await list.length()], [1, 3, 3]);
  await list.set(-1, 4);
  await list.insert(0, 0);
  assertEquals([await list.append(5, 6), await list.pop(), await list.pop(0)], [6, 6, 0]);
  assertEquals(await list.copy(), [1, 2, 4, 5]);
  assertEquals([await list.indexOf(4), await list.includes(9)], [2, false]);
  assertEquals(await list.slice(1, -1), [2, 4]);
  await list.reverse();
  assertEquals(await list.get(0), 5);
  await list.clear();
  await assertRejects(
    async () => await list.pop(),
    RangeError,
    "Cannot pop item -1 of a list: it has 0",
  );
});

Deno.test("What a proxy takes and gives is a copy, also where the manager is", async () => {
  using manager = new Manager();
  const initial = { inner: [1] };
  const dict = manager.dict<string, number[]>(initial);
  const given = [5];
  await dict.set("given", given);
  given.push(6);
  initial.inner.push(2);
  (await dict.get("given"))!.push(7);
  assertEquals(await dict.copy(), new Map([["inner", [1]], ["given", [5]]]));
});

Deno.test("An error in a manager arrives in the worker with its class", async () => {
  using crew = new Crew(1, JOBS);
  using manager = new Manager();
  const list = manager.list([1]);
  assertEquals(await crew.hands[0]!.call("misuse", list), [
    "RangeError",
    "Cannot get item 5 of a list: it has 1",
  ]);
});

Deno.test("A manager keeps proxies and other shared things, for workers that got neither", async () => {
  using crew = new Crew(2, JOBS);
  using manager = new Manager();
  const dict = manager.dict<string, { list: unknown; lock: unknown }>();
  const list = manager.list<number>();
  const lock = new SharedLock();
  await crew.hands[0]!.call("nest", dict, list, lock);
  await crew.hands[1]!.call("appendTo", dict);
  assertEquals(await list.copy(), [7]);
  const both = (await dict.get("both"))!;
  assertStrictEquals(both.list, list);
  assertStrictEquals(both.lock, lock);
});

Deno.test("A proxy is the same one however often it comes, over one link to each worker", async () => {
  using crew = new Crew(2, JOBS);
  using manager = new Manager();
  const dict = manager.dict({ a: 1 });
  for (let i = 0; i < 5; i++) {
    for (const hand of crew.hands) {
      assertStrictEquals((await hand.call("pass", [dict, { dict }])).proxy[0], dict);
    }
  }
  await eventually(() => manager.stats().clients === 2);
  crew.hands[0]!.kill();
  assertEquals(manager.stats(), { clients: 1, closed: false });
});

Deno.test("A manager that a worker serves is used by the main isolate and by another worker", async () => {
  using crew = new Crew(2, JOBS);
  const dict = await crew.hands[0]!.call("serve");
  assertEquals(await dict.get("a"), 1);
  await dict.set("b", 2);
  assertEquals(await crew.hands[1]!.call("read", dict, "b"), 2);
  assertEquals(Deno.inspect(dict), '<DictProxy of <Manager "theirs">>');
  await end(crew, dict);
});

/** Ends the worker that serves a manager; the next call closes the port to it. */
async function end(crew: Crew, dict: DictProxy<string, number>): Promise<void> {
  crew.hands[0]!.kill();
  await assertRejects(async () => await dict.size(), ManagerClosedError, 'worker "hand-1" died');
}

Deno.test("A call to a manager can be killed, timed out and lose in a select", async () => {
  using crew = new Crew(1, JOBS);
  const dict = await crew.hands[0]!.call("serve");
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const { external } = getHub().stats();
  const frozen = crew.hands[0]!.call("freeze", stop);
  await eventually(() => Atomics.load(stop, 1) === 1);
  const killed = spawn(function* () {
    yield* dict.get("a");
  });
  const late = spawn(function* () {
    using limit = Timeout.startNew(5);
    try {
      yield* dict.get("a");
    } catch (error) {
      return error === limit;
    }
  });
  const lost = run(function* () {
    return (yield* select({ call: dict.get("a"), late: sleep(5) })).key;
  });
  await settle();
  assertEquals(killed.waits[0]!.reason, "manager get");
  await killed.kill();
  assertInstanceOf(await killed as unknown, GreenletExit);
  assertEquals(await late, true);
  assertEquals(await lost, "late");
  assertEquals(getHub().stats().external, external);
  Atomics.store(stop, 0, 1);
  await frozen;
  assertEquals(await dict.get("a"), 1);
  await end(crew, dict);
});

Deno.test("Manager.shutdown ends the calls that wait, in every worker", async () => {
  using crew = new Crew(2, JOBS);
  const dict = await crew.hands[0]!.call("serve");
  await crew.hands[1]!.call("read", dict, "a");
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const shut = crew.hands[0]!.call("freezeAndShutDown", stop);
  await eventually(() => Atomics.load(stop, 1) === 1);
  const waiting = [Promise.resolve(dict.get("a")), crew.hands[1]!.call("read", dict, "a")]
    .map((call) => call.catch((error) => error.name));
  Atomics.store(stop, 0, 1);
  await shut;
  const outcomes = await Promise.all(waiting);
  for (const outcome of outcomes) assertEquals(outcome, "ManagerClosedError");
  await assertRejects(async () => await dict.get("a"), ManagerClosedError, "it was shut down");
});

Deno.test("A call to a manager ends when the worker that serves it dies", async () => {
  using crew = new Crew(1, JOBS);
  const dict = await crew.hands[0]!.call("serve");
  const stop = new Int32Array(new SharedArrayBuffer(8));
  crew.hands[0]!.call("freeze", stop).catch(() => {});
  await eventually(() => Atomics.load(stop, 1) === 1);
  const waiting = Promise.resolve(dict.get("a"));
  const ended = assertRejects(() => waiting, ManagerClosedError, 'worker "hand-1" died');
  crew.hands[0]!.kill();
  await ended;
  Atomics.store(stop, 0, 1); // or its thread would run on
});

Deno.test("A manager that is closed makes nothing any more, and refuses what cannot be copied", async () => {
  const manager = new Manager();
  const dict = manager.dict<string, unknown>();
  await assertRejects(async () => await dict.set("f", () => {}), DOMException);
  manager.shutdown();
  manager.shutdown();
  for (const make of [() => manager.dict(), () => manager.list(), () => manager.Namespace({})]) {
    assertThrows(make, ManagerClosedError, "Cannot call <Manager closed>: it was shut down");
  }
});
