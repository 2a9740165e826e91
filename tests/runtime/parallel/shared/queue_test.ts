// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { QueueEmpty, QueueFull, QueueShutDown, run, select, sleep, spawn } from "@tendril/tendril";
import { SharedBarrier, SharedLock, SharedQueue } from "@tendril/tendril/parallel";
import { settle } from "../../../manual_clock.ts";
import { TOKEN } from "../../../../runtime/parallel/shared/handle.ts";
import { Crew, eventually } from "./crew.ts";
import * as jobs from "./queue_jobs.ts";
import type { Item } from "./queue_jobs.ts";

const JOBS = import.meta.resolve("./queue_jobs.ts");

for (const maxsize of [0, 5]) {
  const bound = maxsize === 0 ? "without a bound" : `of ${maxsize}`;

  Deno.test(`SharedQueue ${bound} loses and doubles nothing, and keeps each producer's order`, async () => {
    using producers = new Crew(2, JOBS);
    using consumers = new Crew(2, JOBS);
    const queue = new SharedQueue<Item>(maxsize);
    const count = 10_000;
    const start = new SharedBarrier(3);
    const got = Promise.all([
      consumers.hands[0]!.call("consumeSync", queue),
      consumers.hands[1]!.call("consume", queue),
      jobs.consumeAsync(queue),
    ]) as Promise<Item[][]>;
    await Promise.all([
      producers.hands[0]!.call("produceSync", queue, "a", count, start),
      producers.hands[1]!.call("produce", queue, "b", count, start),
      run(jobs.produce, queue, "c", count, start),
    ]);
    queue.shutdown();
    const all = await got;
    for (const items of all) {
      for (const by of ["a", "b", "c"]) {
        const numbers = items.filter((item) => item.by === by).map((item) => item.n);
        assertEquals(numbers, numbers.toSorted((x, y) => x - y));
      }
    }
    const seen = new Set(all.flat().map(({ by, n }) => `${by}${n}`));
    assertEquals(all.flat().length, 3 * count);
    assertEquals(seen.size, 3 * count);
  });
}

Deno.test("SharedQueue keeps the types of what goes to a worker and back", async () => {
  using crew = new Crew(1, JOBS);
  const queue = new SharedQueue<unknown>();
  const item = [
    undefined,
    NaN,
    -0,
    7n,
    new Map([[1, new Set(["a"])]]),
    new Date(5),
    new Float32Array(2),
  ];
  await crew.hands[0]!.call("putSync", queue, item);
  assertEquals(await queue.get(), item);
});

Deno.test("SharedQueue holds what nobody gets yet, as much as comes", async () => {
  const queue = new SharedQueue<string>();
  const text = "x".repeat(100);
  for (let i = 0; i < 20_000; i++) queue.putNowait(text + i);
  assertEquals(queue.qsize(), 20_000);
  for (let i = 0; i < 20_000; i++) assertEquals(await queue.get(), text + i);
});

Deno.test("SharedQueue passes items that are larger than it was at first", async () => {
  using crew = new Crew(1, JOBS);
  const queue = new SharedQueue<unknown>(2);
  const large = new Uint8Array(5_000_000).fill(3);
  await queue.put("small");
  await queue.put(large);
  assertEquals(await crew.hands[0]!.call("getSync", queue), "small");
  assertEquals(await crew.hands[0]!.call("getSync", queue), large);
});

Deno.test("SharedQueue.put throws at once for what cannot be cloned, and nothing is changed", async () => {
  const queue = new SharedQueue<unknown>();
  const bad = { deep: [() => {}] };
  assertThrows(() => queue.putNowait(bad), DOMException, "Cannot clone");
  await assertRejects(async () => await queue.put(bad), DOMException, "Cannot clone");
  await assertRejects(
    async () => await queue.put(new SharedLock()),
    DOMException,
    "argument of its task",
  );
  assertEquals(queue.qsize(), 0);
  await queue.put("good");
  assertEquals(await queue.get(), "good");
});

Deno.test("SharedQueue.put takes the item as it is then, also when it has to wait", async () => {
  const queue = new SharedQueue<{ n: number }>(1);
  await queue.put({ n: 0 });
  const items = [{ n: 1 }, { n: 2 }];
  const waiting = items.map((item) => spawn(() => queue.put(item)));
  await settle();
  for (const item of items) item.n = 9;
  assertEquals([await queue.get(), await queue.get(), await queue.get()], [
    { n: 0 },
    { n: 1 },
    { n: 2 },
  ]);
  for (const each of waiting) await each;
});

Deno.test("SharedQueue.get that was given up takes nothing", async () => {
  const queue = new SharedQueue<number>();
  const killed = spawn(() => queue.get());
  await settle();
  await killed.kill();
  await run(function* () {
    yield* select({ got: queue.get(), late: sleep(1) });
  });
  queue.putNowait(1);
  queue.putNowait(2);
  const { key } = await select({ first: queue.get(), second: queue.get() });
  assert(key === "first" || key === "second");
  assertEquals(queue.qsize(), 1);
});

Deno.test("SharedQueue serves the waiters of one worker in the order in which they came", async () => {
  const queue = new SharedQueue<number>();
  const got: string[] = [];
  const waiting = ["a", "b", "c"].map((name) =>
    spawn(function* () {
      got.push(name + (yield* queue.get()));
    })
  );
  await settle();
  for (const n of [1, 2, 3]) queue.putNowait(n);
  for (const each of waiting) await each;
  assertEquals(got, ["a1", "b2", "c3"]);
});

/** A second handle, which knows nothing of the first, as if it were in another worker. */
function elsewhere<T>(queue: SharedQueue<T>): SharedQueue<T> {
  return new SharedQueue<T>(0, queue[TOKEN]([]));
}

/** Begins an Op at once. */
async function begin<T>(op: PromiseLike<T>): Promise<T> {
  return await op;
}

Deno.test("SharedQueue lets no newcomer pass those of its worker that wait", async () => {
  const queue = new SharedQueue<string>();
  const first = begin(queue.get());
  await settle();
  elsewhere(queue).putNowait("for the first");
  const second = begin(queue.get());
  assertEquals(await first, "for the first");
  queue.putNowait("for the second");
  assertEquals(await second, "for the second");
});

Deno.test("SharedQueue gives one item to each, also when a get lets a put go on at once", async () => {
  const queue = new SharedQueue<string>(1);
  const there = elsewhere(queue);
  queue.putNowait("a");
  const putting = begin(queue.put("c"));
  await settle();
  // Room and an item come from elsewhere, so in this isolate one waits for either at the same time.
  there.getNowait();
  const getting = begin(queue.get());
  for (let i = 0; i < 5; i++) await null; // it waits by now, and no message from elsewhere has come
  assertEquals(queue.stats(), { ...queue.stats(), waitingGetters: 1, waitingPutters: 1 });
  there.putNowait("b");
  assertEquals(await getting, "b");
  await putting;
  assertEquals(queue.getNowait(), "c");
});

Deno.test("SharedQueue refuses without waiting when it is empty or full", async () => {
  using crew = new Crew(1, JOBS);
  const queue = new SharedQueue<number>(1, { name: "jobs" });
  assertThrows(() => queue.getNowait(), QueueEmpty, 'Cannot get from <SharedQueue "jobs" 0 of 1>');
  queue.putNowait(1);
  assertThrows(() => queue.putNowait(2), QueueFull, 'Cannot put into <SharedQueue "jobs" 1 of 1>');
  const late = (call: Promise<unknown>) => call.catch((error) => error.name);
  assertEquals(await late(crew.hands[0]!.call("putSync", queue, 2, 60)), "QueueFull");
  assertEquals(await late(crew.hands[0]!.call("putSync", queue, 2, 0)), "QueueFull");
  queue.getNowait();
  assertEquals(await late(crew.hands[0]!.call("getSync", queue, 60)), "QueueEmpty");
  assertEquals([queue.empty(), queue.full()], [true, false]);
});

Deno.test("SharedQueue.shutdown wakes everybody who waits, and lets out what is in it", async () => {
  using crew = new Crew(2, JOBS);
  const [first, second] = crew.hands;
  const empty = new SharedQueue<number>();
  const full = new SharedQueue<number>(1);
  full.putNowait(1);
  const name = (call: Promise<unknown>) => call.catch((error) => error.name);
  const waiting = [
    name(first!.call("getSync", empty)),
    name(second!.call("putSync", full, 2)),
    name(Promise.resolve(empty.get())),
    name(Promise.resolve(full.put(3))),
  ];
  await eventually(() => empty.stats().waitingGetters === 1 && full.stats().waitingPutters === 1);
  empty.shutdown();
  full.shutdown();
  assertEquals(await Promise.all(waiting), new Array(4).fill("QueueShutDown"));
  assertEquals(full.getNowait(), 1);
  assertThrows(() => full.getNowait(), QueueShutDown, "was shut down and is empty");
  assertThrows(() => full.putNowait(1), QueueShutDown, "it was shut down");
  assertEquals((await full.next()).done, true);
});

Deno.test("SharedQueue.shutdown({ immediate }) drops what is in it, and is done with it", async () => {
  using crew = new Crew(1, JOBS);
  const queue = new SharedQueue<number>();
  for (let n = 0; n < 3; n++) queue.putNowait(n);
  queue.getNowait();
  const joining = crew.hands[0]!.call("joinSync", queue);
  queue.shutdown({ immediate: true });
  assertEquals(queue.stats().unfinishedTasks, 1);
  assertThrows(() => queue.getNowait(), QueueShutDown);
  queue.taskDone();
  assertEquals(await joining, true);
});

Deno.test("SharedQueue.join waits until workers have marked every item as done", async () => {
  using crew = new Crew(2, JOBS);
  const queue = new SharedQueue<number>();
  for (let n = 0; n < 200; n++) queue.putNowait(n);
  const working = crew.all("workSync", queue, 100);
  assertEquals(await queue.join(), true);
  assertEquals(queue.unfinishedTasks, 0);
  await working;
  assertThrows(() => queue.taskDone(), RangeError, "all are done");
  queue.putNowait(1);
  assertEquals(await crew.hands[0]!.call("joinSync", queue, 60), false);
});

Deno.test("SharedQueue keeps what a worker has put before it died", async () => {
  using crew = new Crew(1, JOBS);
  const queue = new SharedQueue<string>();
  await crew.hands[0]!.call("putSync", queue, "last words");
  crew.hands[0]!.kill();
  assertEquals(await queue.get(), "last words");
});

Deno.test("SharedQueue refuses a maxsize that makes no sense", () => {
  for (const maxsize of [1.5, NaN, Infinity, 2 ** 31]) {
    assertThrows(() => new SharedQueue(maxsize), RangeError, "Cannot make a shared queue");
  }
  assertEquals(new SharedQueue(-1).maxsize, 0);
});

Deno.test("SharedQueue shows what is in it", () => {
  const queue = new SharedQueue<number>();
  queue.putNowait(1);
  assertEquals(Deno.inspect(queue), "<SharedQueue 1 in it>");
  queue.shutdown();
  assertStringIncludes(Deno.inspect(queue), "shut down");
});
