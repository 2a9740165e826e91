// Copyright 2026 the Tendril authors. MIT license.
// What the page is told of a program.

import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  activeCount,
  Channel,
  type Coroutine,
  dump,
  Event,
  type Greenlet,
  GreenletExit,
  killAll,
  Lock,
  Op,
  sleep,
  spawn,
  spawnWith,
} from "@tendril/tendril";
import { inspector } from "@tendril/tendril/inspect";
import { Client, inspecting, type Message, type RowLike } from "./client.ts";

const named = (look: Message, name: string): RowLike | undefined =>
  look.list.rows.find((row) => row.name === name);

/** Greenlets that wait until disposed of. */
function waiting(...names: string[]): { gs: Greenlet<unknown>[] } & AsyncDisposable {
  const gs = names.map((name) =>
    spawnWith({ name }, function* waiter() {
      yield* sleep(60_000);
    })
  );
  return {
    gs,
    async [Symbol.asyncDispose]() {
      await killAll(gs);
    },
  };
}

Deno.test("a look tells of each greenlet its name, function, state and wait reason", async () => {
  await using _ = waiting("tea");
  await using inspected = await inspecting();
  const { overview, list } = await inspected.client.look((look) =>
    named(look, "tea")?.state === "waits"
  );
  const { depth, children, wait, holder } = list.rows[0]!;
  assertEquals({ depth, children, wait, holder }, {
    depth: 0,
    children: 0,
    wait: "sleep",
    holder: null,
  });
  assertEquals([overview.alive, overview.states.waits], [1, 1]);
  assertEquals(overview.kinds.map(([, label, count]) => [label, count]), [["sleep", 1]]);
});

Deno.test("a look follows a greenlet from one wait to the next", async () => {
  await using inspected = await inspecting();
  const event = new Event();
  const greenlet = spawnWith({ name: "cook" }, function* () {
    yield* event.wait();
    yield* sleep(60_000);
  });
  await inspected.client.look((look) =>
    named(look, "cook")?.wait.startsWith("event wait") ?? false
  );
  event.set();
  await inspected.client.look((look) => named(look, "cook")?.wait === "sleep");
  await greenlet.kill();
  await inspected.client.look((look) => look.list.total === 0);
});

Deno.test("a look names who holds what is waited for", async () => {
  await using inspected = await inspecting();
  const lock = new Lock();
  const hold = function* (): Coroutine<void> {
    using _lock = yield* lock.acquire();
    yield* sleep(60_000);
  };
  const gs = ["first", "second"].map((name) => spawnWith({ name }, hold));
  await inspected.client.look((look) => named(look, "second")?.holder?.name === "first");
  await killAll(gs);
});

Deno.test("a look has the tree, and leaves out what is folded", async () => {
  await using inspected = await inspecting();
  const { client } = inspected;
  const root = spawnWith({ name: "root" }, function* () {
    spawnWith({ name: "child" }, sleep, 60_000);
    yield* sleep(60_000);
  });
  const { list } = await client.look((look) => look.list.total === 2);
  assertEquals(list.rows.map(({ name, depth }) => [name, depth]), [["root", 0], ["child", 1]]);
  assertEquals(list.rows[0]!.children, 1);
  await client.view({ folded: [root.id] });
  await client.look((look) => look.list.total === 1);
  await killAll([root]);
  await client.look((look) => named(look, "child")?.depth === 0);
  const gs: Greenlet<unknown>[] = [];
  for (const { id } of (await client.look()).list.rows) await client.post("kill", { id });
  await killAll(gs);
  await client.look((look) => look.list.total === 0);
});

Deno.test("a search finds names, functions and wait reasons; states and order are chosen", async () => {
  await using _ = waiting("apple", "pear");
  const channel = new Channel<number>();
  const receiver = spawnWith({ name: "plum" }, function* fruit() {
    yield* channel.receive();
  });
  await using inspected = await inspecting();
  const { client } = inspected;
  const finds = async (view: Record<string, unknown>, ...names: string[]) => {
    await client.view(view);
    const isFound = ({ list }: Message) =>
      list?.rows.map(({ name }) => name).join() === names.join();
    await client.next(isFound);
  };
  await client.look((look) => named(look, "plum")?.state === "waits");
  await finds({ query: "APP" }, "apple");
  await finds({ query: "waiter" }, "apple", "pear");
  await finds({ query: "channel rec" }, "plum");
  await finds({ state: "waits" }, "apple", "pear", "plum");
  await finds({ state: "ready" });
  await finds({ order: "age", query: "p" }, "apple", "pear", "plum");
  channel.close();
  await receiver.join();
});

Deno.test("greenlets that wait for one another are told, and that nothing can wake them", async () => {
  await using inspected = await inspecting();
  const gs: Greenlet<unknown>[] = [];
  for (const [i, name] of ["egg", "hen"].entries()) {
    gs.push(spawnWith({ name }, function* () {
      yield* gs[1 - i]!.join();
    }));
  }
  const { overview } = await inspected.client.look(({ overview }) => overview.stuck);
  assertEquals(overview.ring, "egg waits for join → hen waits for join → egg");
  await killAll(gs);
  await inspected.client.look(({ overview }) => !overview.stuck && overview.ring === "");
});

Deno.test("a greenlet that sleeps is not taken for stuck", async () => {
  await using _ = waiting("sleeper");
  await using inspected = await inspecting();
  for (let i = 0; i < 4; i++) {
    assertEquals((await inspected.client.look()).overview.stuck, false);
  }
});

Deno.test("however many greenlets there are, only so many lines are sent", async () => {
  const names = Array.from({ length: 5000 }, (_, i) => `worker ${i}`);
  await using many = waiting(...names);
  await using inspected = await inspecting();
  const { client } = inspected;
  await client.view({ offset: 1000, count: 1e9 });
  const { list, overview } = await client.look((look) => look.list.offset === 1000);
  assertEquals([list.total, list.rows.length, overview.alive], [5000, 200, 5000]);
  assertEquals(list.rows[0]!.name, "worker 1000");
  await client.view({ offset: 0, count: 10, reveal: many.gs[4000]!.id });
  const { list: revealed } = await client.next(({ list }) => list?.revealed === 4000);
  assert(revealed.rows.some(({ name }) => name === "worker 4000"));
});

Deno.test("the past of the greenlets in sight is told once, change by change", async () => {
  await using inspected = await inspecting();
  const event = new Event();
  const greenlet = spawnWith({ name: "runner" }, function* () {
    yield* event.wait();
    yield* sleep(60_000);
  });
  await inspected.client.look((look) => named(look, "runner") !== undefined);
  event.set();
  const isTold = ({ list }: Message) =>
    list.lanes.some(({ id, lane }) => id === greenlet.id && lane.length > 0);
  const { list } = await inspected.client.look(isTold);
  const { lane } = list.lanes.find(({ id }) => id === greenlet.id)!;
  assertEquals(lane.length % 3, 0);
  assertEquals(lane.at(-2)! & 7, 2, "it waits in the end");
  const next = await inspected.client.look();
  assertEquals(isTold(next), false);
  await greenlet.kill();
});

Deno.test("all about a greenlet is told of the one that is chosen", async () => {
  await using inspected = await inspecting();
  const { client } = inspected;
  const ended = spawn(function* () {});
  await ended.join();
  await using chosen = waiting("chosen");
  await client.view({ selected: chosen.gs[0]!.id });
  const { list } = await client.look((look) => look.list.details !== null);
  assertEquals([list.details!.name, list.details!.spawner], ["chosen", null]);
  await client.view({ selected: ended.id });
  await client.look((look) => look.list.details === null);
});

Deno.test("a kill ends the greenlet, with a GreenletExit", async () => {
  await using inspected = await inspecting();
  await using doomed = waiting("doomed", "spared");
  const [victim, other] = doomed.gs;
  await inspected.client.look((look) => look.list.total === 2);
  assertEquals(await inspected.client.post("kill", { id: victim!.id }), 200);
  assertInstanceOf(await victim!.get(), GreenletExit);
  assertEquals(other!.dead, false);
  const { notices } = await inspected.client.look((look) => look.notices.length > 0);
  assertEquals(notices[0]!.text, "doomed was killed from the inspector");
  assertEquals(await inspected.client.post("kill", { id: victim!.id }), 404);
  assertEquals(await inspected.client.post("kill", { id: "main" }), 404);
  assertEquals(await inspected.client.post("kill", null), 400);
});

Deno.test("failures are told, also to a page that opens later", async () => {
  await using page = inspector();
  const greenlet = spawnWith({ name: "flaky" }, function* () {
    throw new RangeError("the mirror is gone");
  });
  await greenlet.join();
  await using client = await Client.open(page);
  const { notices, overview } = await client.look();
  assertEquals(notices.map(({ text }) => text), ["flaky failed: RangeError: the mirror is gone"]);
  assertEquals([overview.ended, overview.failed], [1, 1]);
});

Deno.test("names and reasons that throw or never end do no harm", async () => {
  class Rude extends Op<void> {
    get reason(): string {
      throw new Error("none of your business");
    }
    poll() {
      return null;
    }
    park() {}
    cancel() {}
  }
  await using inspected = await inspecting();
  const rude = spawnWith({ name: "x".repeat(1e6) }, function* () {
    yield* new Rude();
  });
  const { list } = await inspected.client.look((look) => look.list.rows[0]?.state === "waits");
  assertEquals(list.rows[0]!.name.length, 301);
  assertStringIncludes(list.rows[0]!.wait, "cannot be shown");
  await rude.kill();
});

Deno.test("names are data: they arrive as they are, whatever they look like", async () => {
  const name = "</script><img src=x onerror=alert(1)>\n\ndata: {}";
  await using _ = waiting(name);
  await using inspected = await inspecting();
  const { list } = await inspected.client.look((look) => look.list.total === 1);
  assertEquals(list.rows[0]!.name, name);
});

Deno.test("the inspector has no greenlets and holds nothing up that a deadlock could wait for", async () => {
  await using inspected = await inspecting();
  await inspected.client.look();
  assertEquals(activeCount(), 0);
  assertEquals(dump(), "no living greenlets");
  const { overview } = await inspected.client.look();
  assertEquals([overview.alive, overview.external, overview.switches], [0, 0, 0]);
});

Deno.test("inspector() called in an async greenlet does not belong to it", async () => {
  const page = await spawn(async () => {
    await sleep(1);
    return inspector();
  });
  await using client = await Client.open(page);
  await client.look(({ overview }) => overview.alive === 0 && overview.external === 0);
  await page.stop();
});
