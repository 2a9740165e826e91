// Copyright 2026 the Tendril authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  dump,
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  run,
  SimpleQueue,
  spawn,
  spawnWith,
  yieldNow,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

const classes = [Queue, LifoQueue, PriorityQueue] as const;

for (const maxsize of [1.5, NaN, "3", null]) {
  Deno.test(`Queue refuses the maxsize ${JSON.stringify(maxsize)}`, () => {
    const error = assertThrows(() => new Queue(maxsize as number), RangeError);
    assertStringIncludes(error.message, "Cannot make a Queue: its maxsize must be a whole number");
    const queue = new Queue();
    assertThrows(() => queue.maxsize = maxsize as number, RangeError, "Cannot set the maxsize");
  });
}

for (const maxsize of [0, -1, Infinity, -Infinity]) {
  Deno.test(`Queue(${maxsize}) is unbounded`, () => {
    const queue = new Queue<number>(maxsize);
    for (let i = 0; i < 5000; i++) queue.putNowait(i);
    assertEquals([queue.qsize(), queue.full(), queue.maxsize], [5000, false, 0]);
  });
}

Deno.test("Queue tells its size, and whether it is empty or full", () => {
  const queue = new Queue<number>(2);
  assertEquals([queue.qsize(), queue.empty(), queue.full()], [0, true, false]);
  queue.putNowait(1);
  assertEquals([queue.qsize(), queue.empty(), queue.full()], [1, false, false]);
  queue.putNowait(2);
  assertEquals([queue.qsize(), queue.empty(), queue.full()], [2, false, true]);
});

Deno.test("Queue starts with the items it is given, as unfinished tasks", () => {
  const queue = new Queue<number>(2, { items: [1, 2, 3] });
  assertEquals([queue.qsize(), queue.full(), queue.unfinishedTasks], [3, true, 3]);
  assertThrows(() => queue.putNowait(4), QueueFull);
  assertEquals([queue.getNowait(), queue.getNowait(), queue.getNowait()], [1, 2, 3]);
});

Deno.test("Queue.putNowait() and getNowait() name the queue and its state", () => {
  const queue = new Queue<number>(1, { name: "jobs" });
  assertThrows(
    () => queue.getNowait(),
    QueueEmpty,
    'Cannot get from <Queue "jobs" 0 of 1>: it was empty',
  );
  queue.putNowait(1);
  assertThrows(
    () => queue.putNowait(2),
    QueueFull,
    'Cannot put into <Queue "jobs" 1 of 1>: it was full',
  );
});

Deno.test("Queue.put() and get() say how long they have waited", async () => {
  using clock = new ManualClock();
  const queue = new Queue<number>(1);
  const getting = assertRejects(async () => await queue.get({ timeout: 10 }), QueueEmpty, "10 ms");
  await clock.advance(10);
  await getting;
  queue.putNowait(1);
  const putting = assertRejects(
    async () => await queue.put(2, { timeout: 10 }),
    QueueFull,
    "10 ms",
  );
  await clock.advance(10);
  await putting;
});

Deno.test("Queue.maxsize may be raised, which lets putters in, and lowered below its size", async () => {
  const queue = new Queue<number>(1, { items: [0] });
  const putting = [1, 2, 3].map((item) => spawn(() => queue.put(item)));
  await settle();
  assertEquals(queue.stats().waitingPutters, 3);
  queue.maxsize = 3;
  await settle();
  assertEquals([queue.stats().waitingPutters, queue.qsize()], [1, 3]);
  queue.maxsize = 2;
  assertEquals([queue.getNowait(), queue.stats().waitingPutters], [0, 1]);
  assertEquals([queue.getNowait(), queue.stats().waitingPutters], [1, 0]);
  await settle();
  assertEquals(putting.every(({ successful }) => successful), true);
  assertEquals([queue.getNowait(), queue.getNowait()], [2, 3]);
});

Deno.test("Queue.peek() gives the next item to any number of greenlets and leaves it in", async () => {
  const queue = new Queue<number>();
  const peeking = [0, 1].map(() => spawn(() => queue.peek()));
  await settle();
  assertEquals(queue.stats().waitingGetters, 2);
  queue.putNowait(7);
  assertEquals([await peeking[0]!, await peeking[1]!], [7, 7]);
  assertEquals([queue.qsize(), queue.peekNowait(), await queue.peek()], [1, 7, 7]);
});

Deno.test("Queue.peek() waits its turn among those who get", async () => {
  const queue = new Queue<number>();
  const first = spawn(() => queue.get());
  const peeking = spawn(() => queue.peek());
  const last = spawn(() => queue.get());
  await settle();
  queue.putNowait(1);
  await settle();
  assertEquals([first.value, peeking.ready, last.ready], [1, false, false]);
  queue.putNowait(2);
  await settle();
  assertEquals([peeking.value, last.value, queue.qsize()], [2, 2, 0]);
});

Deno.test("Queue.peekNowait() is QueueEmpty when there is nothing", () => {
  assertThrows(() => new Queue().peekNowait(), QueueEmpty);
});

Deno.test("Queue can be iterated by for await until it is shut down and empty", async () => {
  const queue = new Queue<number>(0, { items: [1, 2] });
  queue.shutdown();
  assertEquals(await Array.fromAsync(queue), [1, 2]);
});

Deno.test("Queue.join() waits until every item is done, and again for later ones", async () => {
  await run(function* () {
    const queue = new Queue<number>();
    assertEquals(yield* queue.join(), true);
    const log: string[] = [];
    const worker = spawn(function* () {
      for (;;) {
        const item = yield* queue.get();
        yield* yieldNow();
        log.push(`done ${item}`);
        queue.taskDone();
      }
    });
    for (const round of [1, 2]) {
      yield* queue.put(round);
      yield* queue.put(round * 10);
      assertEquals(queue.unfinishedTasks, 2);
      const joining = [0, 1].map(() =>
        spawn(function* () {
          yield* queue.join();
          log.push("joined");
        })
      );
      for (const each of joining) yield* each;
    }
    worker.kill();
    assertEquals(log, [
      ...["done 1", "done 10", "joined", "joined"],
      ...["done 2", "done 20", "joined", "joined"],
    ]);
  });
});

Deno.test("Queue.taskDone() too often is a RangeError that names the queue", () => {
  const queue = new Queue<number>(0, { name: "jobs" });
  assertThrows(() => queue.taskDone(), RangeError, 'Cannot mark a task of <Queue "jobs"');
  queue.putNowait(1);
  queue.taskDone();
  assertThrows(() => queue.taskDone(), RangeError);
  assertEquals([queue.unfinishedTasks, queue.qsize()], [0, 1]);
});

for (const kind of classes) {
  for (const immediate of [false, true]) {
    const how = `${kind.name}.shutdown({ immediate: ${immediate} })`;

    Deno.test(`${how} refuses every way to put`, async () => {
      const queue = new kind<number>(2);
      queue.shutdown({ immediate });
      assertEquals(queue.isShutdown, true);
      assertThrows(() => queue.putNowait(1), QueueShutDown);
      await assertRejects(async () => await queue.put(1), QueueShutDown);
      await assertRejects(async () => await queue.put(1, { timeout: 5 }), QueueShutDown);
      assertEquals([queue.qsize(), queue.unfinishedTasks], [0, 0]);
    });

    Deno.test(`${how} lets what is in it be taken unless immediate, then refuses to get`, async () => {
      const queue = new kind<number>(3, { items: [1, 2, 3] });
      queue.shutdown({ immediate });
      if (!immediate) {
        const got = [queue.getNowait(), await queue.get(), await queue.get({ timeout: 5 })];
        assertEquals(got.toSorted(), [1, 2, 3]);
      }
      assertEquals(queue.empty(), true);
      assertThrows(() => queue.getNowait(), QueueShutDown);
      assertThrows(() => queue.peekNowait(), QueueShutDown);
      await assertRejects(async () => await queue.get(), QueueShutDown);
      await assertRejects(async () => await queue.get({ timeout: 5 }), QueueShutDown);
      await assertRejects(async () => await queue.peek(), QueueShutDown);
      assertEquals(await queue.next(), { done: true, value: undefined });
    });

    Deno.test(`${how} wakes everybody who waits`, async () => {
      const [full, empty] = [new kind<number>(1, { items: [1] }), new kind<number>()];
      const putting = [2, 3].map((item) => spawn(() => full.put(item)));
      const getting = [() => empty.get(), () => empty.peek()].map((act) => spawn(act));
      const iterating = spawn(() => empty.next());
      await settle();
      full.shutdown({ immediate });
      empty.shutdown({ immediate });
      for (const each of [...putting, ...getting]) {
        await assertRejects(async () => void (await each), QueueShutDown);
      }
      assertEquals(await iterating, { done: true, value: undefined });
      assertEquals(full.unfinishedTasks, immediate ? 0 : 1);
    });

    Deno.test(`${how} releases join by what it drops, and only then`, async () => {
      const queue = new kind<number>(0, { items: [1, 2, 3] });
      queue.getNowait();
      const joining = spawn(() => queue.join());
      await settle();
      queue.shutdown({ immediate });
      assertEquals(queue.unfinishedTasks, immediate ? 1 : 3);
      await settle();
      assertEquals(joining.ready, false);
      queue.taskDone();
      if (!immediate) {
        await settle();
        assertEquals(joining.ready, false);
        queue.taskDone();
        queue.taskDone();
      }
      assertEquals(await joining, true);
      assertThrows(() => queue.taskDone(), RangeError);
    });

    Deno.test(`${how} lets join go on when everything it waits for is dropped`, async () => {
      const queue = new kind<number>(0, { items: [1, 2] });
      const joining = [spawn(() => queue.join()), spawn(() => queue.join())];
      await settle();
      queue.shutdown({ immediate });
      await settle();
      assertEquals(joining.map(({ ready }) => ready), [immediate, immediate]);
      if (!immediate) [queue.taskDone(), queue.taskDone()];
      await settle();
      assertEquals(joining.map(({ value }) => value), [true, true]);
    });
  }

  Deno.test(`${kind.name}.shutdown() may be called again, to drop what is left, and is never undone`, () => {
    const queue = new kind<number>(0, { items: [1, 2, 3] });
    queue.shutdown();
    queue.getNowait();
    queue.shutdown({ immediate: true });
    assertEquals([queue.qsize(), queue.unfinishedTasks], [0, 1]);
    queue.shutdown();
    assertEquals(queue.isShutdown, true);
    assertThrows(() => queue.getNowait(), QueueShutDown);
  });
}

Deno.test("Queue.shutdown() does not count a task twice that was done before it was taken", () => {
  const queue = new Queue<number>(0, { items: [1, 2] });
  queue.taskDone();
  queue.taskDone();
  queue.shutdown({ immediate: true });
  assertEquals(queue.unfinishedTasks, 0);
});

Deno.test("Queue serves producers and consumers of which many are shut down at once", async () => {
  const queue = new Queue<number>(3);
  let [put, got, refused] = [0, 0, 0];
  await run(function* () {
    for (let i = 0; i < 6; i++) {
      spawn(function* () {
        try {
          for (;;) {
            yield* queue.put(i);
            put++;
          }
        } catch (error) {
          assertInstanceOf(error, QueueShutDown);
          refused++;
        }
      });
      spawn(function* () {
        try {
          for (;;) {
            yield* queue.get();
            got++;
            queue.taskDone();
          }
        } catch (error) {
          assertInstanceOf(error, QueueShutDown);
          refused++;
        }
      });
    }
    for (let turn = 0; turn < 50; turn++) yield;
    queue.shutdown();
    yield* queue.join();
  });
  assertEquals([refused, got], [12, put]);
  assert(got > 0);
});

Deno.test("Queue.stats() is a frozen record of the moment", () => {
  const queue = new Queue<number>(2, { items: [1] });
  assertEquals(queue.stats(), {
    size: 1,
    maxsize: 2,
    waitingPutters: 0,
    waitingGetters: 0,
    unfinishedTasks: 1,
    waitingJoiners: 0,
    isShutdown: false,
  });
  assert(Object.isFrozen(queue.stats()));
  const simple = new SimpleQueue().stats();
  assertEquals(simple, { size: 0, maxsize: 0, waitingPutters: 0, waitingGetters: 0 });
  assert(Object.isFrozen(simple));
});

Deno.test("Queues look readable in a console", () => {
  const shown = [
    new Queue(3, { name: "jobs", items: [1] }),
    new LifoQueue(),
    new PriorityQueue(2),
    new SimpleQueue(),
  ].map((queue) => Deno.inspect(queue));
  assertEquals(shown, [
    '<Queue "jobs" 1 of 3>',
    "<LifoQueue 0 in it>",
    "<PriorityQueue 0 of 2>",
    "<SimpleQueue 0 in it>",
  ]);
  const queue = new Queue();
  queue.shutdown();
  assertEquals(Deno.inspect(queue), "<Queue 0 in it shut down>");
});

Deno.test("Queue shows in dumps who waits for it and why", async () => {
  const queue = new Queue<number>(1, { name: "jobs", items: [1] });
  await run(function* () {
    const waiting = [
      spawnWith({ name: "putter" }, () => queue.put(2)),
      spawnWith({ name: "putting" }, function* () {
        yield* queue.put(3, { timeout: 1000 });
      }),
      spawnWith({ name: "joiner" }, function* () {
        yield* queue.join();
      }),
    ];
    yield* yieldNow();
    const text = dump();
    assertStringIncludes(text, 'putting: waits for queue put <Queue "jobs" 1 of 1');
    assertStringIncludes(text, 'joiner: waits for queue join <Queue "jobs" 1 of 1');
    for (const each of waiting) each.kill();
  });
});

Deno.test("SimpleQueue has neither tasks nor a shutdown", () => {
  const queue = new SimpleQueue();
  for (const name of ["taskDone", "join", "unfinishedTasks", "shutdown", "isShutdown"]) {
    assertEquals(name in queue, false);
  }
});
