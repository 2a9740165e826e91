// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stub } from "@std/testing/mock";
import {
  Channel,
  getCurrent,
  getHub,
  Greenlet,
  mainGreenlet,
  type Op,
  run,
  settrace,
  sleep,
  spawnWith,
} from "@tendril/tendril";
import { Process, WorkerPool } from "@tendril/tendril/parallel";
import { type Failure, listen, type Listener, type TaskInfo } from "../../runtime/events.ts";
import { ManualClock, settle } from "../manual_clock.ts";

type Each = Greenlet<unknown>;

/** Notes all events of greenlets, until it is disposed of. */
class Log implements Listener, Disposable {
  readonly lines: string[] = [];
  readonly #stop = listen(this);

  spawn(greenlet: Each): void {
    this.lines.push(`spawn ${greenlet.name}`);
  }
  switch(from: Each | null, to: Each | null): void {
    this.lines.push(`${from?.name ?? "hub"} -> ${to?.name ?? "hub"}`);
  }
  park(greenlet: Each, op: Op<unknown>): void {
    this.lines.push(`park ${greenlet.name}: ${op.reason}`);
  }
  wake(greenlet: Each, op: Op<unknown> | null, by: Each | null): void {
    this.lines.push(`wake ${greenlet.name}: ${op?.reason ?? "-"} by ${by?.name ?? "hub"}`);
  }
  finish(greenlet: Each, failed: boolean): void {
    this.lines.push(`${failed ? "fail" : "finish"} ${greenlet.name}`);
  }
  kill(greenlet: Each, _error: unknown, by: Each | null): void {
    this.lines.push(`kill ${greenlet.name} by ${by?.name ?? "main"}`);
  }
  [Symbol.dispose](): void {
    this.#stop();
  }
}

Deno.test("a listener is told of all that happens between two greenlets, in order", async () => {
  using log = new Log();
  await run(function* () {
    const channel = new Channel<number>();
    const reader = spawnWith({ name: "reader" }, function* () {
      yield* channel.receive();
    });
    const writer = spawnWith({ name: "writer" }, function* () {
      yield* channel.send(1);
    });
    yield* reader;
    yield* writer;
  });
  const root = log.lines[0]!.slice("spawn ".length);
  assertEquals(log.lines.map((line) => line.replaceAll(root, "root")), [
    "spawn root",
    "hub -> root",
    "spawn reader",
    "spawn writer",
    "park root: get",
    "root -> hub",
    "hub -> reader",
    "park reader: channel receive",
    "reader -> hub",
    "hub -> writer",
    "wake reader: channel receive by writer",
    "finish writer",
    "writer -> hub",
    "hub -> reader",
    "finish reader",
    "wake root: get by hub",
    "reader -> hub",
    "hub -> root",
    "finish root",
    "root -> hub",
  ]);
});

Deno.test("a listener is told who killed a greenlet, and of its end", async () => {
  using log = new Log();
  await run(function* () {
    const victim = spawnWith({ name: "victim" }, () => sleep(10_000));
    const killer = spawnWith({ name: "killer" }, function* () {
      yield* victim.kill();
    });
    yield* killer;
  });
  assertEquals(log.lines.filter((line) => line.includes("victim")), [
    "spawn victim",
    "hub -> victim",
    "park victim: sleep",
    "victim -> hub",
    "kill victim by killer",
    "wake victim: sleep by killer",
    "hub -> victim",
    "finish victim",
    "victim -> hub",
  ]);
});

Deno.test("a listener is told of each Op that an async body awaits", async () => {
  using log = new Log();
  await run(function* () {
    yield* spawnWith({ name: "async" }, async () => {
      await sleep(1);
      await sleep(1);
    });
  });
  assertEquals(log.lines.filter((line) => / async/.test(line) && !line.includes("get")), [
    "spawn async",
    "hub -> async",
    "park async: sleep",
    "wake async: sleep by hub",
    "park async: sleep",
    "wake async: sleep by hub",
    "finish async",
  ]);
});

Deno.test("a listener is told of greenlets that are started by a switch, and where control goes", () => {
  using log = new Log();
  const two: Greenlet = new Greenlet(function* () {
    yield* one.switch();
  }, { name: "two" });
  const one: Greenlet = new Greenlet(function* () {
    yield* two.switch();
  }, { name: "one" });
  one.switch();
  assertEquals(log.lines, [
    "hub -> one",
    "spawn one",
    "one -> two",
    "spawn two",
    "two -> one",
    "finish one",
    "one -> hub",
  ]);
});

Deno.test("a listener that throws is dropped with one report and harms nobody", async () => {
  using error = stub(console, "error");
  let calls = 0;
  using log = new Log();
  listen({
    spawn: () => calls++,
    park() {
      throw new Error("cannot listen");
    },
  });
  const result = await run(function* () {
    yield* sleep(1);
    yield* spawnWith({ name: "later" }, () => sleep(1));
    return "fine";
  });
  assertEquals(result, "fine");
  assertEquals(calls, 1);
  assertEquals(error.calls.length, 1);
  assertStringIncludes(String(error.calls[0]!.args[1]), "cannot listen");
  assert(log.lines.includes("finish later"));
});

Deno.test("nothing is current while a listener is told, and the greenlet is current again after", async () => {
  const seen: [Each, string][] = [];
  const stop = listen({
    spawn() {
      let thrown = "";
      try {
        sleep(1)[Symbol.iterator]().next();
      } catch (error) {
        thrown = (error as Error).name;
      }
      seen.push([getCurrent(), thrown]);
    },
  });
  await run(function* () {
    const me = getCurrent();
    yield* spawnWith({ name: "child" }, () => {});
    assertEquals(getCurrent(), me);
  });
  stop();
  assertEquals(seen.length, 2);
  for (const [current, thrown] of seen) {
    assertEquals(current, mainGreenlet);
    assertEquals(thrown, "BlockingSwitchOutError");
  }
});

Deno.test("a tracer and a listener are both told, and one goes on without the other", async () => {
  const events: string[] = [];
  settrace((event) => events.push(event));
  const log = new Log();
  await run(() => sleep(0));
  const both = events.length;
  log[Symbol.dispose]();
  await run(() => sleep(0));
  settrace(null);
  const lines = log.lines.length;
  assert(both > 0);
  assertEquals(events.length, 2 * both);
  await run(() => sleep(0));
  assertEquals([events.length, log.lines.length], [2 * both, lines]);
});

Deno.test("a listener is told who held the isolate", async () => {
  using clock = new ManualClock();
  using _report = stub(getHub(), "onBlocked");
  const told: [number, string[]][] = [];
  const stop = listen({
    blocked: (ms, suspects: readonly Each[]) => told.push([ms, suspects.map(({ name }) => name)]),
  });
  await spawnWith({ name: "culprit" }, function* () {
    clock.skip(150);
    yield;
  });
  await settle();
  stop();
  assertEquals(told, [[150, ["culprit"]]]);
});

Deno.test("the first hold is told by name where greenlets take their time, though others ran as well", async () => {
  using clock = new ManualClock();
  using report = stub(getHub(), "onBlocked");
  function* work(turns: number, ms: number) {
    for (let turn = 0; turn < turns; turn++) {
      clock.skip(0.1);
      yield;
    }
    clock.skip(ms);
    yield;
  }
  const all = [1, 2, 3, 4].map((n) =>
    spawnWith({ name: `worker ${n}` }, work, 50, n === 3 ? 150 : 0)
  );
  for (const each of all) await each;
  await settle();
  assertEquals(report.calls.length, 1);
  assertEquals((report.calls[0]!.args[1] as Each[]).map(({ name }) => name), ["worker 3"]);
});

/** Notes events of tasks. */
function logTasks(): { lines: string[] } & Disposable {
  const lines: string[] = [];
  const stop = listen({
    taskStart: ({ worker, items, caller }: TaskInfo) =>
      lines.push(`start ${items} on ${worker} for ${(caller as Each | null)?.name ?? "main"}`),
    taskEnd: ({ worker }: TaskInfo, failure: Failure | null) =>
      lines.push(`end on ${worker}: ${failure === null ? "ok" : (failure.error as Error).message}`),
  });
  return { lines, [Symbol.dispose]: stop };
}

Deno.test("a listener is told of the tasks of a worker, who asked for them and how they ended", async () => {
  using log = logTasks();
  await run(function* () {
    const pool = new WorkerPool(1, { name: "mine" });
    yield* spawnWith({ name: "asker" }, function* () {
      yield* pool.apply((n: number) => n, [1]);
    });
    const failing = pool.apply(() => {
      throw new Error("boom");
    });
    try {
      yield* failing;
    } catch {
      // It is the event that counts.
    }
    pool.close();
    yield* pool.join();
  });
  assertEquals(log.lines.map((line) => line.replace(/Greenlet-\d+/, "root")), [
    "start 1 on mine-1 for asker",
    "end on mine-1: ok",
    "start 1 on mine-1 for root",
    "end on mine-1: boom",
  ]);
});

Deno.test("a listener is told of the start and the end of a Process", async () => {
  using log = logTasks();
  const child = new Process({ target: (n: number) => n, args: [1], name: "child" });
  child.start();
  await child.join();
  assertEquals(log.lines, ["start 1 on child for main", "end on child: ok"]);
});

Deno.test("a listener is told of all items of a map", async () => {
  let items = 0;
  let ended = 0;
  const stop = listen({
    taskStart: (task: TaskInfo) => items += task.items,
    taskEnd: (task: TaskInfo) => ended += task.items,
  });
  {
    using pool = new WorkerPool(1);
    await pool.map((n: number) => n, [1, 2, 3, 4, 5]);
    pool.close();
    await pool.join();
  }
  stop();
  assertEquals([items, ended], [5, 5]);
});
