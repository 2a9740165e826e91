// Copyright 2026 the Tendril authors. MIT license.
// GreenletLocal: one value per greenlet.

import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  Greenlet,
  GreenletLocal,
  mainGreenlet,
  run,
  sleep,
  spawn,
  spawnLater,
  until,
} from "@tendril/tendril";
import { ManualClock } from "../manual_clock.ts";

Deno.test("GreenletLocal.get() is undefined before anything was set", async () => {
  const local = new GreenletLocal<string>();
  assertEquals(await spawn(() => local.get()), undefined);
});

Deno.test("GreenletLocal keeps the values of two greenlets apart", async () => {
  const local = new GreenletLocal<string>();
  const work = function* (name: string) {
    local.set(name);
    yield* sleep(0);
    return local.get();
  };
  const [a, b] = [spawn(work, "a"), spawn(work, "b")];
  assertEquals([await a, await b], ["a", "b"]);
});

Deno.test("GreenletLocal of main has a value of its own", async () => {
  const local = new GreenletLocal<string>();
  local.set("of main");
  await spawn(() => local.set("of the greenlet"));
  assertEquals(local.get(), "of main");
  local.delete();
  mainGreenlet.locals?.delete(local);
});

Deno.test("GreenletLocal calls init once in each greenlet, when first asked", async () => {
  let calls = 0;
  const local = new GreenletLocal(() => ++calls);
  const work = () => [local.get(), local.get()];
  assertEquals(calls, 0);
  assertEquals([await spawn(work), await spawn(work)], [[1, 1], [2, 2]]);
});

Deno.test("GreenletLocal does not call init where a value was set, be it undefined", async () => {
  let calls = 0;
  const local = new GreenletLocal<string | undefined>(() => `init ${++calls}`);
  const got = await spawn(() => {
    local.set(undefined);
    return [local.get()];
  });
  assertEquals([got, calls], [[undefined], 0]);
});

Deno.test("GreenletLocal.delete() takes the value away and tells whether there was one", async () => {
  const local = new GreenletLocal<string>();
  const got = await spawn(() => {
    local.set("value");
    return [local.delete(), local.get(), local.delete()];
  });
  assertEquals(got, [true, undefined, false]);
});

Deno.test("GreenletLocal.get() after delete() calls init again", async () => {
  let calls = 0;
  const local = new GreenletLocal(() => ++calls);
  const got = await spawn(() => {
    const first = local.get();
    local.delete();
    return [first, local.get()];
  });
  assertEquals(got, [1, 2]);
});

Deno.test("GreenletLocal is not inherited by default", async () => {
  const local = new GreenletLocal<string>();
  const got = await run(function* () {
    local.set("of the spawner");
    return yield* spawn(() => local.get());
  });
  assertEquals(got, undefined);
});

Deno.test("GreenletLocal with inherit starts with the value of the spawner at the spawn", async () => {
  const local = new GreenletLocal<string>(undefined, { inherit: true });
  const got = await run(function* () {
    local.set("at the spawn");
    const child = spawn(() => local.get());
    local.set("changed");
    return [yield* child, local.get()];
  });
  assertEquals(got, ["at the spawn", "changed"]);
});

Deno.test("GreenletLocal with inherit passes on to grandchildren, and changes stay below", async () => {
  const local = new GreenletLocal<string>(undefined, { inherit: true });
  const got = await run(function* () {
    local.set("root");
    const child = yield* spawn(function* () {
      const before = local.get();
      local.set("child");
      return [before, yield* spawn(() => local.get())];
    });
    return [...child, local.get()];
  });
  assertEquals(got, ["root", "child", "root"]);
});

Deno.test("GreenletLocal with inherit is inherited by spawnLater() and new Greenlet()", async () => {
  using clock = new ManualClock();
  const local = new GreenletLocal<string>(undefined, { inherit: true });
  const got = run(function* () {
    local.set("inherited");
    const [later, switched] = [spawnLater(1, () => local.get()), new Greenlet(() => local.get())];
    return [yield* switched.switch(), yield* later];
  });
  await clock.advance(1);
  assertEquals(await got, ["inherited", "inherited"]);
});

Deno.test("GreenletLocal is right across the awaits of an async body", async () => {
  const local = new GreenletLocal<string>();
  const work = async (name: string) => {
    local.set(name);
    await Promise.resolve();
    await sleep(0);
    return local.get();
  };
  const [a, b] = [spawn(work, "a"), spawn(work, "b")];
  assertEquals([await a, await b], ["a", "b"]);
});

Deno.test("GreenletLocal is right across the awaits of a function given to until()", async () => {
  const local = new GreenletLocal<string>();
  const work = function* (name: string) {
    local.set(name);
    return yield* until(async () => {
      await Promise.resolve();
      return local.get();
    });
  };
  const [a, b] = [spawn(work, "a"), spawn(work, "b")];
  assertEquals([await a, await b], ["a", "b"]);
});

Deno.test("GreenletLocal holds the very object that was set", async () => {
  const local = new GreenletLocal<object>();
  const value = {};
  assertStrictEquals(
    await spawn(() => {
      local.set(value);
      return local.get();
    }),
    value,
  );
});

Deno.test("GreenletLocal values go when the greenlet ends", async () => {
  const local = new GreenletLocal<object>();
  const greenlet = spawn(() => local.set({}));
  await greenlet;
  assertEquals(greenlet.locals, undefined);
});

Deno.test("Two GreenletLocals do not mix", async () => {
  const [one, two] = [new GreenletLocal<number>(), new GreenletLocal<number>()];
  const got = await spawn(() => {
    one.set(1);
    two.set(2);
    one.delete();
    return [one.get(), two.get()];
  });
  assertEquals(got, [undefined, 2]);
});
