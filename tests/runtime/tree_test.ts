// Copyright 2026 the Tendril authors. MIT license.

import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import {
  active,
  activeCount,
  type Coroutine,
  dump,
  getCurrent,
  type Greenlet,
  GreenletTree,
  run,
  sleep,
  spawn,
  spawnLater,
  spawnWith,
  until,
} from "@tendril/tendril";
import { ManualClock, settle } from "../manual_clock.ts";

function* nap(ms: number): Coroutine {
  yield* sleep(ms);
}

/** Runs `body` in a greenlet named "root" while nothing but it and its children lives. */
async function inRoot(ms: number, body: () => Coroutine): Promise<void> {
  using clock = new ManualClock();
  const running = run(function* () {
    getCurrent().name = "root";
    yield* body();
  });
  const ended = running.then(() => {}, () => {});
  await clock.advance(ms);
  await ended;
  await running;
}

Deno.test("dump() shows who spawned whom, and what each waits for", async () => {
  await inRoot(100, function* () {
    const parent = spawnWith({ name: "parent" }, function* () {
      spawnWith({ name: "first child" }, nap, 100);
      const last = spawnWith({ name: "last child" }, nap, 100);
      yield* last.join();
    });
    spawnWith(
      { name: "other" },
      () => until(new Promise<void>((resolve) => setImmediate(resolve))),
    );
    yield* sleep(0);
    yield* sleep(0);
    assertEquals(
      dump(),
      [
        "root: running (0 ms)",
        "├─ parent: waits for join last child (0 ms)",
        "│  ├─ first child: waits for sleep (0 ms)",
        "│  └─ last child: waits for sleep (0 ms)",
        "└─ other: waits for promise (0 ms)",
      ].join("\n"),
    );
    yield* parent;
  });
});

Deno.test("dump() shows how long each has waited", async () => {
  using clock = new ManualClock();
  const sleeper = spawnWith({ name: "sleeper" }, nap, 10_000);
  await clock.advance(250);
  assertMatch(dump(), /^sleeper: waits for sleep \(250 ms\)$/m);
  await clock.advance(2250);
  assertMatch(dump(), /^sleeper: waits for sleep \(2\.5 s\)$/m);
  await sleeper.kill();
});

Deno.test("dump() shows greenlets that are ready or start later", async () => {
  const ready = spawnWith({ name: "ready one" }, () => {});
  const later = spawnLater(100_000, () => {});
  later.name = "late one";
  assertMatch(dump(), /^ready one: ready/m);
  assertMatch(dump(), /^late one: starting later/m);
  await later.kill();
  await ready;
});

Deno.test("dump() shows what an async function waits for", async () => {
  using clock = new ManualClock();
  const sleeper = spawnWith({ name: "async one" }, async () => {
    await sleep(100);
  });
  await settle();
  assertMatch(dump(), /^async one: waits for sleep/m);
  await clock.advance(100);
  await sleeper;
});

Deno.test("dump() says that nobody lives", () => {
  assertEquals(dump(), "no living greenlets");
});

Deno.test("dump({ debug }) has the places of spawning recorded from then on", async () => {
  assertEquals(dump({ debug: true }), "no living greenlets");
  let sleeper: Greenlet<void>;
  try {
    sleeper = spawnWith({ name: "sleeper" }, nap, 100_000);
  } finally {
    dump({ debug: false });
  }
  assertMatch(dump(), /sleeper: .*, spawned at .*tree_test\.ts:\d+:\d+/);
  const untracked = spawn(nap, 0);
  assertEquals(untracked.spawnSite, undefined);
  await sleeper.kill();
  await untracked;
});

Deno.test("GreenletTree.forest() has a tree for each greenlet without a living spawner", async () => {
  await inRoot(100, function* () {
    const parent = spawn(function* () {
      spawnWith({ name: "orphan" }, nap, 10);
    });
    yield* parent;
    spawnWith({ name: "child" }, nap, 10);
    const forest = GreenletTree.forest();
    assertEquals(forest.map((tree) => tree.greenlet.name), ["root", "orphan"]);
    assertEquals(forest[0]!.children.map((tree) => tree.greenlet.name), ["child"]);
  });
});

Deno.test("GreenletTree.currentTree() is the tree of the running greenlet from its root", async () => {
  await inRoot(100, function* () {
    const root = getCurrent();
    yield* spawn(function* () {
      const tree = GreenletTree.currentTree();
      assertStrictEquals(tree.greenlet, root);
      assertStrictEquals(tree.children[0]!.greenlet, getCurrent());
    });
  });
});

Deno.test("GreenletTree.currentTree() outside any greenlet is main alone", () => {
  const tree = GreenletTree.currentTree();
  assertEquals([tree.greenlet.name, tree.children], ["main", []]);
});

Deno.test("GreenletTree.format() is a line for each greenlet", async () => {
  await inRoot(100, function* () {
    spawnWith({ name: "child" }, nap, 10);
    assertMatch(GreenletTree.currentTree().format(), /^root: running.*\n└─ child: ready/);
  });
});

Deno.test("active() lists the living, and activeCount() counts them", async () => {
  await inRoot(10, function* () {
    const child = spawn(nap, 10);
    assertEquals(active(), [getCurrent(), child]);
    assertEquals(activeCount(), 2);
    yield* child;
    assertEquals(active(), [getCurrent()]);
  });
  assertEquals(activeCount(), 0);
});
